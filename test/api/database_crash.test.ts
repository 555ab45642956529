/**
 * A PostgreSQL that crashes in the middle of a send, and starts again: what was
 * committed and not synced may be gone. Everybody gets the message, whoever may
 * have got it twice is marked, and an unsubscribe that was answered is kept, also
 * where the server was told not to sync (synchronous_commit = off, as this one is).
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  addPeople, binary, header, isPostgres, makeCampaign, makeGroup, parseMail, psql, push, until,
  useRelay, useServer,
} from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = 2_000;
const UNSYNCED = 1_000; // send.unsynced_max: what a crash of the database may send twice
const UNCERTAIN = 32;
const CRASHES = 2;
const LOST = 1; // how it ends when the database has lost what it had committed

const script = resolve(binary, "../../tools/throwaway_postgres.sh");
const postgres = (what: string, folder: string) =>
  execFileSync(script, [what, folder], { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

describe("a database that crashes", {
  skip: isPostgres ? false : "SQLite has no server",
}, () => {
  const folder = isPostgres ? mkdtempSync(join(tmpdir(), "muster-pg-")) : "";
  const database = isPostgres ? postgres("start", folder).trim() : "";
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_DATABASE: database } });

  before(async () => {
    server.allowLog(/ (warn|error) /); // without a database all may fail
    server.setEnv({ MUSTER_RELAY: relay.url });
    await server.restart();
  });
  after(() => postgres("stop", folder));

  /** As a service manager sees to it: whoever ends is started again. */
  const eventually = (what: string, ask: () => boolean | Promise<boolean>) =>
    until(what, async () => {
      await server.runIfEnded(LOST);
      return ask();
    });

  async function leave(source: string): Promise<boolean> {
    const link = header(await parseMail(source), "list-unsubscribe")!.match(/<(http[^>]+)>/)![1]!;
    const body = new URLSearchParams("List-Unsubscribe=One-Click");
    const reply = await fetch(server.url + new URL(link).pathname, { method: "POST", body });
    return reply.status === 200;
  }

  it("loses nobody, and no answered unsubscribe", async () => {
    const addresses = Array.from({ length: PEOPLE }, (_, i) => `p${i}@crash.example`);
    await addPeople(server, addresses);
    const group = await makeGroup(server, "All");
    await push(server, group);
    const campaign = await makeCampaign(server, group);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    const left: string[] = [];
    for (let crash = 1; crash <= CRASHES; crash++) {
      const some = relay.messages.length + 300;
      await eventually("some are sent", () => relay.messages.length >= some);
      const message = relay.messages[some - 200]!;
      await eventually("somebody leaves", () => leave(message.data.toString()));
      left.push(message.to[0]!);
      postgres("crash", folder);
      postgres("again", folder);
    }
    await eventually("all is sent", async () =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status === "sent");
    const got = new Map<string, number>();
    for (const { to } of relay.messages) got.set(to[0]!, (got.get(to[0]!) ?? 0) + 1);
    assert.deepEqual(addresses.filter((a) => !got.has(a)), [], "nobody is lost");
    const twice = [...got].filter(([, n]) => n > 1).map(([to]) => to);
    assert.ok(twice.length <= CRASHES * (UNSYNCED + UNCERTAIN), `${twice.length} doubles`);
    const marked = psql(`SELECT m.address FROM audience.recipient r
      JOIN audience.member m ON m.id = r.member_id WHERE r.uncertain = 1`,
      database).split("\n");
    assert.deepEqual(twice.filter((to) => !marked.includes(to)), [], "all doubles are marked");
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    for (const address of left)
      await until(`${address} has left`, async () =>
        (await server.mailchimp.get(`/3.0/lists/${list}/members/${address}`)).body.status ===
          "unsubscribed");
  });
});
