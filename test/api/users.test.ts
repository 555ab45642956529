/** Who may use the server: set-up, sign-in, users, keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

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
    await server.anonymous.get("/outbox/1/source", {}, { status: 404, headers: { cookie } });
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

  it("is taken once, with the token of the link", async () => {
    const token = /\/setup\?token=([A-Za-z0-9_-]{43})/.exec(server.log.join("\n"))?.[1];
    assert.ok(token, "the server printed no link");
    const body = { token, name: "Ada", email: "ada@example.test", password: PASSWORD };
    const short = await server.anonymous.post("/api/v1/setup", { ...body, password: "short" }, { status: 400 });
    assert.match(short.text, /at least 10 characters/);
    await server.anonymous.post("/api/v1/setup/check", { token }, { status: 204 });
    const made = await server.anonymous.post("/api/v1/setup", body, { status: 201 });
    const cookie = made.headers.get("set-cookie")!.split(";")[0]!;
    assert.match(cookie, /^muster_session=/);
    await server.anonymous.get("/outbox/1/source", {}, { status: 404, headers: { cookie } });
    await server.anonymous.post("/api/v1/setup", { ...body, email: "e@example.test" }, { status: 403 });
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
    const watched = await server.command(["job", "watch", String(id)]);
    assert.match(watched.stdout, new RegExp(`^job ${id} \\(bridge-person\\): done`));
  });

  it("are found by kinds, and those that have not ended apart", async () => {
    const kinds = async (query: { kind?: string; open?: boolean; limit?: number }) =>
      (await server.admin.get("/api/v1/jobs", query)).body.items.map((job: Json) => job.kind);
    const all = await kinds({ limit: 1000 });
    assert.ok(all.includes("bridge-person") && all.includes("import-sweep"), `${all}`);
    const two = await kinds({ kind: "bridge-person, import-sweep" });
    assert.deepEqual(new Set(two), new Set(["bridge-person", "import-sweep"]));
    assert.deepEqual(await kinds({ kind: "bridge-person", open: true }), []);
    const open = await server.admin.get("/api/v1/jobs", { kind: "import-sweep", open: true });
    assert.equal(open.body.total, 1); // it is never done
    assert.deepEqual(await kinds({ kind: "" }), []);
    const listed = await server.command(["job", "list", "--open", "--kind", "import-sweep"]);
    assert.match(listed.stdout, /import-sweep/);
  });
});
