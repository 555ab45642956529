/** The secret of the CRM's webhook: who sees it, how it is renewed, and what one who knows it can do. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until, useServer } from "../harness/index.js";

describe("the secret of the webhook", () => {
  const server = useServer();

  const path = async () => `/3.0/lists/${(await server.mailchimp.get("/3.0/lists")).body.lists[0].id}/webhooks`;
  const own = async () =>
    until("the bridge's webhook", async () =>
      (await server.mailchimp.get(await path())).body.webhooks.find((w: { url: string }) => /\/hooks\/marketing\/[^/]+$/.test(w.url)),
    );
  const local = (url: string) => new URL(url).pathname;

  it("is shown to administrators only", async () => {
    const hook = await own();
    const secret = hook.url.split("/").pop()!;
    assert.match(secret, /^[0-9a-f]{40}$/);
    for (const role of ["user", "manager"] as const) {
      const somebody = server.admin.as(await server.createKey(role, role));
      for (const at of [await path(), `${await path()}/${hook.id}`]) {
        const { body } = await somebody.get(at);
        assert.ok(!JSON.stringify(body).includes(secret), role);
        assert.equal((body.webhooks?.[0] ?? body).url, `${new URL(hook.url).origin}/...`);
      }
    }
    const manager = server.admin.as(await server.createKey("m", "manager"));
    const { body } = await manager.patch(`${await path()}/${hook.id}`, { sources: { user: true, admin: true, api: false } });
    assert.ok(!JSON.stringify(body).includes(secret));
    await manager.patch(`${await path()}/${hook.id}`, { url: body.url }, { status: 400 });
    assert.equal((await own()).url, hook.url);
  });

  it("is renewed, and the old one refused", async () => {
    const before = await own();
    await server.admin.as(await server.createKey("m2", "manager")).post("/api/v1/sync/hook", {}, { status: 403 });
    const { body } = await server.admin.post("/api/v1/sync/hook", {}, { status: 202 });
    await server.anonymous.get(local(before.url), {}, { status: 404 });
    await server.job(body.job_id);
    const after = await own();
    assert.notEqual(after.url, before.url);
    await server.anonymous.get(local(after.url));
    const { stdout } = await server.command(["sync", "renew-hook"]);
    assert.match(stdout, /new secret/);
    await server.anonymous.get(local(after.url), {}, { status: 404 });
    const there = (await server.mailchimp.get(await path())).body.webhooks;
    assert.deepEqual(there.map((w: { sources: { api: boolean } }) => w.sources.api).sort(), [false, false, true]);
    for (const hook of there) await server.anonymous.get(local(hook.url));
  });

  it("opts nobody out who did not leave", async () => {
    await server.admin.post("/api/v1/people", { first_name: "Ada", email: "ada@example.test" }, { status: 201 });
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    await server.mailchimp.post(`/3.0/lists/${list}/members`, { email_address: "bob@example.test", status: "subscribed" });
    await server.admin.post("/api/v1/people", { first_name: "Bob", email: "bob@example.test" }, { status: 201 });
    const { url } = await own();
    for (const email of ["ada@example.test", "bob@example.test"])
      for (const [type, reason] of [["unsubscribe", "manual"], ["unsubscribe", "abuse"], ["cleaned", "abuse"], ["cleaned", "hard"]] as const) {
        const body = new URLSearchParams({ type, "data[list_id]": list, "data[email]": email, "data[reason]": reason });
        for (const at of [local(url), `${local(url)}/programs`, `${local(url)}/readers`]) {
          const headers = { "content-type": "application/x-www-form-urlencoded" };
          await server.anonymous.post(at, body.toString(), { headers });
        }
      }
    await until("the hooks are worked off", async () => {
      const { body } = await server.admin.get("/api/v1/jobs", { kind: "bridge-hook" });
      return body.items.length === 24 && body.items.every((j: { state: string }) => j.state === "done");
    });
    const { body } = await server.admin.get("/api/v1/people");
    assert.deepEqual(body.items.map((p: { opted_out: boolean }) => p.opted_out), [false, false]);
  });
});
