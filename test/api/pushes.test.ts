/** Pushes of groups: plans to look at, their people, and what is kept of them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, makeGroup, push as pushOf, runJob, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const everybody = { match: "all", conditions: [] };

describe("pushes", () => {
  const server = useServer();
  const people: number[] = [];
  let group: Json, plan: Json;

  const push = async (body: Json): Promise<Json> =>
    (await runJob(server, `${v1}/groups/${group.id}/push`, body)).result;
  const rows = async (id: number, query: Json = {}): Promise<Json[]> => {
    const items: Json[] = [];
    for (let cursor: string | undefined; ;) {
      const { body } = await server.admin.get(`${v1}/pushes/${id}/rows`, { limit: 2, ...query, ...(cursor ? { cursor } : {}) });
      items.push(...body.items);
      if (!body.next) return assert.equal(items.length, body.total), items;
      cursor = body.next;
    }
  };

  before(async () => {
    for (const [first_name, last_name, email] of [
      ["Ana", "García", "ana@one.example"], ["王", "伟", "wei@one.example"], ["Bo", "Ek", "bo@two.example"],
      ["No", "Address", null], ["=cmd", "Formula", "formula@two.example"],
    ])
      people.push((await server.admin.post(`${v1}/people`, { first_name, last_name, email }, { status: 201 })).body.id);
    await server.admin.patch(`${v1}/people/${people[2]}`, { opted_out: true });
    group = (await server.admin.post(`${v1}/groups`, { name: "All", kind: "dynamic", criteria: everybody }, { status: 201 })).body;
    plan = await push({ dry_run: true });
  });

  it("show a plan as it was asked for", async () => {
    assert.deepEqual([plan.add, plan.left_out], [3, { no_address: 1, opted_out: 1 }]);
    const { body } = await server.admin.get(`${v1}/pushes/${plan.push_id}`);
    assert.deepEqual([body.group_id, body.group_name, body.dry_run, body.state, body.job_state, body.error],
      [group.id, "All", true, "planned", "done", null]);
    assert.deepEqual(body.result, plan);
    assert.ok(body.finished_at >= body.at);
    assert.equal((await server.admin.get(`${v1}/jobs/${body.job_id}`)).body.group_id, group.id);
    await server.admin.get(`${v1}/pushes/999`, undefined, { status: 404 });
    assert.equal((await server.admin.get(`${v1}/groups/${group.id}`)).body.last_push, null);
  });

  it("show each person by name, found by name, address, action, outcome", async () => {
    const all = await rows(plan.push_id);
    assert.deepEqual(all.map((r) => r.person_id), people);
    assert.deepEqual(all.map((r) => r.name), ["Ana García", "王 伟", "Bo Ek", "No Address", "=cmd Formula"]);
    assert.ok(all.every((r) => !r.deleted && r.outcome === (r.action === "add" ? "intended" : "applied")));
    const found = async (query: Json): Promise<number[]> =>
      (await rows(plan.push_id, query)).map((r) => people.indexOf(r.person_id));
    assert.deepEqual(await found({ q: "GARCÍA ana" }), [0]);
    assert.deepEqual(await found({ q: "伟" }), [1]);
    assert.deepEqual(await found({ q: "ONE.example" }), [0, 1]);
    assert.deepEqual(await found({ q: "a" }), [0, 1, 2, 3, 4]);
    assert.deepEqual(await found({ q: "%" }), []);
    assert.deepEqual(await found({ action: "left_out" }), [2, 3]);
    assert.deepEqual(await found({ reason: "opted_out" }), [2]);
    assert.deepEqual(await found({ action: "add", q: "two" }), [4]);
    assert.deepEqual(await found({ outcome: "applied" }), [2, 3]);
    for (const wrong of [{ action: "odd" }, { outcome: "odd" }, { cursor: "x" }, { cursor: "1.x" }])
      await server.admin.get(`${v1}/pushes/${plan.push_id}/rows`, wrong, { status: 400 });
  });

  it("are exported, formulas as text", async () => {
    const path = `${v1}/export/pushes/${plan.push_id}.csv`;
    const lines = (await server.admin.get(path)).text.trim().split("\r\n");
    assert.deepEqual(lines.slice(0, 2), ["person_id,name,address,action,outcome,reason,detail",
      `${people[0]},Ana García,ana@one.example,add,intended,,`]);
    assert.equal(lines.length, 6);
    assert.match(lines[5]!, /,'=cmd Formula,/);
    const out = (await server.admin.get(path, { action: "left_out", reason: "no_address" })).text.trim().split("\r\n");
    assert.deepEqual(out.slice(1), [`${people[3]},No Address,,left_out,applied,no_address,`]);
    await server.admin.get(`${v1}/export/pushes/999.csv`, undefined, { status: 404 });
    await server.admin.get(`${v1}/export/pushes/x.csv`, undefined, { status: 404 });
    await server.admin.get(path, { outcome: "odd" }, { status: 400 });
  });

  it("are not done by a plan that the group has left behind", async () => {
    const path = `${v1}/groups/${group.id}`;
    const other = (await server.admin.post(`${v1}/groups`, { name: "Other", criteria: everybody }, { status: 201 })).body;
    await server.admin.post(`${v1}/groups/${other.id}/push`, { plan_id: plan.push_id }, { status: 400 });
    await server.admin.post(`${path}/push`, { plan_id: 999 }, { status: 400 });
    for (const change of [{ name: "Others" }, { criteria: { match: "any", conditions: [] } }]) {
      await server.admin.patch(path, change);
      const { body } = await server.admin.post(`${path}/push`, { plan_id: plan.push_id }, { status: 409 });
      assert.match(body.detail, /the group was changed since this plan/);
      await server.admin.patch(path, { name: "All", criteria: everybody });
    }
    const done = await push({ plan_id: plan.push_id });
    assert.equal(done.add, 3);
    assert.deepEqual((await rows(done.push_id, { outcome: "applied", action: "add" })).length, 3);
    await server.admin.post(`${path}/push`, { plan_id: done.push_id }, { status: 400 });
    const { last_push } = (await server.admin.get(path)).body;
    assert.deepEqual([last_push.id, last_push.state, last_push.result], [done.push_id, "done", done]);
    const listed = (await server.admin.get(`${v1}/groups`, { q: "All" })).body.items[0];
    assert.deepEqual(listed.last_push, last_push);
  });

  it("tell what is a plan, and say who is gone", async () => {
    const ids = async (query: Json): Promise<number[]> =>
      (await server.admin.get(`${v1}/groups/${group.id}/pushes`, query)).body.items.map((p: Json) => p.id);
    const [real] = await ids({ dry_run: false });
    assert.deepEqual(await ids({ dry_run: true }), [plan.push_id]);
    assert.deepEqual(await ids({}), [real, plan.push_id]);
    await server.admin.delete(`${v1}/people/${people[0]}`, { status: 204 });
    const [gone, there] = await rows(real!);
    assert.deepEqual([gone!.deleted, gone!.name, there!.deleted], [true, null, false]);
  });

  it("of companies or leads are refused before there is a job", async () => {
    for (const entity of ["leads", "companies"]) {
      const { body } = await server.admin.post(`${v1}/groups`, { name: entity, entity }, { status: 201 });
      const refused = await server.admin.post(`${v1}/groups/${body.id}/push`, { dry_run: true }, { status: 409 });
      assert.match(refused.body.detail, /only groups of people/);
    }
  });

  it("keep the newest twenty plans of a group, and all that were done", async () => {
    const list = async (query: Json): Promise<Json> => (await server.admin.get(`${v1}/groups/${group.id}/pushes`, query)).body;
    const [real] = (await list({ dry_run: false })).items;
    const planned = (await server.admin.get(`${v1}/pushes/${plan.push_id}`)).body.job_id;
    for (let i = 0; i < 22; i++) await push({ dry_run: true });
    // what a job makes is found among however many
    const { items, total } = await list({ job_id: real.job_id, limit: 1 });
    assert.deepEqual([items, total], [[real], 1]);
    assert.deepEqual([(await list({ job_id: planned })).total, (await list({ job_id: real.job_id, dry_run: true })).total], [0, 0]);
    const { body } = await server.admin.get(`${v1}/groups/${group.id}/pushes`, { dry_run: true });
    assert.equal(body.total, 20);
    await server.admin.get(`${v1}/pushes/${plan.push_id}`, undefined, { status: 404 });
    await server.admin.get(`${v1}/pushes/${plan.push_id}/rows`, undefined, { status: 404 });
    await server.admin.get(`${v1}/groups/999/pushes`, undefined, { status: 404 });
    assert.equal((await server.admin.get(`${v1}/groups/${group.id}/pushes`, { dry_run: false })).body.total, 1);
  });

  it("are stopped, and what was done of them stays and is gone on with", async () => {
    const MANY = 3_000;
    const made = await server.admin.get(`${v1}/groups/${group.id}/pushes`, { dry_run: false });
    await addPeople(server, Array.from({ length: MANY }, (_, i) => `many${i}@three.example`));
    const { body } = await server.admin.post(`${v1}/groups/${group.id}/push`, { dry_run: false }, { status: 202 });
    await until("it has begun", async () => (await server.admin.get(`${v1}/jobs/${body.job_id}`)).body.state !== "queued");
    await server.admin.post(`${v1}/jobs/${body.job_id}/cancel`, undefined, { status: [200, 409] });
    await until("it has stopped", async () =>
      ["canceled", "done"].includes((await server.admin.get(`${v1}/jobs/${body.job_id}`)).body.state));
    const pushes = await server.admin.get(`${v1}/groups/${group.id}/pushes`, { dry_run: false });
    const stopped = pushes.body.items.find((one: Json) => one.job_id === body.job_id);
    assert.equal(pushes.body.total, made.body.total + 1);
    assert.equal(stopped.job_state, "canceled", JSON.stringify(stopped));
    const again = await push({ dry_run: false });
    assert.equal(again.add + again.unchanged, MANY + 2, JSON.stringify(again)); // and wei; ana is gone, bo is out
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0];
    assert.equal(list.stats.member_count, MANY + 2);
  });

  it("by a plan are of the people that it shows", async () => {
    server.allowLog(/job failed kind=push/);
    await addPeople(server, ["one@late.example", "two@late.example"]);
    const late = await makeGroup(server, "Late", [{ field: "email", op: "contains", value: "late.example" }]);
    const shown = await pushOf(server, late, true);
    await addPeople(server, ["three@late.example"]);
    const path = `${v1}/groups/${late.id}/push`;
    const { body } = await server.admin.post(path, { plan_id: shown.push_id }, { status: 202 });
    assert.match((await server.job(body.job_id, "failed")).error, /the group was changed since this plan/);
    const again = await pushOf(server, late, true);
    assert.deepEqual([shown.add, again.add], [2, 3]);
    assert.equal((await runJob(server, path, { plan_id: again.push_id })).result.add, 3);
  });
});
