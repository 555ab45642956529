/** A send that cannot begin, is refused, stopped, or asks: the campaign says so, and nothing is stuck. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  addPeople, caughtMail, FaultyProxy, isSent, makeCampaign, makeGroup, push, runJob, Server, until, useServer,
  type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const SOON_MS = 1_500;
const text = (html: string): Json => ({ version: 1, blocks: [{ id: "t", type: "text", html }] });

/** As a list shows it, which is what its page shows. */
async function shown(server: Server, campaign: Json): Promise<Json> {
  const { body } = await server.admin.get(`${v1}/campaigns`, { q: campaign.name });
  const one = body.items.find((c: Json) => c.id === campaign.id);
  const { body: whole } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
  return one.status === whole.status && one.hold?.reason === whole.hold?.reason ? one : undefined;
}

const says = (server: Server, campaign: Json, status: string, reason: string): Promise<Json> =>
  until(`it is ${status}: ${reason}`, async () => {
    const now = await shown(server, campaign);
    return now?.status === status && now.hold?.reason === reason ? now : undefined;
  });

const schedule = (server: Server, campaign: Json): Promise<Json> =>
  server.admin.post(`${v1}/campaigns/${campaign.id}/schedule`,
    { at: new Date(Date.now() + SOON_MS).toISOString() });

describe("an audience that is away", () => {
  const remote = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const between = new FaultyProxy();
  const crm = new Server();
  let group: Json;

  before(async () => {
    await between.start(remote.url);
    crm.setEnv({
      MUSTER_MARKETING_API_URL: `${between.url}/3.0`,
      MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
    });
    await crm.start();
    crm.allowLog(/job will be tried again|pulling a campaign failed/);
    await addPeople(crm, ["ann@c.example", "bob@c.example"]);
    group = await makeGroup(crm, "Readers");
    await push(crm, group);
    await runJob(crm, `${v1}/sync`, {});
  });
  after(async () => {
    await crm.stop();
    await between.stop();
  });

  it("is waited for, at a time and at once, and who waits may be stopped", async () => {
    const later = await makeCampaign(crm, group, "Later");
    const stopped = await makeCampaign(crm, group, "Stopped");
    between.fault = () => "503";
    await schedule(crm, later);
    const { body } = await crm.admin.post(`${v1}/campaigns/${stopped.id}/send`, undefined, { status: 202 });
    const waits = await says(crm, stopped, "draft", "waits");
    assert.equal(waits.send_job_id, body.job_id);
    assert.ok(waits.hold.detail && waits.hold.since, JSON.stringify(waits.hold));
    const due = await says(crm, later, "scheduled", "waits");
    assert.ok(due.send_job_id);
    await crm.admin.patch(`${v1}/campaigns/${stopped.id}`, { subject: "Late" }, { status: 409 });
    await crm.admin.post(`${v1}/jobs/${body.job_id}/cancel`);
    const draft = await says(crm, stopped, "draft", "stopped");
    assert.equal(draft.send_job_id, null);
    await crm.admin.patch(`${v1}/campaigns/${stopped.id}`, { subject: "Late" });
    assert.equal((await shown(crm, stopped)).hold.reason, "stopped");
    between.fault = () => "none";
    const begun = await until("it has begun", async () => {
      const now = await shown(crm, later);
      return now?.send_job_id === null ? now : undefined;
    });
    assert.match(begun.status, /^sen/);
    assert.equal(begun.hold, null);
    await until("it is sent", async () =>
      (await remote.mailchimp.get(`/3.0/campaigns/${begun.marketing_campaign_id}`)).body.status === "sent");
    assert.equal((await remote.admin.get(`${v1}/outbox`)).body.total, 2, "each once");
  });
});

