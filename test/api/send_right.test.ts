/** Who lost the right to send sends nothing later, either; and nothing of it is lost. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, execute, isSent, makeCampaign, makeGroup, runJob, until, useServer, type Client, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const LATER = "2100-01-01T10:00:00Z";

describe("a schedule of who may not send any more", () => {
  const server = useServer({});
  let group: Json;
  let n = 0;

  before(async () => {
    server.allowLog(/job failed kind=campaign-send/);
    await addPeople(server, ["ada@a.example", "bo@a.example"]);
    group = await makeGroup(server, "All");
  });

  const addUser = async (): Promise<Json> =>
    (await server.admin.post(`${v1}/users`, { email: `m${++n}@acme.example`, name: `Manager ${n}`, role: "manager", may_send: true }, { status: 201 })).body;
  const addKey = async (more: Json): Promise<{ id: number; client: Client }> => {
    const { body } = await server.admin.post(`${v1}/keys`, { name: `key ${++n}`, role: "manager", may_send: true, ...more }, { status: 201 });
    return { id: body.id, client: server.admin.as(body.key) };
  };
  /** Its time comes. */
  const due = (): void => execute(server, "crm", ["UPDATE job SET run_at_ms = 1 WHERE kind = 'campaign-send' AND state = 1"]);
  const get = async (campaign: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;

  const isHeld = async (campaign: Json, detail: RegExp): Promise<void> => {
    const now = await until("it is held", async () => {
      const body = await get(campaign);
      return body.status === "draft" ? body : undefined;
    });
    assert.equal(now.hold.reason, "no_right");
    assert.match(now.hold.detail, detail);
    assert.equal(now.subject, campaign.subject);
    assert.equal(now.figures, null);
  };

  it("is held when the right was taken away, or the user was disabled or removed", async () => {
    const fates: [RegExp, (user: Json) => Promise<unknown>][] = [
      [/may not send campaigns any more/, (user) => server.admin.patch(`${v1}/users/${user.id}`, { may_send: false })],
      [/is disabled/, (user) => server.admin.patch(`${v1}/users/${user.id}`, { disabled: true })],
      [/was removed/, (user) => server.admin.delete(`${v1}/users/${user.id}`)],
    ];
    for (const [detail, befalls] of fates) {
      const user = await addUser();
      const { client } = await addKey({ user_id: user.id });
      const campaign = await makeCampaign(server, group, `Held ${n}`);
      await client.post(`${v1}/campaigns/${campaign.id}/schedule`, { at: LATER });
      await befalls(user);
      due();
      await isHeld(campaign, detail);
      // somebody else sends it
      await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
      await isSent(server, campaign);
    }
  });

  it("is held when the key was revoked, also one that belongs to nobody", async () => {
    const { id, client } = await addKey({});
    const campaign = await makeCampaign(server, group, "Revoked");
    await client.post(`${v1}/campaigns/${campaign.id}/schedule`, { at: LATER });
    await server.admin.delete(`${v1}/keys/${id}`);
    due();
    await isHeld(campaign, /^the key key \d+ was revoked$/);
  });

  it("goes once somebody who may has scheduled it anew, or the right came back", async () => {
    const user = await addUser();
    const { client } = await addKey({ user_id: user.id });
    const taken = await makeCampaign(server, group, "Taken over");
    const back = await makeCampaign(server, group, "Given back");
    for (const one of [taken, back]) await client.post(`${v1}/campaigns/${one.id}/schedule`, { at: LATER });
    await server.admin.patch(`${v1}/users/${user.id}`, { may_send: false });
    await server.admin.post(`${v1}/campaigns/${taken.id}/schedule`, { at: LATER });
    execute(server, "crm", [`UPDATE job SET run_at_ms = 1 WHERE id = ${(await get(taken)).send_job_id}`]);
    await isSent(server, taken);
    await server.admin.patch(`${v1}/users/${user.id}`, { may_send: true });
    due();
    await isSent(server, back);
  });

  it("is that of who confirmed the sending, where somebody else began it", async () => {
    const many = Array.from({ length: 60 }, (_, i) => `p${i}@many.example`);
    await addPeople(server, many);
    const of = (op: string, value: string): Json => ({ match: "all", conditions: [{ field: "email", op, value }] });
    const big = await makeGroup(server, "Many", of("contains", "@many.example").conditions);
    await runJob(server, `${v1}/groups/${big.id}/push`);
    // now nearly all are to lose its tag: that is asked about
    await server.admin.patch(`${v1}/groups/${big.id}`, { criteria: of("is", many[0]!) });
    const user = await addUser();
    const { client } = await addKey({ user_id: user.id });
    const campaign = await makeCampaign(server, big, "Asks");
    const { job_id } = (await client.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 })).body;
    await server.job(job_id, "needs_confirmation");
    await server.admin.patch(`${v1}/users/${user.id}`, { may_send: false });
    await server.admin.post(`${v1}/jobs/${job_id}/confirm`);
    await isSent(server, campaign);
  });

  it("does not come with a role that is lost", async () => {
    for (const may_send of [undefined, true]) {
      const { body: user } = await server.admin.post(`${v1}/users`,
        { email: `m${++n}@acme.example`, name: "Once in charge", role: "administrator" }, { status: 201 });
      assert.equal(user.may_send, true);
      const { body } = await server.admin.patch(`${v1}/users/${user.id}`, { role: "manager", may_send });
      assert.equal(body.may_send, may_send ?? false);
    }
  });

  it("is taken back at /3.0 by nobody else, neither by a DELETE", async () => {
    const { client } = await addKey({ may_send: false });
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: campaign } = await client.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "S", title: "T", from_name: "F", reply_to: "f@acme.example" },
    });
    await client.put(`/3.0/campaigns/${campaign.id}/content`, { html: "<p>Hello</p>" });
    await server.mailchimp.post(`/3.0/campaigns/${campaign.id}/actions/schedule`, { schedule_time: LATER }, { status: 204 });
    await client.post(`/3.0/campaigns/${campaign.id}/actions/unschedule`, undefined, { status: 403 });
    await client.delete(`/3.0/campaigns/${campaign.id}`, { status: 403 });
    await server.mailchimp.post(`/3.0/campaigns/${campaign.id}/actions/unschedule`, undefined, { status: 204 });
    await client.delete(`/3.0/campaigns/${campaign.id}`, { status: 204 });
  });

  it("is held at /3.0 as well", async () => {
    server.allowLog(/scheduled campaign not sent/);
    const { id: keyId, client } = await addKey({});
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: campaign } = await client.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "S", title: "T", from_name: "F", reply_to: "f@acme.example" },
    });
    await client.put(`/3.0/campaigns/${campaign.id}/content`, { html: "<p>Hello</p>" });
    await client.post(`/3.0/campaigns/${campaign.id}/actions/schedule`, { schedule_time: LATER }, { status: 204 });
    await server.admin.delete(`${v1}/keys/${keyId}`);
    execute(server, "audience", ["UPDATE campaign SET schedule_ms = 1 WHERE status = 3"]);
    const now = await until("it is held", async () => {
      const { body } = await server.mailchimp.get(`/3.0/campaigns/${campaign.id}`);
      return body.status === "save" ? body : undefined;
    });
    assert.equal(now.delivery_status.hold.reason, "no_right");
    assert.match(now.delivery_status.hold.detail, /was revoked/);
    assert.equal(now.emails_sent, 0);
    await server.mailchimp.post(`/3.0/campaigns/${campaign.id}/actions/send`, undefined, { status: 204 });
    await until("it is sent", async () => (await server.mailchimp.get(`/3.0/campaigns/${campaign.id}`)).body.status === "sent");
  });
});
