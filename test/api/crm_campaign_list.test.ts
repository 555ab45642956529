/** The list of campaigns: found, sorted, page by page, with figures that nobody counts; and copies. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("the list of campaigns", () => {
  const server = useServer({ env: { MUSTER_SEND_RATE: "5" } });
  let group: Json;

  const make = async (name: string, more: Json = {}): Promise<Json> =>
    (await server.admin.post(`${v1}/campaigns`, { name, ...more }, { status: 201 })).body;
  const names = async (query: Record<string, string>): Promise<string[]> =>
    ((await server.admin.get(`${v1}/campaigns`, query)).body.items as Json[]).map((c) => c.name);
  const one = async (id: number): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${id}`)).body;
  const ready = (): Json => ({
    group_id: group.id, subject: "Hello", from_name: "Us", from_email: "us@example.test", html: "<p>Hello</p>",
  });

  before(async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `P${i},Q${i},p${i}@example.test`);
    const { body } = await server.admin.post(`${v1}/imports`,
      ["First name,Last name,E-mail", ...rows].join("\n"), { status: 202 });
    await server.job(body.job_id);
    group = (await server.admin.post(`${v1}/groups`, { name: "Everybody", criteria: { conditions: [] } }, { status: 201 })).body;
    for (const name of ["Über uns", "anna", "Bertha", "100% Wolle", "ÜBER_alles"]) await make(name);
    const later = await make("Later", ready());
    await server.admin.post(`${v1}/campaigns/${later.id}/schedule`, { at: "2100-01-01T10:00:00Z" });
  });

  it("is found by part of the name, whatever the case", async () => {
    assert.deepEqual(await names({ q: "über", sort: "name" }), ["Über uns", "ÜBER_alles"]);
    assert.deepEqual(await names({ q: "ÜBER" , sort: "-name" }), ["ÜBER_alles", "Über uns"]);
    assert.deepEqual(await names({ q: "0%" }), ["100% Wolle"]);
    assert.deepEqual(await names({ q: "R_" }), ["ÜBER_alles"]);
    const c = await make("x");
    await server.admin.patch(`${v1}/campaigns/${c.id}`, { name: "ÄRGER" });
    assert.deepEqual(await names({ q: "ärger" }), ["ÄRGER"]);
    await server.admin.delete(`${v1}/campaigns/${c.id}`, { status: 204 });
  });

  it("is found by status, one or several", async () => {
    assert.deepEqual(await names({ status: "scheduled" }), ["Later"]);
    assert.equal((await names({ status: "draft,scheduled" })).length, 6);
    assert.deepEqual(await names({ status: "sent,canceled" }), []);
    const { body } = await server.admin.get(`${v1}/campaigns`, { status: "draft,gone" }, { status: 400 });
    assert.equal(body.errors[0].field, "status");
  });

  it("comes in every order, page by page, each once", async () => {
    for (const by of ["created_at", "name", "sent_at", "schedule_at", "updated_at"]) {
      for (const sort of [by, `-${by}`]) {
        const whole = await names({ sort });
        const pages: string[] = [];
        let cursor: string | null = "";
        while (cursor !== null) {
          const { body }: Json = await server.admin.get(`${v1}/campaigns`,
            { sort, limit: "2", ...(cursor ? { cursor } : {}) });
          pages.push(...(body.items as Json[]).map((c) => c.name as string));
          assert.equal(body.total, 6);
          cursor = body.next;
        }
        assert.deepEqual(pages, whole, sort);
      }
    }
    assert.deepEqual(await names({}), await names({ sort: "-created_at" }));
    for (const query of [{ sort: "colour" }, { cursor: "x" }, { cursor: "W10" }]) {
      const { body } = await server.admin.get(`${v1}/campaigns`, query, { status: 400 });
      assert.equal(body.errors[0].field, Object.keys(query)[0]);
    }
  });

  it("has figures, the pace and the time left while it is sent, and the report's figures in the end", async () => {
    const c = await make("Slow", ready());
    assert.equal(c.figures, null);
    assert.deepEqual(c.to, { kind: "group", id: group.id, name: "Everybody" });
    await server.job((await server.admin.post(`${v1}/campaigns/${c.id}/send`, undefined, { status: 202 })).body.job_id);
    const going = await until("the pace is known", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns`, { status: "sending" });
      return (body.items as Json[]).find((x) => x.id === c.id && x.rate !== null);
    });
    assert.ok(going.rate > 0);
    assert.ok(going.seconds_left >= 0);
    assert.equal(going.figures.recipients, 60);
    await until("it is sent", async () => (await one(c.id)).status === "sent");
    const { figures, rate, seconds_left } = await one(c.id);
    const { body: report } = await server.admin.get(`${v1}/campaigns/${c.id}/report`);
    assert.equal(rate, null);
    assert.equal(seconds_left, null);
    assert.equal(figures.sent, 60);
    for (const key of ["recipients", "unknown", "sent", "waiting", "unsubscribed", "complained"])
      assert.equal(figures[key], report[key], key);
    assert.deepEqual(await names({ sort: "-sent_at", limit: "1" }), ["Slow"]);
  });

  it("names nobody's group, and who made it", async () => {
    const gone = (await server.admin.post(`${v1}/groups`, { name: "Gone", criteria: { conditions: [] } }, { status: 201 })).body;
    const c = await make("To nobody", { group_id: gone.id });
    await server.admin.delete(`${v1}/groups/${gone.id}`, { status: 204 });
    assert.equal((await one(c.id)).to?.name ?? null, null);
  });

  it("gets copies: drafts with the same settings and content", async () => {
    const c = await make("Original", { ...ready(), preview_text: "look", plain_text: "Hello", reply_to: "re@example.test" });
    await server.job((await server.admin.post(`${v1}/campaigns/${c.id}/send`, undefined, { status: 202 })).body.job_id);
    const { body: named } = await server.admin.post(`${v1}/campaigns/${c.id}/replicate`, { name: "Kopie" }, { status: 201 });
    assert.deepEqual([named.name, named.subject], ["Kopie", c.subject]);
    await server.admin.post(`${v1}/campaigns/${c.id}/replicate`, { name: " " }, { status: 400 });
    await server.admin.post(`${v1}/campaigns/${c.id}/replicate`, { subject: "x" }, { status: 400 });
    await server.admin.delete(`${v1}/campaigns/${named.id}`);
    const { body: copy } = await server.admin.post(`${v1}/campaigns/${c.id}/replicate`, undefined, { status: 201 });
    assert.notEqual(copy.id, c.id);
    assert.equal(copy.name, "Original (copy)");
    assert.equal(copy.status, "draft");
    assert.equal(copy.figures, null);
    assert.equal(copy.marketing_campaign_id, null);
    assert.equal(copy.push_id, null);
    for (const key of ["subject", "preview_text", "from_name", "from_email", "reply_to", "html", "plain_text", "group_id"])
      assert.equal(copy[key], c[key], key);
    await server.admin.post(`${v1}/campaigns/999/replicate`, undefined, { status: 404 });
    const reader = server.admin.as(await server.createKey("reader", "user"));
    await reader.post(`${v1}/campaigns/${c.id}/replicate`, undefined, { status: 403 });
  });

  it("copies a name of any length, and whole letters of it", async () => {
    const c = await make("ü".repeat(200));
    const { body: copy } = await server.admin.post(`${v1}/campaigns/${c.id}/replicate`, undefined, { status: 201 });
    assert.equal(copy.name, `${"ü".repeat(200)} (copy)`);
    const long = await make("𝄞".repeat(200));
    const { body: cut } = await server.admin.post(`${v1}/campaigns/${long.id}/replicate`, undefined, { status: 201 });
    assert.equal(cut.name, `${"𝄞".repeat(198)} (copy)`);
  });
});
