/**
 * A disk that is full is told in the answer, at /readyz and by the doctor, costs
 * a line a minute in the log, and is left again without a restart. Nothing that
 * was said to be done is lost.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  addPeople, canMakeDisks, isPostgres, isSent, makeCampaign, makeGroup, type Server, unsubscribeLinkOf, until, useRelay, useServer,
} from "../harness/index.js";

const v1 = "/api/v1";
const csv = { headers: { "content-type": "text/csv" }, status: 202 };
const ROWS = 20000;

const SKIP = isPostgres
  ? "the disk of a PostgreSQL server is its own"
  : canMakeDisks() ? false : "this machine lets nobody make a file system";

function filler(server: Server): string {
  return join(server.reachableFolder, "filler");
}

/** Takes what is free; returns how much that was. */
function fill(server: Server): number {
  const file = openSync(filler(server), "a");
  const block = Buffer.alloc(4096, "x");
  let bytes = 0;
  try {
    for (;;) bytes += writeSync(file, block);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    closeSync(file);
  }
  return bytes;
}

function people(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `P${i},p${i}@example.test,Town ${i % 50}`);
  return `last_name,email,city\n${lines.join("\n")}\n`;
}

describe("a disk that is full", { skip: SKIP }, () => {
  const server = useServer({ disk: "64m" });

  it("is told, and left again without a restart", async () => {
    server.allowLog(/ code=full|the disk is full|No space left/);
    const key = await server.createKey("poster", "administrator");
    const leave = await unsubscribeLinkOf(server, "leaver@example.test");
    const started = await server.admin.post(`${v1}/imports`, people(ROWS), csv);
    await until("the import is under way", async () =>
      (await server.admin.get(`${v1}/jobs/${started.body.job_id}`)).body.done > 0);
    fill(server);
    await until("it is not ready", async () => {
      fill(server); // what a checkpoint gave back
      const reply = await fetch(`${server.url}/readyz`);
      return /not ready: .*full/.test(await reply.text()) && reply.status === 503;
    });

    // each answer is either true or says what is wrong
    const kept: string[] = [];
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      const name = `Squeezed ${i} ${"x".repeat(100)}`;
      const reply = await fetch(`${server.url}${v1}/people`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ last_name: name }),
      });
      const body = (await reply.json()) as { detail: string; title: string };
      if (reply.status === 201) {
        kept.push(name);
        continue;
      }
      assert.equal(reply.status, 507, JSON.stringify(body));
      assert.match(body.detail, /Free some space/);
      refused++;
    }
    assert.ok(refused > 0);
    const oneClick = { method: "POST", body: new URLSearchParams("List-Unsubscribe=One-Click") };
    const answers: number[] = [];
    for (let i = 0; i < 100; i++)
      answers.push((await fetch(server.url + leave, oneClick)).status);
    assert.deepEqual(answers.filter((status) => status !== 200 && status !== 507), []);
    await server.admin.post(`${v1}/imports`, people(ROWS), { ...csv, status: 507 });
    await server.admin.get(`${v1}/people`); // reading goes on
    const doctor = await server.command(["doctor"]);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /disk is full/);

    rmSync(filler(server));
    await until("it is ready again", async () =>
      (await fetch(`${server.url}/readyz`)).status === 200);
    assert.equal((await fetch(server.url + leave, oneClick)).status, 200);
    await until("the unsubscribe is applied", async () => {
      const { body: lists } = await server.mailchimp.get("/3.0/lists");
      const { body } = await server.mailchimp.get(
        `/3.0/lists/${lists.lists[0].id}/members/leaver@example.test`);
      return body.status === "unsubscribed";
    });
    const job = await server.job(started.body.job_id);
    assert.equal((job.result as { created: number }).created, ROWS);
    const { text } = await server.admin.get(`${v1}/export/people.csv`);
    for (const name of kept) assert.ok(text.includes(name), `${name} is lost`);
    assert.equal(text.match(/Squeezed/g)?.length ?? 0, kept.length);
    const faults = server.log.filter((line) => / (warn|error) /.test(line));
    assert.ok(faults.length < 25, faults.join("\n"));
  });
});

