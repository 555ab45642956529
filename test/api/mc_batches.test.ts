/** Batches: what they do, in whose name, and what becomes of them when somebody is in the way. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  batchAnswers, batchEnds, runBatch, until, useReceiver, useServer, type Client, type Json, type Server,
} from "../harness/index.js";

const batches = "/3.0/batches";

const listOf = async (server: Server): Promise<string> =>
  (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
const subscribe = (list: string, address: string): Json => ({
  method: "POST", path: `/lists/${list}/members`, operation_id: address,
  body: JSON.stringify({ email_address: address, status: "subscribed" }),
});
const byId = (answers: Json[]): Record<string, Json> =>
  Object.fromEntries(answers.map((a) => [a.operation_id, a]));

describe("batches", () => {
  const server = useServer();
  let api: Client;
  let list = "";

  before(async () => {
    api = server.mailchimp;
    list = await listOf(server);
  });

  it("do operations however they are written", async () => {
    const { body } = await api.post(batches, { operations: [
      { ...subscribe(list, "a@b.example"), method: "post" },
      { method: "Get", path: `lists/${list}/members/a@b.example`, operation_id: "get" },
      { method: "GET", path: `/3.0/lists/${list}/members?count=1&fields=total_items`, operation_id: "query" },
      { method: "GET", path: `3.0/lists/${list}/members`, params: { count: 1, fields: "total_items" }, operation_id: "params" },
      { method: "PATCH", path: `/lists/${list}/members/a@b.example`, operation_id: "patch", body: "{\"vip\":true}" },
      { method: "DELETE", path: `/lists/${list}/members/a@b.example`, operation_id: "delete", params: [] },
      { method: "GET", path: "/ping" },
      { method: "GET", path: "/", operation_id: "root" },
    ] });
    assert.match(body.id, /^[0-9a-f]{10}$/);
    assert.equal(body.status, "pending");
    assert.deepEqual([body.total_operations, body.finished_operations, body.errored_operations], [8, 0, 0]);
    assert.deepEqual([body.completed_at, body.response_body_url], ["", ""]);
    const done = await batchEnds(api, body.id);
    assert.deepEqual([done.total_operations, done.finished_operations, done.errored_operations], [8, 8, 0]);
    assert.match(done.completed_at, /\+00:00$/);
    const answers = byId(await batchAnswers(done));
    assert.equal(JSON.parse(answers["a@b.example"].response).email_address, "a@b.example");
    assert.equal(JSON.parse(answers.get.response).status, "subscribed");
    assert.deepEqual(JSON.parse(answers.query.response), { total_items: 1 });
    assert.deepEqual(JSON.parse(answers.params.response), { total_items: 1 });
    assert.equal(JSON.parse(answers.patch.response).vip, true);
    assert.deepEqual([answers.delete.status_code, answers.delete.response], [204, ""]);
    assert.match(JSON.parse(answers.root.response).account_id, /^[0-9a-f]+$/);
    assert.equal(JSON.parse(answers[""].response).health_status, "Everything's Chimpy!");
  });

  it("never fail because of an operation", async () => {
    const { body } = await api.post(batches, { operations: [
      { method: "GET", path: "/lists/0000000000", operation_id: "unknown list" },
      { method: "GET", path: "/no/such/thing", operation_id: "unknown path" },
      { method: "PUT", path: "/ping", operation_id: "method" },
      { method: "POST", path: `/lists/${list}/members`, operation_id: "json", body: "{" },
      { method: "POST", path: `/lists/${list}/members`, operation_id: "empty" },
      { method: "POST", path: "/batches", operation_id: "batch", body: "{}" },
      { method: "GET", path: "/%62atches", operation_id: "escaped" },
      { method: "GET", path: "/api/v1/people", operation_id: "v1" },
      { method: "GET", path: "/../api/v1/people", operation_id: "dots" },
      { method: "GET", path: "/ping%00", operation_id: "nul" },
      subscribe(list, "good@b.example"),
    ] });
    const done = await batchEnds(api, body.id);
    assert.deepEqual([done.total_operations, done.finished_operations, done.errored_operations], [11, 11, 10]);
    const statuses = Object.fromEntries((await batchAnswers(done)).map((a) => [a.operation_id, a.status_code]));
    assert.deepEqual(statuses, {
      "unknown list": 404, "unknown path": 404, method: 405, json: 400, empty: 400, batch: 403,
      escaped: 403, v1: 404, dots: 404, nul: 400, "good@b.example": 200,
    });
  });

  it("say what is wrong before anything is done", async () => {
    const get = { method: "GET", path: "/ping" };
    const cases: [unknown, string][] = [
      [{}, "operations"], [{ operations: [] }, "operations"], [{ operations: {} }, "operations"],
      [{ operations: null }, "operations"], [{ operations: [7] }, "operations.0"],
      [{ operations: [get, {}] }, "operations.1.method"],
      [{ operations: [{ ...get, method: "HEAD" }] }, "operations.0.method"],
      [{ operations: [{ ...get, path: "" }] }, "operations.0.path"],
      [{ operations: [{ ...get, path: 7 }] }, "operations.0.path"],
      [{ operations: [{ ...get, path: `/${"x".repeat(9000)}` }] }, "operations.0.path"],
      [{ operations: [{ ...get, body: { a: 1 } }] }, "operations.0.body"],
      [{ operations: [{ ...get, params: "a=1" }] }, "operations.0.params"],
      [{ operations: [{ ...get, params: { a: { b: 1 } } }] }, "operations.0.params"],
      [{ operations: [{ ...get, operation_id: 7 }] }, "operations.0.operation_id"],
    ];
    const { total_items } = (await api.get(batches)).body;
    for (const [body, field] of cases) {
      const reply = await api.post(batches, body, { status: 400 });
      assert.equal(reply.body.title, "Invalid Resource", JSON.stringify(body));
      assert.equal(reply.body.errors[0].field, field, JSON.stringify(body));
    }
    await api.post(batches, "{", { status: 400 });
    await api.post(batches, "[]", { status: 400 });
    assert.equal((await api.get(batches)).body.total_items, total_items);
  });

  it("that are not there are not found", async () => {
    for (const id of ["0000000000", "x", "'", "%F0%9F%90%92"]) {
      await api.get(`${batches}/${id}`, {}, { status: 404 });
      await api.delete(`${batches}/${id}`, { status: 404 });
      await api.get(`${batches}/${id}/response.tar.gz`, {}, { status: 403 });
    }
  });

  it("read all pages of what is asked for without a count", async () => {
    const MEMBERS = 2_100;
    for (let at = 0; at < MEMBERS; at += 500)
      await api.post(`/3.0/lists/${list}`, { members: Array.from({ length: Math.min(500, MEMBERS - at) },
        (_, i) => ({ email_address: `page${at + i}@b.example`, status: "subscribed" })) });
    const { body } = await api.post(batches, { operations: [
      { method: "GET", path: `/lists/${list}/members?fields=members.email_address`, operation_id: "all" },
      { method: "GET", path: `/lists/${list}/members?offset=2000`, operation_id: "rest" },
      { method: "GET", path: `/lists/${list}/members`, params: { count: 5 }, operation_id: "five" },
    ] });
    const done = await batchEnds(api, body.id);
    assert.deepEqual([done.total_operations, done.finished_operations, done.errored_operations], [5, 5, 0]);
    const answers = await batchAnswers(done);
    const sizes = (id: string) => answers.filter((a) => a.operation_id === id)
      .map((a) => JSON.parse(a.response).members.length);
    const all = answers.filter((a) => a.operation_id === "all").flatMap((a) => JSON.parse(a.response).members);
    const members = (await api.get(`/3.0/lists/${list}/members`, { count: 1 })).body.total_items;
    assert.equal(new Set(all.map((m: Json) => m.email_address)).size, members);
    assert.deepEqual(sizes("all"), [1000, 1000, members - 2000]);
    assert.deepEqual([sizes("rest"), sizes("five")], [[members - 2000], [5]]);
  });

  it("give their answers by an address of its own, for a while", async () => {
    const { body } = await api.post(batches, { operations: [{ method: "GET", path: "/ping" }] });
    const done = await batchEnds(api, body.id);
    const url = new URL(done.response_body_url);
    const path = url.pathname;
    const anybody = api.as();
    await anybody.get(path, Object.fromEntries(url.searchParams), { status: 200 });
    const bent = { until: url.searchParams.get("until")!, signature: "0".repeat(64) };
    await anybody.get(path, bent, { status: 403 });
    await anybody.get(path, { ...Object.fromEntries(url.searchParams), until: "99999999999999" }, { status: 403 });
    await anybody.get(path, {}, { status: 403 });
    await api.get(path, {}, { status: 403 });
    const other = path.replace(body.id, "0000000000");
    await anybody.get(other, Object.fromEntries(url.searchParams), { status: 403 });
    await api.delete(`${batches}/${body.id}`, { status: 204 });
    await api.get(`${batches}/${body.id}`, {}, { status: 404 });
    await anybody.get(path, Object.fromEntries(url.searchParams), { status: 404 });
  });

  it("have the rights of who made them, and are seen by nobody else", async () => {
    const one = api.as(await server.createKey("one", "user"));
    const other = api.as(await server.createKey("other", "user"));
    const answers = byId(await runBatch(one, [
      { method: "GET", path: "/lists", operation_id: "read" },
      { method: "POST", path: "/lists", operation_id: "market", body: "{}" },
    ]));
    assert.deepEqual([answers.read.status_code, answers.market.status_code], [200, 403]);
    assert.equal(answers.market.response.title, "Forbidden");
    const mine = (await one.get(batches)).body;
    assert.deepEqual([mine.total_items, mine.batches.length], [1, 1]);
    assert.equal((await other.get(batches)).body.total_items, 0);
    await other.get(`${batches}/${mine.batches[0].id}`, {}, { status: 404 });
    await other.delete(`${batches}/${mine.batches[0].id}`, { status: 404 });
    await api.get(`${batches}/${mine.batches[0].id}`);
    const paged = (await api.get(batches, { count: 2, offset: 1 })).body;
    assert.equal(paged.batches.length, 2);
    assert.ok(paged.total_items > 2);
  });

  it("may run beside each other", async () => {
    const all = await Promise.all([0, 1, 2].map((b) => runBatch(api,
      Array.from({ length: 40 }, (_, i) => subscribe(list, `both${(i + 7 * b) % 40}@b.example`)))));
    const made = all.flat().filter((a) => a.status_code === 200);
    assert.equal(made.length, 40, "each is added once");
    for (const a of all.flat()) assert.ok(a.status_code === 200 || a.response.title === "Member Exists", JSON.stringify(a));
  });

  it("tell nothing of who is erased", async () => {
    await runBatch(api, [subscribe(list, "erased@b.example"), subscribe(list, "stays@b.example")]);
    const { body } = await api.post(batches, { operations: ["erased", "Erased", "stays"].map((name) => (
      { method: "GET", path: `/lists/${list}/members/${name}@b.example`, operation_id: `${name}@b.example` })) });
    await batchEnds(api, body.id);
    await api.post(`/3.0/lists/${list}/members/erased@b.example/actions/delete-permanent`, undefined, { status: 204 });
    const answers = await until("it is gone from the answers", async () => {
      const now = await batchAnswers((await api.get(`${batches}/${body.id}`)).body);
      return !/erased@b/i.test(JSON.stringify(now)) && now;
    });
    assert.deepEqual(answers.map((a) => [a.status_code, a.operation_id, a.response !== ""]),
      [[200, "", false], [200, "", false], [200, "stays@b.example", true]]);
  });

  it("are written in files that any program unpacks", async () => {
    const { body } = await api.post(batches, { operations:
      Array.from({ length: 30 }, (_, i) => ({ method: "GET", path: `/lists/${list}/members?count=1000&offset=${i}`, operation_id: `${i}` })) });
    const done = await batchEnds(api, body.id);
    const packed = Buffer.from(await (await fetch(done.response_body_url)).arrayBuffer());
    assert.ok(gunzipSync(packed).length > packed.length * 5);
    const answers = await batchAnswers(done);
    assert.deepEqual(answers.map((a) => a.operation_id).sort((a, b) => a - b), Array.from({ length: 30 }, (_, i) => `${i}`));
  });
});

describe("batches that are held up", () => {
  const receiver = useReceiver();
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  let list = "";
  let release: () => void = () => {};

  before(async () => {
    list = await listOf(server);
  });

  /** An operation that ends when it is let go: the URL of a webhook is asked first. */
  const hold = (name: string): Json => {
    const held = new Promise<number>((done) => { release = () => done(200); });
    receiver.answer = (r) => (r.path.startsWith("/held") ? held : 200);
    return { method: "POST", path: `/lists/${list}/webhooks`, operation_id: "held",
      body: JSON.stringify({ url: `${receiver.url}/held-${name}` }) };
  };
  const isHeld = (name: string) => receiver.next((r) => r.path === `/held-${name}`);

  it("go no further in the name of a key that was revoked", async () => {
    const key = await server.createKey("revoked", "administrator");
    const { body } = await server.mailchimp.as(key).post(batches,
      { operations: [hold("revoked"), subscribe(list, "never@b.example")] });
    await isHeld("revoked");
    assert.equal((await server.mailchimp.get(`${batches}/${body.id}`)).body.status, "preprocessing");
    const keys = (await server.admin.get("/api/v1/keys")).body.items;
    await server.admin.delete(`/api/v1/keys/${keys.find((k: Json) => k.name === "revoked").id}`);
    release();
    const done = await batchEnds(server.mailchimp, body.id);
    const answers = byId(await batchAnswers(done));
    assert.deepEqual([answers.held.status_code, answers["never@b.example"].status_code], [200, 401]);
    await server.mailchimp.get(`/3.0/lists/${list}/members/never@b.example`, {}, { status: 404 });
  });

  it("stop before the next operation when they are deleted", async () => {
    const { body } = await server.mailchimp.post(batches,
      { operations: [hold("deleted"), subscribe(list, "deleted@b.example")] });
    await isHeld("deleted");
    await server.mailchimp.delete(`${batches}/${body.id}`);
    release();
    await server.mailchimp.get(`${batches}/${body.id}`, {}, { status: 404 });
    await runBatch(server.mailchimp, [{ method: "GET", path: "/ping" }]);
    await server.mailchimp.get(`/3.0/lists/${list}/members/deleted@b.example`, {}, { status: 404 });
  });

  it("are no more than 500", async () => {
    const first = (await server.mailchimp.post(batches, { operations: [hold("full")] })).body;
    await isHeld("full");
    const second = (await server.mailchimp.post(batches, { operations: [hold("full2")] })).body;
    await isHeld("full2");
    const rest: string[] = [];
    while (rest.length < 498)
      rest.push(...(await Promise.all([1, 2].map(() => server.mailchimp.post(batches,
        { operations: [{ method: "GET", path: "/ping" }] })))).map((r) => r.body.id));
    const refused = await server.mailchimp.post(batches, { operations: [{ method: "GET", path: "/ping" }] }, { status: 429 });
    assert.match(refused.body.detail, /500 pending/);
    for (const id of rest) await server.mailchimp.delete(`${batches}/${id}`);
    await server.mailchimp.delete(`${batches}/${first.id}`);
    await server.mailchimp.delete(`${batches}/${second.id}`);
    receiver.answer = () => 200;
    release();
    await server.mailchimp.post(batches, { operations: [{ method: "GET", path: "/ping" }] });
  });
});

