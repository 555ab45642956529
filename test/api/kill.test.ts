/**
 * kill -9 in the middle of an import, a push and a send, and starting again:
 * it ends with the same rows as if nothing had happened.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { resolve } from "node:path";
import { binary, isPostgres, until, useRelay, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const ROWS = 3_000;
const UNCERTAIN = 32; // send.uncertain_max: what a kill may send twice

function makePeople(rows: number): Buffer {
  const script = resolve(binary, "../../tools/make_people.py");
  return execFileSync("python3", [script, "--rows", String(rows), "--clean"], {
    maxBuffer: 1 << 28,
  });
}

describe("a server that is killed", () => {
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_RELAY: "smtp://127.0.0.1:1" } });
  let group: Json;

  const progress = async (id: number): Promise<Json> =>
    (await server.admin.get(`${v1}/jobs/${id}`)).body;

  /** Starts a job, kills the server when some of it is done, and goes on. */
  const killedJob = async (start: () => Promise<number>): Promise<Json> => {
    const id = await start();
    await until("some of it is done", async () => {
      const job = await progress(id);
      return job.done > 0 || job.state === "done";
    });
    await server.kill();
    await server.run();
    return (await server.job(id)).result;
  };

  it("ends an import with each row once", async () => {
    const people = makePeople(ROWS);
    const result = await killedJob(async () => {
      const { body } = await server.admin.post(`${v1}/imports`, people,
        { headers: { "content-type": "text/csv" }, status: 202 });
      return body.job_id;
    });
    assert.equal(result.created, ROWS, JSON.stringify(result));
    const { body } = await server.admin.get(`${v1}/people`);
    assert.equal(body.total, ROWS);
    // what an import leaves to do may keep a busy machine for longer than a request waits
    const again = await until("the second is taken", async () => {
      const reply = await server.admin.post(`${v1}/imports`, people,
        { headers: { "content-type": "text/csv" }, status: [202, 503] });
      return reply.status === 202 && reply;
    });
    const second = (await server.job(again.body.job_id)).result as Json;
    assert.equal(second.created, 0);
    assert.equal(second.unchanged, ROWS, JSON.stringify(second));
  });

  it("ends a push with each person in the tag", async () => {
    group = (await server.admin.post(`${v1}/groups`, {
      name: "All", entity: "people", kind: "dynamic",
      criteria: { match: "all", conditions: [] },
    }, { status: 201 })).body;
    const result = await killedJob(async () => {
      const { body } = await server.admin.post(`${v1}/groups/${group.id}/push`,
        { dry_run: false }, { status: 202 });
      return body.job_id;
    });
    const segment = await server.mailchimp.get(
      `/3.0/lists/${result.audience_id}/segments/${result.segment_id}`);
    assert.equal(segment.body.member_count, ROWS);
    const again = await server.admin.post(`${v1}/groups/${group.id}/push`,
      { dry_run: false }, { status: 202 });
    const second = (await server.job(again.body.job_id)).result as Json;
    assert.equal(second.unchanged, ROWS, JSON.stringify(second));
    assert.equal(second.add + second.tag, 0, JSON.stringify(second));
  });

  it("ends a send with a message for everybody, few of them twice", async () => {
    const KILLS = 3;
    server.allowLog(/warn messages are uncertain/);
    server.allowLog(/the server stops/); // a pull that was under way
    server.setEnv({ MUSTER_RELAY: relay.url });
    await server.restart();
    const campaign = (await server.admin.post(`${v1}/campaigns`, {
      name: "Killed", group_id: group.id, subject: "x", from_name: "Example",
      from_email: "news@example.test",
      html: "<p>Hello <a href=\"https://a.example/\">a</a> <a href=\"*|UNSUB|*\">off</a></p>",
    }, { status: 201 })).body;
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    for (let kill = 1; kill <= KILLS; kill++) {
      await relay.received((ROWS / (KILLS + 2)) * kill);
      await server.kill();
      await server.run();
    }
    await until("the campaign is sent", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
      return body.status === "sent";
    }, 300_000);
    const times = new Map<string, number>();
    for (const message of relay.messages)
      for (const to of message.to) times.set(to, (times.get(to) ?? 0) + 1);
    assert.equal(times.size, ROWS, "somebody was lost");
    const doubles = relay.messages.length - ROWS;
    assert.ok(doubles <= KILLS * UNCERTAIN, `${doubles} doubles in ${KILLS} kills`);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
    assert.equal(body.sent, ROWS, JSON.stringify(body));
    assert.equal(body.recipients, ROWS);
    console.log(`# ${isPostgres ? "PostgreSQL" : "SQLite"}: ${doubles} doubles in ${KILLS} kills`);
  });
});
