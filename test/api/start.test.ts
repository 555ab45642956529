/** The server starts with nothing configured, answers, and stops. */
import assert from "node:assert/strict";
import { chmodSync, statSync } from "node:fs";
import { describe, it } from "node:test";
import { useServer } from "../harness/index.js";

describe("a server", () => {
  const server = useServer();

  it("says that it is alive and ready", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const reply = await server.anonymous.get(path);
      assert.equal(reply.type, "text/plain");
    }
  });

  it("has a page for people and figures for programs", async () => {
    const home = await server.anonymous.get("/");
    assert.equal(home.type, "text/html");
    const metrics = await server.anonymous.get("/metrics");
    assert.equal(metrics.type, "application/openmetrics-text");
    assert.ok(metrics.text.endsWith("# EOF\n"));
  });

  it("describes both of its interfaces", async () => {
    const plain = await server.anonymous.get("/api/v1/openapi.json");
    assert.equal(plain.body.openapi, "3.1.0");
    const mailchimp = await server.anonymous.get("/3.0/openapi.json");
    assert.equal(mailchimp.body.servers[0].url, "/3.0");
  });

  it("knows a key on both interfaces, as Bearer and as Basic", async () => {
    for (const client of [server.admin, server.mailchimp]) {
      const { body } = await client.get("/3.0/ping");
      assert.equal(body.health_status, "Everything's Chimpy!");
    }
    await server.anonymous.get("/3.0/ping", {}, { status: 401 });
    await server.admin.as("0".repeat(32) + "-us1").get("/3.0/ping", {}, { status: 401 });
  });

  it("warns if others can read its data, which it makes so that they cannot", async () => {
    assert.equal(statSync(server.folder).mode & 0o77, 0);
    chmodSync(server.folder, 0o755);
    server.allowLog(/others on this machine can read the data folder/);
    await server.restart();
    await server.logged(/others on this machine can read the data folder/);
    if (process.getuid!() === 0) await server.logged(/running as root/);
    chmodSync(server.folder, 0o700);
  });

  it("binds the same address at once after a restart, and after kill -9", async () => {
    await server.restart();
    await server.kill();
    await server.run();
    await server.admin.get("/3.0/ping");
  });
});
