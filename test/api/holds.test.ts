/**
 * Refusals that are about us hold the campaign and blame nobody; a campaign that bounces too
 * much pauses itself; what it cleaned can be undone.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  addPeople, isPostgres, isBalanced, isSent, makeCampaign, makeGroup, push, runJob, until, useRelay,
  useServer, type Json, type Relay, type Server,
} from "../harness/index.js";

const v1 = "/api/v1";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const addresses = (n: number, prefix: string): string[] =>
  Array.from({ length: n }, (_, i) => `${prefix}${i}@d${i % 3}.example`);

const get = async (server: Server, path: string): Promise<Json> =>
  (await server.admin.get(path)).body;
const campaignOf = (server: Server, c: Json): Promise<Json> => get(server, `${v1}/campaigns/${c.id}`);
const reportOf = (server: Server, c: Json): Promise<Json> =>
  get(server, `${v1}/campaigns/${c.id}/report`);
const listId = async (server: Server): Promise<string> =>
  (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
const memberOf = async (server: Server, address: string): Promise<Json> =>
  (await server.mailchimp.get(`/3.0/lists/${await listId(server)}/members/${md5(address)}`)).body;
const cleaned = async (server: Server): Promise<number> =>
  (await server.mailchimp.get(`/3.0/lists/${await listId(server)}`)).body.stats.cleaned_count;

const isHeld = (server: Server, c: Json): Promise<Json> =>
  until("the campaign says why it stands still", async () => {
    const now = await campaignOf(server, c);
    return now.hold ? now : undefined;
  });

const goesOn = (relay: Relay): void => {
  relay.onConnect = relay.onSender = relay.onRecipient = relay.onData = () => undefined;
};

describe("a relay that refuses us", { skip: isPostgres && "what a reply means is told before a database is asked" }, () => {
  const relay = useRelay();
  const server = useServer({
    env: { get MUSTER_RELAY() { return relay.url; }, MUSTER_SEND_RETRY_FIRST: "200ms" },
  });
  let group: Json;

  const refusals: [string, string, (relay: Relay) => void | Promise<void>][] = [
    ["at MAIL FROM", "sender", (r) => { r.onSender = () => "550 Sender verify failed"; }],
    ["at RCPT, for its relaying", "relay",
      (r) => { r.onRecipient = () => "550 relay not permitted"; }],
    ["at RCPT, for a limit", "limit",
      (r) => { r.onRecipient = () => "550 Domain has exceeded the max emails per hour (9/9)"; }],
    ["after the dot, for the content", "content",
      (r) => { r.onData = () => "554 5.7.1 Spam message rejected"; }],
    ["with 552 at MAIL FROM", "size", (r) => { r.onSender = () => "552 too much"; }],
    ["with 530 at MAIL FROM", "auth", (r) => { r.onSender = () => "530 5.7.0 Who are you"; }],
    ["with 421 on connect", "connection",
      async (r) => {
        r.onConnect = () => "421 4.3.2 too many connections";
        await r.goAway(); // or an open connection would do
        await r.comeBack();
      }],
  ];

  for (const [name, reason, refuse] of refusals)
    it(`${name}: it waits, says why, and goes on by itself`, async () => {
      server.allowLog(/relay/i);
      if (!group) {
        await addPeople(server, addresses(6, "p"));
        group = await makeGroup(server, "Everybody");
      }
      relay.messages.length = 0;
      await refuse(relay);
      const campaign = await makeCampaign(server, group, name);
      await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
      const held = await isHeld(server, campaign);
      assert.equal(held.status, "sending");
      assert.equal(held.hold.reason, reason, JSON.stringify(held.hold));
      assert.ok(held.hold.since);
      const report = await reportOf(server, campaign);
      assert.deepEqual(report.bounced, { hard: 0, soft: 0 });
      assert.equal(report.waiting, 6, JSON.stringify(report));
      assert.ok(isBalanced(report));
      assert.equal(report.hold.reason, reason);
      const { body: rows } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`);
      assert.equal(rows.items[0].detail, report.hold.detail);
      const { text: ready } = await server.anonymous.get("/readyz");
      assert.match(ready, new RegExp(`is held by the relay \\(${reason}\\)`));
      const { body: engine } = await server.mailchimp.get(
        `/3.0/campaigns/${held.marketing_campaign_id}`);
      assert.equal(engine.status, "sending");
      assert.equal(engine.delivery_status.hold.reason, reason);
      goesOn(relay);
      await isSent(server, campaign);
      assert.equal(relay.messages.length, 6);
      assert.equal(new Set(relay.messages.flatMap((m) => m.to)).size, 6);
      await until("nothing is said any more", async () =>
        (await campaignOf(server, campaign)).hold === null || undefined);
      assert.equal(await cleaned(server), 0);
    });

  it("and tells it on the command line, too", async () => {
    server.allowLog(/relay/i);
    relay.onSender = () => "550 <news@us.example>: Sender address rejected: not owned";
    const campaign = await makeCampaign(server, group, "Again");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isHeld(server, campaign);
    const report = await server.command(["campaign", "report", String(campaign.id)]);
    assert.match(report.stdout, /^held +by the relay \(sender\): 550 <address> Sender address rejected/m);
    goesOn(relay);
    await isSent(server, campaign);
  });
});

describe("a campaign that bounces", () => {
  const relay = useRelay();
  const server = useServer({
    env: { get MUSTER_RELAY() { return relay.url; }, MUSTER_SEND_UNCERTAIN_MAX: "8" },
  });
  let group: Json, campaign: Json;

  const isPaused = (c: Json): Promise<Json> =>
    until("it paused itself", async () => {
      const now = await campaignOf(server, c);
      return now.status === "paused" && now.hold ? now : undefined;
    });

  it("too much pauses itself, and says why", async () => {
    server.allowLog(/pauses itself/);
    await addPeople(server, addresses(120, "b"));
    group = await makeGroup(server, "Everybody");
    relay.onRecipient = () => "550 5.1.1 User unknown";
    campaign = await makeCampaign(server, group);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    const paused = await isPaused(campaign);
    assert.equal(paused.hold.reason, "bounces");
    assert.match(paused.hold.detail, /bounced hard; the last: 550 5.1.1 User unknown/);
    const n = await until("what was on its way is counted", async () => {
      const { bounced, waiting } = await reportOf(server, campaign);
      return bounced.hard >= 50 && bounced.hard + waiting === 120 ? bounced.hard : undefined;
    });
    assert.ok(n <= 50 + 8, `${n} bounced`);
    assert.equal(await cleaned(server), n);
    await until("the addresses are held", async () => {
      const plan = await push(server, group, true);
      return (plan.left_out.held ?? 0) + (plan.left_out.cleaned ?? 0) === n || undefined;
    });
  });

  it("is resumed by a user, who knows better: for good", async () => {
    relay.onRecipient = (to) => (Number(/\d+/.exec(to)![0]) % 2 ? "550 5.1.1 Unknown" : undefined);
    await runJob(server, `${v1}/campaigns/${campaign.id}/resume`);
    await isSent(server, campaign);
    assert.equal((await campaignOf(server, campaign)).hold, null);
    goesOn(relay);
  });

  it("and what it cleaned can be undone: first listed, then done", async () => {
    const n = await cleaned(server);
    assert.ok(n > 50);
    const bounced = (await reportOf(server, campaign)).bounced.hard;
    await until("every bounce is pulled", async () =>
      (await reportOf(server, campaign)).bounced.hard === n || undefined);
    // one of them left by a decision of their own meanwhile
    const { body: rows } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`,
      { state: "refused", limit: 200 });
    const gone = rows.items[0];
    assert.match(gone.detail, /^550 5\.1\.1 /);
    await server.mailchimp.patch(`/3.0/lists/${await listId(server)}/members/${md5(gone.address)}`,
      { status: "unsubscribed" });
    const path = `${v1}/campaigns/${campaign.id}/undo-cleans`;
    const plan = await runJob(server, path, { dry_run: true });
    assert.equal(plan.result.restored, n - 1, JSON.stringify(plan.result.kept));
    assert.deepEqual(plan.result.kept, { changed: 1 });
    assert.equal(await cleaned(server), n - 1); // nothing was done
    const command = await server.command(
      ["campaign", "undo-cleans", String(campaign.id), "--dry-run"]);
    assert.match(command.stdout, new RegExp(`would restore +${n - 1} members`));

    const done = await runJob(server, path);
    assert.equal(done.result.restored, n - 1);
    assert.equal(await cleaned(server), 0);
    const back = rows.items[1];
    assert.equal((await memberOf(server, back.address)).status, "subscribed");
    assert.equal((await memberOf(server, gone.address)).status, "unsubscribed");
    const { body: people } = await server.admin.get(`${v1}/people`, { email: back.address });
    assert.equal(people.items[0].emails[0].held, false);
    assert.ok(bounced > 0);

    const again = await runJob(server, path); // the same, and changes nothing
    assert.equal(again.result.restored, 0);
    assert.equal(again.result.addresses, 0);
    const planned = await runJob(server, path, { dry_run: true });
    assert.equal(planned.result.restored, 0);
    const told = await server.command(["campaign", "undo-cleans", String(campaign.id)]);
    assert.match(told.stdout, /^restored +0 members, 0 addresses$/m);
    const next = await push(server, group, true);
    assert.equal(next.left_out.cleaned ?? 0, 0, JSON.stringify(next));
    const id = (await campaignOf(server, campaign)).marketing_campaign_id;
    const { body: engine } = await server.mailchimp.get(`/3.0/campaigns/${id}/cleaned`);
    assert.equal(engine.cleaned.length, n);
    const { body: third } = await server.mailchimp.post(
      `/3.0/campaigns/${id}/actions/restore-cleaned`);
    assert.equal(third.cleaned.length, n);
    await server.mailchimp.get(`/3.0/campaigns/${id}/cleaned?after=x`, {}, { status: 400 });
  });

  it("that was never sent has nothing to undo", async () => {
    const draft = await makeCampaign(server, group, "Draft");
    await server.admin.post(`${v1}/campaigns/${draft.id}/undo-cleans`, {}, { status: 409 });
  });

  it("refused again and again in the same words pauses itself", async () => {
    server.allowLog(/pauses itself/);
    let i = 0;
    relay.onRecipient = (to) => `550 5.0.0 ${to} no thanks (id ${i++}x)`;
    const other = await makeCampaign(server, group, "Refused");
    await runJob(server, `${v1}/campaigns/${other.id}/send`);
    const paused = await isPaused(other);
    assert.equal(paused.hold.reason, "refusals");
    assert.equal((await reportOf(server, other)).bounced.hard, 0);
    goesOn(relay);
  });
});

describe("undoing cleans of people who are gone", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });

  it("leaves no member subscribed that nobody has", async () => {
    await addPeople(server, addresses(20, "g"));
    relay.onRecipient = () => "550 5.1.1 User unknown";
    const campaign = await makeCampaign(server, await makeGroup(server, "All"));
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    await until("all are cleaned", async () => (await cleaned(server)) === 20 || undefined);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`);
    const [gone, stays] = body.items;
    await server.admin.delete(`${v1}/people/${gone.person_id}`);
    await runJob(server, `${v1}/campaigns/${campaign.id}/undo-cleans`);
    await server.command(["sync"]);
    await until("nobody's member is settled", async () =>
      (await memberOf(server, gone.address)).status === "archived" || undefined);
    assert.equal((await memberOf(server, stays.address)).status, "subscribed");
  });
});
