/**
 * Consent is looked at once more when it is a message's turn with the relay: who
 * leaves after the claim, and before that, gets nothing, and the figures are
 * what the relay took.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  addPeople, isBalanced, isSent, makeCampaign, makeGroup, push, until, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = 40;

describe("who leaves before the mail is handed to the relay", () => {
  const relay = useRelay();
  const server = useServer();
  let list: string;

  const statusOf = async (address: string): Promise<string | undefined> =>
    (await server.mailchimp.get(`${list}/members/${address}`, {}, { status: [200, 404] })).body.status;
  const becomes = (address: string, ...statuses: unknown[]) =>
    until(`${address} is ${statuses}`, async () => statuses.includes(await statusOf(address)));

  /** Each in another way; the audience knows it when this ends. */
  async function leave(people: Json[]): Promise<{ old: string[]; moved: string }> {
    const [out, unsubscribed, erased, deleted, moved] = people as [Json, Json, Json, Json, Json];
    const path = (p: Json): string => `${v1}/people/${p.id}`;
    await server.admin.patch(path(out), { opted_out: true, reason: "told us" });
    await server.mailchimp.patch(`${list}/members/${unsubscribed.email}`, { status: "unsubscribed" });
    await server.admin.post(`${path(erased)}/erase`, undefined, { status: 204 });
    await server.admin.delete(path(deleted), { status: 204 });
    await server.admin.patch(path(moved), { email: `new-${moved.email}` });
    await becomes(out.email, "unsubscribed");
    await becomes(erased.email, 404);
    await becomes(deleted.email, "archived", 404);
    await becomes(`new-${moved.email}`, "subscribed");
    return { old: people.map((p) => p.email), moved: `new-${moved.email}` };
  }

  /** Everybody but the leavers has one mail, and the report says what the relay took. */
  async function addsUp(campaign: Json, people: Json[], left: { old: string[]; moved: string }): Promise<void> {
    await isSent(server, campaign);
    for (const address of left.old) assert.equal(relay.to(address).length, 0, address);
    for (const { email } of people)
      if (!left.old.includes(email)) assert.equal(relay.to(email).length, 1, email);
    assert.equal(relay.to(left.moved).length, 1);
    const report = await until("the report is complete", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
      return body.waiting === 0 && body;
    });
    assert.ok(isBalanced(report), JSON.stringify(report));
    assert.equal(report.recipients, people.length);
    assert.equal(report.sent, relay.messages.length, JSON.stringify(report.left_out));
    assert.equal(report.sent, people.length - left.old.length + 1);
  }

  async function begin(domain: string): Promise<{ people: Json[]; campaign: Json }> {
    const addresses = Array.from({ length: PEOPLE }, (_, i) => `p${i}@${domain}`);
    const people = (await addPeople(server, addresses)).filter((p) => p.email?.endsWith(`@${domain}`));
    const group = await makeGroup(server, domain, [{ field: "email", op: "ends", value: `@${domain}` }]);
    await push(server, group);
    const campaign = await makeCampaign(server, group, domain);
    relay.messages = [];
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    return { people, campaign };
  }

  before(async () => {
    server.setEnv({ MUSTER_RELAY: relay.url, MUSTER_SEND_CONNECTIONS: "2" });
    server.allowLog(/relay takes no messages|relay not reached/);
    await server.restart();
    const { body } = await server.mailchimp.get("/3.0/lists");
    list = `/3.0/lists/${body.lists[0].id}`;
  });

  it("gets nothing from a relay that is slow", async () => {
    let release = (): void => {};
    const held = new Promise<void>((done) => { release = done; });
    relay.pace = (command) => (command === "data" ? held : undefined);
    const { people, campaign } = await begin("slow.example");
    await relay.received(2); // one a connection, and the next of each is begun
    const left = await leave(people.slice(-5));
    release();
    await addsUp(campaign, people, left);
  });

  it("gets nothing from a relay that was down", async () => {
    relay.pace = () => undefined;
    relay.onConnect = () => "421 4.3.2 down";
    await relay.goAway(); // the connections that were open
    await relay.comeBack();
    const { people, campaign } = await begin("down.example");
    await until("the campaign is held up", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
      return body.hold !== null;
    });
    const left = await leave(people.slice(0, 5));
    assert.equal(relay.messages.length, 0);
    relay.onConnect = () => undefined;
    await addsUp(campaign, people, left);
  });

  it("counts as sent, who was erased at once after it", async () => {
    relay.onConnect = () => undefined;
    const { people, campaign } = await begin("late.example");
    await relay.received(PEOPLE);
    for (const { id } of people.slice(0, 10))
      await server.admin.post(`${v1}/people/${id}/erase`, undefined, { status: 204 });
    await isSent(server, campaign);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
    assert.equal(body.sent, PEOPLE, JSON.stringify(body.left_out));
    assert.ok(isBalanced(body));
  });
});