describe("a disk that gets full while a campaign is sent", { skip: SKIP }, () => {
  const relay = useRelay();
  const server = useServer({ disk: "64m", env: { get MUSTER_RELAY() { return relay.url; } } });

  it("is why it stands still, and it goes on once there is room", async () => {
    server.allowLog(/ code=full|the disk is full|No space left|relay/);
    let go = (): void => {};
    const held = new Promise<void>((done) => (go = done));
    relay.pace = (command) => (command === "RCPT" ? held : undefined);
    await addPeople(server, Array.from({ length: 40 }, (_, i) => `p${i}@e.example`));
    const campaign = await makeCampaign(server, await makeGroup(server, "All"));
    const path = `${v1}/campaigns/${campaign.id}`;
    await server.admin.post(`${path}/send`, undefined, { status: 202 });
    await until("it is under way", () => (relay.commands.get("RCPT") ?? 0) > 0);
    await until("the CRM knows", async () => (await server.admin.get(path)).body.status === "sending");
    fill(server);
    go();
    const { hold } = await until("it says why", async () => {
      fill(server); // what a checkpoint gave back
      const { body } = await server.admin.get(path);
      return body.hold ? body : undefined;
    });
    assert.equal(hold.reason, "disk");
    assert.match(hold.detail, /disk is full: free some space/);
    const { items } = (await server.admin.get(`${v1}/campaigns`)).body;
    assert.equal(items[0].hold.reason, "disk");
    assert.equal((await server.admin.get(`${path}/report`)).body.hold.reason, "disk");

    rmSync(filler(server));
    await isSent(server, campaign);
    assert.equal((await server.admin.get(path)).body.hold, null);
    assert.equal(new Set(relay.messages.flatMap((m) => m.to)).size, 40);
  });
});

describe("a disk that takes no more files", { skip: SKIP }, () => {
  const server = useServer({ disk: "600m,nr_inodes=300" });

  it("is told by the doctor, however much room it has", async () => {
    const doctor = await server.command(["doctor"]);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /^problem +disk space.*inodes/m);
  });
});

describe("a limit on the size of files (ulimit -f)", () => {
  const server = useServer();

  it("is a full disk for the upload that meets it, and ends nobody", async () => {
    // SQLite may keep the reason of a commit that meets the limit to itself
    server.allowLog(/ code=full|the disk is full|File too large|commit: disk I\/O error/);
    const limit = (bytes: string) => {
      const { status, stderr } = spawnSync("prlimit", ["--pid", `${server.pid}`, `--fsize=${bytes}:unlimited`]);
      assert.equal(status, 0, `${stderr}`);
    };
    limit(`${64 << 10}`);
    for (let i = 0; i < 3; i++)
      await server.admin.post(`${v1}/imports`, people(ROWS), { ...csv, status: 507 });
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    limit("unlimited");
    const { body } = await server.admin.post(`${v1}/imports`, people(3), csv);
    await server.job(body.job_id);
  });
});

describe("a disk that has no inodes left", { skip: SKIP }, () => {
  const server = useServer({ disk: "64m,nr_inodes=60" });

  it("is full, too", async () => {
    server.allowLog(/ code=full|No space left/);
    const folder = `${filler(server)}s`;
    mkdirSync(folder);
    assert.throws(() => {
      for (let i = 0; ; i++) closeSync(openSync(join(folder, String(i)), "w"));
    }, { code: "ENOSPC" });
    await until("it is not ready", async () => {
      const reply = await fetch(`${server.url}/readyz`);
      return /not ready: .*no inodes left/.test(await reply.text()) && reply.status === 503;
    });
    await server.admin.post(`${v1}/imports`, people(1), { ...csv, status: 507 });
    rmSync(folder, { recursive: true });
    await until("it is ready again", async () =>
      (await fetch(`${server.url}/readyz`)).status === 200);
    await server.admin.post(`${v1}/imports`, people(1), csv);
  });
});
