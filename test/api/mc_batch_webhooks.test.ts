/** Batch webhooks: who is told that a batch is finished. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { batchAnswers, batchEnds, Receiver, Server, stopAll, until, type Client, type Json } from "../harness/index.js";

const hooks = "/3.0/batch-webhooks";

describe("batch webhooks", () => {
  const receiver = new Receiver();
  let server: Server;
  let api: Client;

  before(async () => {
    await receiver.start();
    server = new Server({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
    process.on("exit", () => server.killLeftover());
    await server.start();
    api = server.mailchimp;
  });
  after(() => stopAll(server, receiver));

  const ping = async (): Promise<Json> =>
    (await api.post("/3.0/batches", { operations: [{ method: "GET", path: "/ping" }, { method: "GET", path: "/x" }] })).body;
  const told = (batch: Json, path: string) =>
    receiver.next((r) => r.method === "POST" && r.path === path && r.form.get("data[id]") === batch.id);
  const removeAll = async (): Promise<void> => {
    for (const hook of (await api.get(hooks, { count: 100 })).body.webhooks) await api.delete(`${hooks}/${hook.id}`);
  };

  it("are asked for before they are added", async () => {
    receiver.answer = () => 404;
    const { body } = await api.post(hooks, { url: `${receiver.url}/hook` }, { status: 400 });
    assert.match(body.errors[0].message, /HTTP Code: 404/);
    receiver.answer = () => 200;
    for (const bad of [{}, { url: "" }, { url: null }, { url: 7 }, { url: "nonsense" }, { url: `${receiver.url}/${"x".repeat(3000)}` },
      { url: `${receiver.url}/hook`, enabled: "yes" }, []])
      await api.post(hooks, bad, { status: 400 });
    await api.post(hooks, "{", { status: 400 });
    assert.deepEqual((await api.get(hooks)).body.webhooks, []);
  });

  it("are added, read, changed and removed", async () => {
    const { body } = await api.post(hooks, { url: `${receiver.url}/hook` });
    assert.match(body.id, /^[0-9a-f]{10}$/);
    assert.deepEqual([body.url, body.enabled], [`${receiver.url}/hook`, true]);
    const twice = await api.post(hooks, { url: `${receiver.url}/hook?x=1` }, { status: 400 });
    assert.equal(twice.body.errors[0].message, "Sorry, you can't set up multiple WebHooks for one URL");
    assert.deepEqual((await api.get(`${hooks}/${body.id}`)).body, body);
    assert.equal((await api.patch(`${hooks}/${body.id}`, { enabled: false })).body.enabled, false);
    const moved = (await api.patch(`${hooks}/${body.id}`, { url: `${receiver.url}/moved` })).body;
    assert.deepEqual([moved.url, moved.enabled], [`${receiver.url}/moved`, false]);
    assert.equal((await api.patch(`${hooks}/${body.id}`, {})).body.url, moved.url);
    await api.patch(`${hooks}/${body.id}`, { url: 1 }, { status: 400 });
    await api.delete(`${hooks}/${body.id}`, { status: 204 });
    await api.get(`${hooks}/${body.id}`, {}, { status: 404 });
    await api.patch(`${hooks}/${body.id}`, {}, { status: 404 });
    await api.delete(`${hooks}/${body.id}`, { status: 404 });
  });

  it("are shown whole to administrators only, and changed by those who do marketing", async () => {
    const { body } = await api.post(hooks, { url: `${receiver.url}/secret?key=1` });
    const manager = api.as(await server.createKey("m", "manager"));
    assert.equal((await manager.get(`${hooks}/${body.id}`)).body.url, `${receiver.url}/...`);
    await manager.patch(`${hooks}/${body.id}`, { url: `${receiver.url}/...` }, { status: 400 });
    const user = api.as(await server.createKey("u", "user"));
    await user.post(hooks, { url: `${receiver.url}/user` }, { status: 403 });
    await user.delete(`${hooks}/${body.id}`, { status: 403 });
    await removeAll();
  });

  it("are told of each batch that is finished, with an address of its answers", async () => {
    await api.post(hooks, { url: `${receiver.url}/done` });
    await api.post(hooks, { url: `${receiver.url}/off`, enabled: false });
    const batch = await ping();
    const { form, headers } = await told(batch, "/done");
    assert.equal(headers["content-type"], "application/x-www-form-urlencoded");
    assert.equal(form.get("type"), "batch_operation_completed");
    assert.match(form.get("fired_at")!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(["status", "total_operations", "finished_operations", "errored_operations"].map((k) => form.get(`data[${k}]`)),
      ["finished", "2", "2", "1"]);
    assert.match(form.get("data[completed_at]")!, /\+00:00$/);
    assert.match(form.get("data[_links][1][href]")!, new RegExp(`/3.0/batches/${batch.id}$`));
    const answers = await batchAnswers({ response_body_url: form.get("data[response_body_url]") });
    assert.deepEqual(answers.map((a) => a.status_code).sort(), [200, 404]);
    await batchEnds(api, batch.id);
    assert.ok(!receiver.requests.some((r) => r.method === "POST" && r.path === "/off"));
    await removeAll();
  });

  it("are disabled by a 410", async () => {
    const { body } = await api.post(hooks, { url: `${receiver.url}/gone` });
    receiver.answer = (r) => (r.method === "POST" ? 410 : 200);
    await told(await ping(), "/gone");
    await until("it is disabled", async () => !(await api.get(`${hooks}/${body.id}`)).body.enabled);
    receiver.answer = () => 200;
    await api.patch(`${hooks}/${body.id}`, { enabled: true });
    await told(await ping(), "/gone");
    await removeAll();
  });

  it("are 20 at most, whoever adds them", async () => {
    const statuses = await Promise.all(Array.from({ length: 24 }, (_, i) =>
      api.post(hooks, { url: `${receiver.url}/n${i}` }, { status: [200, 400, 503] }).then((r) => r.status)));
    assert.ok(statuses.filter((s) => s === 200).length <= 20);
    for (let i = 0; (await api.get(hooks)).body.total_items < 20; i++)
      await api.post(hooks, { url: `${receiver.url}/m${i}` });
    const { body } = await api.post(hooks, { url: `${receiver.url}/more` }, { status: 400 });
    assert.match(body.detail, /20 batch webhooks at most/);
    const page = (await api.get(hooks, { count: 5, offset: 18 })).body;
    assert.deepEqual([page.webhooks.length, page.total_items], [2, 20]);
    await removeAll();
  });

  it("may not be one URL twice, if two ask at once", async () => {
    const statuses = await Promise.all([1, 2, 3, 4].map(() =>
      api.post(hooks, { url: `${receiver.url}/once` }, { status: [200, 400] }).then((r) => r.status)));
    assert.deepEqual(statuses.sort(), [200, 400, 400, 400]);
    await removeAll();
  });
});
