/**
 * A backup that is restored mails nobody again and loses no opt-out. SQLite:
 * muster backup and restore; PostgreSQL: pg_dump and pg_restore, from outside.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import {
  addPeople, isPostgres, isSent, makeCampaign, makeGroup, push, until, useRelay, useServer,
  type Json, type Server,
} from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = 150;
const HELD_AT = 40;
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

async function backup(server: Server): Promise<void> {
  const to = join(server.folder, "backup");
  if (isPostgres) {
    execFileSync("pg_dump", ["-Fc", "-f", to, "-d", server.database!]);
    return;
  }
  const { code, stderr } = await server.command(["backup", to]);
  assert.equal(code, 0, stderr);
}

/** What `muster restore` printed; "" on PostgreSQL. */
async function restore(server: Server): Promise<string> {
  const from = join(server.folder, "backup");
  if (isPostgres) {
    execFileSync("psql", ["-q", "-X", "-d", server.database!, "-c",
      "DROP SCHEMA crm CASCADE; DROP SCHEMA audience CASCADE; DROP SCHEMA events CASCADE"],
    { stdio: ["ignore", "ignore", "ignore"] });
    execFileSync("pg_restore", ["-d", server.database!, from]);
    return "";
  }
  const { code, stdout, stderr } = await server.command(["restore", "--yes", from]);
  assert.equal(code, 0, stderr);
  return stdout;
}

const kept = (server: Server): string[] =>
  readdirSync(server.folder).filter((name) => name.startsWith("replaced-"))
    .map((name) => join(server.folder, name));

const journalOf = (server: Server): string => join(server.folder, "suppression.journal");

