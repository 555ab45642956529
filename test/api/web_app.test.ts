/** The web app as the server gives it out: types, caching, compression, policy. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { useServer } from "../harness/index.js";
import { raw } from "../harness/raw.js";

describe("the web app", () => {
  const server = useServer();

  it("is one page for all its addresses, for anybody", async () => {
    const home = await server.anonymous.get("/");
    assert.match(home.text, /<div id="root"><\/div>/);
    for (const path of ["/people", "/people/1", "/groups/new", "/groups/1/edit", "/campaigns", "/campaigns/1", "/campaigns/1/edit", "/campaigns/1/edit/content", "/audience", "/audience/members/1", "/audience/segments/new", "/outbox", "/outbox/1", "/imports", "/imports/1", "/profile", "/settings", "/setup", "/sign-in"])
      assert.equal((await server.anonymous.get(path)).text, home.text, path);
    assert.equal(home.headers.get("cache-control"), "no-cache");
    const policy = home.headers.get("content-security-policy")!;
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!/unsafe-eval/.test(policy));
    assert.ok(!/<script>|<script [^>]*>[^<]| on\w+=/.test(home.text), "a script inside the page");
  });

  it("has files that never change, in the form that a browser takes", async () => {
    const { text } = await server.anonymous.get("/");
    const script = /\/app\/first-[\w-]{8}\.js/.exec(text)![0];
    const plain = await raw(server.url, script, { "accept-encoding": "identity" });
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.match(plain.headers["content-type"]!, /^text\/javascript/);
    assert.match(plain.headers["cache-control"]!, /immutable/);
    const gzip = await raw(server.url, script, { "accept-encoding": "gzip" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    const brotli = await raw(server.url, script, { "accept-encoding": "gzip, deflate, br" });
    assert.equal(brotli.headers["content-encoding"], "br");
    assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
    assert.equal(brotli.headers.vary, "Accept-Encoding");
    const again = await raw(server.url, script, { "if-none-match": plain.headers.etag! });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
    await server.anonymous.get("/app/first-00000000.js", {}, { status: 404 });
    await server.anonymous.get("/app/..%2Findex.html", {}, { status: 404 });
  });
});

describe("answers of the API", () => {
  const server = useServer();

  it("are compressed for who takes it, with the right length", async () => {
    for (let i = 0; i < 20; i++)
      await server.admin.post("/api/v1/people", { last_name: `Person number ${i}` });
    const authorization = { authorization: `Bearer ${server.admin.key}` };
    const plain = await raw(server.url, "/api/v1/people", authorization);
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.headers.vary, "Accept-Encoding");
    const gzip = await raw(server.url, "/api/v1/people", { ...authorization, "accept-encoding": "gzip" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(Number(gzip.headers["content-length"]), gzip.body.length);
    assert.ok(gzip.body.length < plain.body.length / 2);
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    const refused = await raw(server.url, "/api/v1/people", { ...authorization, "accept-encoding": "gzip;q=0, br" });
    assert.equal(refused.headers["content-encoding"], undefined);
    const short = await raw(server.url, "/api/v1/people/1", { ...authorization, "accept-encoding": "gzip" });
    assert.equal(short.headers["content-encoding"], undefined);
  });
});

describe("what a browser is refused", () => {
  const server = useServer();
  const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
  const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  const visit = (path: string, headers: Record<string, string> = {}) => raw(server.url, path, { accept, ...headers });

  it("is the app's own page where the app has none", async () => {
    const home = await visit("/");
    for (const path of ["/nowhere", "/people/1/nowhere", "/campaigns/1/edit/nowhere/at/all", "/api", "/index.html"]) {
      const page = await visit(path);
      assert.equal(page.status, 404, path);
      assert.match(page.headers["content-type"]!, /^text\/html/);
      assert.equal(page.headers.etag, undefined);
      assert.equal(page.headers["content-security-policy"], home.headers["content-security-policy"]);
      assert.deepEqual(page.body, home.body, path);
    }
  });

  it("is told in a page, without the id of the request", async () => {
    const cases: [string, number, RegExp][] = [
      ["/people?q=%00", 400, /no character/],
      ["/people/%ff", 400, /no character/],
      ["/api/v1/nowhere", 404, /no such thing/],
      ["/api/v1/people", 401, /Sign in/],
      ["/3.0/nowhere", 404, /could not be found/],
      ["/app/first-00000000.js", 404, /no such file/],
      ["/api/v1/session/nothing?x=%zz%00", 400, /no character/],
    ];
    for (const [path, status, words] of cases) {
      const page = await visit(path);
      const text = page.body.toString();
      assert.equal(page.status, status, path);
      assert.match(page.headers["content-type"]!, /^text\/html/, path);
      assert.match(page.headers["x-request-id"]!, UUID, path);
      assert.match(text, words, path);
      assert.match(text, /<a href="\/">/, path);
      assert.ok(!UUID.test(text), `${path}: ${text}`);
    }
    const mail = await visit("/t/o/nothing/at/all");
    assert.equal(mail.status, 404);
    assert.ok(!mail.body.toString().includes('href="/"'), "readers of mails know no app");
    assert.ok(!UUID.test(mail.body.toString()));
  });

  it("is told to programs as before", async () => {
    const programs: [string, Record<string, string>][] = [
      ["/api/v1/nowhere", { accept: "*/*" }],
      ["/api/v1/nowhere", { accept: "application/json" }],
      ["/api/v1/nowhere", { accept, authorization: `Bearer ${server.admin.key}` }],
      ["/api/v1/nowhere", { accept, "sec-fetch-mode": "cors" }],
      ["/people?q=%00", { accept: "*/*" }],
      ["/3.0/nowhere", { accept: "*/*" }],
    ];
    for (const [path, headers] of programs) {
      const reply = await raw(server.url, path, headers);
      assert.match(reply.headers["content-type"]!, /^application\/problem\+json/, `${path} ${JSON.stringify(headers)}`);
      assert.equal(JSON.parse(reply.body.toString()).instance, reply.headers["x-request-id"]);
    }
  });
});