describe("a send", () => {
  const server = useServer();
  let group: Json;

  before(async () => {
    server.allowLog(/job failed/);
    await addPeople(server, Array.from({ length: 80 }, (_, i) => `p${i}@c.example`));
    group = await makeGroup(server, "All");
    await push(server, group);
  });

  it("that is refused at its time leaves a draft with the reason, until it is sent again", async () => {
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, {
      name: "Empty", group_id: group.id, subject: "Hello", from_name: "Example", from_email: "news@example.test",
    }, { status: 201 });
    const path = `${v1}/campaigns/${campaign.id}`;
    const later = { at: "2099-01-01T09:00:00Z" };
    for (const act of ["send", "schedule"])
      assert.match((await server.admin.post(`${path}/${act}`, act === "send" ? undefined : later, { status: 400 })).body.detail, /no content/);
    await server.admin.post(`${path}/cancel`, undefined, { status: 409 }); // a draft
    await server.admin.patch(path, { html: `${"*|IF:FNAME|*".repeat(33)}x` });
    await schedule(server, campaign);
    const draft = await says(server, campaign, "draft", "not_sent");
    assert.match(draft.hold.detail, /nested/);
    assert.deepEqual([draft.schedule_at, draft.send_job_id], [null, null]);
    await server.admin.patch(path, { html: null, plain_text: "Hello" });
    await server.admin.post(`${path}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    assert.equal((await shown(server, campaign)).hold, null);
  });

  it("says what it says now, and nothing of what it said when it was tried", async () => {
    const forms: Json[] = [{ html: "<p>First</p>", plain_text: null }, { html: null, plain_text: "Second" }, { html: "<p>Third</p>", plain_text: null }];
    const path = `${v1}/campaigns/${(await server.admin.post(`${v1}/campaigns`, {
      name: "Changes", group_id: group.id, subject: "Changes", from_name: "Example", from_email: "news@example.test",
    }, { status: 201 })).body.id}`;
    for (const [i, form] of forms.entries()) {
      await server.admin.patch(path, form);
      await runJob(server, `${path}/test`, { to: [`try${i}@example.test`] });
      const mail = await caughtMail(server, `try${i}@example.test`);
      assert.equal(/First/.test(mail.html ?? ""), i === 0);
      assert.match(mail.text, new RegExp(["First", "Second", "Third"][i]!));
    }
    await server.admin.post(`${path}/send`, undefined, { status: 202 });
    await until("it is sent", async () => (await server.admin.get(path)).body.status === "sent");
  });

  it("is of what its user saw: 412 after somebody else's change, of the design too", async () => {
    const campaign = await makeCampaign(server, group, "Seen");
    const path = `${v1}/campaigns/${campaign.id}`;
    const seen = async (): Promise<Json> =>
      ({ headers: { "if-match": (await server.admin.get(path)).headers.get("etag")! } });
    const at = { at: "2099-01-01T09:00:00Z" };
    const changes: (() => Promise<unknown>)[] = [
      () => server.admin.patch(path, { subject: "Theirs" }),
      () => server.admin.put(`${path}/design`, { design: text("<p>First</p>") }),
      () => server.admin.put(`${path}/design`, { design: text("<p>Theirs</p>") }),
    ];
    for (const change of changes) {
      const before = await seen();
      await change();
      await server.admin.post(`${path}/send`, undefined, { ...before, status: 412 });
      await server.admin.post(`${path}/schedule`, at, { ...before, status: 412 });
    }
    // whoever writes the subject is not in the way of whoever moves blocks
    const before = await seen();
    await server.admin.put(`${path}/design`, { design: text("<p>Moved</p>") });
    await server.admin.patch(path, { subject: "Mine" }, before);
    assert.equal((await shown(server, campaign)).status, "draft");
    // what jobs note is no change
    const mine = await seen();
    await runJob(server, `${path}/test`, { to: ["author@example.test"] });
    await server.admin.post(`${path}/schedule`, at, mine);
    await server.admin.post(`${path}/schedule`, at, { ...mine, status: 412 });
    await server.admin.post(`${path}/schedule`, { at: "2099-02-01T09:00:00Z" }, await seen());
    await server.admin.post(`${path}/send`, undefined, { ...(await seen()), status: 202 });
    await isSent(server, campaign);
  });

  it("that asks says so, names its push, and goes only if who may send confirms it", async () => {
    const few = await makeGroup(server, "Few");
    await push(server, few);
    await server.admin.patch(`${v1}/groups/${few.id}`, {
      criteria: { match: "all", conditions: [{ field: "first_name", op: "is", value: "p1" }] },
    });
    const manager = server.admin.as(await server.createKey("manager", "manager"));
    for (const goesOn of [false, true]) {
      const campaign = await makeCampaign(server, few, `Asks ${goesOn}`);
      const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
      const asking = await says(server, campaign, "draft", "confirm");
      assert.equal(asking.send_job_id, body.job_id);
      await until("the push asks", async () => {
        const { body: asked } = await server.admin.get(`${v1}/pushes/${asking.push_id}`);
        return asked.job_id === body.job_id && asked.job_state === "needs_confirmation";
      });
      await manager.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 403 });
      const refused = await manager.post(`${v1}/jobs/${body.job_id}/confirm`, undefined, { status: 403 });
      assert.match(refused.body.detail, /right to send/);
      assert.equal((await server.admin.get(`${v1}/jobs/${body.job_id}`)).body.state, "needs_confirmation");
      if (goesOn) {
        await server.admin.post(`${v1}/jobs/${body.job_id}/confirm`);
        await isSent(server, campaign);
        assert.equal((await shown(server, campaign)).figures.sent, 1);
      } else {
        await server.admin.post(`${v1}/jobs/${body.job_id}/cancel`);
        await says(server, campaign, "draft", "stopped");
      }
    }
  });
});