describe("a backup that is restored", () => {
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_RELAY: "smtp://127.0.0.1:1" } });
  const names = Array.from({ length: PEOPLE }, (_, i) => `p${i}`);
  let list: string;
  let group: Json;
  let campaign: Json;
  let printed: string;

  const person = async (name: string): Promise<Json> =>
    (await server.admin.get(`${v1}/people`, { email: `${name}@a.example` })).body.items[0];
  const member = async (name: string, status?: number): Promise<Json> =>
    (await server.mailchimp.get(`/3.0/lists/${list}/members/${md5(`${name}@a.example`)}`, {},
      { status })).body;
  const ofRestore = async (): Promise<Json> => (await server.admin.get(`${v1}/restore`)).body;

  before(async () => {
    server.setEnv({ MUSTER_RELAY: relay.url });
    server.allowLog(/the database was restored/);
    server.allowLog(/messages are uncertain/);
    await server.restart();
    await addPeople(server, names.map((name) => `${name}@a.example`));
    group = await makeGroup(server, "All");
    list = (await push(server, group)).audience_id;
    campaign = await makeCampaign(server, group);
  });

  it("was made while a campaign was under way", async () => {
    let release = (): void => {};
    const held = new Promise<void>((done) => (release = done));
    relay.onData = async () => {
      if (relay.messages.length >= HELD_AT) await held;
      return undefined;
    };
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await relay.received(HELD_AT);
    await until("the CRM sees it sending", async () =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status === "sending");
    await backup(server);
    release();
    await isSent(server, campaign);
    assert.equal(new Set(relay.messages.flatMap((m) => m.to)).size, PEOPLE);
  });

  it("is refused while the server runs", async () => {
    const { code, stderr } =
      await server.command(["restore", "--yes", join(server.folder, "backup")]);
    assert.equal(code, 1);
    assert.match(stderr, isPostgres ? /pg_restore/ : /a server runs on the folder/);
  });

  it("is put back after people have left in each way", async () => {
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("p0@a.example")}`,
      { status: "unsubscribed" });
    await server.admin.patch(`${v1}/people/${(await person("p1")).id}`,
      { opted_out: true, reason: "by phone" });
    await server.admin.post(`${v1}/people/${(await person("p2")).id}/erase`, {},
      { status: [200, 202, 204] });
    await until("the member is gone", async () => (await member("p2", 404)) as Json);
    // out, and back with a ground
    const p3 = (await person("p3")).id;
    await server.admin.patch(`${v1}/people/${p3}`, { opted_out: true, reason: "by phone" });
    // what the audience is told is an opt-out of its own in the journal: before she is back
    await until("the audience knows", async () => (await member("p3")).status === "unsubscribed");
    await server.admin.patch(`${v1}/people/${p3}`, { opted_out: false, reason: "signed the form" });
    await server.halt();
    printed = await restore(server);
    if (!isPostgres) {
      assert.match(printed, /applied from the suppression journal/);
      assert.match(printed, /[1-9] opt-outs/);
      assert.match(printed, /[1-9] erasures/);
      assert.match(printed, /are paused: 1/);
    }
    await server.run();
    const state = await ofRestore();
    assert.equal(state.sending, true, JSON.stringify(state));
    if (isPostgres) {
      assert.equal(state.restored, true);
      assert.equal(state.paused, 1);
      assert.ok(state.applied.opt_outs > 0 && state.applied.erasures > 0, JSON.stringify(state));
    }
  });

  it("lost nobody's word", async () => {
    assert.equal((await member("p0")).status, "unsubscribed");
    assert.equal((await person("p1")).opted_out, true);
    await until("the audience knows", async () => (await member("p1")).status === "unsubscribed");
    assert.equal(await person("p2"), undefined);
    await member("p2", 404);
    assert.equal((await person("p3")).opted_out, false);
    assert.equal((await person("p4")).opted_out, false);
  });

  it("has its campaign paused, says why, and mails nobody", async () => {
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
    assert.equal(body.status, "paused");
    assert.match(body.paused_because, /restored from a backup/);
    const there = await server.mailchimp.get(`/3.0/campaigns/${body.marketing_campaign_id}`);
    assert.equal(there.body.status, "paused");
    const { stdout } = await server.command(["campaign", "report", String(campaign.id)]);
    assert.match(stdout, /paused: The database was restored/);
    const ready = await server.anonymous.get("/readyz");
    assert.equal(ready.text, "ready\n");
    assert.ok(server.log.some((line) => /the database was restored/.test(line)) || !isPostgres);
    // the next campaign goes out: the sender works, and has left that one alone
    const sent = relay.messages.length;
    const next = await makeCampaign(server, group, "Next");
    await server.admin.post(`${v1}/campaigns/${next.id}/send`, undefined, { status: 202 });
    await isSent(server, next);
    const to = relay.messages.slice(sent).flatMap((m) => m.to);
    assert.equal(new Set(to).size, to.length, "somebody got it twice");
    assert.ok(to.length >= PEOPLE - 4, String(to.length)); // p3 may wait for a sync
    for (const name of ["p0", "p1", "p2"]) assert.ok(!to.includes(`${name}@a.example`), name);
  });

  it("goes on with it when a user says so", async () => {
    await server.admin.post(`${v1}/campaigns/${campaign.id}/resume`, undefined, { status: 202 });
    await isSent(server, campaign);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
    assert.equal(body.paused_because, null);
  });

  it("is no restore for the next start", async () => {
    await server.restart();
    const state = await ofRestore();
    assert.equal(state.restored, false);
    assert.equal(state.sending, true);
  });

  it("is not seen in a kill", async () => {
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("p9@a.example")}`,
      { status: "unsubscribed" });
    await server.kill();
    await server.run();
    assert.equal((await ofRestore()).restored, false);
  });
});

