/** Opt-outs that imports and deletions must not lose. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeGroup, push, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const csv = { headers: { "content-type": "text/csv" }, status: 202 };

describe("opt-outs", () => {
  const server = useServer();
  const run = async (body: string, query = ""): Promise<Json> => {
    const reply = await server.admin.post(`${v1}/imports${query}`, body, csv);
    const job = await server.job(reply.body.job_id);
    assert.equal(job.state, "done", JSON.stringify(job));
    return job.result as Json;
  };
  const person = async (email: string): Promise<Json> =>
    (await server.admin.get(`${v1}/people`, { email })).body.items[0];
  const against = async (address: string): Promise<Json[]> =>
    (await server.admin.get(`${v1}/suppressions`, { address })).body.items;

  it("of refused rows are heeded, and said so", async () => {
    const head = "key,email,birthday,opt out\n";
    await run(head + "1,kim@example.test,,\n");
    const result = await run(head + "2,Kim@Example.test,31.02.1990,yes\n3,nobody@example.test,31.02.1990,yes\n");
    assert.equal(result.refused, 2);
    assert.equal(result.refused_opted_out, 2);
    assert.match(result.problems[0].detail, /its opt-out was heeded/);
    assert.match(result.problems[1].detail, /its opt-out is kept/);
    assert.equal((await person("kim@example.test")).opted_out, true);
    const { body } = await server.admin.get(`${v1}/imports/${result.import_id}`);
    assert.equal(body.refused_opted_out, 2);
    assert.equal((await against("nobody@example.test"))[0].source, "import");
    const { body: made } = await server.admin.post(`${v1}/people`, { first_name: "N", email: "nobody@example.test" }, { status: 201 });
    assert.equal(made.opted_out, true);
    const { body: history } = await server.admin.get(`${v1}/people/${made.id}/consent`);
    assert.equal(history.items[0].source, "carried");
  });

  it("of malformed rows wait for a user", async () => {
    const head = "email,first name,opt out\n";
    await run(head + "lee@example.test,Lee,\n");
    const result = await run(head + "\"lee@example.test\"x,Lee,yes\n");
    assert.equal(result.unclear_opt_outs.count, 1);
    assert.deepEqual(result.unclear_opt_outs.addresses, [{ row: 2, address: "lee@example.test" }]);
    const path = `${v1}/imports/${result.import_id}/unclear-opt-outs`;
    const held = (await person("lee@example.test")).id;
    const emails = async (): Promise<Json[]> => (await server.admin.get(`${v1}/people/${held}`)).body.emails;
    assert.equal((await emails())[0].held_reason, "unclear_opt_out");
    assert.equal((await against("lee@example.test"))[0].kind, "unclear_opt_out");
    const { body: waiting } = await server.admin.get(path);
    assert.equal(waiting.items.length, 1);
    await server.admin.post(path, { decision: "perhaps" }, { status: 400 });
    const { body } = await server.admin.post(path, { decision: "opt_out" }, { status: 202 });
    assert.equal(((await server.job(body.job_id)).result as Json).settled, 1);
    assert.equal((await person("lee@example.test")).opted_out, true);
    assert.equal((await emails())[0].held, false);
    await server.admin.post(path, { decision: "release" }, { status: 409 });
    assert.equal((await server.admin.get(path)).body.decision, "opt_out");
  });

  it("that are unclear keep people out of pushes until a user decides", async () => {
    const tagged = async (): Promise<string[]> => {
      const { audience_id, segment_id } = await push(server, group);
      const { body } = await server.mailchimp.get(
        `/3.0/lists/${audience_id}/segments/${segment_id}/members`, { count: 100 });
      return body.members.map((m: Json) => m.email_address).sort();
    };
    await run("email,city,opt out\numa@example.test,Push,\nvic@example.test,Push,\n");
    const group = await makeGroup(server, "Push", [{ field: "city", op: "is", value: "Push" }]);
    assert.deepEqual(await tagged(), ["uma@example.test", "vic@example.test"]);
    const first = await run("email,city,opt out\numa@example.test,Push,no,more\n");
    assert.deepEqual(await tagged(), ["vic@example.test"]);
    const left = await push(server, group, true);
    assert.deepEqual(left.left_out, { held: 1 });
    const released = await server.command(["import", "decide", String(first.import_id), "--release"]);
    assert.equal(released.code, 0, released.stderr);
    assert.deepEqual(await tagged(), ["uma@example.test", "vic@example.test"]);
    const second = await run("email,city,opt out\nvic@example.test,Push,no,more\n");
    const out = await server.command(["import", "decide", String(second.import_id), "--opt-out"]);
    assert.equal(out.code, 0, out.stderr);
    assert.equal((await person("vic@example.test")).opted_out, true);
    const found = await server.command(["suppression", "find", "vic@example.test"]);
    assert.equal(found.code, 0, found.stderr);
    const again = await server.command(["import", "decide", String(second.import_id), "--release"]);
    assert.notEqual(again.code, 0, "once for all");
  });

  it("come back with a deleted address, until there is a ground", async () => {
    const { body: first } = await server.admin.post(`${v1}/people`,
      { first_name: "Max", email: "max@example.test", opted_out: true }, { status: 201 });
    await server.admin.delete(`${v1}/people/${first.id}`, { status: 204 });
    assert.deepEqual((await against("MAX@example.test")).map((item) => item.kind), ["opted_out"]);
    await run("email\nmax@example.test\n");
    const back = await person("max@example.test");
    assert.equal(back.opted_out, true);
    await server.admin.patch(`${v1}/people/${back.id}`, { opted_out: false, reason: "wrote to us" });
    assert.deepEqual(await against("max@example.test"), []);
    await server.admin.get(`${v1}/suppressions`, { address: "nonsense" }, { status: 400 });
  });

  it("and what was erased is another matter", async () => {
    const head = "email,first name,last name,birthday\n";
    const result = await run(head + "zoe@example.test,Zoe,Quux,\nzoe@example.test,Zoe,Quux,31.02.1990\n");
    const unclear = await server.admin.post(`${v1}/imports`, "email,opt out\n\"Zoe@example.test\"x,\n", csv);
    assert.match(JSON.stringify(await server.job(unclear.body.job_id)), /Zoe@/);
    const { body: zoe } = await server.admin.get(`${v1}/people`, { email: "zoe@example.test" });
    await server.admin.post(`${v1}/people/${zoe.items[0].id}/erase`, {}, { status: 204 });
    assert.deepEqual((await against("zoe@example.test")).map((item) => item.kind), ["forgotten"]);
    const { text } = await server.admin.get(`${v1}/imports/${result.import_id}/refused.csv`);
    assert.doesNotMatch(text, /Quux/);
    for (const import_id of [result.import_id, unclear.body.import_id])
      assert.deepEqual((await server.admin.get(`${v1}/imports/${import_id}/unclear-opt-outs`)).body.items, []);
    assert.doesNotMatch(JSON.stringify(await server.job(unclear.body.job_id)), /zoe@/i);
    assert.equal((await run(head + "zoe@example.test,Zoe,,\n")).problems[0].reason, "forgotten");
  });
});
