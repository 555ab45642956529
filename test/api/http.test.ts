/** How requests and errors look on the wire, whatever the endpoint. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { header, parseMail, until, useRelay, useServer } from "../harness/index.js";

/** Sends bytes as they are and reads until the server closes. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((done, failed) => {
    let reply = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (bytes: Buffer) => (reply += bytes.toString()));
    socket.on("end", () => socket.end());
    socket.on("close", () => done(reply));
    socket.on("error", failed);
  });
}

describe("errors", () => {
  const server = useServer();

  it("of our own interface are problem documents", async () => {
    const { body, type, headers } = await server.admin.get("/api/v1/nowhere", {}, { status: 404 });
    assert.equal(type, "application/problem+json");
    assert.equal(body.status, 404);
    assert.equal(body.instance, headers.get("x-request-id"));
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });

  it("of the Marketing API are Mailchimp's", async () => {
    const { body, headers } = await server.mailchimp.get("/3.0/nowhere", {}, { status: 404 });
    assert.deepEqual(body, {
      type: "https://mailchimp.com/developer/marketing/docs/errors/",
      title: "Resource Not Found",
      status: 404,
      detail: "The requested resource could not be found.",
      instance: headers.get("x-request-id"),
    });
    assert.match(headers.get("link")!, /ProblemDetailDocument.json>; rel="describedBy"/);
  });

  it("name the methods that work", async () => {
    const { headers } = await server.mailchimp.delete("/3.0/ping", { status: 405 });
    assert.equal(headers.get("allow"), "GET, HEAD");
  });

  it("can be provoked", async () => {
    const { body } = await server.mailchimp.get("/3.0/ping", {}, {
      status: 401, headers: { "X-Trigger-Error": "APIKeyMissing" },
    });
    assert.equal(body.title, "API Key Missing");
  });

  it("of a method override without POST are 422", async () => {
    await server.mailchimp.get("/3.0/ping", {}, {
      status: 422, headers: { "X-HTTP-Method-Override": "DELETE" },
    });
    const { body } = await server.mailchimp.post("/3.0/ping", undefined, {
      headers: { "X-HTTP-Method-Override": "GET" }, unchecked: true,
    });
    assert.equal(body.health_status, "Everything's Chimpy!");
  });

  it("with a body that is compressed say what to do", async () => {
    const { body } = await server.admin.post("/api/v1/people", "{}",
      { headers: { "Content-Encoding": "gzip", "Content-Type": "application/json" }, status: 415, unchecked: true });
    assert.match(body.detail, /without Content-Encoding/);
  });

  it("of pages are pages", async () => {
    const reply = await server.anonymous.get("/outbox/1/source", { apikey: "wrong" }, { status: 401 });
    assert.equal(reply.type, "text/html");
    assert.match(reply.headers.get("www-authenticate")!, /^Bearer /);
  });
});

describe("keys", () => {
  const server = useServer();

  it("come in every form that clients use", async () => {
    const key = server.admin.key!;
    for (const authorization of [`apikey ${key}`, `OAuth ${key}`, `bearer ${key}`])
      await server.anonymous.get("/3.0/ping", {}, { headers: { authorization } });
    await server.anonymous.get("/3.0/ping", { apikey: key });
  });

  it("do not stand in addresses, but for Mailchimp's clients", async () => {
    const { body } = await server.anonymous.get("/api/v1/people", { apikey: server.admin.key! }, { status: 401 });
    assert.match(body.detail, /send it in the header Authorization/);
  });

  it("must not contradict each other", async () => {
    const { body } = await server.admin.get("/3.0/ping", { apikey: "other" }, { status: 401 });
    assert.match(body.detail, /is not consistent with the Authorization header/);
  });
});

describe("old clients", () => {
  const server = useServer();

  it("may speak HTTP/1.0, and send a query that is empty", async () => {
    const reply = await raw(server.url,
      `GET /3.0/ping? HTTP/1.0\r\nAuthorization: apikey ${server.admin.key}\r\n\r\n`);
    assert.match(reply, /^HTTP\/1\.[01] 200 /);
    assert.match(reply, /Everything's Chimpy!/);
  });

  it("may send a body with GET", async () => {
    const reply = await raw(server.url,
      `GET /3.0/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n` +
        `Authorization: apikey ${server.admin.key}\r\n\r\n{}`);
    assert.match(reply, /^HTTP\/1\.1 200 /);
  });
});

describe("requests that could be understood differently", () => {
  const server = useServer();
  const post = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\n";
  const smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const cases: [string, number][] = [
    [`${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    [`${post}Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde`, 400],
    [`${post}Content-Length: +5\r\n\r\nabcde`, 400],
    [`${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    [`${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    [`${post}Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n`, 400],
    ["GET /healthz HTTP/1.1\r\n\r\n", 400],
    ["GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n", 400],
    ["GET /healthz HTTP/1.1\r\nHost: x\rX-A: a\r\n\r\n", 400],
    ["GET /healthz HTTP/1.1\nHost: x\n\n", 400],
  ];

  it("are refused, and nothing behind them is answered", async () => {
    for (const [text, status] of cases) {
      const reply = await raw(server.url, text + smuggled);
      assert.match(reply, new RegExp(`^HTTP/1\\.1 ${status} `), text);
      assert.equal(reply.match(/HTTP\/1\.1 /g)!.length, 1, text);
    }
  });

  it("a key that a NUL cuts short is no key", async () => {
    const me = `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${server.admin.key}`;
    assert.match(await raw(server.url, `${me}\r\n\r\n`), /^HTTP\/1\.1 200 /);
    assert.match(await raw(server.url, `${me}\0zzz\r\n\r\n`), /^HTTP\/1\.1 400 /);
  });
});

describe("a crowd of slow clients", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });
  const crowd: Socket[] = [];
  const path = (url: string) => new URL(url).pathname;

  function join(text: string): Promise<void> {
    const { hostname, port } = new URL(server.url);
    return new Promise((done, failed) => {
      const socket = connect(Number(port), hostname, () => (text ? socket.write(text, () => done()) : done()));
      socket.on("error", failed);
      crowd.push(socket);
    });
  }

  after(() => crowd.forEach((socket) => socket.destroy()));

  it("keeps nobody from an open, a click and an unsubscribe", async () => {
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const ann = { email_address: "ann@d.example", status: "subscribed" };
    const member = (await server.mailchimp.post(`/3.0/lists/${list}/members`, ann)).body;
    const { body } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "s", title: "t", from_name: "n", reply_to: "n@example.org" },
    });
    await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html: "<a href='https://a.example/'>a</a>" });
    await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
    await relay.received(1);
    const mail = await parseMail(relay.messages[0]!.data);
    const links = [...new Set(mail.html!.match(/http:[^"']*\/t\/[co]\/[\w-]+/g)!)];
    assert.ok(links.length >= 2);

    const form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000\r\n\r\na";
    for (let i = 0; i < 300; i++) {
      await join("GET / HTTP/1.1\r\nHost: x\r\nX-A: ");
      await join(`POST /api/v1/session HTTP/1.1\r\nHost: x\r\n${form}`);
      await join("");
    }
    assert.equal((await server.anonymous.get("/healthz")).text, "ok\n");
    for (const link of links)
      await server.anonymous.get(path(link), {}, { status: link.includes("/t/o/") ? 200 : 302 });
    const url = header(mail, "list-unsubscribe")!.match(/<(http[^>]*)>/)![1]!;
    await server.anonymous.post(path(url), "List-Unsubscribe=One-Click", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    await until("it is applied", async () =>
      (await server.mailchimp.get(`/3.0/lists/${list}/members/${member.id}`)).body.status === "unsubscribed");
  });
});
