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
