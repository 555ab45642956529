/** Webhooks: who is told, of what, and what happens when nobody listens. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { masterList, Receiver, Server, stopAll, useReceiver, useServer, type Client } from "../harness/index.js";

describe("webhooks", () => {
  const receiver = new Receiver();
  let server: Server;
  let api: Client;
  let list: string;
  let path: string;

  before(async () => {
    await receiver.start();
    // URLs of the server itself may be private ones: the receiver stands in for it.
    server = new Server({ env: { MUSTER_PUBLIC_URL: receiver.url } });
    process.on("exit", () => server.killLeftover());
    await server.start();
    api = server.mailchimp;
    list = await masterList(api);
    path = `${list}/webhooks`;
  });
  after(() => stopAll(server, receiver));

  const all = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false };
  const told = (type: string) => receiver.next((r) => r.method === "POST" && r.form.get("type") === type);

  it("are checked before they are added", async () => {
    receiver.answer = () => 404;
    const { body } = await api.post(path, { url: `${receiver.url}/hook`, events: all }, { status: 400 });
    assert.deepEqual(body.errors, [
      {
        field: "url",
        message: "We couldn't verify the URL is working. Please double check and try again. HTTP Code: 404",
      },
    ]);
    receiver.answer = () => 200;
    await api.post(path, { url: "http://127.0.0.1:1/hook", events: all }, { status: 400 });
    await api.post(path, { url: "nonsense", events: all }, { status: 400 });
  });

  it("are added, read, changed and removed", async () => {
    const { body } = await api.post(path, { url: `${receiver.url}/hook`, events: all, sources: { user: true, admin: true, api: true } });
    assert.match(body.id, /^[0-9a-f]{10}$/);
    assert.deepEqual(body.events, all);
    const twice = await api.post(path, { url: `${receiver.url}/hook?x=1`, events: all }, { status: 400 });
    assert.equal(twice.body.errors[0].message, "Sorry, you can't set up multiple WebHooks for one URL");
    // The bridge has one of its own.
    const there = (await api.get(path)).body.webhooks.filter((w: { url: string }) => w.url.startsWith(receiver.url));
    assert.equal(there.length, 1);
    assert.equal((await api.get(`${path}/${body.id}`)).body.url, body.url);
    // a change names what changes, a new one names all
    const changed = await api.patch(`${path}/${body.id}`, { sources: { admin: false }, events: { campaign: true, profile: false } });
    assert.deepEqual(changed.body.sources, { user: true, admin: false, api: true });
    assert.deepEqual(changed.body.events, { ...all, campaign: true, profile: false });
    assert.equal(changed.body.url, body.url);
    const back = await api.patch(`${path}/${body.id}`, { events: { campaign: false, profile: true, subscribe: null }, sources: {} });
    assert.deepEqual([back.body.events, back.body.sources], [all, { user: true, admin: false, api: true }]);
    await api.patch(`${path}/${body.id}`, { events: { profile: 1 } }, { status: 400 });
    await api.patch(`${path}/${body.id}`, { events: [] }, { status: 400 });
    assert.deepEqual((await api.get(`${path}/${body.id}`)).body.events, all);
    const few = (await api.post(path, { url: `${receiver.url}/few`, events: { profile: true } })).body;
    assert.deepEqual(Object.entries(few.events).filter(([, on]) => on), [["profile", true]]);
    await api.delete(`${path}/${few.id}`);
    const other = (await api.post(path, { url: `${receiver.url}/other` })).body;
    await api.delete(`${path}/${other.id}`);
    await api.get(`${path}/${other.id}`, {}, { status: 404 });
  });

  it("tell what changed, as forms", async () => {
    const member = (await api.post(`${list}/members`, { email_address: "w@example.org", status: "subscribed", merge_fields: { FNAME: "Wé & co" } })).body;
    const subscribed = await told("subscribe");
    assert.equal(subscribed.headers["content-type"], "application/x-www-form-urlencoded");
    assert.equal(subscribed.form.get("data[email]"), "w@example.org");
    assert.equal(subscribed.form.get("data[id]"), member.unique_email_id);
    assert.equal(subscribed.form.get("data[merges][FNAME]"), "Wé & co");
    assert.match(subscribed.form.get("fired_at")!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    await api.patch(`${list}/members/w@example.org`, { merge_fields: { LNAME: "X" } });
    assert.equal((await told("profile")).form.get("data[merges][LNAME]"), "X");
    await api.patch(`${list}/members/w@example.org`, { email_address: "w2@example.org" });
    const moved = await told("upemail");
    assert.equal(moved.form.get("data[old_email]"), "w@example.org");
    assert.equal(moved.form.get("data[new_email]"), "w2@example.org");
    await api.patch(`${list}/members/w2@example.org`, { status: "unsubscribed" });
    const left = await told("unsubscribe");
    assert.equal(left.form.get("data[action]"), "unsub");
    assert.equal(left.form.get("data[reason]"), "manual");
  });

  it("are disabled for good by a 410", async () => {
    receiver.answer = (r) => (r.method === "POST" ? 410 : 200);
    await api.post(`${list}/members`, { email_address: "gone@example.org", status: "subscribed" });
    await receiver.next((r) => r.form.get("data[email]") === "gone@example.org");
    receiver.answer = () => 200;
    const { body } = await api.post(path, { url: `${receiver.url}/second`, events: all });
    await api.post(`${list}/members`, { email_address: "after@example.org", status: "subscribed" });
    const next = await receiver.next((r) => r.form.get("data[email]") === "after@example.org");
    assert.equal(next.path, "/second");
    await api.delete(`${path}/${body.id}`);
  });

  it("stay silent about sources they do not listen to", async () => {
    const { body } = await api.post(path, { url: `${receiver.url}/quiet`, events: all, sources: { user: true, admin: true, api: false } });
    const loud = (await api.post(path, { url: `${receiver.url}/loud`, events: all })).body;
    await api.post(`${list}/members`, { email_address: "echo@example.org", status: "subscribed" });
    const heard = await receiver.next((r) => r.form.get("data[email]") === "echo@example.org");
    assert.equal(heard.path, "/loud");
    assert.ok(!receiver.requests.some((r) => r.method === "POST" && r.path === "/quiet"));
    await api.delete(`${path}/${body.id}`);
    await api.delete(`${path}/${loud.id}`);
  });
});

describe("webhooks to private addresses", () => {
  const receiver = useReceiver();
  const closed = useServer();
  const open = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });

  it("need an option", async () => {
    for (const [server, status] of [[closed, 400], [open, 200]] as const) {
      const { body } = await server.mailchimp.get("/3.0/lists");
      await server.mailchimp.post(`/3.0/lists/${body.lists[0].id}/webhooks`, { url: `${receiver.url}/x` }, { status });
    }
    const { body } = await open.mailchimp.get("/3.0/lists");
    await open.mailchimp.post(`/3.0/lists/${body.lists[0].id}/members`, { email_address: "p@example.org", status: "subscribed" });
    await receiver.next((r) => r.form.get("data[email]") === "p@example.org");
  });
});
