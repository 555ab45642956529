/** OAuth 2.0, as clients of Mailchimp do it: let in by a user, a token, where the API is. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const PASSWORD = "correct horse battery";
const BACK = "https://app.example/back?from=muster";

describe("programs of others", () => {
  const server = useServer();
  let app: Json;
  let cookie = "";

  before(async () => {
    await server.admin.post("/api/v1/users", {
      email: "m@example.test", name: "Mia <b>", role: "manager", password: PASSWORD, may_send: true,
    }, { status: 201 });
    const signed = await server.anonymous.post("/api/v1/session", { email: "m@example.test", password: PASSWORD });
    cookie = signed.headers.get("set-cookie")!.split(";")[0]!;
    app = (await server.admin.post("/api/v1/oauth-apps",
      { name: 'Shop "X" <i>', redirect_uri: BACK }, { status: 201 })).body;
  });

  const query = (more: Record<string, string> = {}) => ({
    response_type: "code", client_id: app.client_id, redirect_uri: BACK, state: "a&b=c", ...more,
  });
  const page = (more = {}, status = 200) =>
    server.anonymous.get("/oauth2/authorize", query(more), { status, headers: { cookie } });
  const post = (fields: Record<string, string>, status = 302) =>
    server.anonymous.post("/oauth2/authorize", new URLSearchParams(fields).toString(), {
      status, headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
    });
  const csrf = async () => (await page()).text.match(/name="csrf_token" value="(\w+)"/)![1]!;
  async function answer(word: string): Promise<URL> {
    const reply = await post({ ...query(), csrf_token: await csrf(), answer: word });
    return new URL(reply.headers.get("location")!);
  }
  const exchange = (fields: Record<string, string>, status = 200) =>
    server.anonymous.post("/oauth2/token", new URLSearchParams({
      grant_type: "authorization_code", client_id: app.client_id, client_secret: app.client_secret,
      redirect_uri: BACK, ...fields,
    }).toString(), { status, headers: { "content-type": "application/x-www-form-urlencoded" } });
  const metadata = async (token: string) =>
    JSON.parse((await server.anonymous.get("/oauth2/metadata", {}, {
      headers: { authorization: `OAuth ${token}` },
    })).text);

  it("are known by an address that is theirs", async () => {
    for (const uri of ["http://app.example/", "https://", "javascript:alert(1)", "https://a.example/#x",
      "https://a.example/\r\nX: y", "http://localhost.evil.example/",
      "http://localhost:x@evil.example/", "http://localhost:80@evil.example", "https://@evil.example/", "https:///x"])
      await server.admin.post("/api/v1/oauth-apps", { name: "N", redirect_uri: uri }, { status: 400 });
    await server.admin.post("/api/v1/oauth-apps", { name: " ", redirect_uri: BACK }, { status: 400 });
    const local = await server.admin.post("/api/v1/oauth-apps",
      { name: "Local", redirect_uri: "http://localhost:3000/cb" }, { status: 201 });
    const list = (await server.admin.get("/api/v1/oauth-apps")).body.items;
    assert.equal(list.length, 2);
    assert.equal(list[0].client_secret, undefined);
    await server.admin.delete(`/api/v1/oauth-apps/${local.body.id}`);
    await server.admin.delete(`/api/v1/oauth-apps/${local.body.id}`, { status: 404 });
  });

  it("ask a user, whose browser goes nowhere else", async () => {
    const { text, headers } = await page();
    assert.match(text, /Let Shop "?(&quot;)?X(&quot;)?"? &lt;i&gt; in\?/);
    assert.match(text, /Mia &lt;b&gt;/);
    assert.match(headers.get("content-security-policy")!, /form-action 'self' https:\/\/app\.example;/);
    await page({ client_id: "0123" }, 400);
    await page({ redirect_uri: "https://evil.example/" }, 400);
    await page({ response_type: "token" }, 400);
    const unknown = await fetch(`${server.url}/oauth2/authorize?client_id=${app.client_id}`, {
      redirect: "manual", headers: { accept: "text/html" },
    });
    assert.match(unknown.headers.get("location") ?? "", /^\/sign-in\?to=/);
    await post({ ...query(), answer: "yes" }, 403); // a page of somebody else
    await post({ ...query(), csrf_token: "0".repeat(32), answer: "yes" }, 403);
    await server.admin.get("/oauth2/authorize", query(), { status: 403 }); // a key is no user
  });

  it("get a token for a code, once", async () => {
    const refused = await answer("no");
    assert.equal(refused.searchParams.get("error"), "access_denied");
    const back = await answer("yes");
    assert.equal(back.origin + back.pathname, "https://app.example/back");
    assert.equal(back.searchParams.get("from"), "muster");
    assert.equal(back.searchParams.get("state"), "a&b=c");
    const code = back.searchParams.get("code")!;
    assert.equal(JSON.parse((await exchange({ code, client_secret: "x" }, 401)).text).error, "invalid_client");
    await exchange({ code, grant_type: "password" }, 400);
    await exchange({ code: "x" }, 400);
    const token = JSON.parse((await exchange({ code })).text);
    assert.equal(token.expires_in, 0);
    assert.equal(JSON.parse((await exchange({ code }, 400)).text).error, "invalid_grant");

    const who = await metadata(token.access_token);
    assert.equal(who.api_endpoint, server.url);
    assert.deepEqual([who.login.login_email, who.login.login_name], ["m@example.test", "Mia <b>"]);
    assert.equal(who.role, "manager");
    const lists = await fetch(`${who.api_endpoint}/3.0/lists`, {
      headers: { authorization: `OAuth ${token.access_token}` },
    });
    assert.equal(lists.status, 200);
    assert.equal((await server.admin.get("/api/v1/oauth-apps")).body.items[0].tokens, 1);
    const { body: apps } = await server.mailchimp.get("/3.0/authorized-apps");
    assert.deepEqual(apps.apps.map((one: Json) => one.users), [["m@example.test"]]);
    assert.equal((await server.mailchimp.get(`/3.0/authorized-apps/${app.id}`)).body.name, 'Shop "X" <i>');
    await server.mailchimp.get("/3.0/authorized-apps/999", {}, { status: 404 });

    await server.admin.delete(`/api/v1/oauth-apps/${app.id}`);
    assert.equal((await metadata(token.access_token)).error, "invalid_token");
    assert.equal((await metadata("nonsense")).error, "invalid_token");
  });
});
