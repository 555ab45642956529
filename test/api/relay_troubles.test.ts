/** Relays that refuse, defer or are away: nobody is lost, nobody is asked twice. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  addPeople, isBalanced, isPostgres, isSent, makeCampaign, makeGroup, push, runJob, until, useRelay,
  useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const addresses = (n: number, prefix: string): string[] =>
  Array.from({ length: n }, (_, i) => `${prefix}${i}@d${i % 3}.example`);

describe("a relay in trouble", { skip: isPostgres && "what a reply means is told before a database is asked" }, () => {
  const relay = useRelay();
  const server = useServer({
    env: { get MUSTER_RELAY() { return relay.url; }, MUSTER_SEND_RETRY_FIRST: "200ms" },
  });
  let group: Json;
  let people: Json[];

  const report = async (campaign: Json): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  const recipient = async (campaign: Json, address: string): Promise<Json> => {
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`,
      { limit: 100 });
    return body.items.find((r: Json) => r.address === address);
  };

  it("refuses some for good: they are counted, cleaned, held and left out", async () => {
    people = await addPeople(server, [...addresses(12, "good"), ...addresses(3, "gone")]);
    assert.equal(people.length, 15);
    group = await makeGroup(server, "Everybody");
    relay.onRecipient = (to) => (to.startsWith("gone") ? "550 5.1.1 No such user" : undefined);
    const campaign = await makeCampaign(server, group);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    assert.equal(relay.messages.length, 12);
    const figures = await until("the bounces are counted", async () => {
      const now = await report(campaign);
      return now.bounced.hard === 3 ? now : undefined;
    });
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    assert.equal(figures.recipients, 15);
    assert.equal(figures.waiting, 0);
    const refused = await until("the row says so", async () => {
      const row = await recipient(campaign, "gone1@d1.example");
      return row.state === "refused" ? row : undefined;
    });
    assert.ok(refused.bounced_at);
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const { body: member } = await server.mailchimp.get(
      `/3.0/lists/${lists.lists[0].id}/members/${md5("gone1@d1.example")}`);
    assert.equal(member.status, "cleaned");
    await until("the address is held", async () => {
      const { body } = await server.admin.get(`${v1}/people`, { email: "gone1@d1.example" });
      return body.items[0].emails[0].held;
    });
    const plan = await push(server, group);
    assert.equal(plan.unchanged, 12, JSON.stringify(plan));
    const { held = 0, cleaned = 0 } = plan.left_out;
    assert.equal(held + cleaned, 3, JSON.stringify(plan));
    const bounced = await makeGroup(server, "They bounced",
      [{ field: "response", op: "bounced", campaign_id: campaign.id }]);
    const { body: found } = await server.admin.get(`${v1}/groups/${bounced.id}/members`);
    assert.equal(found.total, 3);
  });

  it("defers, and takes it the second time", async () => {
    const seen = new Map<string, number>();
    relay.messages.length = 0;
    relay.onRecipient = (to) => {
      seen.set(to, (seen.get(to) ?? 0) + 1);
      return to.startsWith("good1") && seen.get(to) === 1 ? "451 4.7.1 Come back" : undefined;
    };
    const campaign = await makeCampaign(server, group, "Second");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    assert.equal(relay.messages.length, 12);
    assert.equal(seen.get("good1@d1.example"), 2);
    assert.equal(seen.get("good2@d2.example"), 1);
    const figures = await until("all are counted", async () => {
      const now = await report(campaign);
      return now.sent === 12 ? now : undefined;
    });
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    assert.equal(figures.bounced.hard, 0);
    assert.equal(figures.recipients, 15);
  });

  it("is away for a while: everybody gets it once it is back", async () => {
    server.allowLog(/relay/i);
    relay.messages.length = 0;
    relay.onRecipient = () => undefined;
    await relay.goAway();
    const from = server.log.length;
    const campaign = await makeCampaign(server, group, "Third");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await server.logged(/relay/i, from);
    const waiting = await report(campaign);
    assert.equal(waiting.waiting, 12, JSON.stringify(waiting));
    assert.ok(isBalanced(waiting), JSON.stringify(waiting));
    assert.equal((await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status, "sending");
    await relay.comeBack();
    await isSent(server, campaign);
    assert.equal(relay.messages.length, 12);
    assert.equal(new Set(relay.messages.flatMap((m) => m.to)).size, 12);
    const person = people.find((p) => p.email === "good3@d0.example");
    const items = await until("three communications", async () => {
      const { body } = await server.admin.get(`${v1}/people/${person.id}/communications`);
      return body.items.length === 3 ? body.items : undefined;
    });
    assert.equal(items[0].campaign_id, campaign.id);
  });
});
