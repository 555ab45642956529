/** How a list grew, by months and days, and what its campaigns did. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, anotherList, execute, isSent, makeCampaign, makeGroup, masterList, rowCounts, until, useServer, type Client, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const day = (ms = Date.now()): string => new Date(ms).toISOString().slice(0, 10);

describe("the history of a list", () => {
  const server = useServer();
  let api: Client;
  let path = "";

  before(async () => {
    api = server.mailchimp;
    path = await masterList(api);
  });

  const month = async (name = day().slice(0, 7)): Promise<Json> => (await api.get(`${path}/growth-history/${name}`)).body;
  const today = async (): Promise<Json> => (await api.get(`${path}/activity`, { count: 1 })).body.activity[0];
  const pick = (o: Json, ...names: string[]): unknown[] => names.map((name) => o[name]);
  const add = (address: string, status: string) => api.post(`${path}/members`, { email_address: address, status });

  it("is empty at first, but there", async () => {
    const { body } = await api.get(`${path}/growth-history`);
    assert.deepEqual([body.total_items, body.history.length], [1, 1]);
    assert.deepEqual(pick(body.history[0], "month", "existing", "optins", "subscribed", "unsubscribed", "cleaned", "pending", "deleted", "transactional"),
      [day().slice(0, 7), 0, 0, 0, 0, 0, 0, 0, 0]);
    const activity = (await api.get(`${path}/activity`)).body;
    assert.equal(activity.total_items, 1);
    assert.equal(activity.activity[0].day, day());
  });

  it("counts what members become, each change once", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await add(`${name}@h.example`, "subscribed");
    await add("p@h.example", "pending");
    await add("t@h.example", "transactional");
    await add("u@h.example", "unsubscribed");
    await api.patch(`${path}/members/a@h.example`, { status: "unsubscribed" });
    await api.patch(`${path}/members/a@h.example`, { status: "unsubscribed", language: "de" });
    await api.patch(`${path}/members/b@h.example`, { status: "cleaned" });
    await api.delete(`${path}/members/c@h.example`);
    await api.post(`${path}/members/d@h.example/actions/delete-permanent`, undefined, { status: 204 });
    assert.deepEqual(pick(await month(), "existing", "optins", "subscribed", "unsubscribed", "cleaned", "pending", "deleted", "transactional"),
      [0, 5, 1, 2, 1, 1, 2, 1]);
    assert.deepEqual(pick(await today(), "subs", "unsubs", "other_adds", "other_removes", "emails_sent"), [5, 2, 2, 2, 0]);
    await api.patch(`${path}/members/a@h.example`, { status: "subscribed" });
    assert.deepEqual(pick(await month(), "optins", "subscribed"), [6, 2]);
  });

  it("counts many who come at once", async () => {
    await Promise.all([0, 1, 2].map((part) => api.post(path, { members: Array.from({ length: 100 }, (_, i) => ({
      email_address: `many${part * 50 + i}@h.example`, status: "subscribed" })) }, { status: [200, 503] })));
    const total = (await api.get(`${path}/members`, { status: "subscribed", count: 1 })).body.total_items;
    assert.deepEqual(pick(await month(), "optins", "subscribed"), [total + 4, total]);
  });

  it("says what campaigns did, on the day", async () => {
    const before = await today();
    await addPeople(server, ["one@h.example", "two@h.example"]);
    const campaign = await makeCampaign(server, await makeGroup(server, "All"));
    await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await isSent(server, campaign);
    await until("the send is applied", async () => (await today()).emails_sent === before.emails_sent + 2);
    assert.deepEqual(pick(await today(), "unique_opens", "recipient_clicks", "hard_bounce", "soft_bounce"), [0, 0, 0, 0]);
  });

  it("goes back to when the list was made, or half a year", async () => {
    const subscribed = (await month()).subscribed;
    await server.halt();
    const then = Date.now() - 400 * DAY_MS;
    execute(server, "audience", [
      `UPDATE list SET created_ms = ${then}`,
      // of the first day: 7 came, 3 went; of the day 100 days ago: 2 went
      ...[[then, 101, 7], [then, 102, 3], [Date.now() - 100 * DAY_MS, 102, 2], [Date.now() - 100 * DAY_MS, 103, 2]].map(([ms, kind, n]) =>
        `INSERT INTO list_kept (list_id, block, status, n) SELECT id, ${Math.floor(ms! / QUARTER_MS)}, ${kind}, ${n} FROM list`),
    ]);
    await server.run();
    const { body } = await server.mailchimp.get(`${path}/growth-history`, { count: 100 });
    assert.equal(body.history.length, body.total_items);
    assert.ok(body.total_items === 14 || body.total_items === 15);
    assert.deepEqual([body.history[0].month, body.history[0].subscribed], [day().slice(0, 7), subscribed]);
    const first = body.history.at(-1);
    assert.deepEqual(pick(first, "month", "optins"), [day(then).slice(0, 7), 7]);
    const then100 = body.history.find((m: Json) => m.month === day(Date.now() - 100 * DAY_MS).slice(0, 7));
    assert.equal(then100.unsubscribed, 2);
    assert.equal(then100.existing - then100.subscribed, 2);
    const upwards = (await server.mailchimp.get(`${path}/growth-history`, { count: 2, offset: 1, sort_dir: "ASC", sort_field: "month" })).body.history;
    assert.deepEqual(upwards.map((m: Json) => m.month), [body.history.at(-2).month, body.history.at(-3).month]);
    const days = (await server.mailchimp.get(`${path}/activity`, { count: 1000 })).body;
    assert.deepEqual([days.total_items, days.activity.length], [180, 180]);
    assert.deepEqual([days.activity[100].day, days.activity[100].unsubs], [day(Date.now() - 100 * DAY_MS), 2]);
    assert.equal(days.activity[179].day, day(Date.now() - 179 * DAY_MS));
    assert.deepEqual((await server.mailchimp.get(`${path}/activity`, { offset: 500 })).body.activity, []);
  });

  it("goes by the days of the account", async () => {
    const master = server.mailchimp;
    const of = (days: Json[], name: string): Json | undefined => days.find((one) => one.day === name);
    const then = Date.now() - 100 * DAY_MS;
    const hour = new Date(then).getUTCHours();
    // there, it was another day already, or still
    const [zone, there] = hour >= 12 ? ["Etc/GMT-12", then + DAY_MS] : ["Etc/GMT+12", then - DAY_MS];
    await master.patch(path, { account_timezone: zone });
    const days = (await master.get(`${path}/activity`, { count: 1000 })).body.activity;
    assert.deepEqual([of(days, day(then))?.unsubs, of(days, day(there))?.unsubs], [0, 2]);
    await master.patch(path, { account_timezone: "" });
  });

  it("is not there for what there is not", async () => {
    const again = server.mailchimp;
    for (const bad of ["2026-13", "1999-01", "x", "0", "2026", "%27", "9999-12"])
      await again.get(`${path}/growth-history/${bad}`, {}, { status: 404 });
    for (const below of ["growth-history", "growth-history/2026-11", "activity"])
      await again.get(`/3.0/lists/0000000000/${below}`, {}, { status: 404 });
    await again.get(`${path}/growth-history`, { sort_dir: "up" }, { status: 400 });
    await again.get(`${path}/growth-history`, { count: 1001 }, { status: 400 });
    assert.deepEqual((await again.get(`${path}/activity`, { fields: "total_items" })).body, { total_items: 180 });
  });

  it("goes with its list", async () => {
    const rows = rowCounts(server)["audience.list_kept"];
    const list = await anotherList(server.mailchimp);
    await server.mailchimp.post(`${list}/members`, { email_address: "x@h.example", status: "subscribed" });
    await server.mailchimp.delete(list);
    await server.mailchimp.get(`${list}/activity`, {}, { status: 404 });
    if (!server.database) assert.equal(rowCounts(server)["audience.list_kept"], rows);
  });
});
