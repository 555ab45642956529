/** Groups: criteria, members, changes by hand. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const bern = { match: "all", conditions: [{ field: "city", op: "is", value: "BERN" }] };

describe("groups", () => {
  const server = useServer();
  let ids: number[] = [];

  const emails = async (id: number, query: Json = {}): Promise<string[]> =>
    (await server.admin.get(`${v1}/groups/${id}/members`, query)).body.items.map((p: Json) => p.email);

  before(async () => {
    for (let i = 1; i <= 6; i++) {
      const reply = await server.admin.post(`${v1}/people`,
        { last_name: `P${i}`, email: `p${i}@example.test`, city: i <= 4 ? "Bern" : "Thun" },
        { status: 201 });
      ids.push(reply.body.id);
    }
  });

  it("of static kind have their members when they are made", async () => {
    const { body } = await server.admin.post(`${v1}/groups`,
      { name: "Bern", entity: "people", kind: "static", criteria: bern }, { status: 201 });
    assert.equal(body.count, 4);
    assert.deepEqual(await emails(body.id),
      ["p1@example.test", "p2@example.test", "p3@example.test", "p4@example.test"]);
    const first = await server.admin.get(`${v1}/groups/${body.id}/members`, { limit: "3" });
    assert.equal(first.body.total, 4);
    assert.deepEqual(await emails(body.id, { cursor: first.body.next }), ["p4@example.test"]);
  });

  it("can be changed by hand, and keep that when refreshed", async () => {
    const { body: list } = await server.admin.get(`${v1}/groups`, { q: "bern", count: "true" });
    const id = list.items[0].id;
    assert.equal(list.items[0].count, 4);
    const put = await server.admin.post(`${v1}/groups/${id}/include`, { ids: [ids[5], 999999] });
    assert.deepEqual(put.body, { changed: 1, count: 5 });
    const out = await server.admin.post(`${v1}/groups/${id}/exclude`, { ids: [ids[0]] });
    assert.deepEqual(out.body, { changed: 1, count: 4 });
    const { body } = await server.admin.post(`${v1}/groups/${id}/refresh`);
    assert.equal(body.count, 4);
    assert.deepEqual(await emails(id),
      ["p2@example.test", "p3@example.test", "p4@example.test", "p6@example.test"]);
  });

  it("of static kind without criteria are by hand only, and stay so when refreshed", async () => {
    const { body } = await server.admin.post(`${v1}/groups`, { name: "Hand", kind: "static" }, { status: 201 });
    assert.deepEqual([body.criteria, body.count, body.by_hand], [null, 0, { included: 0, excluded: 0 }]);
    const made = (await server.admin.post(`${v1}/groups`, { name: "Two", ids: [ids[1], ids[4], 999999] }, { status: 201 })).body;
    assert.deepEqual([made.count, made.by_hand.included], [2, 2]);
    assert.equal((await server.admin.post(`${v1}/groups/${made.id}/refresh`)).body.count, 2);
    assert.equal((await server.admin.patch(`${v1}/groups/${made.id}`, { criteria: bern })).body.count, 5);
    const back = (await server.admin.patch(`${v1}/groups/${made.id}`, { criteria: null })).body;
    assert.deepEqual([back.count, back.criteria], [2, null]);
    await server.admin.post(`${v1}/groups`, { name: "D", kind: "dynamic", ids: [1], criteria: bern }, { status: 400 });
    for (const refused of [
      await server.admin.post(`${v1}/groups`, { name: "D", kind: "dynamic" }, { status: 400 }),
      await server.admin.post(`${v1}/groups/preview`, { kind: "dynamic", criteria: null }, { status: 400 }),
    ]) assert.equal(refused.body.errors[0].field, "criteria");
  });

  it("forget what was done by hand", async () => {
    const { body: group } = await server.admin.post(`${v1}/groups`, { name: "Reset", criteria: bern }, { status: 201 });
    await server.admin.post(`${v1}/groups/${group.id}/include`, { ids: [ids[4], ids[5]] });
    await server.admin.post(`${v1}/groups/${group.id}/exclude`, { ids: [ids[0]] });
    const how = async (part: string): Promise<number[]> => (await server.admin.get(`${v1}/people`,
      { group_id: group.id, how: part })).body.items.map((p: Json) => p.id);
    assert.deepEqual(await how("hand"), [ids[4], ids[5]]);
    assert.deepEqual(await how("excluded"), [ids[0]]);
    assert.deepEqual(await how("criteria"), ids.slice(1, 4));
    assert.deepEqual((await server.admin.get(`${v1}/groups/${group.id}`)).body.by_hand, { included: 2, excluded: 1 });
    const { body } = await server.admin.post(`${v1}/groups/${group.id}/reset`, { ids: [ids[0], ids[1], ids[4]] });
    assert.deepEqual(body, { changed: 2, count: 5 });
    assert.deepEqual(await how("member"), [...ids.slice(0, 4), ids[5]]);
    const dynamic = await server.admin.post(`${v1}/groups`, { name: "Dyn", kind: "dynamic", criteria: bern }, { status: 201 });
    await server.admin.post(`${v1}/groups/${dynamic.body.id}/reset`, { ids: [ids[0]] }, { status: 409 });
  });

  it("choose people for lists, exports and bulk acts", async () => {
    const { body: group } = await server.admin.post(`${v1}/groups`, { name: "Chosen", criteria: bern }, { status: 201 });
    const { body: moving } = await server.admin.post(`${v1}/groups`, { name: "Moving", kind: "dynamic", criteria: bern }, { status: 201 });
    const { body: leads } = await server.admin.post(`${v1}/groups`, { name: "Leads", entity: "leads" }, { status: 201 });
    for (const { id } of [group, moving]) {
      const first = (await server.admin.get(`${v1}/people`, { group_id: id, sort: "-name", limit: 3, q: "p" })).body;
      assert.deepEqual([first.total, first.items.length], [4, 3]);
      const rest = (await server.admin.get(`${v1}/people`, { group_id: id, sort: "-name", limit: 3, q: "p", cursor: first.next })).body;
      assert.deepEqual(rest.items.map((p: Json) => p.id), [ids[0]]);
      const csv = (await server.admin.get(`${v1}/export/people.csv`, { group_id: id, how: "member" })).text;
      assert.equal(csv.trim().split("\r\n").length, 5);
    }
    for (const [query, status] of [
      [{ group_id: 999 }, 404], [{ group_id: leads.id }, 400], [{ how: "hand" }, 400],
      [{ group_id: moving.id, how: "hand" }, 409], [{ group_id: group.id, how: "foot" }, 400],
    ] as const) {
      await server.admin.get(`${v1}/people`, query, { status });
      await server.admin.get(`${v1}/export/people.csv`, query, { status });
    }
    assert.equal((await server.admin.get(`${v1}/leads`, { group_id: leads.id })).body.total, 0);
    assert.equal((await server.admin.get(`${v1}/companies`, { group_id: leads.id }, { status: 400 })).body.errors[0].field, "group_id");

    const bulk = async (body: Json): Promise<Json> =>
      (await server.job((await server.admin.post(`${v1}/people/bulk`, body, { status: 202 })).body.job_id)).result;
    const out = await bulk({ act: "remove_from_group", group_id: group.id, expected: 2, ids: [ids[0], ids[1]] });
    assert.equal(out.changed, 2);
    const tagged = await bulk({ act: "tag", tag: "out", expected: 2, all: { group_id: group.id, how: "excluded" } });
    assert.equal(tagged.changed, 2);
    assert.deepEqual((await server.admin.get(`${v1}/people`, { tag: "out" })).body.items.map((p: Json) => p.id), ids.slice(0, 2));
    await server.admin.post(`${v1}/people/bulk`, { act: "tag", tag: "x", expected: 9, all: { group_id: moving.id, how: "hand" } }, { status: 409 });
    await server.admin.post(`${v1}/people/bulk`, { act: "tag", tag: "x", expected: 9, all: { how: "hand" } }, { status: 400 });
    await server.admin.post(`${v1}/people/bulk`, { act: "remove_from_group", group_id: moving.id, expected: 1, ids: [ids[0]] }, { status: 409 });
  });

  it("are listed by kind, name and time, with who made them", async () => {
    const list = async (query: Json): Promise<Json[]> => {
      const items: Json[] = [];
      for (let cursor: string | undefined; ;) {
        const { body } = await server.admin.get(`${v1}/groups`, { limit: 2, ...query, ...(cursor ? { cursor } : {}) });
        items.push(...body.items);
        assert.ok(body.items.length <= 2 && items.length <= body.total);
        if (!body.next) return assert.equal(items.length, body.total), items;
        cursor = body.next;
      }
    };
    const names = (await list({})).map((g) => g.name);
    assert.deepEqual(names, [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    assert.deepEqual((await list({ sort: "-name" })).map((g) => g.name), names.reverse());
    for (const at of ["created_at", "updated_at"]) {
      const times = (await list({ sort: at })).map((g) => g[at]);
      assert.deepEqual(times, [...times].sort());
      assert.deepEqual((await list({ sort: `-${at}` })).map((g) => g[at]), times.reverse());
    }
    assert.ok((await list({ kind: "dynamic" })).every((g) => g.kind === "dynamic"));
    assert.deepEqual((await list({ q: "ESE" })).map((g) => [g.name, g.by_hand, g.last_push]), [["Reset", null, null]]);
    for (const wrong of [{ sort: "count" }, { kind: "odd" }, { cursor: "x" }])
      await server.admin.get(`${v1}/groups`, wrong, { status: 400 });
  });

  it("put and taken by hand at the same time are one or the other", async () => {
    const { body: group } = await server.admin.post(`${v1}/groups`, { name: "Both", criteria: bern }, { status: 201 });
    const path = `${v1}/groups/${group.id}`;
    for (let i = 0; i < 8; i++) {
      await Promise.all([
        server.admin.post(`${path}/include`, { ids }), server.admin.post(`${path}/exclude`, { ids }),
        server.admin.post(`${path}/refresh`), server.admin.post(`${path}/reset`, { ids: ids.slice(2) }),
        server.admin.patch(path, { criteria: i % 2 ? bern : null }),
      ]);
      const part = async (how: string): Promise<number[]> => (await server.admin.get(`${v1}/people`,
        { group_id: group.id, how })).body.items.map((p: Json) => p.id);
      const [member, out, hand, by] = await Promise.all(["member", "excluded", "hand", "criteria"].map(part));
      assert.deepEqual(member!.filter((id) => out!.includes(id)), []);
      assert.deepEqual([...hand!, ...by!].sort(), member);
    }
  });

  it("are told of a record, by name, with how it came in", async () => {
    const of = async (kind: string, id: number): Promise<Json[]> =>
      (await server.admin.get(`${v1}/${kind}/${id}/groups`)).body.items;
    const made = (await server.admin.post(`${v1}/people`,
      { last_name: "Grouped", city: "Chur", email: "grouped@example.test", tags: ["seldom"] }, { status: 201 })).body;
    const all = { match: "all", conditions: [] as Json[] };
    const is = (field: string, value: string): Json => ({ conditions: [{ field, op: "is", value }] });
    await server.admin.post(`${v1}/groups`, { name: "z hand", ids: [made.id] }, { status: 201 });
    const bern = (await server.admin.post(`${v1}/groups`, { name: "k bern", criteria: is("city", "bern") }, { status: 201 })).body;
    await server.admin.post(`${v1}/groups/${bern.id}/include`, { ids: [made.id] });
    await server.admin.post(`${v1}/groups`, { name: "A chur", criteria: is("city", "chur") }, { status: 201 });
    for (const [name, criteria] of [["m tag", is("tag", "seldom")], ["M not", is("company.industry", "steel")],
      ["b all", all], ["n mail", is("email", "grouped@example.test")]])
      await server.admin.post(`${v1}/groups`, { name, kind: "dynamic", criteria }, { status: 201 });
    const lead = (await server.admin.post(`${v1}/leads`, { last_name: "L", city: "Chur" }, { status: 201 })).body;
    await server.admin.post(`${v1}/groups`, { name: "Lead", entity: "leads", kind: "dynamic", criteria: all }, { status: 201 });
    assert.deepEqual((await of("people", made.id)).map((g) => [g.name, g.kind, g.how]), [
      ["A chur", "static", "criteria"], ["b all", "dynamic", "criteria"], ["k bern", "static", "hand"], ["m tag", "dynamic", "criteria"],
      ["n mail", "dynamic", "criteria"], ["z hand", "static", "list"]]);
    assert.deepEqual((await of("leads", lead.id)).map((g) => g.name), ["Lead"]);
    const company = (await server.admin.post(`${v1}/companies`, { name: "Co" }, { status: 201 })).body;
    assert.deepEqual(await of("companies", company.id), []);
    await server.admin.get(`${v1}/people/999999/groups`, undefined, { status: 404 });
    await server.admin.delete(`${v1}/people/${made.id}`, { status: 204 });
    await server.admin.get(`${v1}/people/${made.id}/groups`, undefined, { status: 404 });
  });

  it("refer to groups, and never to themselves, whoever edits at the same time", async () => {
    const of = (id: number, op = "is"): Json => ({ conditions: [{ field: "group", op, value: id }] });
    const make = async (name: string, criteria: Json = { conditions: [] }): Promise<Json> =>
      (await server.admin.post(`${v1}/groups`, { name, kind: "dynamic", criteria }, { status: 201 })).body;
    const field = (await server.admin.get(`${v1}/people/fields`)).body.items.find((f: Json) => f.name === "group");
    assert.deepEqual([field.type, field.ops], ["reference", ["is", "not"]]);
    const base = await make("In Bern", bern);
    assert.equal((await make("Elsewhere", of(base.id, "not"))).count, 2);
    assert.equal((await server.admin.get(`${v1}/people`, { filter: JSON.stringify(of(base.id)) })).body.total, 4);
    assert.equal((await server.admin.post(`${v1}/groups/preview`, { criteria: of(base.id, "not") })).body.count, 2);
    const leads = (await server.admin.post(`${v1}/groups`, { name: "Of leads", entity: "leads" }, { status: 201 })).body;
    for (const id of [leads.id, 9999])
      assert.equal((await server.admin.post(`${v1}/groups/preview`, { criteria: of(id) }, { status: 400 })).body.errors[0].field,
        "criteria.conditions[0].value");
    const refused = await server.admin.delete(`${v1}/groups/${base.id}`, { status: 409 });
    assert.match(refused.body.detail, /"Elsewhere"/);

    for (let i = 0; i < 8; i++) {
      const [a, b, c] = await Promise.all(["a", "b", "c"].map((n) => make(`ring ${n}${i}`)));
      const edits = await Promise.all([[a, b], [b, c], [c, a]].map(([from, to]) =>
        server.admin.patch(`${v1}/groups/${from!.id}`, { criteria: of(to!.id) }, { status: [200, 409] })));
      assert.deepEqual(edits.map((r) => r.status).sort(), [200, 200, 409]);
      assert.match(edits.find((r) => r.status === 409)!.body.detail, /cannot refer to itself: "ring/);
      for (const g of [a, b, c]) assert.equal((await server.admin.get(`${v1}/groups/${g!.id}`)).body.count, 6);
      const gone = await make(`gone ${i}`);
      const [removed, referred] = await Promise.all([
        server.admin.delete(`${v1}/groups/${gone.id}`, { status: [204, 409] }),
        server.admin.post(`${v1}/groups`, { name: `refers ${i}`, kind: "dynamic", criteria: of(gone.id) }, { status: [201, 400] }),
      ]);
      assert.equal(removed.status === 204, referred.status === 400);
    }
  });

  it("of dynamic kind follow their criteria", async () => {
    const { body } = await server.admin.post(`${v1}/groups`,
      { name: "Thun", kind: "dynamic", criteria: { match: "any",
        conditions: [{ field: "city", op: "is", value: "thun" }, { field: "email", op: "is", value: "P1@example.test" }] } },
      { status: 201 });
    assert.equal(body.count, 3);
    await server.admin.patch(`${v1}/people/${ids[4]}`, { city: "Basel" });
    assert.equal((await server.admin.get(`${v1}/groups/${body.id}`)).body.count, 2);
    assert.equal((await server.admin.get(`${v1}/groups/${body.id}`, { count: "false" })).body.count, null);
    await server.admin.post(`${v1}/groups/${body.id}/include`, { ids: [ids[0]] }, { status: 409 });
    const patched = await server.admin.patch(`${v1}/groups/${body.id}`, { name: "Nobody", criteria: bern });
    assert.equal(patched.body.name, "Nobody");
    assert.equal(patched.body.count, 4);
    await server.admin.delete(`${v1}/groups/${body.id}`, { status: 204 });
    await server.admin.get(`${v1}/groups/${body.id}`, undefined, { status: 404 });
  });

  it("can be previewed before they are saved", async () => {
    const { body } = await server.admin.post(`${v1}/groups/preview`, { entity: "people", criteria: bern });
    assert.equal(body.count, 4);
    assert.equal(body.sample.length, 4);
    assert.equal(body.sample[0].email, "p1@example.test");
  });

  it("say where criteria are wrong", async () => {
    const { body } = await server.admin.post(`${v1}/groups`,
      { name: "X", criteria: { conditions: [{ field: "city", op: "is", value: "a" }, { field: "shoe", op: "is", value: "b" }] } },
      { status: 400 });
    assert.equal(body.errors[0].field, "criteria.conditions[1].field");
    await server.admin.post(`${v1}/groups`, { name: "Bern", criteria: bern }, { status: 409 });
    await server.admin.post(`${v1}/groups`, { kind: "static" }, { status: 400 });
  });

  it("name no campaign, company or import that there is not, unless it has gone since", async () => {
    const { body: company } = await server.admin.post(`${v1}/companies`, { name: "C" }, { status: 201 });
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, { name: "C" }, { status: 201 });
    const { body: run } = await server.admin.post(`${v1}/imports`, "last_name,email\nI,i@example.test\n",
      { headers: { "content-type": "text/csv" }, status: 202 });
    await server.job(run.job_id);
    const conditions = (id: number | null): [string, Json][] => [
      ["campaign_id", { field: "response", op: "sent", campaign_id: id ?? campaign.id }],
      ["campaign_id", { field: "response", op: "not_opened", campaign_id: id ?? campaign.id }],
      ["value", { field: "company_id", op: "is", value: id ?? company.id }],
      ["value", { field: "company.id", op: "not", value: id ?? company.id }],
      ["value", { field: "import_id", op: "is", value: id ?? run.import_id }],
      ["value", { field: "company.import_id", op: "not", value: id ?? run.import_id }],
    ];
    const { body: group } = await server.admin.post(`${v1}/groups`,
      { name: "Refers", kind: "dynamic", criteria: { conditions: conditions(null).map(([, c]) => c) } }, { status: 201 });
    for (const [member, condition] of conditions(999999)) {
      const criteria = { conditions: [{ match: "any", conditions: [condition] }] };
      for (const ask of [
        server.admin.post(`${v1}/groups/preview`, { criteria }, { status: 400 }),
        server.admin.post(`${v1}/groups`, { name: "X", criteria }, { status: 400 }),
        server.admin.patch(`${v1}/groups/${group.id}`, { criteria }, { status: 400 }),
      ]) assert.equal((await ask).body.errors[0].field, `criteria.conditions[0].conditions[0].${member}`);
    }
    await server.admin.delete(`${v1}/campaigns/${campaign.id}`, { status: 204 });
    assert.equal((await server.admin.get(`${v1}/groups/${group.id}`)).body.count, 0);
    await server.admin.patch(`${v1}/groups/${group.id}`, { name: "Still" });
  });

  it("are pushed one after another, whoever asks: one tag", async () => {
    const { body: group } = await server.admin.post(`${v1}/groups`,
      { name: "Spring", kind: "dynamic", criteria: { match: "all", conditions: [] } },
      { status: 201 });
    const asked = await Promise.all([1, 2, 3].map(async () =>
      (await server.admin.post(`${v1}/groups/${group.id}/push`, {}, { status: 202 })).body.job_id));
    for (const id of new Set(asked))
      assert.equal((await server.job(id)).state, "done");
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const { body } = await server.mailchimp.get(`/3.0/lists/${lists.lists[0].id}/segments`);
    assert.deepEqual(body.segments.map((s: Json) => [s.name, s.member_count]), [["Spring", 7]]);
  });
});
