/** How requests and errors look on the wire, whatever the endpoint. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { useServer } from "../harness/index.js";

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

  it("of pages are pages", async () => {
    const reply = await server.anonymous.get("/outbox", {}, { status: 401 });
    assert.equal(reply.type, "text/html");
    assert.match(reply.headers.get("www-authenticate")!, /^Basic /);
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
