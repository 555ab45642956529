/** One's own name, address and password; signing in and back to where one came from. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Json, type Reply } from "../harness/index.js";

const v1 = "/api/v1";
const PASSWORD = "correct horse battery";

describe("a profile", () => {
  const server = useServer();
  let email = "ada@example.test";
  let password = PASSWORD;

  const signIn = async (): Promise<Record<string, string>> => {
    const signed = await server.anonymous.post(`${v1}/session`, { email, password });
    const cookie = signed.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
    return { cookie, "x-csrf-token": signed.body.csrf_token };
  };
  const patch = (headers: Record<string, string>, body: Json, status = 200): Promise<Reply> =>
    server.anonymous.patch(`${v1}/me`, body, { headers, status });

  before(async () => {
    for (const who of [email, "eve@example.test"])
      await server.admin.post(`${v1}/users`, { email: who, name: "U", role: "user", password }, { status: 201 });
  });

  it("is shown to its user", async () => {
    const headers = await signIn();
    const { body } = await server.anonymous.get(`${v1}/me`, {}, { headers });
    assert.deepEqual([body.name, body.email, body.role], ["U", email, "user"]);
    await server.anonymous.get(`${v1}/me`, {}, { status: 401 });
    const key = (await server.admin.get(`${v1}/me`)).body;
    assert.deepEqual([key.name, key.email, key.user_id], ["harness", null, null]);
  });

  it("is no key's", async () => {
    await server.admin.patch(`${v1}/me`, { name: "x" }, { status: 403 });
    const headers = await signIn();
    await patch({ cookie: headers.cookie! }, { name: "x" }, 403); // without the token
  });

  it("gets another name without further ado", async () => {
    const headers = await signIn();
    assert.equal((await patch(headers, { name: "Ada L." })).body.name, "Ada L.");
    assert.equal((await patch(headers, { name: "", }, 400)).body.errors[0].field, "name");
    assert.equal((await patch(headers, { email }).then((r) => r.body)).email, email); // the same: no change
  });

  it("gets another address or password only from who knows the present one", async () => {
    const headers = await signIn();
    for (const change of [{ email: "new@example.test" }, { password: "another password" }]) {
      for (const current_password of [undefined, "wrong"]) {
        const reply = await patch(headers, { ...change, current_password }, 400);
        assert.equal(reply.body.errors[0].field, "current_password");
      }
    }
    const known = { current_password: PASSWORD };
    assert.equal((await patch(headers, { ...known, password: "short" }, 400)).body.errors[0].field, "password");
    assert.equal((await patch(headers, { ...known, email: "nobody" }, 400)).body.errors[0].field, "email");
    await patch(headers, { ...known, email: "eve@example.test" }, 409);
    assert.equal((await patch(headers, { ...known, email: "Countess@example.test" })).body.email, "Countess@example.test");
    email = "countess@example.test";
    await signIn();
  });

  it("keeps its session with another password, and ends the others", async () => {
    const here = await signIn();
    const there = await signIn();
    await patch(here, { password: "a password of mine", current_password: PASSWORD });
    password = "a password of mine";
    await server.anonymous.get(`${v1}/me`, {}, { headers: here });
    await server.anonymous.get(`${v1}/me`, {}, { headers: there, status: 401 });
    await signIn();
  });

  it("is not guessed: failures count as those to sign in", async () => {
    const { cookie, ...token } = await signIn();
    const headers = { cookie: cookie!.split("; ")[0]!, ...token }; // of a browser that is not known
    const guess = { password: "yet another password", current_password: "wrong" };
    for (let i = 0; i < 5; i++) await patch(headers, guess, 400);
    const limited = await patch(headers, { ...guess, current_password: password }, 429);
    assert.ok(Number(limited.headers.get("retry-after")) > 60);
    await server.anonymous.post(`${v1}/session`, { email, password }, { status: 429 });
  });

  it("gets a new password from the command line, which ends all sessions", async () => {
    const signed = await server.anonymous.post(`${v1}/session`, { email: "eve@example.test", password: PASSWORD });
    const headers = { cookie: signed.headers.get("set-cookie")!.split(";")[0]! };
    const command = (args: string[], input: string) => server.command(["user", "password", ...args], { input });
    const done = await command(["--email", "Eve@example.test"], "a new one for eve\n");
    assert.equal(done.code, 0, done.stderr);
    await server.anonymous.get(`${v1}/me`, {}, { headers, status: 401 });
    await server.anonymous.post(`${v1}/session`, { email: "eve@example.test", password: "a new one for eve" });
    assert.match((await command(["--email", "no@example.test"], "a new one for eve\n")).stderr, /no user with the address/);
    assert.match((await command(["--email", "eve@example.test"], "short\n")).stderr, /at least 10/);
    assert.match((await command(["--email", "eve@example.test"], "")).stderr, /standard input/);
    assert.equal((await command([], "x\n")).code, 2);
  });
});

describe("pages that need a session", () => {
  const server = useServer();
  const get = (path: string, headers: Record<string, string> = {}, status?: number): Promise<Reply> =>
    server.anonymous.get(path, {}, { headers, status, redirect: "manual" });

  it("send who is not signed in to the sign-in, and back", async () => {
    for (const path of ["/outbox/1/html", "/outbox/1/source?a=a%40b.example&b=7"]) {
      const sent = await get(path, {}, 303);
      const to = sent.headers.get("location")!;
      assert.equal(to, `/sign-in?to=${encodeURIComponent(path)}`);
      assert.equal(sent.headers.get("www-authenticate"), null);
    }
    const stale = await get("/outbox/1/source", { cookie: "muster_session=of-yesterday" }, 303);
    assert.equal(stale.headers.get("location"), "/sign-in?to=%2Foutbox%2F1%2Fsource");
  });

  it("go on working with keys, right and wrong", async () => {
    const key = server.admin.key!;
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    await get("/outbox/1/source", { authorization: `Bearer ${key}` }, 404);
    await get("/outbox/1/source", basic(`any:${key}`), 404);
    const wrong = await get("/outbox/1/source", basic("any:wrong"), 401);
    assert.match(wrong.headers.get("www-authenticate")!, /^Bearer /);
    await get("/outbox/1/source", { authorization: `Bearer ${await server.createKey("u", "user")}` }, 403);
  });

  it("and the APIs never make a browser ask by itself", async () => {
    const browsers: Record<string, string>[] = [
      { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none", accept: "text/html,*/*" }, { accept: "text/html,*/*" },
      { cookie: "muster_session=of-yesterday" }, { "x-csrf-token": "x" },
    ];
    for (const path of [`${v1}/me`, `${v1}/people`, "/3.0/lists", "/outbox/1/source"]) {
      for (const headers of browsers) {
        const reply = await get(path, headers, path === "/outbox/1/source" ? 303 : 401);
        assert.equal(reply.headers.get("www-authenticate"), null, `${path} ${JSON.stringify(headers)}`);
      }
    }
    // programs that wait to be asked
    assert.match((await get("/3.0/lists", {}, 401)).headers.get("www-authenticate")!, /^Basic /);
    assert.match((await get(`${v1}/people`, {}, 401)).headers.get("www-authenticate")!, /^Bearer /);
  });
});
