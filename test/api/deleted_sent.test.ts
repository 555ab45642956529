/** A campaign that was deleted over /3.0 after it was sent: the CRM keeps its record, and hears what comes later. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, isSent, makeCampaign, makeGroup, header, parseMail, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = ["ada@a.example", "bo@a.example", "cleo@b.example"];

describe("a campaign that is deleted after it was sent", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let people: Json[];
  let campaign: Json;
  let path: string;

  const report = async (): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  /** By the link in the mail: its one-click. */
  const leave = async (address: string): Promise<void> => {
    const mail = (await server.admin.get(`${v1}/outbox`, { rcpt: address })).body.items[0];
    const { source } = (await server.admin.get(`${v1}/outbox/${mail.id}`)).body;
    const link = /<(http[^>]+)>/.exec(header(await parseMail(source), "list-unsubscribe")!)![1]!;
    const reply = await fetch(new URL(new URL(link).pathname, server.url), {
      method: "POST", body: "List-Unsubscribe=One-Click", headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.equal(reply.status, 200);
  };

  before(async () => {
    people = await addPeople(server, PEOPLE);
    campaign = await makeCampaign(server, await makeGroup(server, "All"), "Deleted");
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    campaign = (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;
    path = `/3.0/campaigns/${campaign.marketing_campaign_id}`;
  });

  it("is gone at /3.0, as in Mailchimp", async () => {
    await leave(PEOPLE[0]!);
    await until("the report knows it", async () => (await report()).unsubscribed === 1);
    await server.mailchimp.delete(path, { status: 204 });
    await server.mailchimp.get(path, {}, { status: 404 });
    await server.mailchimp.get(path.replace("campaigns", "reports"), {}, { status: 404 });
    const { body } = await server.mailchimp.get(path, { with_archived: true });
    assert.equal(body.status, "archived");
  });

  it("keeps its record in the CRM, which hears who leaves later", async () => {
    await leave(PEOPLE[1]!);
    const now = await until("the report knows it", async () => {
      const figures = await report();
      return figures.unsubscribed === 2 ? figures : undefined;
    });
    assert.deepEqual([now.status, now.sent, now.recipients], ["sent", 3, 3]);
    const { items } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { response: "unsubscribed" })).body;
    assert.deepEqual(items.map((r: Json) => r.address).sort(), PEOPLE.slice(0, 2));
    for (const [i, person] of people.entries())
      await until("they are opted out", async () =>
        (await server.admin.get(`${v1}/people/${person.id}`)).body.opted_out === i < 2);
  });
});
