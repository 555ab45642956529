/**
 * A database that somebody else has locked, and a disk that is full: what only
 * reads goes on, what writes is told so at once, and all goes on afterwards.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  isPostgres, Lock, psql, type Server, tablesOf, unsubscribeLinkOf, until, useServer,
} from "../harness/index.js";

const WITHIN_MS = 20_000; // the promise is 2 s; what waits for the lock waits longer than this

interface Answer {
  status: number;
  text: string;
  ms: number;
  retryAfter: string | null;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const since = performance.now();
  const reply = await fetch(url, { redirect: "manual", ...init });
  const text = await reply.text();
  const retryAfter = reply.headers.get("Retry-After");
  return { status: reply.status, text, ms: performance.now() - since, retryAfter };
}

/** Every GET of both descriptions, with some value in each path. */
async function readers(server: Server): Promise<string[]> {
  const urls: string[] = [];
  for (const prefix of ["/api/v1", "/3.0"]) {
    const { body } = await server.admin.get(`${prefix}/openapi.json`);
    for (const [path, item] of Object.entries(body.paths as Record<string, object>))
      if ("get" in item)
        urls.push(`${prefix}${path === "/" ? "" : path}`.replaceAll(/\{\w+\}/g, "1"));
  }
  return [...urls, "/", "/healthz", "/metrics"];
}

describe("a database that is locked", () => {
  const server = useServer();

  const writes = (key: string): [string, RequestInit][] => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const post = (body: object) => ({ method: "POST", headers, body: JSON.stringify(body) });
    return [
      ["/api/v1/people", post({ last_name: "Late" })],
      ["/api/v1/companies", post({ name: "Late" })],
      ["/api/v1/session", post({ email: "a@example.test", password: "wrong, but long" })],
      ["/3.0/lists/MASTER/members",
        post({ email_address: "late@example.test", status: "subscribed" })],
    ];
  };

  /** Others are sent away by whoever holds the lock; who stops mails gets it when it is given back. */
  const stopsAreWaitedFor = async (key: string, leave: string, oneClick: RequestInit): Promise<void> => {
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    const [campaign] = (await server.mailchimp.get("/3.0/campaigns")).body.campaigns;
    const lock = await Lock.take(server);
    const stops = [
      ...["cancel-send", "pause"].map((act) =>
        ask(`${server.url}/3.0/campaigns/${campaign.id as string}/actions/${act}`, { method: "POST", headers })),
      ask(server.url + leave, oneClick),
    ];
    const [path, init] = writes(key)[0]!;
    const other = await ask(server.url + path, init);
    await lock.release();
    assert.equal(other.status, 503, other.text);
    const [cancel, pause, left] = await Promise.all(stops);
    assert.match(cancel!.text + pause!.text, /sent/); // it is over: said by who has read it under a lock
    assert.deepEqual([cancel!.status, pause!.status, left!.status], [400, 400, 200]);
  };

  it("is read, refuses what writes within 2 s, and goes on", async () => {
    server.allowLog(/not ready|looking for jobs|leases|journal|housekeeping|held up|last uses/);
    server.allowLog(/request failed|forgetting|events cannot/);
    // a key that was never used: its first use is to be noted
    const key = await server.createKey("fresh", "administrator");
    const lists = await server.mailchimp.get("/3.0/lists");
    const master = String(lists.body.lists[0].id);
    const paths = await readers(server);
    const leave = await unsubscribeLinkOf(server, "leaver@example.test");
    const oneClick = { method: "POST", body: new URLSearchParams("List-Unsubscribe=One-Click") };
    assert.ok(paths.length > 60);
    const lock = await Lock.take(server);
    try {
      for (const path of paths) {
        const got = await ask(`${server.url}${path}`, {
          headers: { Authorization: `Bearer ${key}` },
        });
        assert.ok(got.status < 500, `${path}: ${got.status} ${got.text}`);
        assert.ok(got.ms < WITHIN_MS, `${path} took ${got.ms} ms`);
      }
      const leaving = ask(server.url + leave, oneClick); // has more patience: meanwhile
      for (const [path, init] of writes(key)) {
        const got = await ask(server.url + path.replace("MASTER", master), init);
        assert.equal(got.status, 503, `${path}: ${got.text}`);
        assert.ok(got.retryAfter, path);
        assert.match(got.text, /locked/);
        assert.ok(got.ms < WITHIN_MS, `${path} took ${got.ms} ms`);
      }
      const left = await leaving;
      assert.equal(left.status, 503, left.text);
      assert.ok(left.ms < WITHIN_MS, `unsubscribing took ${left.ms} ms`);
      const ready = await ask(`${server.url}/readyz`);
      assert.equal(ready.status, 503);
      assert.match(ready.text, /locked/);
      const doctor = await server.command(["doctor"]);
      assert.equal(doctor.code, 1);
      assert.match(doctor.stdout, /database.*locked/);
    } finally {
      await lock.release();
    }
    await stopsAreWaitedFor(key, leave, oneClick);
    await until("it is ready again", async () =>
      (await ask(`${server.url}/readyz`)).status === 200);
    assert.equal((await ask(server.url + leave, oneClick)).status, 200);
    const { body } = await server.admin.get("/api/v1/people");
    assert.equal(body.items.length, 0);
    for (const [path, init] of writes(key)) {
      const got = await ask(server.url + path.replace("MASTER", master), init);
      assert.ok(got.status < 500, `${path}: ${got.text}`);
    }
  });
});

describe("a table that is locked", {
  skip: isPostgres ? false : "SQLite locks whole databases",
}, () => {
  const server = useServer();
  const readyz = () => ask(`${server.url}/readyz`);

  before(() => server.allowLog(/ warn | error /)); // whoever needs one of them says so

  it("is waited for by /readyz, whichever it is", async () => {
    // all are locked, and given back as /readyz comes to them
    const locks = new Map(await Promise.all(tablesOf(server.database!).map(
      async (table) => [table, await Lock.onTable(server, table)] as const)));
    assert.ok(locks.size > 40);
    const early: number[] = [];
    let asking: Promise<unknown> | undefined;
    await until("/readyz has waited for each", async () => {
      asking ??= readyz().then(({ status }) => {
        if (status === 200 && locks.size > 0) early.push(locks.size);
        asking = undefined;
      });
      for (let tables = waitedFor(); tables.length > 0; tables = waitedFor())
        for (const table of tables) {
          const lock = locks.get(table);
          locks.delete(table); // first: /readyz may be faster than we
          await lock?.release();
        }
      return locks.size === 0;
    });
    await asking;
    assert.deepEqual(early, []);
    await until("it is ready", async () => (await readyz()).status === 200);
  });

  const waitedFor = () => psql(`
    SELECT l.relation::regclass FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND l.mode = 'RowExclusiveLock' AND a.query LIKE '%LOCK TABLE%'`,
  server.database).split("\n").filter((line) => line !== "");

  it("makes it not ready", async () => {
    for (const table of ["crm.app_user", "audience.member", "events.event"]) {
      const lock = await Lock.onTable(server, table);
      try {
        await until(`${table} is missed`, async () => {
          const { status, text } = await readyz();
          return status === 503 && /locked/.test(text);
        });
      } finally {
        await lock.release();
      }
      await until("it is ready again", async () => (await readyz()).status === 200);
    }
  });
});
