/** How many calls of the Marketing API a user may have at once. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useReceiver, useServer, type Client } from "../harness/index.js";

const LIMIT = 10;

describe("simultaneous calls of the Marketing API", () => {
  const receiver = useReceiver();
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true", MUSTER_HTTP_PER_USER: `${LIMIT}` } });
  let path = "";
  let release: () => void = () => {};

  before(async () => {
    path = `/3.0/lists/${(await server.mailchimp.get("/3.0/lists")).body.lists[0].id}/webhooks`;
  });

  /** Calls that are held: the URLs of their webhooks are asked first, and do not answer. */
  const holdAll = async (api: Client, name: string, signal?: AbortSignal) => {
    const held = new Promise<number>((done) => { release = () => done(404); });
    receiver.answer = () => held;
    const calls = Array.from({ length: LIMIT }, (_, i) => {
      const url = `${receiver.url}/${name}${i}`;
      if (!signal) return api.post(path, { url }, { status: 400 });
      return fetch(api.url + path, { method: "POST", signal, body: JSON.stringify({ url }),
        headers: { authorization: `Bearer ${api.key}` } }).catch(() => undefined);
    });
    await until("all are held", () => receiver.requests.filter((r) => r.path.startsWith(`/${name}`)).length === LIMIT);
    return calls;
  };

  const isRefused = async (api: Client) => {
    const { body, headers } = await api.get("/3.0/ping", {}, { status: 429 });
    assert.equal(body.title, "Too Many Requests");
    assert.equal(body.status, 429);
    assert.equal(body.detail, "You have exceeded the limit of 10 simultaneous connections.");
    assert.equal(headers.get("content-type"), "application/problem+json; charset=utf-8");
  };

  it("are ten of a user, and of others as many", async () => {
    const api = server.mailchimp;
    const calls = await holdAll(api, "a");
    await isRefused(api);
    await isRefused(api); // what was refused is not counted
    await server.admin.get("/api/v1/people"); // our own API, the same key
    await api.as(await server.createKey("other", "administrator")).get("/3.0/ping");
    release();
    await Promise.all(calls);
    await api.get("/3.0/ping");
  });

  it("are counted together for all keys of a user", async () => {
    const user = (await server.admin.post("/api/v1/users", { name: "Sue", email: "sue@example.test", role: "administrator" }, { status: 201 })).body;
    const key = async (name: string) => server.mailchimp.as((await server.admin.post("/api/v1/keys",
      { name, role: "administrator", user_id: user.id }, { status: 201 })).body.key);
    const [one, two] = [await key("one"), await key("two")];
    const calls = await holdAll(one, "b");
    await isRefused(two);
    release();
    await Promise.all(calls);
    await two.get("/3.0/ping");
  });

  it("are over when the client hangs up", async () => {
    const hangUp = new AbortController();
    const calls = await holdAll(server.mailchimp, "c", hangUp.signal);
    await isRefused(server.mailchimp);
    hangUp.abort();
    await Promise.all(calls);
    release();
    await until("there is room again", async () =>
      (await server.mailchimp.get("/3.0/ping", {}, { status: [200, 429] })).status === 200);
    const again = await holdAll(server.mailchimp, "d"); // all ten places are free
    release();
    await Promise.all(again);
  });

  it("do not concern the bridge, which has a key of its own", async () => {
    const calls = await holdAll(server.mailchimp, "e");
    const { body } = await server.admin.post("/api/v1/groups", { name: "All", entity: "people", kind: "dynamic",
      criteria: { match: "all", conditions: [] } }, { status: 201 });
    await server.job((await server.admin.post(`/api/v1/groups/${body.id}/push`, { dry_run: false }, { status: 202 })).body.job_id);
    release();
    await Promise.all(calls);
  });
});
