/** When a send is over: `sent` means that nobody waits, and what waits can be stopped. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  addPeople, isBalanced, isSent, makeCampaign, makeGroup, runJob, until, useRelay, useServer,
  type Json,
} from "../harness/index.js";

const v1 = "/api/v1";

describe("the end of a send", () => {
  const relay = useRelay();
  const server = useServer({
    env: { get MUSTER_RELAY() { return relay.url; }, MUSTER_SEND_RETRY_FIRST: "1h" },
  });
  let group: Json;

  const get = async (campaign: Json): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;
  const report = async (campaign: Json): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  const refuses = async (campaign: Json, action: string): Promise<void> => {
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/${action}`,
      undefined, { status: 409 });
    assert.match(body.detail, /cannot be/);
  };
  const act = (campaign: Json, action: string): Promise<unknown> =>
    runJob(server, `${v1}/campaigns/${campaign.id}/${action}`);
  const there = async (campaign: Json): Promise<Json> =>
    (await server.mailchimp.get(`/3.0/campaigns/${campaign.marketing_campaign_id}`)).body;
  /** Sent to all but the two who are deferred. */
  const sendToSome = async (name: string): Promise<Json> => {
    const campaign = await makeCampaign(server, group, name);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await until("the others have it", async () => (await report(campaign)).sent === 4);
    return get(campaign);
  };

  before(async () => {
    relay.onRecipient = (to) => (to.startsWith("later") ? "450 4.2.0 Mailbox busy" : undefined);
    await addPeople(server, ["a@e.example", "b@e.example", "c@e.example", "d@e.example",
      "later1@e.example", "later2@e.example"]);
    group = await makeGroup(server, "All");
  });

  it("does not come while somebody is deferred, here and there", async () => {
    const campaign = await sendToSome("Waits");
    const figures = await report(campaign);
    assert.equal(figures.waiting, 2);
    assert.equal(figures.status, "sending");
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    for (const state of ["deferred", "waiting"]) {
      const { body: late } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { state });
      assert.equal(late.total, 2);
      for (const one of late.items) {
        assert.equal(one.state, "deferred");
        assert.match(one.detail, /450 4\.2\.0 Mailbox busy/);
        assert.ok(Date.parse(one.next_at) > Date.now() - 60_000);
      }
    }
    const remote = await there(campaign);
    assert.equal(remote.status, "sending");
    assert.equal(remote.emails_sent, 4);
    assert.equal(remote.delivery_status.can_cancel, true);
    await refuses(campaign, "resume");
    await act(campaign, "pause");
    assert.equal((await get(campaign)).status, "paused");
    assert.equal((await there(campaign)).status, "paused");
    await refuses(campaign, "pause");
    await act(campaign, "cancel");
    const end = await report(campaign);
    assert.equal(end.status, "canceled");
    assert.equal(end.waiting, 0);
    assert.equal(end.left_out.canceled, 2);
    for (const action of ["pause", "resume", "cancel", "finish"]) await refuses(campaign, action);
  });

  it("comes at once when it is asked for", async () => {
    const campaign = await sendToSome("Finished");
    await act(campaign, "finish");
    await until("it is sent", async () => {
      const figures = await report(campaign);
      assert.ok(figures.status !== "sent" || figures.waiting === 0, JSON.stringify(figures));
      return figures.status === "sent";
    });
    const figures = await report(campaign);
    assert.equal(figures.sent, 6);
    assert.equal(figures.bounced.soft, 2);
    assert.ok(isBalanced(figures), JSON.stringify(figures));
    for (const action of ["pause", "resume", "cancel", "finish"]) await refuses(campaign, action);
    const remote = await there(campaign);
    assert.equal(remote.status, "sent");
    assert.equal(remote.emails_sent, 6);
    const { body: members } = await server.mailchimp.get(
      `/3.0/lists/${remote.recipients.list_id}/members`, { status: "cleaned" });
    assert.equal(members.total_items, 0);
  });

  it("is a paused one's, too, over the API of Mailchimp", async () => {
    const campaign = await sendToSome("Paused");
    const path = `/3.0/campaigns/${campaign.marketing_campaign_id}/actions`;
    await server.mailchimp.post(`${path}/pause`, undefined, { status: 204 });
    await server.mailchimp.post(`${path}/finish`, undefined, { status: 204 });
    await until("it is sent there", async () => (await there(campaign)).status === "sent");
    await server.mailchimp.post(`${path}/finish`, undefined, { status: 400 });
    await isSent(server, campaign);
    assert.equal((await report(campaign)).waiting, 0);
  });

  it("does not say of anybody what nobody knows: the relay had the mail, and was gone before its answer", async () => {
    relay.onData = (message) => (message.to.includes("a@e.example") ? "drop" : undefined);
    try {
      for (const action of ["cancel", "finish"]) {
        const campaign = await makeCampaign(server, group, `Perhaps ${action}`);
        await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
        await until("the others have it, and three wait", async () => {
          const now = await report(campaign);
          return now.sent === 3 && (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { state: "deferred" }))
            .body.items.filter((r: Json) => r.state === "deferred").length === 3;
        });
        await act(campaign, action);
        const figures = await until("it is over, and told", async () => {
          const now = await report(campaign);
          return ["sent", "canceled"].includes(now.status) && now.waiting === 0 ? now : undefined;
        });
        assert.ok(isBalanced(figures), JSON.stringify(figures));
        const told = await until("one may have got it", async () => {
          const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { state: "expired" });
          return body.total > 0 ? body.items : undefined;
        });
        assert.deepEqual(told.map((r: Json) => [r.address, r.state, r.detail]),
          [["a@e.example", "expired", "handed over, the answer is not known"]]);
      }
    } finally {
      relay.onData = () => undefined;
    }
  });

  it("is told by the command line", async () => {
    const campaign = await sendToSome("By hand");
    const id = String(campaign.id);
    assert.match((await server.command(["campaign", "pause", id])).stdout, /is paused/);
    assert.match((await server.command(["campaign", "finish", id])).stdout, /is sending|is sent/);
    await isSent(server, campaign);
    const late = await server.command(["campaign", "pause", id]);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /sent cannot be paused/);
  });
});
