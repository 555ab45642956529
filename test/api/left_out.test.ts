/**
 * Whom a push leaves out gets no campaign: they are held, or opted out, and the
 * audience does not know it yet.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  addPeople, FaultyProxy, isSent, makeCampaign, makeGroup, push, runJob, Server, until, useServer,
  type Json, stopAll,
} from "../harness/index.js";

const v1 = "/api/v1";

const person = async (crm: Server, address: string): Promise<Json> =>
  (await crm.admin.get(`${v1}/people`, { email: address })).body.items[0];

/** Sent to those alone, and the ledger says so. */
async function reaches(
  crm: Server, sender: Server, group: Json, name: string, expected: string[],
): Promise<void> {
  const before = new Set((await sender.admin.get(`${v1}/outbox`, { limit: 1000 })).body.items
    .map((message: Json) => message.id));
  const campaign = await makeCampaign(crm, group, name);
  await runJob(crm, `${v1}/campaigns/${campaign.id}/send`);
  await runJob(crm, `${v1}/sync`, {});
  await isSent(crm, campaign);
  const { body } = await sender.admin.get(`${v1}/outbox`, { limit: 1000 });
  const mailed = body.items.filter((message: Json) => !before.has(message.id))
    .map((message: Json) => message.rcpt).sort();
  assert.deepEqual(mailed, expected);
  const { body: ledger } = await crm.admin.get(`${v1}/campaigns/${campaign.id}/recipients`);
  const accepted = ledger.items.filter((row: Json) => row.state === "accepted")
    .map((row: Json) => row.address).sort();
  assert.deepEqual(accepted, expected);
}

describe("who is left out, by the engine inside", () => {
  const server = useServer();

  it("is not mailed: held by hand, and released again", async () => {
    await addPeople(server, ["ann@a.example", "bob@a.example", "cem@a.example"]);
    const group = await makeGroup(server, "All");
    await push(server, group);
    const ann = await person(server, "ann@a.example");
    const hold = (held: boolean): Promise<unknown> => server.admin.patch(`${v1}/people/${ann.id}`,
      { emails: [{ address: "ann@a.example", held }] });
    await hold(true);
    const plan = await push(server, group, true);
    assert.deepEqual(plan.left_out, { held: 1 });
    assert.equal(plan.untag, 1);
    await reaches(server, server, group, "Held", ["bob@a.example", "cem@a.example"]);
    await hold(false);
    await reaches(server, server, group, "Released",
      ["ann@a.example", "bob@a.example", "cem@a.example"]);
  });

  it("is told so: who has not confirmed is neither counted as reached nor said to have unsubscribed", async () => {
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    await server.mailchimp.patch(`/3.0/lists/${list}/members/cem@a.example`, { status: "pending" });
    await runJob(server, `${v1}/sync`, { full: true });
    const { body: groups } = await server.admin.get(`${v1}/groups`);
    const campaign = await makeCampaign(server, groups.items[0], "Pending");
    const { body: estimate } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients-estimate`);
    assert.equal(estimate.goes, 2);
    assert.deepEqual(estimate.left_out, { pending: 1 });
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    const { body: report } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
    assert.equal(report.sent, 2);
    assert.deepEqual(report.left_out, { pending: 1 });
  });
});

describe("who is left out, by an audience elsewhere", () => {
  const remote = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const proxy = new FaultyProxy();
  const crm = new Server();

  before(async () => {
    await proxy.start(remote.url);
    crm.setEnv({
      MUSTER_MARKETING_API_URL: `${proxy.url}/3.0`,
      MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
    });
    await crm.start();
    crm.allowLog(/job failed|Marketing API|HTTP 503/);
  });
  after(() => stopAll(crm, proxy));

  it("is not mailed: opted out, and the audience takes no unsubscribe", async () => {
    await addPeople(crm, ["ann@b.example", "bob@b.example"]);
    const group = await makeGroup(crm, "All");
    await push(crm, group);
    await runJob(crm, `${v1}/sync`, {});
    proxy.fault = (message) =>
      message.method === "PATCH" && message.url!.includes("/members/") ? "503" : "none";
    const ann = await person(crm, "ann@b.example");
    await crm.admin.patch(`${v1}/people/${ann.id}`, { opted_out: true, reason: "phoned" });
    await until("the audience refused it", async () => (proxy.counts["503"] ?? 0) > 0);
    const campaign = await makeCampaign(crm, group, "Out");
    await runJob(crm, `${v1}/campaigns/${campaign.id}/send`);
    await until("the other got it", async () =>
      (await remote.admin.get(`${v1}/outbox`)).body.total > 0);
    const { body } = await remote.admin.get(`${v1}/outbox`);
    assert.deepEqual(body.items.map((message: Json) => message.rcpt), ["bob@b.example"]);
    proxy.fault = () => "none";
    await runJob(crm, `${v1}/sync`, {});
    assert.equal((await remote.admin.get(`${v1}/outbox`)).body.total, 1);
  });
});
