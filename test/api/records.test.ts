/** People, companies and leads: made, found, changed, merged, removed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("records", () => {
  const server = useServer();
  const person = async (fields: Json): Promise<Json> =>
    (await server.admin.post(`${v1}/people`, fields, { status: 201 })).body;

  it("are made with their addresses, and read again", async () => {
    const made = await person({
      first_name: "Aoife",
      last_name: "O'Neil",
      email: "Aoife.O'Neil@Example.test",
      city: "Galway",
      tags: ["fair", "press"],
    });
    assert.equal(made.email, "Aoife.O'Neil@Example.test");
    assert.equal(made.emails.length, 1);
    assert.deepEqual([...made.tags].sort(), ["fair", "press"]);
    assert.equal(made.opted_out, false);
    const { body } = await server.admin.get(`${v1}/people/${made.id}`);
    assert.deepEqual(body, made);
  });

  it("say which field is wrong", async () => {
    for (const [field, fields] of Object.entries({
      email: { first_name: "X", email: "not an address" },
      birthday: { first_name: "X", birthday: "2021-02-30" },
    })) {
      const { body } = await server.admin.post(`${v1}/people`, fields, { status: 400 });
      assert.ok(body.errors?.[0]?.field.startsWith(field), JSON.stringify(body));
    }
    await server.admin.post(`${v1}/people`, { no_such_field: 1 }, { status: 400 });
    await server.admin.post(`${v1}/people`, "{", { status: 400 });
    await server.admin.get(`${v1}/people/999999999`, {}, { status: 404 });
    await server.admin.get(`${v1}/people/x`, {}, { status: [400, 404] });
  });

  it("are found by their address, in any case, and by words in any script", async () => {
    const made = await person({ first_name: "Пётр", last_name: "Щербаков", email: "petr@пример.рф" });
    for (const email of ["petr@пример.рф", "PETR@ПРИМЕР.РФ", "petr@xn--e1afmkfd.xn--p1ai"]) {
      const { body } = await server.admin.get(`${v1}/people`, { email });
      assert.deepEqual(body.items.map((p: Json) => p.id), [made.id], email);
      assert.equal(body.total, 1);
    }
    const { body } = await server.admin.get(`${v1}/people`, { q: "щербаков" });
    assert.deepEqual(body.items.map((p: Json) => p.id), [made.id]);
    const none = await server.admin.get(`${v1}/people`, { email: "nobody@example.test" });
    assert.deepEqual(none.body, { items: [], total: 0, total_is_least: false, next: null });
  });

  it("come page by page, each once, sorted", async () => {
    for (let i = 0; i < 25; i++)
      await person({ first_name: `N${i % 7}`, last_name: "Paged", email: `paged${i}@example.test` });
    for (const sort of ["id", "-id", "name", "-name", "-created_at"]) {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await server.admin.get(`${v1}/people`, {
          last_name: "Paged", sort, limit: 4, cursor,
        });
        assert.ok(body.items.length <= 4);
        assert.equal(body.total, 25);
        seen.push(...body.items.map((p: Json) => p.id));
        cursor = body.next ?? undefined;
      } while (cursor);
      assert.equal(seen.length, 25, sort);
      assert.equal(new Set(seen).size, 25, sort);
    }
    await server.admin.get(`${v1}/people`, { sort: "nonsense" }, { status: 400 });
    await server.admin.get(`${v1}/people`, { cursor: "nonsense" }, { status: 400 });
    await server.admin.get(`${v1}/people`, { limit: 0 }, { status: 400 });
  });

  it("have one marketing address: flagged, else primary", async () => {
    const made = await person({
      first_name: "Zoë",
      emails: [
        { address: "zoe@example.test", primary: true },
        { address: "zoe@work.example", marketing: true },
      ],
    });
    assert.equal(made.email, "zoe@work.example");
    const changed = await server.admin.patch(`${v1}/people/${made.id}`, { email: "zoe@new.example" });
    assert.equal(changed.body.email, "zoe@new.example");
    const fewer = await server.admin.patch(`${v1}/people/${made.id}`, {
      emails: [{ address: "zoe@example.test", primary: true }],
    });
    assert.equal(fewer.body.email, "zoe@example.test");
    assert.equal(fewer.body.emails.length, 1);
  });

  it("opt out with a reason, and in again only with one", async () => {
    const made = await person({ first_name: "Otto", email: "otto@example.test" });
    const path = `${v1}/people/${made.id}`;
    const out = await server.admin.patch(path, { opted_out: true, reason: "asked by phone" });
    assert.equal(out.body.opted_out, true);
    await server.admin.patch(path, { opted_out: false }, { status: 400 });
    const back = await server.admin.patch(path, { opted_out: false, reason: "asked again" });
    assert.equal(back.body.opted_out, false);
    const { body } = await server.admin.get(`${path}/consent`);
    assert.deepEqual(
      body.items.map((c: Json) => [c.state, c.reason]).sort(),
      [["opted_in", "asked again"], ["opted_out", "asked by phone"]],
    );
  });

  it("are merged: one stays, with all addresses, tags and the stricter consent", async () => {
    const a = await person({ first_name: "Ann", email: "ann@example.test", tags: ["a"] });
    const b = await person({ first_name: "Anne", email: "anne@example.test", tags: ["b"], city: "Cork" });
    await server.admin.patch(`${v1}/people/${b.id}`, { opted_out: true, reason: "letter" });
    const { body } = await server.admin.post(`${v1}/people/${a.id}/merge`, { other_id: b.id });
    assert.equal(body.id, a.id);
    assert.equal(body.first_name, "Ann");
    assert.equal(body.city, "Cork");
    assert.equal(body.opted_out, true);
    assert.deepEqual(body.emails.map((e: Json) => e.address).sort(),
      ["ann@example.test", "anne@example.test"]);
    assert.deepEqual([...body.tags].sort(), ["a", "b"]);
    const gone = await server.admin.get(`${v1}/people`, { email: "anne@example.test" });
    assert.deepEqual(gone.body.items.map((p: Json) => p.id), [a.id]);
    await server.admin.post(`${v1}/people/${a.id}/merge`, { other_id: a.id }, { status: 400 });
    const { body: keyed } = await server.admin.post(`${v1}/people`, { last_name: "Keyed", external_key: "k-9" });
    assert.equal((await server.admin.post(`${v1}/people/${a.id}/merge`, { other_id: keyed.id })).body.external_key, "k-9");
  });

  it("are handed out whole, and erased on request", async () => {
    const made = await person({ first_name: "Eve", email: "eve@example.test", phone: "+49 30 1" });
    await server.admin.post(`${v1}/notes`,
      { entity: "people", record_id: made.id, body: "private" }, { status: 201 });
    const { body } = await server.admin.get(`${v1}/people/${made.id}/export`);
    assert.equal(body.person.id, made.id);
    assert.ok(JSON.stringify(body).includes("eve@example.test"));
    assert.ok(JSON.stringify(body.notes).includes("private"));
    await server.admin.post(`${v1}/people/${made.id}/erase`, undefined, { status: 204 });
    const found = await server.admin.get(`${v1}/people`, { email: "eve@example.test" });
    assert.equal(found.body.total, 0);
    await server.admin.get(`${v1}/people/${made.id}`, {}, { status: [404, 410] });
  });

  it("are removed", async () => {
    const made = await person({ first_name: "Del", email: "del@example.test" });
    await server.admin.delete(`${v1}/people/${made.id}`, { status: 204 });
    await server.admin.get(`${v1}/people/${made.id}`, {}, { status: 404 });
    await server.admin.delete(`${v1}/people/${made.id}`, { status: 404 });
  });

  it("of companies have people", async () => {
    const { body: company } = await server.admin.post(`${v1}/companies`,
      { name: "Grün & Söhne", city: "Köln", website: "https://example.test" }, { status: 201 });
    const made = await person({ first_name: "Jürgen", company_id: company.id });
    const { body } = await server.admin.get(`${v1}/people`, { company_id: company.id });
    assert.deepEqual(body.items.map((p: Json) => p.id), [made.id]);
    await server.admin.post(`${v1}/people`,
      { first_name: "X", company_id: 999999999 }, { status: [400, 404] });
    const list = await server.admin.get(`${v1}/companies`, { q: "grün" });
    assert.deepEqual(list.body.items.map((c: Json) => c.id), [company.id]);
    const changed = await server.admin.patch(`${v1}/companies/${company.id}`,
      { opted_out: true, reason: "in a letter" });
    assert.equal(changed.body.opted_out, true);
    assert.equal((await server.admin.get(`${v1}/companies/${company.id}`)).body.opted_out, true);
    const consent = await server.admin.get(`${v1}/companies/${company.id}/consent`);
    assert.equal(consent.body.total, 1);
    await server.admin.post(`${v1}/companies`, { name: "" }, { status: 400 });
    const { body: other } = await server.admin.post(`${v1}/companies`, { name: "Gone" });
    await server.admin.delete(`${v1}/companies/${other.id}`, { status: 204 });
    await server.admin.get(`${v1}/companies/${other.id}`, {}, { status: 404 });
  });

  it("of leads become people and companies, matched or made", async () => {
    const known = await person({ first_name: "Kay", email: "kay@example.test" });
    const lead = async (fields: Json): Promise<Json> =>
      (await server.admin.post(`${v1}/leads`, fields, { status: 201 })).body;
    const a = await lead({ first_name: "Kay", email: "KAY@example.test", company_name: "New Co" });
    const converted = await server.admin.post(`${v1}/leads/${a.id}/convert`, {});
    assert.equal(converted.body.person.id, known.id);
    assert.deepEqual(converted.body.matched, { person: true, company: false });
    assert.equal(converted.body.company.name, "New Co");
    const b = await lead({ first_name: "Lee", email: "lee@example.test", company_name: "new co" });
    const made = await server.admin.post(`${v1}/leads/${b.id}/convert`, {});
    assert.deepEqual(made.body.matched, { person: false, company: true });
    assert.equal(made.body.person.company_id, converted.body.company.id);
    await server.admin.post(`${v1}/leads/${b.id}/convert`, {}, { status: 409 });
    const c = await lead({ first_name: "Mo", email: "mo@example.test", source: "fair" });
    const list = await server.admin.get(`${v1}/leads`, { source: "fair" });
    assert.deepEqual(list.body.items.map((l: Json) => l.id), [c.id]);
    await server.admin.patch(`${v1}/leads/${c.id}`, { opted_out: true, reason: "no" });
    assert.equal((await server.admin.get(`${v1}/leads/${c.id}`)).body.opted_out, true);
    assert.equal((await server.admin.get(`${v1}/leads/${c.id}/consent`)).body.total, 1);
    await server.admin.delete(`${v1}/leads/${c.id}`, { status: 204 });
    await server.admin.get(`${v1}/leads/${c.id}`, {}, { status: 404 });
  });
});