describe("batches of a server that is killed", () => {
  const server = useServer();
  const OPERATIONS = 600;
  const KILLS = 3;

  it("do again nothing that was answered", async () => {
    const list = await listOf(server);
    const { body } = await server.mailchimp.post(batches, { operations:
      Array.from({ length: OPERATIONS }, (_, i) => subscribe(list, `k${i}@b.example`)) });
    for (let kill = 1; kill <= KILLS; kill++) {
      await until("some of it is done", async () => {
        const { finished_operations, status } = (await server.mailchimp.get(`${batches}/${body.id}`)).body;
        return status === "finished" || finished_operations > (kill * OPERATIONS) / (KILLS + 2);
      });
      await server.kill();
      await server.run();
    }
    const done = await batchEnds(server.mailchimp, body.id);
    assert.deepEqual([done.total_operations, done.finished_operations], [OPERATIONS, OPERATIONS]);
    const answers = await batchAnswers(done);
    assert.equal(new Set(answers.map((a) => a.operation_id)).size, OPERATIONS);
    assert.equal(answers.length, OPERATIONS, "each is answered once");
    // one a kill may have ended before its answer was written
    assert.ok(done.errored_operations <= KILLS, JSON.stringify(done));
    for (const a of answers.filter((x) => x.status_code !== 200))
      assert.equal(JSON.parse(a.response).title, "Member Exists");
    const members = (await server.mailchimp.get(`/3.0/lists/${list}/members`, { count: 1 })).body;
    assert.equal(members.total_items, OPERATIONS);
  });
});
