/** Who may do what: the set-up link, sessions, users, roles, keys. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Client, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const PASSWORD = "correct horse battery staple";

describe("the first administrator", () => {
  const server = useServer();

  it("uses the link of the first start, once", async () => {
    const link = server.log.find((line) => line.includes("/setup?token="))!;
    const token = new URL(link.trim()).searchParams.get("token")!;
    const fields = { email: "root@example.test", name: "Root", password: PASSWORD };
    await server.anonymous.post(`${v1}/setup`, { token: "wrong", ...fields }, { status: 403 });
    const { body } = await server.anonymous.post(`${v1}/setup`, { token, ...fields });
    assert.equal(body.role, "administrator");
    await server.anonymous.post(`${v1}/setup`, { token, ...fields }, { status: 403 });
  });
});

describe("signing in", () => {
  const server = useServer();

  before(async () => {
    await server.admin.post(`${v1}/users`, {
      email: "Mia@example.test", name: "Mia", role: "manager", password: PASSWORD,
    }, { status: 201 });
  });

  it("gives a session whose writes need the token that came with it", async () => {
    const { headers, body } = await server.anonymous.post(`${v1}/session`,
      { email: "mia@EXAMPLE.test", password: PASSWORD });
    const set = headers.get("set-cookie")!;
    assert.match(set, /^muster_session=[^;]+;.*HttpOnly/i);
    assert.match(set, /SameSite=(Lax|Strict)/i);
    const cookie = { cookie: set.split(";")[0]! };
    const me = await server.anonymous.get(`${v1}/me`, {}, { headers: cookie });
    assert.equal(me.body.name, "Mia");
    assert.equal(me.body.role, "manager");
    const person = { first_name: "By Mia" };
    await server.anonymous.post(`${v1}/people`, person, { headers: cookie, status: 403 });
    const token = { ...cookie, "x-csrf-token": body.csrf_token };
    await server.anonymous.post(`${v1}/people`, person, { headers: token, status: 201 });
    await server.anonymous.delete(`${v1}/session`, { headers: token, status: 204 });
    await server.anonymous.get(`${v1}/me`, {}, { headers: cookie, status: 401 });
  });

  it("takes no form and no plain text for a sign-in, as another site could send", async () => {
    const body = JSON.stringify({ email: "nobody@r.example", password: "wrong, but long" });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
      assert.equal((await server.anonymous.post(`${v1}/session`, body, { headers: { "content-type": type }, status: 415 }))
        .body.title, "Unsupported Media Type", type);
    await server.anonymous.post(`${v1}/session`, body, { headers: { "content-type": "Application/JSON; charset=utf-8" }, status: 401 });
  });

  it("says the same of a wrong password and of nobody, and slows guessing down", async () => {
    const attempt = (email: string, password: string) =>
      server.anonymous.post(`${v1}/session`, { email, password }, { status: [401, 403, 429] });
    const wrong = await attempt("mia@example.test", "wrong");
    const nobody = await attempt("nobody@example.test", "wrong");
    assert.equal(wrong.status, nobody.status);
    assert.equal(wrong.body.detail, nobody.body.detail);
    let last = wrong;
    for (let i = 0; i < 30 && last.status !== 429; i++)
      last = await attempt("mia@example.test", `guess ${i}`);
    assert.equal(last.status, 429);
    const again = Number(last.headers.get("retry-after"));
    assert.ok(again > 0 && again <= 900, `${again}`);
  });

  it("works where the user signed in before, whoever guesses", async () => {
    await server.admin.post(`${v1}/users`, {
      email: "ida@example.test", name: "Ida", role: "user", password: PASSWORD,
    }, { status: 201 });
    const right = { email: "ida@example.test", password: PASSWORD };
    const { headers } = await server.anonymous.post(`${v1}/session`, right);
    const device = headers.getSetCookie().find((c) => c.startsWith("muster_device="))!;
    assert.match(device, /HttpOnly; SameSite=Lax; Max-Age=31536000/);
    for (let i = 0; i < 6; i++)
      await server.anonymous.post(`${v1}/session`, { ...right, password: `guess ${i}` }, { status: [401, 429] });
    await server.anonymous.post(`${v1}/session`, right, { status: 429 });
    await server.anonymous.post(`${v1}/session`, right, { headers: { cookie: device.split(";")[0]! } });
  });
});

describe("users and keys", () => {
  const server = useServer();
  const keys: Record<string, Client> = {};

  before(async () => {
    for (const role of ["administrator", "manager", "user"] as const)
      keys[role] = server.admin.as(await server.createKey(role, role));
  });

  it("of each role may do what the role allows", async () => {
    const attempts: [string, (client: Client, status: number) => Promise<unknown>, string[]][] = [
      ["read", (c, status) => c.get(`${v1}/people`, {}, { status }),
        ["administrator", "manager", "user"]],
      ["write", (c, status) => c.post(`${v1}/tags`, { name: `t${Math.random()}` }, { status }),
        ["administrator", "manager", "user"]],
      ["market", (c, status) => c.get(`${v1}/outbox`, {}, { status }),
        ["administrator", "manager"]],
      ["admin", (c, status) => c.get(`${v1}/users`, {}, { status }), ["administrator"]],
    ];
    for (const [what, attempt, allowed] of attempts)
      for (const [role, client] of Object.entries(keys)) {
        const good = what === "write" ? 201 : 200;
        await attempt(client, allowed.includes(role) ? good : 403);
      }
    await server.anonymous.get(`${v1}/people`, {}, { status: 401 });
  });

  it("remove records one by one, as many at once, only with the right to market", async () => {
    for (const [of, body] of [["people", { last_name: "Gone" }], ["leads", { last_name: "Gone" }], ["companies", { name: "Gone" }]] as const) {
      const { id } = (await keys.user!.post(`${v1}/${of}`, body, { status: 201 })).body;
      await keys.user!.delete(`${v1}/${of}/${id}`, { status: 403 });
      await keys.user!.post(`${v1}/${of}/bulk`, { act: "delete", ids: [id], expected: 1 }, { status: 403 });
      await keys.user!.get(`${v1}/${of}/${id}`);
      await keys.manager!.delete(`${v1}/${of}/${id}`, { status: 204 });
    }
  });

  it("are made, listed with a hint only, and ended", async () => {
    const { body: made } = await server.admin.post(`${v1}/keys`,
      { name: "for a script", role: "user" }, { status: 201 });
    assert.match(made.key, /^[0-9a-f]{32}-us1$/);
    const client = server.admin.as(made.key);
    assert.equal((await client.get(`${v1}/me`)).body.role, "user");
    const { body } = await server.admin.get(`${v1}/keys`);
    assert.ok(!JSON.stringify(body).includes(made.key));
    assert.ok(body.items.some((k: Json) => k.id === made.id));
    await server.admin.delete(`${v1}/keys/${made.id}`, { status: 204 });
    await client.get(`${v1}/me`, {}, { status: 401 });
    await client.get("/3.0/ping", {}, { status: 401 });
  });

  it("change, and the last administrator stays", async () => {
    const user = async (fields: Json): Promise<Json> =>
      (await server.admin.post(`${v1}/users`, fields, { status: 201 })).body;
    const boss = await user({
      email: "boss@example.test", name: "Boss", role: "administrator", password: PASSWORD,
    });
    const other = await user({ email: "two@example.test", name: "Two", role: "user" });
    await server.admin.post(`${v1}/users`,
      { email: "TWO@example.test", name: "Again", role: "user" }, { status: 409 });
    const path = `${v1}/users/${other.id}`;
    const changed = await server.admin.patch(path, { role: "manager", may_send: true });
    assert.equal(changed.body.role, "manager");
    assert.equal(changed.body.may_send, true);
    assert.equal((await server.admin.get(path)).body.has_password, false);
    await server.admin.patch(`${v1}/users/${boss.id}`, { role: "user" }, { status: [400, 409] });
    await server.admin.delete(`${v1}/users/${boss.id}`, { status: [400, 409] });
    await server.admin.delete(path, { status: 204 });
    await server.admin.get(path, {}, { status: 404 });
  });

  it("see jobs", async () => {
    const { body } = await server.admin.get(`${v1}/jobs`);
    for (const job of body.items) await server.admin.get(`${v1}/jobs/${job.id}`);
    await server.admin.get(`${v1}/jobs/999999999`, {}, { status: 404 });
    await server.admin.post(`${v1}/jobs/999999999/cancel`, undefined, { status: 404 });
    await server.admin.post(`${v1}/jobs/999999999/confirm`, undefined, { status: 404 });
  });
  it("reach keys at once when a user is demoted, disabled or deleted, whoever made them", async () => {
    const password = "correct horse battery";
    const asked = (more: Json) => ({ name: "k", role: "administrator", ...more });
    const fates: [string, (path: string) => Promise<unknown>, Record<string, number>][] = [
      ["stays", async () => {}, { users: 200, people: 200 }],
      ["demoted", (path) => server.admin.patch(path, { role: "user" }), { users: 403, people: 200 }],
      ["disabled", (path) => server.admin.patch(path, { disabled: true }), { users: 401, people: 401 }],
      ["deleted", (path) => server.admin.delete(path, { status: 204 }), { users: 401, people: 401 }],
    ];
    for (const [fate, meet, expected] of fates) {
      const email = `${fate}@example.test`;
      const { body: user } = await server.admin.post(`${v1}/users`,
        { email, name: fate, role: "administrator", password }, { status: 201 });
      const signed = await server.anonymous.post(`${v1}/session`, { email, password });
      const headers = {
        cookie: signed.headers.get("set-cookie")!.split(";")[0]!, "x-csrf-token": signed.body.csrf_token,
      };
      const made = async (client: Client, more: Json, options = {}): Promise<Json> =>
        (await client.post(`${v1}/keys`, asked(more), { status: 201, ...options })).body;
      const bySession = await made(server.anonymous, {}, { headers });
      const byKey = await made(server.admin.as(bySession.key), {});
      const byKeyOfKey = await made(server.admin.as(byKey.key), {});
      const byAnother = await made(server.admin, { user_id: user.id });
      const forHimself = await made(server.anonymous, { user_id: user.id }, { headers });
      const his = { bySession, byKey, byKeyOfKey, byAnother, forHimself };
      const others = {
        program: await made(server.anonymous, { user_id: null }, { headers }),
        programOfKey: await made(server.admin.as(byKey.key), { user_id: null }),
        ofProgram: await made(server.admin, {}),
      };
      const { body: list } = await server.admin.get(`${v1}/keys`);
      const owner = (key: Json) => list.items.find((k: Json) => k.id === key.id).user_id;
      for (const [how, key] of Object.entries(his)) assert.equal(owner(key), user.id, how);
      for (const [how, key] of Object.entries(others)) assert.equal(owner(key), null, how);
      await meet(`${v1}/users/${user.id}`);
      for (const key of Object.values(his))
        for (const [what, status] of Object.entries(expected))
          await server.admin.as(key.key).get(`${v1}/${what}`, {}, { status });
      for (const key of Object.values(others)) await server.admin.as(key.key).get(`${v1}/users`);
    }
  });

  it("have keys of users that there are", async () => {
    for (const user_id of [0, -1, 999999]) {
      const { body } = await server.admin.post(`${v1}/keys`, { name: "k", user_id }, { status: 400 });
      assert.equal(body.errors[0].field, "user_id");
    }
  });

  it("are told whose a key is by the command line, and the doctor of those of nobody", async () => {
    const { body: user } = await server.admin.post(`${v1}/users`,
      { email: "owner@example.test", name: "O", role: "user" }, { status: 201 });
    const { body: key } = await server.admin.post(`${v1}/keys`, { name: "owned", user_id: user.id }, { status: 201 });
    const json: Json[] = JSON.parse((await server.command(["key", "list", "--json"])).stdout);
    assert.equal(json.find((k) => k.id === key.id).user_id, user.id);
    assert.equal(json.find((k) => k.name === "harness").user_id, null);
    const { stdout } = await server.command(["key", "list"]);
    assert.match(stdout, new RegExp(`^${key.id} .*user ${user.id} .*owned$`, "m"));
    assert.match(stdout, /no user .*harness$/m);
    const doctor = await server.command(["doctor"]);
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.match(doctor.stdout, /^note +keys: \d+ of no user.*muster key list/m);
    const notes = JSON.parse((await server.command(["doctor", "--json"])).stdout)
      .filter((c: Json) => /no user/.test(c.advice));
    assert.equal(notes.length, 1);
    assert.equal(notes[0].good, true);
  });
});
