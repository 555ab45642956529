/** Who may use the server: set-up, sign-in, users, keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer } from "../harness/index.js";

const PASSWORD = "correct horse battery";

describe("users and keys", () => {
  const server = useServer();
  let admin: { id: number };

  it("are added by administrators alone", async () => {
    const body = { email: "a@example.test", name: "Ada", role: "administrator", password: PASSWORD };
    admin = (await server.admin.post("/api/v1/users", body, { status: 201 })).body;
    await server.admin.post("/api/v1/users", { ...body, email: "A@example.test" }, { status: 409 });
    const short = await server.admin.post("/api/v1/users", { ...body, email: "b@example.test", password: "short" }, { status: 400 });
    assert.equal(short.body.errors[0].field, "password");
    const manager = server.admin.as(await server.createKey("m", "manager"));
    await manager.get("/api/v1/users", {}, { status: 403 });
    assert.equal((await server.admin.get("/api/v1/users")).body.total, 1);
    assert.equal((await server.admin.get(`/api/v1/users/${admin.id}`)).body.name, "Ada");
  });

  it("keep a last administrator", async () => {
    const path = `/api/v1/users/${admin.id}`;
    await server.admin.patch(path, { role: "user" }, { status: 409 });
    await server.admin.patch(path, { disabled: true }, { status: 409 });
    await server.admin.delete(path, { status: 409 });
    assert.equal((await server.admin.patch(path, { name: "Ada L." })).body.name, "Ada L.");
    const other = await server.admin.post("/api/v1/users", { email: "o@example.test", name: "O", role: "user" });
    await server.admin.delete(`/api/v1/users/${other.body.id}`, { status: 204 });
  });

  it("sign in with a cookie, and write with its token only", async () => {
    const signed = await server.anonymous.post("/api/v1/session", { email: "a@example.test", password: PASSWORD });
    const set = signed.headers.get("set-cookie")!;
    assert.match(set, /^muster_session=[A-Za-z0-9_-]{43}; .*HttpOnly; SameSite=Lax/);
    const cookie = set.split(";")[0]!;
    const me = await server.anonymous.get("/api/v1/me", {}, { headers: { cookie } });
    assert.equal(me.body.role, "administrator");
    assert.equal(me.body.csrf_token, signed.body.csrf_token);
    await server.anonymous.post("/api/v1/people", { last_name: "X" }, { status: 403, headers: { cookie } });
    const headers = { cookie, "x-csrf-token": signed.body.csrf_token };
    await server.anonymous.post("/api/v1/people", { last_name: "X" }, { status: 201, headers });
    const outbox = await server.anonymous.get("/outbox", {}, { headers: { cookie } });
    assert.equal(outbox.type, "text/html");
    await server.anonymous.delete("/api/v1/session", { status: 204, headers });
    await server.anonymous.get("/api/v1/me", {}, { status: 401, headers: { cookie } });
  });

  it("are shut out for a while after wrong passwords", async () => {
    for (let i = 0; i < 5; i++)
      await server.anonymous.post("/api/v1/session", { email: "z@example.test", password: "wrong" }, { status: 401 });
    await server.anonymous.post("/api/v1/session", { email: "z@example.test", password: "wrong" }, { status: 429 });
    await server.anonymous.post("/api/v1/session", { email: "a@example.test", password: PASSWORD });
  });

  it("have keys that are shown once and can be revoked", async () => {
    const made = await server.admin.post("/api/v1/keys", { name: "script", role: "user" }, { status: 201 });
    assert.match(made.body.key, /^[0-9a-f]{32}-us1$/);
    const script = server.admin.as(made.body.key);
    assert.equal((await script.get("/api/v1/me")).body.name, "script");
    const list = await server.admin.get("/api/v1/keys");
    assert.ok(!list.text.includes(made.body.key));
    await server.admin.delete(`/api/v1/keys/${made.body.id}`, { status: 204 });
    await script.get("/api/v1/me", {}, { status: 401 });
    await server.admin.delete("/api/v1/keys/99999", { status: 404 });
  });
});

describe("a new server", () => {
  const server = useServer();

  it("is taken once, by whoever has the link, with a browser", async () => {
    const token = /\/setup\?token=([A-Za-z0-9_-]{43})/.exec(server.log.join("\n"))?.[1];
    assert.ok(token, "the server printed no link");
    const page = await server.anonymous.get("/setup", { token });
    assert.match(page.text, /<form method="post" action="\/setup">/);
    await server.anonymous.get("/setup", { token: "x".repeat(43) }, { status: 403 });
    const form = (password: string) =>
      new URLSearchParams({ token: token!, name: "Ada", email: "ada@example.test", password }).toString();
    const post = (path: string, body: string, status: number) =>
      server.anonymous.post(path, body, { status, redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded" } });
    const wrong = await post("/setup", form("short"), 400);
    assert.match(wrong.text, /at least 10 characters/);
    assert.ok(!wrong.text.includes("value=\"short\""));
    const taken = await post("/setup", form(PASSWORD), 303);
    assert.match(taken.headers.get("set-cookie")!, /^muster_session=/);
    await post("/setup", form(PASSWORD), 403);
    await server.anonymous.post("/api/v1/setup", { token, name: "E", email: "e@example.test", password: PASSWORD }, { status: 403 });

    assert.match((await server.anonymous.get("/sign-in")).text, /Sign in/);
    const login = (password: string) => new URLSearchParams({ email: "ada@example.test", password }).toString();
    await post("/sign-in", login("wrong"), 403);
    const signed = await post("/sign-in", login(PASSWORD), 303);
    const cookie = signed.headers.get("set-cookie")!.split(";")[0]!;
    assert.equal((await server.anonymous.get("/outbox", {}, { headers: { cookie } })).status, 200);
    await server.anonymous.post("/sign-out", "", { status: 303, redirect: "manual", headers: { cookie } });
    await server.anonymous.get("/api/v1/me", {}, { status: 401, headers: { cookie } });
  });
});

describe("a new server, by program", () => {
  const server = useServer();

  it("is taken with the token of the link", async () => {
    const token = /\/setup\?token=([A-Za-z0-9_-]{43})/.exec(server.log.join("\n"))?.[1];
    const body = { token, name: "Ada", email: "ada@example.test", password: PASSWORD };
    const made = await server.anonymous.post("/api/v1/setup", body, { status: 201 });
    assert.equal(made.body.role, "administrator");
    assert.equal(made.body.may_send, true);
  });
});

describe("jobs", () => {
  const server = useServer();

  it("are listed, read, and cannot be stopped when they are done", async () => {
    await server.admin.post("/api/v1/people", { last_name: "A", email: "a@example.test", opted_out: true });
    const { body } = await server.admin.get("/api/v1/jobs", { kind: "bridge-person" });
    assert.equal(body.total, 1);
    const id = body.items[0].id;
    await server.job(id);
    assert.equal((await server.admin.get(`/api/v1/jobs/${id}`)).body.state, "done");
    await server.admin.post(`/api/v1/jobs/${id}/cancel`, {}, { status: 409 });
    await server.admin.post(`/api/v1/jobs/${id}/confirm`, {}, { status: 409 });
    await server.admin.get("/api/v1/jobs/99999", {}, { status: 404 });
  });
});

describe("settings", () => {
  const server = useServer();

  it("say who sends, and are an administrator's", async () => {
    const patched = await server.admin.patch("/api/v1/settings", { postal_address: "1 Road, Town" });
    assert.equal(patched.body.postal_address, "1 Road, Town");
    const got = (await server.admin.get("/api/v1/settings")).body;
    assert.deepEqual(Object.keys(got), ["organisation", "postal_address", "in_force"]);
    assert.equal(got.postal_address, "1 Road, Town");
    await server.admin.patch("/api/v1/settings", { postal_address: "x".repeat(501) }, { status: 400 });
    await server.admin.patch("/api/v1/settings", { relay: "x" }, { status: 400 });
    await server.admin.patch("/api/v1/settings", { organisation: 5 }, { status: 400 });
    const manager = server.admin.as(await server.createKey("m", "manager"));
    await manager.get("/api/v1/settings", {}, { status: 403 });
    await manager.patch("/api/v1/settings", {}, { status: 403 });
  });
});
