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

  it("has the mails in a person's page, but cannot show them", async () => {
    const { body } = await crm.admin.get(`${v1}/people`, { email: "ann@c.example" });
    const path = `/people/${body.items[0].id}`;
    const { body: timeline } = await crm.admin.get(`${v1}${path}/timeline`);
    const mail = timeline.items.find((e: Json) => e.campaign_id === campaign.id);
    assert.equal(mail.title, "Hello ann");
    assert.equal(mail.email, "ann@c.example");
    assert.equal(mail.can_show, false);
    assert.equal(mail.events.find((e: Json) => e.type === "clicked")?.url, "https://shop.example/a");
    await crm.admin.get(`${v1}${path}/mails/${campaign.id}`, undefined, { status: 404 });
    await crm.admin.get(`${path}/mails/${campaign.id}/html`, undefined, { status: 404 });
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

describe("an account with several audiences", () => {
  const remote = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const crm = new Server();
  let lists: Json[];

  const choose = async (audience: unknown, state?: string): Promise<Json> => {
    const { body } = await crm.admin.put(`${v1}/sync/audience`, { audience_id: audience },
      { status: 202 });
    return crm.job(body.job_id, state);
  };

  before(async () => {
    const { body: made } = await remote.mailchimp.get("/3.0/lists");
    const { contact, permission_reminder, campaign_defaults } = made.lists[0];
    await remote.mailchimp.post("/3.0/lists", {
      name: "Second", contact, permission_reminder: permission_reminder || "You asked.",
      campaign_defaults: { ...campaign_defaults, from_name: "N", from_email: "n@x.example",
        subject: "S", language: "en" },
      email_type_option: false,
    });
    lists = (await remote.mailchimp.get("/3.0/lists")).body.lists;
    assert.equal(lists.length, 2);
    crm.setEnv({
      MUSTER_MARKETING_API_URL: `${remote.url}/3.0`,
      MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
    });
    await crm.start();
    crm.allowLog(/audience/);
  });
  after(async () => {
    await crm.stop();
  });

  it("asks which one it is, by a name that works", async () => {
    const { error } = await runJob(crm, `${v1}/sync`, {}, { state: "failed" });
    assert.match(error, /PUT \/api\/v1\/sync\/audience/);
    const { body } = await crm.admin.get(`${v1}/sync/audience`);
    assert.equal(body.audience_id, null);
  });

  it("is fed into the one that was chosen, and into another later", async () => {
    await addPeople(crm, ["ann@c.example"]);
    const group = await makeGroup(crm, "Readers");
    for (const list of [lists[1]!, lists[0]!]) {
      await choose(list.id);
      const { body } = await crm.admin.get(`${v1}/sync/audience`);
      assert.equal(body.audience_id, list.id);
      const result = await push(crm, group);
      assert.equal(result.audience_id, list.id);
      assert.equal(result.add, 1, JSON.stringify(result));
    }
  });

  it("takes no audience that is not there", async () => {
    const { error } = await choose("nosuchlist", "failed");
    assert.match(error, /no audience nosuchlist/);
    for (const id of ["", "../campaigns", "a b", 7, null])
      await crm.admin.put(`${v1}/sync/audience`, { audience_id: id }, { status: 400 });
    const { code, stderr } = await crm.command(["sync", "audience", lists[1]!.id]);
    assert.equal(code, 0, stderr);
  });
});
