/** Notes on members. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { masterList, rowCounts, useServer, type Client, type Json } from "../harness/index.js";

const NOBODY = "0123456789";
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;
const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("notes on members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let member: string;
  let path: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
    for (const name of ["n", "other"])
      await api.post(`${list}/members`, { email_address: `${name}@example.org`, status: "subscribed" });
    member = `${list}/members/n@example.org`;
    path = `${member}/notes`;
  });

  it("are added, read, changed and removed", async () => {
    assert.deepEqual((await api.get(path)).body.notes, []);
    assert.equal((await api.get(member)).body.last_note, undefined);
    const made = (await api.post(path, { note: "Ruft <b>gern</b> an; مرحبا O'Neil" })).body;
    assert.equal(made.note, "Ruft <b>gern</b> an; مرحبا O'Neil");
    assert.ok(Number.isInteger(made.id));
    assert.match(made.created_at, DATE);
    assert.ok(made.created_by);
    assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
    const changed = (await api.patch(`${path}/${made.id}`, { note: "y" })).body;
    assert.equal(changed.note, "y");
    assert.equal(changed.created_at, made.created_at);
    assert.equal((await api.patch(`${path}/${made.id}`, {})).body.note, "y");
    await api.delete(`${path}/${made.id}`);
    await api.get(`${path}/${made.id}`, {}, { status: 404 });
    await api.patch(`${path}/${made.id}`, { note: "z" }, { status: 404 });
    await api.delete(`${path}/${made.id}`, { status: 404 });
  });

  it("are sorted, and read page by page", async () => {
    const ids: number[] = [];
    for (const note of ["a", "b", "c"]) ids.push((await api.post(path, { note })).body.id);
    const texts = async (query: Record<string, string | number>) =>
      (await api.get(path, query)).body.notes.map((n: Json) => n.note).join("");
    assert.equal(await texts({}), "cba");
    assert.equal(await texts({ sort_field: "note_id", sort_dir: "ASC" }), "abc");
    assert.equal(await texts({ sort_field: "created_at", sort_dir: "DESC", count: 1, offset: 1 }), "b");
    for (const sort_field of ["created_at", "updated_at"]) assert.equal((await texts({ sort_field })).length, 3);
    assert.equal((await api.get(path, { count: 1 })).body.total_items, 3);
    await api.get(path, { sort_field: "note" }, { status: 400 });
    const { body } = await api.get(member);
    assert.equal(body.last_note.note, "c");
    assert.equal(body.last_note.note_id, ids[2]);
    const page = (await api.get(`${list}/members`)).body.members;
    assert.deepEqual(page.map((m: Json) => m.last_note?.note), ["c", undefined]);
    assert.deepEqual((await api.get(member, { fields: "last_note.note" })).body, { last_note: { note: "c" } });
  });

  it("have 1 to 1,000 characters", async () => {
    for (const body of [{}, { note: "" }, { note: " \n" }, { note: null }, { note: 7 }, { note: ["x"] }, { note: "x".repeat(1001) }, { note: "x".repeat(1_000_000) }])
      assert.equal(field(await api.post(path, body, { status: 400 })), "note");
    await api.post(path, '{"note":"a\\u0000"}', { status: 400 });
    await api.post(path, "", { status: 400 });
    const { body } = await api.post(path, { note: "ب".repeat(1000) });
    assert.equal(body.note.length, 1000);
    assert.equal(field(await api.patch(`${path}/${body.id}`, { note: "" }, { status: 400 })), "note");
    await api.delete(`${path}/${body.id}`);
  });

  it("are of their member alone", async () => {
    const note = (await api.get(path)).body.notes[0];
    for (const other of [
      `${list}/members/other@example.org/notes/${note.id}`,
      `${list}/members/nobody@example.org/notes/${note.id}`,
      `/3.0/lists/${NOBODY}/members/n@example.org/notes/${note.id}`,
      `${path}/999999`, `${path}/x`, `${path}/-1`,
    ]) {
      await api.get(other, {}, { status: 404 });
      await api.patch(other, { note: "stolen" }, { status: 404 });
      await api.delete(other, { status: 404 });
    }
    await api.get(`${list}/members/nobody@example.org/notes`, {}, { status: 404 });
    await api.post(`${list}/members/nobody@example.org/notes`, { note: "x" }, { status: 404 });
    const user = api.as(await server.createKey("u", "user"));
    await user.get(path);
    await user.post(path, { note: "x" }, { status: 403 });
  });

  it("stay when a member is archived and moves, and go when it is forgotten", async () => {
    await api.delete(member);
    assert.equal((await api.get(path)).body.total_items, 3);
    await api.put(member, { email_address: "n@example.org", status: "subscribed" });
    await api.patch(member, { email_address: "m@example.org" });
    const moved = `${list}/members/m@example.org`;
    assert.equal((await api.get(moved)).body.last_note.note, "c");
    const before = rowCounts(server)["audience.member_note"]!;
    await Promise.all([
      api.post(`${moved}/actions/delete-permanent`),
      ...[1, 2, 3].map((n) => api.post(`${moved}/notes`, { note: `late ${n}` }, { status: [200, 404] })),
    ]);
    assert.equal(before, 3);
    assert.equal(rowCounts(server)["audience.member_note"], 0);
    await api.get(`${moved}/notes`, {}, { status: 404 });
  });
});