describe("people who were deleted since the backup", () => {
  const server = useServer();

  it("are back as the backup has them, and opted out if they were", async () => {
    server.allowLog(/the database was restored/);
    const names = ["mailed", "not", "out"];
    await addPeople(server, names.map((name) => `${name}@a.example`));
    const person = async (name: string): Promise<Json> =>
      (await server.admin.get(`${v1}/people`, { email: `${name}@a.example` })).body.items[0];
    const group = await makeGroup(server, "All");
    await push(server, group);
    const campaign = await makeCampaign(server, group);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    await addPeople(server, ["late@a.example"]); // in no ledger
    await backup(server);
    await server.admin.patch(`${v1}/people/${(await person("out")).id}`,
      { opted_out: true, reason: "by phone" });
    for (const name of [...names, "late"])
      await server.admin.delete(`${v1}/people/${(await person(name)).id}`, { status: 204 });
    await server.halt();
    const printed = await restore(server);
    if (!isPostgres) assert.match(printed, / 0 erasures/);
    await server.run();
    for (const name of [...names, "late"]) {
      const back = await person(name);
      assert.equal(back?.opted_out, name === "out", name);
      const { body } =
        await server.admin.get(`${v1}/suppressions`, { address: `${name}@a.example` });
      assert.ok(body.items.every((i: Json) => i.kind !== "forgotten"), JSON.stringify(body));
    }
  });
});

describe("a server that was killed before its data is replaced", { skip: isPostgres }, () => {
  const server = useServer();

  it("loses no opt-out that it had not journalled yet", async () => {
    server.allowLog(/the database was restored/);
    await addPeople(server, ["a@a.example", "b@a.example"]);
    const person = async (name: string): Promise<Json> =>
      (await server.admin.get(`${v1}/people`, { email: `${name}@a.example` })).body.items[0];
    const { id } = await person("a");
    await backup(server);
    await server.admin.patch(`${v1}/people/${id}`, { opted_out: true, reason: "by phone" });
    await server.kill();
    assert.match(await restore(server), /1 opt-outs/);
    await server.run();
    assert.equal((await person("a")).opted_out, true);
    assert.equal((await person("b")).opted_out, false);
  });

  it("is replaced even if it cannot be read", async () => {
    await server.halt();
    writeFileSync(join(server.folder, "crm.db"), "no database");
    const { code, stdout, stderr } =
      await server.command(["restore", "--yes", join(server.folder, "backup")]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /1 opt-outs/);
    assert.match(stderr, /what the replaced data knew last/);
    const aside = kept(server);
    assert.equal(aside.length, 1);
    assert.equal(readFileSync(join(aside[0]!, "crm.db"), "utf8"), "no database");
  });

  it("but not without any journal, unless that is meant", async () => {
    rmSync(journalOf(server));
    writeFileSync(join(server.folder, "crm.db"), "no database");
    const args = ["restore", "--yes", join(server.folder, "backup")];
    const { code, stderr } = await server.command(args);
    assert.equal(code, 1);
    assert.match(stderr, /is damaged, and there is no suppression journal .*--lose-opt-outs/);
    assert.equal(readFileSync(join(server.folder, "crm.db"), "utf8"), "no database");
    const meant = await server.command([...args, "--lose-opt-outs"]);
    assert.equal(meant.code, 0, meant.stderr);
    assert.match(meant.stdout, /is missing; put the newest journal .* an administrator can confirm/);
  });
});

