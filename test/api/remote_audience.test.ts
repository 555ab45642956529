/** The bridge drives another server's Marketing API: here a second Muster. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  addPeople, header, hrefs, isBalanced, isSent, makeCampaign, makeGroup, parseMail, push, runJob,
  Server, until, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";

describe("an audience elsewhere", () => {
  const remote = useServer({
    env: { MUSTER_TRACK_EARLY_S: "0", MUSTER_WEBHOOKS_PRIVATE: "true" },
  });
  const crm = new Server();
  let group: Json;
  let campaign: Json;

  const report = async (): Promise<Json> =>
    (await crm.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  /** What an address got; the remote server sends. */
  const mailTo = async (rcpt: string): Promise<Json> => {
    const { body } = await remote.admin.get(`${v1}/outbox`, { rcpt });
    const whole = (await remote.admin.get(`${v1}/outbox/${body.items[0].id}`)).body;
    return parseMail(whole.source);
  };

  before(async () => {
    crm.setEnv({
      MUSTER_MARKETING_API_URL: `${remote.url}/3.0`,
      MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
    });
    await crm.start();
  });
  after(async () => {
    await crm.stop();
  });

  it("takes a push", async () => {
    await addPeople(crm, ["ann@c.example", "bob@c.example", "cem@c.example"]);
    group = await makeGroup(crm, "Readers");
    const result = await push(crm, group);
    assert.equal(result.add, 3, JSON.stringify(result));
    const { body } = await remote.mailchimp.get(
      `/3.0/lists/${result.audience_id}/segments/${result.segment_id}`);
    assert.equal(body.name, "Readers");
    assert.equal(body.member_count, 3);
    const again = await push(crm, group);
    assert.equal(again.unchanged, 3, JSON.stringify(again));
  });

  it("is sent to only after a sync that is not too old", async () => {
    campaign = await makeCampaign(crm, group);
    crm.allowLog(/last reconcile/);
    const failed = await runJob(crm, `${v1}/campaigns/${campaign.id}/send`, undefined,
      { state: "failed" });
    assert.match(JSON.stringify(failed), /last reconcile/);
    assert.equal((await crm.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status, "draft");
    await runJob(crm, `${v1}/sync`, {});
    await runJob(crm, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(crm, campaign);
    assert.equal((await remote.admin.get(`${v1}/outbox`)).body.total, 3);
  });

  it("tells what became of each message", async () => {
    const mail = await mailTo("ann@c.example");
    const reply = await fetch(hrefs(mail.html)[0]!, { redirect: "manual" });
    assert.equal(reply.headers.get("location"), "https://shop.example/a");
    const off = header(await mailTo("bob@c.example"), "List-Unsubscribe")!;
    await fetch(off.match(/<(http[^>]*)>/)![1]!, {
      method: "POST",
      body: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const { body } = await crm.admin.get(`${v1}/people`, { email: "bob@c.example" });
    await until("the person is opted out", async () =>
      (await crm.admin.get(`${v1}/people/${body.items[0].id}`)).body.opted_out);
    await runJob(crm, `${v1}/sync`, {});
    const figures = await until("click and unsubscribe are reported", async () => {
      const now = await report();
      return now.clicked.people === 1 && now.unsubscribed === 1 ? now : undefined;
    });
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    assert.equal(figures.sent, 3);
    const plan = await push(crm, group);
    assert.deepEqual(plan.left_out, { opted_out: 1 });
  });

  it("tells of a changed address, and keeps the tag", async () => {
    const { body: lists } = await remote.mailchimp.get("/3.0/lists");
    const list = lists.lists[0].id;
    const hash = createHash("md5").update("cem@c.example").digest("hex");
    await remote.mailchimp.patch(`/3.0/lists/${list}/members/${hash}`,
      { email_address: "cem.new@c.example" });
    await runJob(crm, `${v1}/sync`, {});
    const { body } = await crm.admin.get(`${v1}/people`, { email: "cem.new@c.example" });
    assert.equal(body.total, 1, JSON.stringify(body));
    const plan = await push(crm, group);
    assert.equal(plan.unchanged, 2, JSON.stringify(plan));
  });

  it("gives the tag the group's new name", async () => {
    await crm.admin.patch(`${v1}/groups/${group.id}`, { name: "Listeners" });
    const result = await push(crm, group);
    const { body } = await remote.mailchimp.get(
      `/3.0/lists/${result.audience_id}/segments/${result.segment_id}`);
    assert.equal(body.name, "Listeners");
    assert.equal(body.member_count, 2);
  });

  it("says in its own words why it refuses somebody", async () => {
    await addPeople(crm, ["info@c.example"]);
    const { audience_id: list } = await push(crm, group);
    const hash = createHash("md5").update("info@c.example").digest("hex");
    await remote.mailchimp.post(`/3.0/lists/${list}/members/${hash}/actions/delete-permanent`);
    const plan = await push(crm, group);
    assert.equal(plan.left_out.forgotten, 1, JSON.stringify(plan));
    const { body: rows } = await crm.admin.get(`${v1}/pushes/${plan.push_id}/rows`,
      { reason: "forgotten" });
    assert.equal(rows.items.length, 1);
    assert.match(rows.items[0].detail, /permanently deleted/);
  });
});
