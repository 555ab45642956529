/** What the outbox of the server caught went to nobody, and is not called delivered. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, isSent, makeCampaign, makeGroup, until, useRelay, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = ["ada@a.example", "bo@a.example", "cleo@b.example"];

describe("mails that were kept in the outbox", () => {
  const server = useServer({ env: { MUSTER_RELAY: "", MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "" } });
  const relay = useRelay();
  let people: Json[];
  let group: Json;
  let kept: Json;

  const send = async (name: string): Promise<Json> => {
    const campaign = await makeCampaign(server, group, name);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    return campaign;
  };
  const report = async (campaign: Json): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  const recipients = async (campaign: Json, query: Json): Promise<Json[]> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, query)).body.items;

  before(async () => {
    people = await addPeople(server, PEOPLE);
    group = await makeGroup(server, "All");
    kept = await send("Kept");
  });

  it("count as sent, and none of them as delivered", async () => {
    const { sent, delivered, caught } = await report(kept);
    assert.deepEqual({ sent, delivered, caught }, { sent: 3, delivered: 0, caught: 3 });
    const { body } = await server.admin.get(`${v1}/campaigns/${kept.id}`);
    assert.deepEqual([body.figures.sent, body.figures.caught], [3, 3]);
    const listed = (await server.admin.get(`${v1}/campaigns`)).body.items[0];
    assert.equal(listed.figures.caught, 3);
    assert.match((await server.command(["campaign", "report", String(kept.id)])).stdout,
      /^delivered +0$[^]*^caught +3 kept in the outbox: nobody was mailed$/m);
  });

  it("are told of each of the recipients, and of the person", async () => {
    assert.deepEqual((await recipients(kept, { state: "caught" })).map((r) => r.caught), [true, true, true]);
    assert.deepEqual(await recipients(kept, { state: "delivered" }), []);
    const { text } = await server.admin.get(`${v1}/campaigns/${kept.id}/recipients/export`, { state: "caught" });
    assert.match(text.split("\r\n")[0]!, /,caught$/);
    assert.match(text.split("\r\n")[1]!, /,true$/);
    const { items } = (await server.admin.get(`${v1}/people/${people[0]!.id}/timeline`)).body;
    assert.equal(items.find((e: Json) => e.campaign_id === kept.id).status, "caught");
    const made = (await server.admin.get(`${v1}/people/${people[0]!.id}/communications`)).body;
    assert.equal(made.items.find((e: Json) => e.campaign_id === kept.id).status, "caught");
  });

  it("leave the words of the Marketing API as they are", async () => {
    const id = (await server.admin.get(`${v1}/campaigns/${kept.id}`)).body.marketing_campaign_id;
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}`);
    assert.deepEqual([body.emails_sent, body.delivery_status.emails_sent, body.delivery_status.status], [3, 3, "delivered"]);
    const { sent_to } = (await server.mailchimp.get(`/3.0/reports/${id}/sent-to`)).body;
    assert.deepEqual(sent_to.map((r: Json) => [r.status, r.caught]), PEOPLE.map(() => ["sent", true]));
  });

  it("are none once mails go to a relay", async () => {
    await server.admin.patch(`${v1}/settings`, {
      organisation: "Acme", postal_address: "1 Road", relay: { kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none" },
    });
    await until("the audience is told", async () =>
      (await server.mailchimp.get("/3.0/lists")).body.lists[0].contact.address1 === "1 Road");
    const campaign = await send("Delivered");
    await relay.received(PEOPLE.length);
    const { sent, delivered, caught } = await report(campaign);
    assert.deepEqual({ sent, delivered, caught }, { sent: 3, delivered: 3, caught: 0 });
    assert.ok((await recipients(campaign, { state: "delivered" })).every((r) => r.caught === false));
    const id = (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.marketing_campaign_id;
    const { sent_to } = (await server.mailchimp.get(`/3.0/reports/${id}/sent-to`)).body;
    assert.ok(sent_to.every((r: Json) => !("caught" in r)));
    assert.equal((await report(kept)).caught, 3, "what was caught stays so");
  });
});
