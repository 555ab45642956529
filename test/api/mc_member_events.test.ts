/** What other programs say that members did. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { masterList, rowCounts, useServer, type Client, type Json } from "../harness/index.js";

const NOBODY = "0123456789";
const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("events of members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let member: string;
  let path: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
    await api.post(`${list}/members`, { email_address: "e@example.org", status: "subscribed" });
    member = `${list}/members/e@example.org`;
    path = `${member}/events`;
  });

  it("are added, and read with the newest first", async () => {
    assert.deepEqual((await api.get(path)).body.events, []);
    const properties = { color: "Größe \"L\" <b>", عربي: "نعم" };
    const reply = await api.post(path, { name: "viewed_page", properties, occurred_at: "2026-01-02T03:04:05+00:00" });
    assert.equal(reply.status, 204);
    assert.equal(reply.text, "");
    await api.post(path, { name: "Bought-2", occurred_at: "2026-01-03T00:00:00Z", is_syncing: true });
    await api.post(path, { name: "ab", occurred_at: "2025-01-01T00:00:00Z", properties: null }, { unchecked: true });
    await api.post(path, { name: "x".repeat(30) });
    const { body } = await api.get(path);
    assert.deepEqual(body.events.map((e: Json) => e.name), ["x".repeat(30), "Bought-2", "viewed_page", "ab"]);
    assert.deepEqual(body.events[2], { occurred_at: "2026-01-02T03:04:05+00:00", name: "viewed_page", properties });
    assert.deepEqual(body.events[1].properties, {});
    assert.equal(body.total_items, 4);
    const page = (await api.get(path, { count: 1, offset: 2 })).body;
    assert.deepEqual([page.events[0].name, page.total_items], ["viewed_page", 4]);
  });

  it("are refused if they are wrong", async () => {
    for (const name of [undefined, null, "", "x", "x".repeat(31), "two words", "<b>", "größe", 7, {}])
      assert.equal(field(await api.post(path, { name }, { status: 400 })), "name");
    for (const occurred_at of ["yesterday", 5, "2026-02-30T00:00:00Z"])
      assert.equal(field(await api.post(path, { name: "ok", occurred_at }, { status: 400 })), "occurred_at");
    for (const properties of [[], "x", { a: 1 }, { a: null }, { a: { b: "c" } }, { a: "x".repeat(5000) }])
      assert.equal(field(await api.post(path, { name: "ok", properties }, { status: 400 })), "properties");
    assert.equal(field(await api.post(path, { name: "ok", is_syncing: "yes" }, { status: 400 })), "is_syncing");
    await api.post(path, "", { status: 400 });
    await api.post(path, '{"name":"ok","properties":{"a":"\\u0000"}}', { status: 400 });
    assert.equal((await api.get(path)).body.total_items, 4);
  });

  it("are of a member that is there", async () => {
    for (const base of [`${list}/members/nobody@example.org`, `/3.0/lists/${NOBODY}/members/e@example.org`]) {
      await api.get(`${base}/events`, {}, { status: 404 });
      await api.post(`${base}/events`, { name: "ok" }, { status: 404 });
      await api.get(`${base}/goals`, {}, { status: 404 });
    }
    const user = api.as(await server.createKey("u", "user"));
    await user.get(path);
    await user.post(path, { name: "ok" }, { status: 403 });
  });

  it("stay when it is archived and moves, and go when it is forgotten", async () => {
    await api.delete(member);
    await api.post(path, { name: "late" });
    await api.put(member, { email_address: "e@example.org", status: "subscribed" });
    await api.patch(member, { email_address: "f@example.org" });
    assert.equal((await api.get(`${list}/members/f@example.org/events`)).body.total_items, 5);
    await Promise.all([
      api.post(`${list}/members/f@example.org/actions/delete-permanent`),
      ...[1, 2, 3].map(() => api.post(`${list}/members/f@example.org/events`, { name: "late" }, { status: [204, 404] })),
    ]);
    assert.equal(rowCounts(server)["audience.member_event"], 0);
  });

  it("are no goals, of which there are none", async () => {
    await api.post(`${list}/members`, { email_address: "g@example.org", status: "subscribed" });
    const { body } = await api.get(`${list}/members/g@example.org/goals`);
    assert.deepEqual(body.goals, []);
    assert.equal(body.total_items, 0);
    assert.match(body.email_id, /^[0-9a-f]{32}$/);
  });
});
