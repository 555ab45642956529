/** What hangs on records: notes, tasks, tags, custom fields, communications. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("what hangs on records", () => {
  const server = useServer();
  let person: Json;
  let company: Json;

  before(async () => {
    company = (await server.admin.post(`${v1}/companies`, { name: "Acme" })).body;
    person = (await server.admin.post(`${v1}/people`,
      { first_name: "Ada", email: "ada@example.test", company_id: company.id })).body;
  });

  it("notes are written, changed and removed", async () => {
    const where = { entity: "people", record_id: person.id };
    const { body: note } = await server.admin.post(`${v1}/notes`,
      { ...where, body: "Likes tea ☕" }, { status: 201 });
    const changed = await server.admin.patch(`${v1}/notes/${note.id}`, { body: "Likes coffee" });
    assert.equal(changed.body.body, "Likes coffee");
    const { body } = await server.admin.get(`${v1}/notes`, where);
    assert.deepEqual(body.items.map((n: Json) => n.body), ["Likes coffee"]);
    await server.admin.delete(`${v1}/notes/${note.id}`, { status: 204 });
    assert.equal((await server.admin.get(`${v1}/notes`, where)).body.items.length, 0);
    await server.admin.post(`${v1}/notes`,
      { entity: "people", record_id: 999999999, body: "x" }, { status: [400, 404] });
  });

  it("notes and tasks are not overwritten by who has read an older one", async () => {
    for (const [kind, text] of [["notes", "body"], ["tasks", "title"]] as const) {
      const { body: made, headers } = await server.admin.post(`${v1}/${kind}`,
        { entity: "people", record_id: person.id, [text]: "first" }, { status: 201 });
      const path = `${v1}/${kind}/${made.id}`;
      const read = await server.admin.get(path);
      assert.deepEqual(read.body, made);
      const seen = read.headers.get("etag")!;
      assert.equal(headers.get("etag"), seen);
      const changed = await server.admin.patch(path, { [text]: "second" }, { headers: { "If-Match": seen } });
      assert.notEqual(changed.headers.get("etag"), seen);
      await server.admin.patch(path, { [text]: "third" }, { headers: { "If-Match": seen }, status: 412 });
      await server.admin.delete(path, { headers: { "If-Match": seen }, status: 412 });
      assert.equal((await server.admin.get(path)).body[text], "second");
      await server.admin.patch(path, { [text]: "third" }); // who does not ask is not asked
      const now = (await server.admin.get(path)).headers.get("etag")!;
      await server.admin.delete(path, { headers: { "If-Match": now }, status: 204 });
      await server.admin.get(path, {}, { status: 404 });
      await server.admin.patch(path, { [text]: "x" }, { headers: { "If-Match": now }, status: 404 });
    }
  });

  it("tasks have a day and an end", async () => {
    const where = { entity: "companies", record_id: company.id };
    const { body: task } = await server.admin.post(`${v1}/tasks`,
      { ...where, title: "Call back", due_at: "2030-01-02T09:00:00+00:00" }, { status: 201 });
    assert.equal(task.due_at, "2030-01-02T09:00:00+00:00");
    const done = await server.admin.patch(`${v1}/tasks/${task.id}`,
      { done_at: "2030-01-01T08:00:00Z" });
    assert.equal(done.body.done_at, "2030-01-01T08:00:00+00:00");
    await server.admin.post(`${v1}/tasks`,
      { ...where, title: "x", due_at: "tomorrow" }, { status: 400 });
    assert.equal((await server.admin.get(`${v1}/tasks`, where)).body.items.length, 1);
    await server.admin.delete(`${v1}/tasks/${task.id}`, { status: 204 });
  });

  it("tags are counted, renamed, and taken off with their end", async () => {
    const path = `${v1}/people/${person.id}`;
    await server.admin.patch(path, { tags: ["Visitors", "press"] });
    const { body: tag } = await server.admin.post(`${v1}/tags`, { name: "empty" }, { status: 201 });
    const { body } = await server.admin.get(`${v1}/tags`);
    const named = (name: string): Json => body.items.find((t: Json) => t.name === name);
    assert.equal(named("Visitors").records, 1);
    assert.equal(named("empty").records, 0);
    const again = await server.admin.post(`${v1}/tags`, { name: "EMPTY" });
    assert.equal(again.body.id, tag.id);
    await server.admin.patch(`${v1}/tags/${named("Visitors").id}`, { name: "Guests" });
    assert.deepEqual([...(await server.admin.get(path)).body.tags].sort(), ["Guests", "press"]);
    const found = await server.admin.get(`${v1}/people`, { tag: "Guests" });
    assert.deepEqual(found.body.items.map((p: Json) => p.id), [person.id]);
    await server.admin.delete(`${v1}/tags/${named("Visitors").id}`, { status: 204 });
    assert.deepEqual((await server.admin.get(path)).body.tags, ["press"]);
    await server.admin.delete(`${v1}/tags/${tag.id}`, { status: 204 });
  });

  it("custom fields have a type", async () => {
    const field = async (key: string, type: string, choices?: string[]): Promise<Json> =>
      (await server.admin.post(`${v1}/custom-fields`,
        { entity: "people", key, label: key, type, choices }, { status: 201 })).body;
    await field("shoe_size", "number");
    await field("member_since", "date");
    await field("vip", "boolean");
    const colour = await field("colour", "choice", ["red", "blue"]);
    const path = `${v1}/people/${person.id}`;
    const custom = { shoe_size: 42, member_since: "2020-02-29", vip: true, colour: "red" };
    assert.deepEqual((await server.admin.patch(path, { custom })).body.custom, custom);
    for (const bad of [{ shoe_size: "big" }, { member_since: "2021-02-29" }, { vip: "x" },
      { colour: "green" }, { unknown: 1 }])
      await server.admin.patch(path, { custom: bad }, { status: 400 });
    const less = await server.admin.patch(path, { custom: { vip: null } });
    assert.equal(less.body.custom.vip, undefined);
    assert.equal(less.body.custom.shoe_size, 42);
    await server.admin.patch(`${v1}/custom-fields/${colour.id}`, { choices: ["red", "green"] });
    await server.admin.patch(path, { custom: { colour: "green" } });
    await server.admin.delete(`${v1}/custom-fields/${colour.id}`, { status: 204 });
    await server.admin.patch(path, { custom: { colour: "green" } }, { status: 400 });
    const { body } = await server.admin.get(`${v1}/custom-fields`, { entity: "people" });
    assert.equal(body.items.length, 3);
  });

  it("communications stand on every record that they concern", async () => {
    const { body: lead } = await server.admin.post(`${v1}/leads`,
      { first_name: "Lea", email: "lea@example.test" });
    const { body: made } = await server.admin.post(`${v1}/communications`, {
      kind: "call",
      subject: "About the offer",
      body: "Will think about it",
      at: "2026-01-02T10:00:00Z",
      links: [
        { entity: "people", record_id: person.id },
        { entity: "companies", record_id: company.id },
        { entity: "leads", record_id: lead.id },
      ],
    }, { status: 201 });
    for (const path of [`people/${person.id}`, `companies/${company.id}`, `leads/${lead.id}`]) {
      const { body } = await server.admin.get(`${v1}/${path}/communications`);
      assert.deepEqual(body.items.map((c: Json) => c.id), [made.id], path);
      assert.equal(body.items[0].at, "2026-01-02T10:00:00+00:00");
      assert.equal(body.items[0].campaign_id, null);
    }
    await server.admin.patch(`${v1}/communications/${made.id}`, { subject: "The offer" });
    const { body } = await server.admin.get(`${v1}/communications/${made.id}`);
    assert.equal(body.subject, "The offer");
    assert.equal(body.links.length, 3);
    await server.admin.post(`${v1}/communications`,
      { kind: "smoke signal", links: [] }, { status: 400 });
    await server.admin.delete(`${v1}/communications/${made.id}`, { status: 204 });
    await server.admin.get(`${v1}/communications/${made.id}`, {}, { status: 404 });
  });
});
