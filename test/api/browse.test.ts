/** Lists as people browse them: fields, filters, views, bulk acts, exports of what was chosen. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const is = (field: string, value: Json): Json => ({ field, op: "is", value });
const all = (...conditions: Json[]): string => JSON.stringify({ match: "all", conditions });

describe("lists", () => {
  const server = useServer();
  let company: Json;

  before(async () => {
    company = (await server.admin.post(`${v1}/companies`, { name: "Hütte AG", city: "Bern" }, { status: 201 })).body;
    for (let i = 0; i < 12; i++)
      await server.admin.post(`${v1}/people`, {
        first_name: `F${i}`, last_name: `L${i % 4}`, email: `p${i}@example.test`, city: i < 8 ? "Bern" : "Thun",
        company_id: i % 2 ? company.id : null, tags: i % 3 ? [] : ["Gold"],
      }, { status: 201 });
    await server.admin.post(`${v1}/leads`, { last_name: "Lead", company_name: "Later Ltd" }, { status: 201 });
  });

  it("tell the name of a person's company, everywhere that a person is shown", async () => {
    const { body } = await server.admin.get(`${v1}/people`, { limit: 1000 });
    for (const p of body.items)
      assert.equal(p.company_name, p.company_id ? "Hütte AG" : null);
    const one = await server.admin.get(`${v1}/people/${body.items[1].id}`);
    assert.deepEqual(one.body, body.items[1]);
    await server.admin.patch(`${v1}/people/${one.body.id}`, { company_name: "X" }, { status: 400 });
    const group = await server.admin.post(`${v1}/groups`, { name: "All", criteria: { conditions: [] } }, { status: 201 });
    const members = await server.admin.get(`${v1}/groups/${group.body.id}/members`, { limit: 1000 });
    assert.deepEqual(members.body.items, body.items);
    const moved = await server.admin.patch(`${v1}/people/${body.items[0].id}`, { company_id: company.id });
    assert.equal(moved.body.company_name, "Hütte AG");
    await server.admin.patch(`${v1}/people/${body.items[0].id}`, { company_id: null });
  });

  it("tell their fields, with what they can be asked", async () => {
    await server.admin.post(`${v1}/custom-fields`,
      { entity: "people", key: "shoe", label: "Shoe", type: "choice", choices: ["big", "small"] }, { status: 201 });
    const fields = async (kind: string): Promise<Map<string, Json>> => {
      const { body } = await server.admin.get(`${v1}/${kind}/fields`);
      assert.equal(body.total, body.items.length);
      return new Map(body.items.map((f: Json) => [f.name, f]));
    };
    const people = await fields("people");
    assert.deepEqual(people.get("custom.shoe"), {
      name: "custom.shoe", label: "Shoe", type: "choice", choices: ["big", "small"],
      ops: people.get("city")!.ops, sortable: false, editable: true, custom: true,
    });
    assert.equal(people.get("company.city")!.label, "Company: City");
    assert.deepEqual(people.get("opted_out")!.ops, ["is", "not"]);
    assert.ok(people.get("birthday")!.ops.includes("within"));
    assert.ok(people.get("response")!.ops.includes("not_opened"));
    assert.ok(people.get("name")!.sortable && people.get("created_at")!.sortable && !people.get("city")!.sortable);
    assert.deepEqual((await fields("leads")).get("status")!.choices, ["new", "working", "converted", "lost"]);
    assert.ok((await fields("leads")).get("company_name")!.editable);
    assert.ok((await fields("companies")).has("industry"));
    // what is shown as a column is a member of the record
    const { body } = await server.admin.get(`${v1}/people`, { limit: 1 });
    for (const [name, field] of people)
      if (!name.includes(".") && field.type !== "tag" && field.type !== "response" && name !== "group" && name !== "name")
        assert.ok(name in body.items[0], name);
  });

  it("are filtered by criteria, together with words, equality, order and pages", async () => {
    const list = async (query: Json): Promise<string[]> => {
      const emails: string[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await server.admin.get(`${v1}/people`, { ...query, limit: 2, cursor });
        emails.push(...body.items.map((p: Json) => p.email));
        cursor = body.next ?? undefined;
        assert.ok(body.total >= emails.length);
        if (!cursor) assert.equal(body.total, emails.length);
      } while (cursor);
      return emails.map((e) => e.split("@")[0]!);
    };
    assert.deepEqual(await list({ filter: all(is("city", "bern"), is("company.city", "Bern")) }), ["p1", "p3", "p5", "p7"]);
    assert.deepEqual(await list({ filter: all(is("tag", "gold")), sort: "-id" }), ["p9", "p6", "p3", "p0"]);
    assert.deepEqual(await list({ filter: all(is("tag", "gold")), city: "Thun" }), ["p9"]);
    assert.deepEqual(await list({ filter: all(is("city", "Bern")), q: "l3", sort: "name" }), ["p3", "p7"]);
    assert.deepEqual(await list({ filter: all({ field: "email", op: "starts", value: "P1" }) }), ["p1", "p10", "p11"]);
    const leads = await server.admin.get(`${v1}/leads`, { filter: all(is("company_name", "later ltd")) });
    assert.equal(leads.body.total, 1);
    const companies = await server.admin.get(`${v1}/companies`, { filter: all(is("name", "HÜTTE AG")) });
    assert.equal(companies.body.total, 1);
  });

  it("tell whether mail reaches somebody, and are filtered by that", async () => {
    const of = `${v1}/people`;
    const add = async (first_name: string, more: Json = {}): Promise<number> =>
      (await server.admin.post(of, { first_name, city: "Status", email: `${first_name}@status.test`, ...more }, { status: 201 })).body.id;
    await add("open");
    await add("opted_out", { opted_out: true });
    await add("no_address", { email: null });
    const held = await add("held");
    await server.admin.patch(`${of}/${held}`, { emails: [{ address: "held@status.test", held: true }] });
    for (const name of ["agreed", "again"]) {
      const id = await add(name, { opted_out: true });
      await server.admin.patch(`${of}/${id}`, { opted_out: false, reason: "by phone" });
      if (name === "again") await server.admin.patch(`${of}/${id}`, { opted_out: true, reason: "by letter" });
    }
    const names = async (status: string, op = "is"): Promise<string[]> => {
      const filter = all(is("city", "Status"), { field: "mail_status", op, value: status });
      const { body } = await server.admin.get(of, { filter });
      assert.equal(body.total, body.items.length);
      for (const one of body.items) assert.equal(one.mail_status === status, op === "is", one.first_name);
      return body.items.map((one: Json) => one.first_name).sort();
    };
    for (const status of ["agreed", "open", "held", "no_address"]) {
      assert.deepEqual(await names(status), [status]);
      assert.equal((await names(status, "not")).length, 5);
    }
    assert.deepEqual(await names("opted_out"), ["again", "opted_out"]);
    const field = (await server.admin.get(`${of}/fields`)).body.items.find((one: Json) => one.name === "mail_status");
    assert.deepEqual([field.choices, field.ops], [["agreed", "open", "opted_out", "shared_opt_out", "held", "no_address", "unsubscribed", "pending", "refused"], ["is", "not"]]);
    await server.admin.get(of, { filter: all(is("mail_status", "happy")) }, { status: 400 });
    assert.equal((await server.admin.get(`${v1}/leads`, { filter: all(is("mail_status", "no_address")) })).body.total, 1);
    const { body: gone } = await server.admin.get(of, { city: "Status" });
    for (const { id } of gone.items) await server.admin.delete(`${of}/${id}`, { status: 204 });
  });

  it("offer the values that a text field has, the most frequent first", async () => {
    const { body: field } = await server.admin.post(`${v1}/custom-fields`, { entity: "people", key: "hall", label: "Hall", type: "text" }, { status: 201 });
    const { body: company } = await server.admin.post(`${v1}/companies`, { name: "Values", country: "Andorra" }, { status: 201 });
    const made: number[] = [];
    for (const [country, hall] of [["Deutschland", "West"], ["Deutschland", "Ost"], ["Österreich", "West"], ["", "West"]]) {
      const { body } = await server.admin.post(`${v1}/people`,
        { last_name: "Values", country, company_id: company.id, custom: { hall } }, { status: 201 });
      made.push(body.id);
    }
    const values = async (query: Json, entity = "people"): Promise<Json[]> =>
      (await server.admin.get(`${v1}/${entity}/values`, query)).body.items;
    const found = await values({ field: "country" });
    assert.deepEqual(found[0], { value: "Deutschland", count: 2 });
    assert.ok(found.some(({ value }) => value === "Österreich"));
    assert.deepEqual(await values({ field: "country", q: "ÖSTER" }), [{ value: "Österreich", count: 1 }]);
    assert.deepEqual(await values({ field: "custom.hall" }), [{ value: "West", count: 3 }, { value: "Ost", count: 1 }]);
    assert.deepEqual(await values({ field: "company.country", q: "andorra" }), [{ value: "Andorra", count: 1 }]);
    assert.deepEqual(await values({ field: "country", q: "andorra" }, "companies"), [{ value: "Andorra", count: 1 }]);
    assert.deepEqual(await values({ field: "city", q: "%" }, "leads"), []);
    for (const wrong of ["birthday", "email", "custom.none", "nonsense"])
      await server.admin.get(`${v1}/people/values`, { field: wrong }, { status: 400 });
    for (const id of made) await server.admin.delete(`${v1}/people/${id}`, { status: 204 });
    await server.admin.delete(`${v1}/companies/${company.id}`, { status: 204 });
    await server.admin.delete(`${v1}/custom-fields/${field.id}`, { status: 204 });
  });

  it("refuse a filter that is wrong with its place, and a cursor of another one", async () => {
    const { body } = await server.admin.get(`${v1}/people`,
      { filter: all(is("city", "a"), is("city", "b"), { field: "city", op: "like", value: "c" }) }, { status: 400 });
    assert.equal(body.errors[0].field, "filter.conditions[2].op");
    for (const filter of ["{", "[]", "null", "{}", "7"])
      await server.admin.get(`${v1}/people`, { filter }, { status: 400 });
    const first = await server.admin.get(`${v1}/people`, { filter: all(is("city", "Bern")), limit: 2 });
    const other = await server.admin.get(`${v1}/people`,
      { filter: all(is("city", "Thun")), limit: 2, cursor: first.body.next }, { status: 400 });
    assert.equal(other.body.errors[0].field, "cursor");
  });
});

describe("views", () => {
  const server = useServer();
  const filter = { match: "all", conditions: [is("city", "Bern")] };
  const path = `${v1}/views`;

  it("are seen and changed by their owner, and shared", async () => {
    const user = async (name: string): Promise<{ id: number; client: typeof server.admin }> => {
      const { body } = await server.admin.post(`${v1}/users`, { email: `${name}@example.test`, name, role: "user" }, { status: 201 });
      const key = await server.admin.post(`${v1}/keys`, { name, role: "user", user_id: body.id }, { status: 201 });
      return { id: body.id, client: server.admin.as(key.body.key) };
    };
    const a = await user("A"), b = await user("B");
    const made = await a.client.post(path, { name: "Bern", entity: "people", filter, sort: "-name", columns: ["name", "city"] }, { status: 201 });
    assert.deepEqual({ ...made.body, id: 0, updated_at: "" }, {
      id: 0, name: "Bern", entity: "people", q: null, filter, sort: "-name", columns: ["name", "city"], shared: false,
      mine: true, user_name: "A", updated_at: "",
    });
    const one = `${path}/${made.body.id}`;
    await a.client.post(path, { name: "BERN", entity: "people" }, { status: 409 });
    for (const change of [
      () => a.client.post(path, { name: "New", entity: "people", columns: ["name", "shoe", "size"] }, { status: 400 }),
      () => a.client.patch(one, { columns: ["name", "shoe", "size"] }, { status: 400 }),
    ]) {
      const { body } = await change();
      assert.equal(body.errors[0].field, "columns");
      assert.match(body.errors[0].message, /shoe, size$/);
    }
    await b.client.post(path, { name: "Bern", entity: "people" }, { status: 201 });
    await b.client.get(one, {}, { status: 404 });
    await b.client.patch(one, { name: "Mine" }, { status: 404 });
    const etag = (await a.client.get(one)).headers.get("etag")!;
    const shared = await a.client.patch(one, { shared: true, q: "x" }, { headers: { "if-match": etag } });
    assert.equal(shared.body.q, "x");
    await a.client.patch(one, { q: null }, { status: 412, headers: { "if-match": etag } });
    assert.equal((await a.client.patch(one, { q: null })).body.q, null);
    await b.client.patch(one, { name: "Mine" }, { status: 403 });
    await b.client.delete(one, { status: 403 });
    const seen = await b.client.get(path, { entity: "people" });
    assert.deepEqual(seen.body.items.map((v: Json) => [v.mine, v.shared, v.user_name]), [[false, true, "A"], [true, false, "B"]]);
    await server.admin.patch(one, { name: "Bern, all" });
    // a user who goes takes along what nobody else sees
    const hidden = await a.client.post(path, { name: "Hidden", entity: "people" }, { status: 201 });
    await server.admin.delete(`${v1}/users/${a.id}`, { status: 204 });
    await server.admin.get(`${path}/${hidden.body.id}`, {}, { status: 404 });
    const left = await b.client.get(path, { entity: "people" });
    assert.deepEqual(left.body.items.map((v: Json) => [v.name, v.user_name]), [["Bern", "B"], ["Bern, all", null]]);
    await server.admin.delete(one, { status: 204 });
    assert.equal((await b.client.get(path, { entity: "leads" })).body.total, 0);
  });

  it("are refused with the field that is wrong", async () => {
    for (const [field, view] of [
      ["name", { entity: "people" }], ["sort", { name: "x", entity: "people", sort: "city" }],
      ["filter.conditions[0].field", { name: "x", entity: "leads", filter: { conditions: [is("company.city", "x")] } }],
    ] as [string, Json][]) {
      const { body } = await server.admin.post(path, view, { status: 400 });
      assert.equal(body.errors[0].field, field);
    }
    await server.admin.post(path, { name: "x" }, { status: 400 });
    await server.admin.get(path, {}, { status: 400 });
    await server.anonymous.post(path, { name: "x", entity: "people" }, { status: 401 });
  });
});

describe("bulk acts", () => {
  const server = useServer();
  const bern = { filter: { conditions: [is("city", "Bern")] } };
  const ids: number[] = [];

  const act = async (kind: string, body: Json, client = server.admin): Promise<Json> => {
    const { body: job } = await client.post(`${v1}/${kind}/bulk`, body, { status: 202 });
    return (await server.job(job.job_id)).result;
  };

  before(async () => {
    for (let i = 0; i < 10; i++) {
      const { body } = await server.admin.post(`${v1}/people`,
        { last_name: `L${i}`, email: `p${i === 9 ? 0 : i}@example.test`, city: i < 6 ? "Bern" : "Thun" }, { status: 201 });
      ids.push(body.id);
    }
  });

  it("tag and untag what was chosen, and tell what changed", async () => {
    assert.deepEqual(await act("people", { act: "tag", tag: "Fair", ids: ids.slice(0, 2), expected: 2 }),
      { changed: 2, unchanged: 0, refused: [], refused_count: 0 });
    assert.deepEqual(await act("people", { act: "tag", tag: "fair", all: bern, expected: 6 }),
      { changed: 4, unchanged: 2, refused: [], refused_count: 0 });
    assert.equal((await server.admin.get(`${v1}/people`, { tag: "Fair" })).body.total, 6);
    const gone = 999999;
    const result = await act("people", { act: "untag", tag: "Fair", ids: [ids[0], ids[9], gone], expected: 3 });
    assert.deepEqual([result.changed, result.unchanged, result.refused_count], [1, 1, 1]);
    assert.equal(result.refused[0].id, gone);
  });

  it("do nothing if more fit than were seen", async () => {
    const { body } = await server.admin.post(`${v1}/people/bulk`, { act: "delete", all: bern, expected: 5 }, { status: 409 });
    assert.match(body.detail, /6.*5/);
    // what takes people away is confirmed by its very number
    for (const one of [{ act: "delete" }, { act: "opt_out", reason: "asked" }])
      await server.admin.post(`${v1}/people/bulk`, { ...one, all: bern, expected: 7 }, { status: 409 });
    const jobs = await server.admin.get(`${v1}/jobs`, { kind: "bulk" });
    assert.equal(jobs.body.total, 3);
    for (const [field, input] of [
      ["ids", { act: "delete", expected: 1 }], ["ids", { act: "delete", ids: [1], all: {}, expected: 1 }],
      ["reason", { act: "opt_out", ids: [1], expected: 1 }], ["tag", { act: "tag", ids: [1], expected: 1 }],
      ["group_id", { act: "add_to_group", ids: [1], expected: 1 }],
      ["all.filter.conditions[0].op", { act: "delete", all: { filter: { conditions: [{ field: "city", op: "like", value: "x" }] } }, expected: 9 }],
    ] as [string, Json][]) {
      const refused = await server.admin.post(`${v1}/people/bulk`, input, { status: 400 });
      assert.equal(refused.body.errors[0].field, field);
    }
    await server.admin.post(`${v1}/people/bulk`, { act: "delete", ids: [1] }, { status: 400 });
  });

  it("opt out as a request for each: consent by user and place, the bridge, and whoever shares the address", async () => {
    const user = await server.admin.post(`${v1}/users`, { email: "u@example.test", name: "U", role: "user" }, { status: 201 });
    const key = await server.admin.post(`${v1}/keys`, { name: "u", role: "user", user_id: user.body.id }, { status: 201 });
    const result = await act("people", { act: "opt_out", reason: "asked at the fair", ids: ids.slice(0, 1), expected: 1 }, server.admin.as(key.body.key));
    assert.equal(result.changed, 1);
    for (const id of [ids[0], ids[9]])
      assert.equal((await server.admin.get(`${v1}/people/${id}`)).body.opted_out, true);
    const { body } = await server.admin.get(`${v1}/people/${ids[0]}/consent`);
    const { source, reason, user_id, ip, state } = body.items[0];
    assert.deepEqual([state, source, reason, user_id, ip], ["opted_out", "user", "asked at the fair", user.body.id, "127.0.0.1"]);
  });

  it("add to static groups, by who may market", async () => {
    const group = async (kind: string, entity: string): Promise<number> =>
      (await server.admin.post(`${v1}/groups`, { name: `${kind} ${entity}`, kind, entity, criteria: { conditions: [is("city", "x")] } }, { status: 201 })).body.id;
    const still = await group("static", "people");
    const input = { act: "add_to_group", group_id: still, ids: ids.slice(3, 6), expected: 3 };
    const user = server.admin.as(await server.createKey("u", "user"));
    await user.post(`${v1}/people/bulk`, input, { status: 403 });
    assert.equal((await act("people", input)).changed, 3);
    assert.deepEqual(await act("people", { ...input, ids: undefined, all: bern, expected: 6 }),
      { changed: 3, unchanged: 3, refused: [], refused_count: 0 });
    assert.equal((await server.admin.get(`${v1}/groups/${still}`)).body.count, 6);
    await server.admin.post(`${v1}/people/bulk`, { ...input, group_id: await group("dynamic", "people") }, { status: 409 });
    await server.admin.post(`${v1}/people/bulk`, { ...input, group_id: await group("static", "leads") }, { status: 400 });
    await server.admin.post(`${v1}/people/bulk`, { ...input, group_id: 999 }, { status: 404 });
  });

  it("delete only for who may market, whatever is deleted", async () => {
    const user = server.admin.as(await server.createKey("deleter", "user"));
    for (const kind of ["people", "leads", "companies"])
      for (const chosen of [{ ids: [1] }, { all: {} }]) {
        const { body } = await user.post(`${v1}/${kind}/bulk`, { act: "delete", ...chosen, expected: 1 }, { status: 403 });
        assert.match(body.detail, /right to market/);
      }
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 10);
  });

  it("work on leads and companies, too, and delete", async () => {
    for (const [kind, record] of [["leads", { last_name: "X" }], ["companies", { name: "X" }]] as [string, Json][]) {
      const { body } = await server.admin.post(`${v1}/${kind}`, record, { status: 201 });
      assert.equal((await act(kind, { act: "tag", tag: "t", all: { q: "x" }, expected: 1 })).changed, 1);
      assert.equal((await act(kind, { act: "opt_out", reason: "r", ids: [body.id], expected: 1 })).changed, 1);
      assert.equal((await act(kind, { act: "delete", ids: [body.id], expected: 1 })).changed, 1);
      assert.equal((await server.admin.get(`${v1}/${kind}`)).body.total, 0);
    }
    const rest = await act("people", { act: "delete", all: {}, expected: 10 });
    assert.deepEqual(rest, { changed: 10, unchanged: 0, refused: [], refused_count: 0 });
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 0);
  });
});

describe("a bulk act on many", () => {
  const server = useServer();
  const ROWS = 3000;

  before(async () => {
    const rows = Array.from({ length: ROWS }, (_, i) => `L${i},p${i}@example.test,${i % 2 ? "Bern" : "Thun"}`);
    const { body } = await server.admin.post(`${v1}/imports`, `last_name,email,city\n${rows.join("\n")}\n`,
      { headers: { "content-type": "text/csv" }, status: 202 });
    await server.job(body.job_id);
  });

  it("that is killed goes on where it was, and its counts add up", async () => {
    const { body: job } = await server.admin.post(`${v1}/people/bulk`,
      { act: "opt_out", reason: "r", all: { filter: { conditions: [is("city", "bern")] } }, expected: ROWS / 2 }, { status: 202 });
    for (let kills = 0; kills < 3; kills++) {
      const before = (await server.admin.get(`${v1}/jobs/${job.job_id}`)).body.done;
      await until("more of it is done", async () => {
        const { body } = await server.admin.get(`${v1}/jobs/${job.job_id}`);
        return body.done > before || body.state === "done";
      });
      await server.kill();
      await server.run();
    }
    const result: Json = (await server.job(job.job_id)).result;
    assert.deepEqual(result, { changed: ROWS / 2, unchanged: 0, refused: [], refused_count: 0 });
    assert.equal((await server.admin.get(`${v1}/people`, { opted_out: true })).body.total, ROWS / 2);
  });

  it("can be canceled, and tells what it did", async () => {
    const { body: job } = await server.admin.post(`${v1}/people/bulk`,
      { act: "tag", tag: "late", all: {}, expected: ROWS }, { status: 202 });
    await until("some of it is done", async () =>
      (await server.admin.get(`${v1}/jobs/${job.job_id}`)).body.done > 0);
    await server.admin.post(`${v1}/jobs/${job.job_id}/cancel`, undefined, { status: [200, 409] });
    const ended = await until("it has ended", async () => {
      const { body } = await server.admin.get(`${v1}/jobs/${job.job_id}`);
      return ["canceled", "done"].includes(body.state) ? body : undefined;
    });
    const { body } = await server.admin.get(`${v1}/people`, { tag: "late" });
    assert.equal((ended as Json).result.changed, body.total);
  });
});

describe("exports of what was chosen", () => {
  const server = useServer();
  const ids: number[] = [];

  before(async () => {
    for (let i = 0; i < 6; i++)
      ids.push((await server.admin.post(`${v1}/people`,
        { last_name: `L${i}`, email: `p${i}@example.test`, city: i < 3 ? "Bern" : "Thun" }, { status: 201 })).body.id);
    await server.admin.post(`${v1}/leads`, { last_name: "L" }, { status: 201 });
    await server.admin.post(`${v1}/companies`, { name: "C" }, { status: 201 });
  });

  const exported = async (query: Json, kind = "people"): Promise<string[]> => {
    const { text } = await server.admin.get(`${v1}/export/${kind}.csv`, query);
    return text.trim().split(/\r?\n/).slice(1).map((line) => line.split(",")[2]!);
  };

  it("take words, a filter, ids and a group together", async () => {
    const group = await server.admin.post(`${v1}/groups`, { name: "G", criteria: { conditions: [is("city", "thun")] } }, { status: 201 });
    const filter = all(is("city", "Bern"));
    assert.equal((await exported({})).length, 6);
    assert.deepEqual(await exported({ filter }), ["L0", "L1", "L2"]);
    assert.deepEqual(await exported({ q: "l1" }), ["L1"]);
    assert.deepEqual(await exported({ ids: `${ids[4]},${ids[1]},999` }), ["L1", "L4"]);
    assert.deepEqual(await exported({ ids: `${ids[4]},${ids[1]}`, filter }), ["L1"]);
    assert.deepEqual(await exported({ group_id: group.body.id, ids: `${ids[1]},${ids[4]},${ids[5]}` }), ["L4", "L5"]);
    assert.deepEqual(await exported({ group_id: group.body.id, q: "l5" }), ["L5"]);
    assert.deepEqual(await exported({ group_id: group.body.id, filter }), []);
    assert.equal((await exported({ q: "l" }, "leads")).length, 1);
    assert.equal((await exported({ q: "x" }, "companies")).length, 0);
  });

  it("refuse what is wrong before the first line", async () => {
    for (const query of [{ ids: "" }, { ids: "1,x" }, { filter: "{}" }, { q: "x".repeat(201) }])
      await server.admin.get(`${v1}/export/people.csv`, query, { status: 400 });
  });

  it("and lists are made by the command line, too", async () => {
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await server.command(args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const list = JSON.parse(await run("people", "list", "--filter", all(is("city", "bern")), "--sort=-name", "--limit", "2", "--json"));
    assert.deepEqual([list.total, list.items.map((p: Json) => p.last_name)], [3, ["L2", "L1"]]);
    assert.match(await run("people", "list", "--q", "l3"), /L3 .*p3@example\.test/);
    assert.match(await run("people", "show", String(ids[0])), /^last_name +L0$/m);
    assert.equal(JSON.parse(await run("people", "show", String(ids[0]), "--json")).id, ids[0]);
    assert.match(await run("people", "opt-out", String(ids[0]), "--reason", "asked by phone"), /is opted out/);
    const { body } = await server.admin.get(`${v1}/people/${ids[0]}/consent`);
    assert.equal(body.items[0].reason, "asked by phone");
    assert.equal((await server.command(["people", "opt-out", String(ids[1])])).code, 2);
    assert.equal((await server.command(["people", "show", "999"])).code, 1);
    assert.match(await run("export", "people", "--q", "l2"), /L2/);
  });
});

describe("searching inside names and addresses", () => {
  const server = useServer();
  const ROWS = 400;

  const imported = async (rows: string[]): Promise<Json> => {
    const { body } = await server.admin.post(`${v1}/imports`, `key,first_name,last_name,email\n${rows.join("\n")}\n`,
      { headers: { "content-type": "text/csv" }, query: { mapping: JSON.stringify({ key: "external_key" }) }, status: 202 });
    return (await server.job(body.job_id)).result;
  };
  const total = async (q: string): Promise<number> => (await server.admin.get(`${v1}/people`, { q, limit: 1 })).body.total;

  /** As many of `q` are found now, and while the index takes them in. */
  const stays = async (q: string, n: number): Promise<void> => {
    await until("the index was looked after", async () => {
      assert.equal(await total(q), n, q);
      const { body } = await server.admin.get(`${v1}/jobs`, { kind: "search-index" });
      return body.items[0]?.state === "queued" && body.items[0].started_at;
    });
    assert.equal(await total(q), n, q);
  };

  it("finds what an import brought, and what another one changed, at any moment", async () => {
    const names = ["Müller", "王伟", "Щербаков", "O'Neil"];
    const row = (i: number, name: string): string => `k${i},F${i},${name},p${i}@example.test`;
    await imported(Array.from({ length: ROWS }, (_, i) => row(i, names[i % 4]!)));
    await stays("ербак", ROWS / 4);
    for (const [q, n] of [["伟", ROWS / 4], ["王伟", ROWS / 4], ["ülle", ROWS / 4], ["o'n", ROWS / 4], ["p7@", 1], ["f7 o'neil", 4]] as const)
      assert.equal(await total(q), n, q);
    const result = await imported(Array.from({ length: 20 }, (_, i) => row(4 * i, "Schmidt")));
    assert.equal(result.updated, 20, JSON.stringify(result));
    await stays("chmid", 20);
    assert.equal(await total("ülle"), ROWS / 4 - 20);
  });

  it("finds whatever accents are typed, companies, towns and telephone numbers", async () => {
    const company = (await server.admin.post(`${v1}/companies`, { name: "Café Zürich", phone: "+41 44 4711213" }, { status: 201 })).body;
    const add = async (body: Json): Promise<number> => (await server.admin.post(`${v1}/people`, body, { status: 201 })).body.id;
    const lukasz = await add({ first_name: "Łukasz", last_name: "Żuraw", city: "Kraków", phone: "+49 (0)30 998877", email: "jörg.groß@bücher.example" });
    const jose = await add({ first_name: "José", last_name: "Peña", company_id: company.id, phone: "030 998877" });
    const cases: [string, number[]][] = [
      ["lukasz zuraw", [lukasz]], ["ŁUKASZ", [lukasz]], ["jose pena", [jose]], ["José", [jose]], ["KRAKOW", [lukasz]],
      ["gross@bucher", [lukasz]], ["groß@büch", [lukasz]], ["jörg.groß@bücher.ex", [lukasz]], ["xn--bcher", [lukasz]],
      ["cafe zurich", [jose]], ["Café", [jose]], ["0041 44 4711213", [jose]],
      ["030998877", [lukasz, jose]], ["+49 30 998877", [lukasz, jose]], ["0049 30 998877", [lukasz, jose]], ["+4930998877", [lukasz, jose]],
      ["+43 30 998877", [jose]],
    ];
    const found = async (q: string): Promise<number[]> =>
      (await server.admin.get(`${v1}/people`, { q, limit: 10 })).body.items.map((p: Json) => p.id);
    for (const [q, ids] of cases) assert.deepEqual(await found(q), ids, q);
    await server.admin.patch(`${v1}/companies/${company.id}`, { name: "Bäckerei" });
    assert.deepEqual(await found("backerei"), [jose]);
    await stays("cafe", 0);
    for (const [q, ids] of cases.slice(0, 9)) assert.deepEqual(await found(q), ids, q);
  });

  it("finds nobody who was renamed, removed or erased", async () => {
    const { body } = await server.admin.get(`${v1}/people`, { q: "chmid", limit: 3 });
    const [a, b, c] = body.items.map((p: Json) => p.id);
    await server.admin.patch(`${v1}/people/${a}`, { last_name: "Meier", email: "other@example.test" });
    await server.admin.delete(`${v1}/people/${b}`, { status: 204 });
    await server.admin.post(`${v1}/people/${c}/erase`, undefined, { status: 204 });
    assert.equal(await total("meier"), 1);
    assert.equal(await total("other@"), 1);
    await stays("chmid", 17);
    assert.match((await server.command(["doctor"])).stdout, /search index is up to date/);
  });

  it("lets who asked for it stop a job, and nobody else without the right", async () => {
    const user = await server.admin.post(`${v1}/users`, { email: "u@example.test", name: "U", role: "user" }, { status: 201 });
    const key = await server.admin.post(`${v1}/keys`, { name: "u", role: "user", user_id: user.body.id }, { status: 201 });
    const client = server.admin.as(key.body.key);
    const ask = { act: "tag", tag: "x", all: {}, expected: ROWS };
    const own = await client.post(`${v1}/people/bulk`, ask, { status: 202 });
    await client.post(`${v1}/jobs/${own.body.job_id}/cancel`, undefined, { status: [200, 409] });
    const other = await server.admin.post(`${v1}/people/bulk`, ask, { status: 202 });
    await client.post(`${v1}/jobs/${other.body.job_id}/cancel`, undefined, { status: 403 });
  });
});
