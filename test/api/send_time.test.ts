/** What happens to people while a campaign is on its way to them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import {
  addPeople, isBalanced, isSent, makeCampaign, makeGroup, push, runJob, until, useRelay, useServer,
  type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("while a campaign is sent", () => {
  const relay = useRelay();
  const server = useServer({
    env: {
      get MUSTER_RELAY() { return relay.url; },
      MUSTER_SEND_RETRY_FIRST: "200ms", MUSTER_SEND_CONNECTIONS: "1",
    },
  });
  const addresses = Array.from({ length: 40 }, (_, i) => `p${i}@e.example`);
  let people: Json[];
  let group: Json;
  let list: string;
  let campaign: Json;

  const report = async (id = campaign.id): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${id}/report`)).body;
  const recipients = async (query = {}): Promise<Json[]> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`,
      { limit: 100, ...query })).body.items;
  const at = (address: string): Json => people.find((p) => p.email === address);

  before(async () => {
    people = await addPeople(server, addresses);
    group = await makeGroup(server, "All");
    list = (await push(server, group)).audience_id;
  });

  it("who opts out in the CRM meanwhile gets no mail", async () => {
    let isDeferring = true;
    const late = addresses.slice(30); // their mails wait
    relay.onRecipient = (to) => (isDeferring && late.includes(to) ? "451 4.7.1 Later" : undefined);
    campaign = await makeCampaign(server, group);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await relay.received(30);
    const leavers = late.slice(0, 3);
    for (const address of leavers)
      await server.admin.patch(`${v1}/people/${at(address).id}`, { opted_out: true });
    for (const address of leavers)
      await until("the member has left", async () => (await server.mailchimp.get(
        `/3.0/lists/${list}/members/${md5(address)}`)).body.status === "unsubscribed");
    isDeferring = false;
    await isSent(server, campaign);
    assert.equal(relay.messages.length, 37);
    for (const address of leavers) assert.equal(relay.to(address).length, 0);
    const figures = await until("all is counted", async () => {
      const now = await report();
      return now.sent === 37 && now.waiting === 0 ? now : undefined;
    });
    assert.equal(figures.recipients, 40, JSON.stringify(figures));
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    const rows = (await recipients()).filter((r) => leavers.includes(r.address));
    assert.equal(rows.length, 3);
    for (const row of rows) assert.notEqual(row.state, "accepted", JSON.stringify(row));
    const { body } = await server.admin.get(`${v1}/people/${at(late[0]!).id}/communications`);
    assert.equal(body.items.length, 0, JSON.stringify(body));
  });

  it("it is not sent a second time", async () => {
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 409 });
    assert.equal(relay.messages.length, 37);
  });

  it("asking twice sends it once", async () => {
    relay.messages.length = 0;
    campaign = await makeCampaign(server, group, "Twice");
    const path = `${v1}/campaigns/${campaign.id}/send`;
    await Promise.all([1, 2, 3].map(() =>
      server.admin.post(path, undefined, { status: [202, 409] })));
    await isSent(server, campaign);
    await until("all is counted", async () => (await report()).sent === 37);
    assert.equal(relay.messages.length, 37);
    assert.equal(new Set(relay.messages.flatMap((m) => m.to)).size, 37);
  });

  it("an address that changes meanwhile gets one mail", async () => {
    relay.messages.length = 0;
    let isDeferring = true;
    relay.onRecipient = (to) => (isDeferring && to === "p5@e.example" ? "451 4.7.1 Later" : undefined);
    campaign = await makeCampaign(server, group, "Moved");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await relay.received(36);
    await server.admin.patch(`${v1}/people/${at("p5@e.example").id}`, { email: "p5.new@e.example" });
    await until("the member has moved", async () => (await server.mailchimp.get(
      `/3.0/lists/${list}/members/${md5("p5.new@e.example")}`)).body as Json);
    isDeferring = false;
    await isSent(server, campaign);
    const got = relay.to("p5@e.example").length + relay.to("p5.new@e.example").length;
    assert.ok(got <= 1, `${got} mails`);
    const figures = await until("all is counted", async () => {
      const now = await report();
      return now.waiting === 0 ? now : undefined;
    }, 15_000);
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    assert.equal(figures.recipients, 40, JSON.stringify(figures));
  });

  it("an erased person gets none, and the figures still add up", async () => {
    relay.messages.length = 0;
    let isDeferring = true;
    relay.onRecipient = (to) => (isDeferring && to === "p6@e.example" ? "451 4.7.1 Later" : undefined);
    campaign = await makeCampaign(server, group, "Erased");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await relay.received(36);
    await server.admin.post(`${v1}/people/${at("p6@e.example").id}/erase`, {},
      { status: [200, 202, 204] });
    await until("the member is gone", async () => (await server.mailchimp.get(
      `/3.0/lists/${list}/members/${md5("p6@e.example")}`, {}, { status: 404 })).body as Json);
    isDeferring = false;
    await isSent(server, campaign);
    assert.equal(relay.to("p6@e.example").length, 0);
    const figures = await until("nobody waits", async () => {
      const now = await report();
      return now.waiting === 0 ? now : undefined;
    }, 15_000);
    assert.ok(isBalanced(figures), JSON.stringify(figures));
  });

  it("who is deleted for good in the audience is left out, and not added again", async () => {
    await server.mailchimp.post(
      `/3.0/lists/${list}/members/${md5("p7@e.example")}/actions/delete-permanent`);
    const plan = await push(server, group);
    assert.equal(plan.add, 0, JSON.stringify(plan));
    assert.ok(plan.left_out.forgotten >= 1, JSON.stringify(plan));
    await server.mailchimp.get(`/3.0/lists/${list}/members/${md5("p7@e.example")}`, {}, { status: 404 });
    relay.messages.length = 0;
    campaign = await makeCampaign(server, group, "Deleted");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    assert.equal(relay.to("p7@e.example").length, 0);
    const figures = await until("nobody waits", async () => {
      const now = await report();
      return now.waiting === 0 ? now : undefined;
    }, 15_000);
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    assert.equal(figures.sent, relay.messages.length, JSON.stringify(figures));
  });
});