describe("a restore whose suppression journal is of no use", { skip: isPostgres }, () => {
  const server = useServer();
  const person = async (name: string): Promise<Json> =>
    (await server.admin.get(`${v1}/people`, { email: `${name}@a.example` })).body.items[0];
  const harms: Record<string, (path: string, old: string) => void> = {
    missing: (path) => rmSync(path),
    empty: (path) => writeFileSync(path, ""),
    garbage: (path) => writeFileSync(path, "\0garbage\n".repeat(99)),
    old: (path, old) => writeFileSync(path, old),
    damaged: (path) => {
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.replace(/ opt_out /, " opt_oub "));
    },
  };
  const names = Object.keys(harms);
  let list: string;
  let old: string;
  let opted: string[] = [];

  before(async () => {
    for (const line of [/the database was restored/, /sending is off/, /was put aside/])
      server.allowLog(line);
    await addPeople(server, names.flatMap((n) => [`${n}@a.example`, `m${n}@a.example`]));
    list = (await push(server, await makeGroup(server, "All"))).audience_id;
    await backup(server);
    await server.halt();
    old = readFileSync(journalOf(server), "utf8");
  });

  for (const harm of names)
    it(`writes a new one of what the replaced data knows: ${harm}`, async () => {
      await server.run();
      await server.admin.patch(`${v1}/people/${(await person(harm)).id}`,
        { opted_out: true, reason: "by phone" });
      await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5(`m${harm}@a.example`)}`,
        { status: "unsubscribed" });
      opted = [...opted, harm];
      await server.halt();
      harms[harm]!(journalOf(server), old);
      const { code, stdout, stderr } =
        await server.command(["restore", "--yes", join(server.folder, "backup")]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /a new one has all that the replaced data knows/);
      const aside = /what was replaced is in (\S+),/.exec(stdout)?.[1];
      assert.deepEqual(kept(server), [aside]);
      await server.run();
      const state = (await server.admin.get(`${v1}/restore`)).body;
      assert.equal(state.sending, true, JSON.stringify(state));
      for (const name of names) {
        assert.equal((await person(name)).opted_out, opted.includes(name), name);
        const { body } = await server.mailchimp.get(
          `/3.0/lists/${list}/members/${md5(`m${name}@a.example`)}`);
        assert.equal(body.status, opted.includes(name) ? "unsubscribed" : "subscribed", name);
      }
      await server.halt();
    });

  it("is refused where no journal can be written", async () => {
    const from = join(server.folder, "backup");
    const { code, stderr } = await server.command(
      ["restore", "--yes", from, "--suppression-journal", join(server.folder, "no", "dir", "j")]);
    assert.equal(code, 1);
    assert.match(stderr, /nothing was replaced: .*no\/dir\/j/);
    assert.equal(kept(server).length, 1); // of the restore before
    await server.run();
  });
});

describe("a backup that is not meant", { skip: isPostgres }, () => {
  const server = useServer();
  const other = useServer();
  const from = (...path: string[]): string => join(server.folder, ...path);
  const restoreOf = (folder: string, ...more: string[]): ReturnType<Server["command"]> =>
    server.command(["restore", "--yes", folder, ...more]);

  before(async () => {
    for (const s of [server, other])
      for (const line of [/the database was restored/, /sending is off/, /put aside/, /confirmed/])
        s.allowLog(line);
    assert.equal((await server.command(["backup", from("empty")])).code, 0);
    await addPeople(server, ["a@a.example", "b@a.example"]);
    assert.equal((await server.command(["backup", from("one")])).code, 0);
    await addPeople(server, ["c@a.example"]);
    assert.equal((await server.command(["backup", from("two")])).code, 0);
    await addPeople(other, ["x@a.example"]);
    assert.equal((await other.command(["backup", from("other")])).code, 0);
    cpSync(from("two"), from("mixed"), { recursive: true });
    cpSync(from("one", "crm.db"), from("mixed", "crm.db"));
    cpSync(from("one"), from("bare"), { recursive: true });
    rmSync(from("bare", "muster-backup.json"));
    await server.halt();
  });

  const cases: [string, RegExp][] = [
    ["nope", /there is no folder .*nope/],
    ["empty", /the backup is empty: here are 3 people \(.*20\d\d-.*in the backup are 0 people, made 20.*--other-data/],
    ["other", /another installation.*: here are 3 people .*in the backup are 1 people .*made 20.*--other-data/],
    ["mixed", /crm\.db is not the one that this backup was made with.*--other-data/],
  ];
  for (const [folder, says] of cases)
    it(`is refused: ${folder}`, async () => {
      const { code, stderr } = await restoreOf(from(folder));
      assert.equal(code, 1);
      assert.match(stderr, says);
    });

  it("changes nothing by being refused", async () => {
    await server.run();
    assert.equal((await server.admin.get(`${v1}/people`)).body.items.length, 3);
    await server.halt();
  });

  it("is put back if an option says so; one from before the manifest always is", async () => {
    for (const [folder, people, ...more] of [
      ["bare", 2], ["empty", 0, "--other-data"], ["mixed", 2, "--other-data"], ["two", 3],
      ["one", 2, "--discard-replaced"],
    ] as [string, number, ...string[]][]) {
      const { code, stdout, stderr } = await restoreOf(from(folder), ...more);
      assert.equal(code, 0, `${folder}: ${stderr}`);
      assert.equal(/what was replaced is in/.test(stdout), more[0] !== "--discard-replaced");
      await server.run();
      const { body } = await server.admin.get(`${v1}/people`);
      assert.equal(body.items.length, people, folder);
      await server.halt();
    }
    assert.deepEqual(kept(server), []);
  });

  it("may be another installation's, whose mail waits for a word", async () => {
    const journal = readFileSync(journalOf(server), "utf8");
    const { code, stdout, stderr } = await restoreOf(from("other"), "--other-data");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /made with another key|another database/);
    assert.ok(readFileSync(journalOf(server), "utf8").startsWith(journal));
    await server.run();
  });
});

describe("a database whose journal is gone", () => {
  const server = useServer();
  let campaign: Json;

  before(async () => {
    await addPeople(server, ["a@a.example"]);
    campaign = await makeCampaign(server, await makeGroup(server, "All"));
    server.allowLog(/the database was restored/);
    server.allowLog(/sending is off/);
    server.allowLog(/the suppression journal was put aside/);
    server.allowLog(/sending was confirmed/);
    await server.halt();
    renameSync(journalOf(server), `${journalOf(server)}.away`);
    await server.run();
  });

  it("sends nothing, and says why wherever one looks", async () => {
    const state = (await server.admin.get(`${v1}/restore`)).body;
    assert.equal(state.sending, false);
    assert.match(state.because, /suppression\.journal is missing/);
    for (const act of ["send", "resume"]) {
      const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/${act}`, undefined,
        { status: 409 });
      assert.match(body.detail, /sending is off: .*is missing/);
    }
    await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, { to: ["x@a.example"] },
      { status: 409 });
    const check = (await server.admin.get(`${v1}/campaigns/${campaign.id}/checklist`)).body;
    assert.equal(check.is_ready, false);
    assert.match(JSON.stringify(check.items),
      /"error","code":"sending","heading":"Sending","details":"sending is off: .*put the newest journal .*confirm/);
    const ready = await server.anonymous.get("/readyz");
    assert.match(ready.text, /^ready to serve, but not to send\nsending is off: .*is missing/);
    const doctor = await server.command(["doctor"]);
    assert.match(doctor.stdout, /problem {2}mail: sending is off/);
  });

  it("opens by itself when the journal is back", async () => {
    await server.halt();
    renameSync(`${journalOf(server)}.away`, journalOf(server));
    await server.run();
    assert.equal((await server.admin.get(`${v1}/restore`)).body.sending, true);
  });

  it("or when an administrator confirms it, and nobody else", async () => {
    await server.halt();
    rmSync(journalOf(server));
    await server.run();
    const manager = server.admin.as(await server.createKey("m", "manager"));
    await manager.post(`${v1}/restore/confirm`, {}, { status: 403 });
    assert.equal((await server.admin.get(`${v1}/restore`)).body.sending, false);
    const { code, stderr } = await server.command(["confirm-restore"]);
    assert.equal(code, 0, stderr);
    assert.equal((await server.admin.get(`${v1}/restore`)).body.sending, true);
    assert.ok(existsSync(journalOf(server)));
    await server.admin.post(`${v1}/restore/confirm`, {}, { status: 409 });
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
  });
});
