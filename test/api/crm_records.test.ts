/** Companies, people and leads: what programs send and get. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer } from "../harness/index.js";

describe("records", () => {
  const server = useServer();
  const add = async (path: string, body: object) => (await server.admin.post(`/api/v1/${path}`, body)).body;

  it("are made, read, changed and removed, of each kind", async () => {
    const bodies = { people: { last_name: "Lovelace" }, leads: { last_name: "Byron" }, companies: { name: "Engines" } };
    for (const [kind, body] of Object.entries(bodies)) {
      const made = await server.admin.post(`/api/v1/${kind}`, body, { status: 201 });
      const path = `/api/v1/${kind}/${made.body.id}`;
      assert.equal(made.headers.get("location"), path);
      const changed = await server.admin.patch(path, { city: "London", custom: {}, tags: ["old", "new"] });
      assert.equal(changed.body.city, "London");
      assert.deepEqual(changed.body.tags, ["new", "old"]);
      assert.deepEqual((await server.admin.get(path)).body, changed.body);
      await server.admin.delete(path, { status: 204 });
      await server.admin.get(path, {}, { status: 404 });
      const list = await server.admin.get(`/api/v1/${kind}`);
      assert.deepEqual(list.body, { items: [], total: 0, total_is_least: false, next: null });
    }
  });

  it("have the shape that other programs rely on", async () => {
    const company = await add("companies", { name: "Acme" });
    const person = await add("people", {
      first_name: "Zoë", last_name: "Ångström", company_id: company.id, country: "SE",
      emails: [{ address: "zoe@example.test", type: "work" }, { address: "Zoe@home.test", type: "home", marketing: true }],
    });
    assert.equal(person.email, "Zoe@home.test");
    assert.equal(person.company_id, company.id);
    assert.equal(person.opted_out, false);
    assert.match(person.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    assert.deepEqual(person.emails.map((e: Record<string, unknown>) => [e.address, e.type, e.primary, e.marketing, e.held]), [
      ["zoe@example.test", "work", true, false, false],
      ["Zoe@home.test", "home", false, true, false],
    ]);
    for (const email of ["zoe@EXAMPLE.test", "zoe@home.test"]) {
      const { body } = await server.admin.get("/api/v1/people", { email });
      assert.deepEqual(body.items.map((p: { id: number }) => p.id), [person.id]);
    }
  });

  it("are listed page by page, searched, filtered and sorted", async () => {
    for (let i = 0; i < 25; i++) await add("leads", { last_name: `Page ${String(i).padStart(2, "0")}`, source: i % 2 ? "fair" : "web" });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: { items: { last_name: string }[]; total: number; next: string | null } } =
        await server.admin.get("/api/v1/leads", { limit: 10, sort: "-name", ...(cursor ? { cursor } : {}) });
      assert.equal(body.total, 25);
      seen.push(...body.items.map((l) => l.last_name));
      cursor = body.next;
    } while (cursor);
    assert.equal(seen.length, 25);
    assert.deepEqual(seen, [...seen].sort().reverse());
    const found = await server.admin.get("/api/v1/leads", { q: "PAGE 1", source: "fair" });
    assert.equal(found.body.total, 7); // 01 11 13 15 17 19 21
    await server.admin.get("/api/v1/leads", { sort: "phone" }, { status: 400 });
    await server.admin.get("/api/v1/leads", { cursor: "x" }, { status: 400 });
    await server.admin.get("/api/v1/leads", { limit: 0 }, { status: 400 });
  });

  it("say what is wrong, and where", async () => {
    const cases: [object, string][] = [
      [{}, "last_name"], [{ first_nam: "x" }, "first_nam"], [{ first_name: 1 }, "first_name"],
      [{ last_name: "x".repeat(201) }, "last_name"], [{ email: "nobody" }, "email"], [{ id: 5, last_name: "x" }, "id"],
      [{ last_name: "x", company_id: 999999 }, "company_id"], [{ last_name: "x", birthday: "yesterday" }, "birthday"],
    ];
    for (const [body, field] of cases) {
      const reply = await server.admin.post("/api/v1/people", body, { status: 400 });
      assert.equal(reply.type, "application/problem+json");
      assert.equal(reply.body.errors[0].field, field);
    }
    await server.admin.post("/api/v1/people", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), { status: 400 });
    await server.admin.post("/api/v1/people", "{", { status: 400 });
    await server.admin.get("/api/v1/people/0", {}, { status: 404 });
    await server.admin.get("/api/v1/people/abc", {}, { status: 404 });
    await server.anonymous.get("/api/v1/people", {}, { status: 401 });
  });

  it("have custom fields of their type", async () => {
    const field = await add("custom-fields", { entity: "people", key: "shoe", label: "Shoe size", type: "number" });
    await server.admin.post("/api/v1/custom-fields", { entity: "people", key: "shoe", label: "x", type: "text" }, { status: 409 });
    await server.admin.post("/api/v1/custom-fields", { entity: "people", key: "Shoe!", label: "x", type: "text" }, { status: 400 });
    const person = await add("people", { last_name: "Foot", custom: { shoe: 42.5 } });
    assert.deepEqual(person.custom, { shoe: 42.5 });
    await server.admin.patch(`/api/v1/people/${person.id}`, { custom: { shoe: "big" } }, { status: 400 });
    const renamed = await server.admin.patch(`/api/v1/custom-fields/${field.id}`, { label: "Size" });
    assert.equal(renamed.body.label, "Size");
    const list = await server.admin.get("/api/v1/custom-fields", { entity: "people" });
    assert.equal(list.body.total, 1);
    await server.admin.delete(`/api/v1/custom-fields/${field.id}`);
    await server.admin.patch(`/api/v1/people/${person.id}`, { custom: { shoe: 1 } }, { status: 400 });
  });

  it("carry tags", async () => {
    const person = await add("people", { last_name: "Tagged", tags: ["Gold"] });
    const tag = await add("tags", { name: "gold" });
    assert.equal(tag.name, "Gold");
    assert.equal(tag.records, 1);
    await server.admin.patch(`/api/v1/tags/${tag.id}`, { name: "Platinum" });
    assert.deepEqual((await server.admin.get(`/api/v1/people/${person.id}`)).body.tags, ["Platinum"]);
    assert.equal((await server.admin.get("/api/v1/people", { tag: "platinum" })).body.total, 1);
    assert.ok((await server.admin.get("/api/v1/tags")).body.items.some((t: { name: string }) => t.name === "Platinum"));
    await server.admin.delete(`/api/v1/tags/${tag.id}`);
    assert.deepEqual((await server.admin.get(`/api/v1/people/${person.id}`)).body.tags, []);
  });

  it("have notes, tasks and communications", async () => {
    const person = await add("people", { last_name: "Busy" });
    const company = await add("companies", { name: "Busy Ltd" });
    const on = { entity: "people", record_id: person.id };
    const note = await add("notes", { ...on, body: "first" });
    await server.admin.patch(`/api/v1/notes/${note.id}`, { body: "second" });
    const notes = await server.admin.get("/api/v1/notes", on);
    assert.deepEqual(notes.body.items.map((n: { body: string }) => n.body), ["second"]);
    await server.admin.delete(`/api/v1/notes/${note.id}`);
    await server.admin.post("/api/v1/notes", { entity: "people", record_id: 99999, body: "x" }, { status: 400 });

    const task = await add("tasks", { ...on, title: "Call", due_at: "2030-01-02T03:04:05Z" });
    assert.equal(task.due_at, "2030-01-02T03:04:05+00:00");
    const done = await server.admin.patch(`/api/v1/tasks/${task.id}`, { done_at: "2029-01-01", due_at: null });
    assert.equal(done.body.due_at, null);
    assert.equal((await server.admin.get("/api/v1/tasks", on)).body.total, 1);
    await server.admin.delete(`/api/v1/tasks/${task.id}`);

    const links = [on, { entity: "companies", record_id: company.id }];
    const call = await add("communications", { kind: "call", direction: "in", subject: "Hello", at: "2024-05-06T07:08:09Z", links });
    assert.equal(call.campaign_id, null);
    for (const path of [`people/${person.id}`, `companies/${company.id}`]) {
      const { body } = await server.admin.get(`/api/v1/${path}/communications`);
      assert.equal(body.total, 1);
      assert.equal(body.items[0].subject, "Hello");
      assert.equal(body.items[0].at, "2024-05-06T07:08:09+00:00");
    }
    await server.admin.patch(`/api/v1/communications/${call.id}`, { subject: "Hello again", links: [on] });
    assert.equal((await server.admin.get(`/api/v1/communications/${call.id}`)).body.subject, "Hello again");
    assert.equal((await server.admin.get(`/api/v1/companies/${company.id}/communications`)).body.total, 0);
    await server.admin.delete(`/api/v1/communications/${call.id}`);
    const lead = await add("leads", { last_name: "Quiet" });
    assert.equal((await server.admin.get(`/api/v1/leads/${lead.id}/communications`)).body.total, 0);
  });
});

describe("consent", () => {
  const server = useServer();
  const add = async (path: string, body: object) => (await server.admin.post(`/api/v1/${path}`, body)).body;

  it("is a history: who opted out, why, and in again only with a ground", async () => {
    const person = await add("people", { last_name: "No", email: "no@example.test" });
    const path = `/api/v1/people/${person.id}`;
    const out = await server.admin.patch(path, { opted_out: true, reason: "by phone" });
    assert.equal(out.body.opted_out, true);
    const refused = await server.admin.patch(path, { opted_out: false }, { status: 400 });
    assert.equal(refused.body.errors[0].field, "reason");
    await server.admin.patch(path, { opted_out: false, reason: "signed form of 3 May" });
    const { body } = await server.admin.get(`${path}/consent`);
    assert.deepEqual(body.items.map((c: { state: string; reason: string }) => [c.state, c.reason]), [
      ["opted_in", "signed form of 3 May"], ["opted_out", "by phone"],
    ]);
    assert.equal(body.items[0].source, "api");
    const lead = await add("leads", { last_name: "L", opted_out: true });
    assert.equal((await server.admin.get(`/api/v1/leads/${lead.id}/consent`)).body.total, 1);
    const company = await add("companies", { name: "C", opted_out: true });
    assert.equal((await server.admin.get(`/api/v1/companies/${company.id}/consent`)).body.total, 1);
  });

  it("is shared by those who share an address, also later", async () => {
    const first = await add("people", { last_name: "One", email: "two@example.test" });
    const second = await add("people", { last_name: "Two", email: "two@example.test" });
    await server.admin.patch(`/api/v1/people/${first.id}`, { opted_out: true });
    assert.equal((await server.admin.get(`/api/v1/people/${second.id}`)).body.opted_out, true);
    assert.equal((await add("people", { email: "TWO@example.test" })).opted_out, true);
  });
});

describe("the life of a person", () => {
  const server = useServer();
  const add = async (path: string, body: object) => (await server.admin.post(`/api/v1/${path}`, body)).body;

  it("is a timeline, page by page, for each kind of record", async () => {
    for (const [kind, body] of [["people", { last_name: "T" }], ["leads", { last_name: "T" }], ["companies", { name: "T" }]] as const) {
      const record = await add(kind, { ...body, opted_out: true });
      const on = { entity: kind, record_id: record.id };
      await add("notes", { ...on, body: "n" });
      await add("tasks", { ...on, title: "t", due_at: "2031-01-01" });
      await add("communications", { kind: "call", subject: "s", at: "2001-01-01", links: [on] });
      const types: string[] = [];
      let cursor: string | undefined;
      do {
        const { body: page } = await server.admin.get(`/api/v1/${kind}/${record.id}/timeline`, { limit: 1, cursor });
        types.push(...page.items.map((e: { type: string }) => e.type));
        cursor = page.next ?? undefined;
      } while (cursor);
      assert.equal((await server.admin.get(`/api/v1/${kind}/${record.id}/timeline`)).body.total, 4);
      assert.equal(types[0], "task");
      assert.equal(types[3], "communication");
      assert.deepEqual([...types].sort(), ["communication", "consent", "note", "task"]);
      await server.admin.get(`/api/v1/${kind}/${record.id}/timeline`, { cursor: "1.x" }, { status: 400 });
    }
  });

  it("merges duplicates", async () => {
    const one = await add("people", { last_name: "Same", email: "one@same.test" });
    const two = await add("people", { first_name: "Sam", last_name: "Same", email: "two@same.test", tags: ["t"] });
    const { body } = await server.admin.post(`/api/v1/people/${one.id}/merge`, { other_id: two.id });
    assert.equal(body.first_name, "Sam");
    assert.equal(body.email, "one@same.test");
    assert.equal(body.emails.length, 2);
    await server.admin.get(`/api/v1/people/${two.id}`, {}, { status: 404 });
    await server.admin.post(`/api/v1/people/${one.id}/merge`, { other_id: one.id }, { status: 400 });
    await server.admin.post(`/api/v1/people/${one.id}/merge`, {}, { status: 400 });
  });

  it("converts leads, matching by address and company name", async () => {
    const acme = await add("companies", { name: "Acme GmbH" });
    const known = await add("people", { last_name: "Known", email: "known@acme.test" });
    const first = await add("leads", { last_name: "K", email: "KNOWN@acme.test", company_name: "acme gmbh" });
    const matched = await server.admin.post(`/api/v1/leads/${first.id}/convert`, {});
    assert.deepEqual(matched.body.matched, { person: true, company: true });
    assert.equal(matched.body.person.id, known.id);
    assert.equal(matched.body.person.company_id, acme.id);
    await server.admin.post(`/api/v1/leads/${first.id}/convert`, {}, { status: 409 });
    const second = await add("leads", { last_name: "New", email: "new@acme.test" });
    const made = await server.admin.post(`/api/v1/leads/${second.id}/convert`, {});
    assert.deepEqual(made.body.matched, { person: false, company: false });
    assert.equal(made.body.company, null);
    assert.equal((await server.admin.get(`/api/v1/leads/${second.id}`)).body.status, "converted");
  });

  it("is exported, erased and stays forgotten", async () => {
    const person = await add("people", { last_name: "Gone", email: "gone@example.test", opted_out: true, reason: "asked" });
    await add("notes", { entity: "people", record_id: person.id, body: "likes tea" });
    const known = await server.admin.get(`/api/v1/people/${person.id}/export`);
    assert.equal(known.body.person.email, "gone@example.test");
    assert.equal(known.body.notes[0].body, "likes tea");
    assert.equal(known.body.consent[0].reason, "asked");
    const user = server.admin.as(await server.createKey("u", "user"));
    await user.post(`/api/v1/people/${person.id}/erase`, {}, { status: 403 });
    await server.admin.post(`/api/v1/people/${person.id}/erase`, {}, { status: 204 });
    await server.admin.get(`/api/v1/people/${person.id}`, {}, { status: 404 });
    assert.equal((await server.admin.get("/api/v1/people", { email: "gone@example.test" })).body.total, 0);
    const again = await server.admin.post("/api/v1/people", { email: "Gone@example.test" }, { status: 400 });
    assert.match(again.body.errors[0].message, /forgotten/);
    const campaign = await add("campaigns", { name: "C", subject: "s", from_name: "Us", from_email: "us@example.test", html: "<p>a</p>" });
    const test = await server.admin.post(`/api/v1/campaigns/${campaign.id}/test`, { to: ["gone@EXAMPLE.test"] }, { status: 400 });
    assert.match(test.body.errors[0].message, /forgotten/);
  });
});
