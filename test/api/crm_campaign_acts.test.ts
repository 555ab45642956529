/** Campaigns of the CRM: written, tested, scheduled, stopped, and told about. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useRelay, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const FIELDS = {
  subject: "Hello", from_name: "Example", from_email: "news@example.test",
  html: "<p><a href=\"https://a.example/\">a</a> <a href=\"*|UNSUB|*\">off</a></p>",
};

describe("campaigns of the CRM", () => {
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_RELAY: "smtp://127.0.0.1:1", MUSTER_SEND_RATE: "20" } });
  let group: Json;

  const make = async (name: string): Promise<Json> =>
    (await server.admin.post(`${v1}/campaigns`, { name, group_id: group.id, ...FIELDS },
      { status: 201 })).body;
  const act = async (campaign: Json, action: string): Promise<void> => {
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/${action}`,
      undefined, { status: 202 });
    await server.job(body.job_id);
  };
  const becomes = (campaign: Json, status: string): Promise<unknown> =>
    until(`the campaign is ${status}`, async () =>
      (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.status === status);

  before(async () => {
    server.setEnv({ MUSTER_RELAY: relay.url });
    await server.restart();
    for (let i = 0; i < 200; i++)
      await server.admin.post(`${v1}/people`,
        { first_name: `P${i}`, email: `p${i}@example.test` });
    group = (await server.admin.post(`${v1}/groups`, {
      name: "All", entity: "people", kind: "dynamic",
      criteria: { match: "all", conditions: [] },
    }, { status: 201 })).body;
  });

  it("are for a group that is there", async () => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "Nobody", group_id: 9999 }, { status: 400 });
    assert.equal(body.errors[0].field, "group_id");
  });

  it("are changed and removed while they are drafts", async () => {
    const campaign = await make("Draft");
    const path = `${v1}/campaigns/${campaign.id}`;
    const changed = await server.admin.patch(path, { subject: "Good morning" });
    assert.equal(changed.body.subject, "Good morning");
    const list = await server.admin.get(`${v1}/campaigns`, { q: "Draft" });
    assert.deepEqual(list.body.items.map((c: Json) => c.id), [campaign.id]);
    await server.admin.patch(path, { from_email: "nobody" }, { status: 400 });
    await server.admin.delete(path, { status: 204 });
    await server.admin.get(path, {}, { status: 404 });
  });

  it("keep the group that one is scheduled for, and say if a draft's is gone", async () => {
    const own = (await server.admin.post(`${v1}/groups`, {
      name: "Own", entity: "people", kind: "dynamic", criteria: { match: "all", conditions: [] },
    }, { status: 201 })).body;
    const campaign = (await server.admin.post(`${v1}/campaigns`, { name: "Later", group_id: own.id, ...FIELDS }, { status: 201 })).body;
    const path = `${v1}/campaigns/${campaign.id}`;
    const at = new Date(Date.now() + 86_400_000).toISOString();
    await server.admin.post(`${path}/schedule`, { at });
    const { items: jobs } = (await server.admin.get(`${v1}/jobs`, { kind: "campaign-send" })).body;
    const job_id = jobs[0].id;
    const refused = await server.admin.delete(`${v1}/groups/${own.id}`, { status: 409 });
    assert.match(refused.body.detail, /"Later" is scheduled/);
    const manager = server.admin.as(await server.createKey("may not send", "manager"));
    await manager.post(`${v1}/jobs/${job_id}/cancel`, undefined, { status: 403 });
    assert.equal((await server.admin.get(path)).body.status, "scheduled");
    await server.admin.post(`${path}/unschedule`);
    await server.admin.delete(`${v1}/groups/${own.id}`, { status: 204 });
    const { items } = (await server.admin.get(`${path}/checklist`)).body;
    assert.match(items.find((item: Json) => item.code === "recipients").details, /was deleted/);
  });

  it("are sent to the author first", async () => {
    const campaign = await make("Test");
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/test`,
      { to: ["author@example.test"] }, { status: 202 });
    await server.job(body.job_id);
    await until("the test arrives", () => relay.to("author@example.test").length === 1);
  });

  it("are tested and sent all the same, if somebody deletes the draft in the audience", async () => {
    const campaign = await make("Deleted there");
    const there = async (): Promise<string> => (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.marketing_campaign_id;
    const test = async (to: string): Promise<void> => {
      const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, { to: [to] }, { status: 202 });
      await server.job(body.job_id);
      await until("the test arrives", () => relay.to(to).length === 1);
    };
    await test("first@author.test");
    const first = await there();
    await server.mailchimp.delete(`/3.0/campaigns/${first}`, { status: 204 });
    await test("second@author.test");
    const second = await there();
    assert.notEqual(second, first);
    await server.mailchimp.delete(`/3.0/campaigns/${second}`, { status: 204 });
    await act(campaign, "send");
    await becomes(campaign, "sending");
    assert.notEqual(await there(), second);
    await server.mailchimp.get(`/3.0/campaigns/${await there()}`);
    await act(campaign, "cancel");
    await becomes(campaign, "canceled");
  });

  it("are not removed while a test or a send of them could still act", async () => {
    const campaign = await make("Busy");
    const path = `${v1}/campaigns/${campaign.id}`;
    server.setEnv({ MUSTER_ROLES: "api,track" });
    await server.restart();
    const test = (await server.admin.post(`${path}/test`, { to: ["author@example.test"] }, { status: 202 })).body.job_id;
    const refused = await server.admin.delete(path, { status: 409 });
    assert.match(refused.body.detail, new RegExp(`a job of it \\(${test}\\) has not ended: wait for it, or stop it`));
    await server.admin.post(`${v1}/jobs/${test}/cancel`);
    const send = (await server.admin.post(`${path}/send`, undefined, { status: 202 })).body.job_id;
    await server.admin.delete(path, { status: 409 });
    await server.admin.post(`${v1}/jobs/${send}/cancel`);
    await server.admin.delete(path, { status: 204 });
    server.setEnv({ MUSTER_ROLES: "api,track,send,jobs" });
    await server.restart();
  });

  it("keep with a draft when it is to go, and nothing goes by it", async () => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "When", send_at: "2099-05-01T08:00:00Z" }, { status: 201 });
    assert.match(body.send_at, /^2099-05-01T08:00:00/);
    const path = `${v1}/campaigns/${body.id}`;
    const patch = async (send_at: string | null, status = 200) => (await server.admin.patch(path, { send_at }, { status })).body;
    assert.equal((await patch("2001-05-01T08:00:00Z")).status, "draft"); // past: it is what was chosen
    assert.equal((await patch(null)).send_at, null);
    assert.equal((await patch("soon", 400)).errors[0].field, "send_at");
    await patch("2099-05-01T08:00:00+02:00");
    const { schedule_at, send_at, status } = (await server.admin.patch(path, { name: "Later" })).body;
    assert.deepEqual([schedule_at, Date.parse(send_at), status], [null, Date.parse("2099-05-01T06:00Z"), "draft"]);
    assert.equal((await server.admin.post(`${path}/replicate`, undefined, { status: 201 })).body.send_at, null);
  });

  it("are scheduled, and not", async () => {
    const campaign = await make("Later");
    const path = `${v1}/campaigns/${campaign.id}`;
    await server.admin.post(`${path}/schedule`, { at: "yesterday" }, { status: 400 });
    const at = new Date(Math.ceil(Date.now() / 900_000) * 900_000 + 86_400_000);
    const later = await server.admin.post(`${path}/schedule`, { at: at.toISOString() });
    assert.equal(later.body.status, "scheduled");
    // who did so, and when
    const { ordered_by, ordered_at } = later.body;
    assert.ok(ordered_by && Date.parse(ordered_at) > 0, JSON.stringify(later.body));
    const shown = (await server.command(["campaign", "show", String(campaign.id)])).stdout;
    assert.match(shown, new RegExp(`^ordered_by +${ordered_by}$`, "m"));
    const draft = await server.admin.post(`${path}/unschedule`);
    assert.deepEqual([draft.body.status, draft.body.ordered_by, draft.body.ordered_at], ["draft", null, null]);
  });

  it("stop when told, go on, and end for good", async () => {
    const campaign = await make("Stopped");
    await act(campaign, "send");
    await relay.received(relay.messages.length + 5);
    await act(campaign, "pause");
    await becomes(campaign, "paused");
    await act(campaign, "resume");
    await becomes(campaign, "sending");
    await act(campaign, "cancel");
    await becomes(campaign, "canceled");
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
    assert.ok(body.sent < 200, JSON.stringify(body));
  });

  it("hear of the audience only through an address with a secret", async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    const hooks = await server.mailchimp.get(`/3.0/lists/${body.lists[0].id}/webhooks`);
    const url = new URL(hooks.body.webhooks[0].url);
    const form = {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    const reply = await server.anonymous.get(url.pathname);
    assert.equal(reply.body.ok, true);
    await server.anonymous.post(url.pathname, "type=unsubscribe&data%5Bemail%5D=x%40x.test", form);
    const wrong = url.pathname.replace(/[^/]+$/, "0".repeat(40));
    await server.anonymous.get(wrong, {}, { status: [403, 404] });
    await server.anonymous.post(wrong, "type=unsubscribe", { ...form, status: [403, 404] });
  });

  it("leave nothing parked", async () => {
    const { body } = await server.admin.get(`${v1}/sync/parked`);
    assert.deepEqual(body.items, []);
  });
});
