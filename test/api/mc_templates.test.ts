/** Templates of the Marketing API, and the designs that stand beside them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

describe("templates of /3.0", () => {
  const server = useServer();
  let api: Client;
  before(() => { api = server.mailchimp; });

  const html = '<html><body><h1 mc:edit="title">T</h1><div mc:repeatable><p mc:edit="text" mc:hideable>X</p></div>' +
    '<img src="https://x.example/a.png" mc:edit="pic"></body></html>';
  const make = async (name = "T", more: Json = {}): Promise<Json> =>
    (await api.post("/3.0/templates", { name, html, ...more })).body;
  const names = async (query: Json): Promise<string[]> =>
    (await api.get("/3.0/templates", query)).body.templates.map((t: Json) => t.name);

  it("are looked at in a sandbox", async () => {
    const t = await make("Look", { html: `${html.replace("X</p>", "*|FNAME|* *|NOPE|*</p>")}` });
    const page = await server.admin.get(`/templates/${t.id as number}/preview`);
    assert.match(page.headers.get("content-security-policy")!, /^sandbox allow-popups/);
    assert.match(page.text, /<base target="_blank">[^]*<h1 mc:edit="title">T<\/h1>[^]*>Ada \*\|NOPE\|\*<\/p>/);
    await server.admin.get(`/api/v1/templates/${t.id as number}`, {}, { status: 404 });
    await api.delete(`/3.0/templates/${t.id as number}`, { status: 204 });
  });

  it("are what a mail of the app begins with", async () => {
    const t = await make("O'Neil & رسالة");
    const path = (id: unknown) => `/api/v1/templates/${String(id)}/html`;
    const { body } = await server.admin.get(path(t.id));
    assert.deepEqual(body, { name: "O'Neil & رسالة", html: '<html><body><h1>T</h1><div><p>X</p></div><img src="https://x.example/a.png"></body></html>' });
    const design = { version: 1, blocks: [] };
    const made = await server.admin.post("/api/v1/templates", { name: "Blocks", design }, { status: 201 });
    for (const id of [made.body.id, "starter-newsletter", "x", "-1", "99999999999999999999"]) await server.admin.get(path(id), {}, { status: 404 });
    const campaign = (await server.admin.post("/api/v1/campaigns", { name: "Begun" }, { status: 201 })).body;
    const written = (await server.admin.patch(`/api/v1/campaigns/${campaign.id as number}`, { html: body.html })).body;
    assert.equal(written.content, "html");
    await server.anonymous.get(path(t.id), {}, { status: 401 });
    await server.admin.delete(`/api/v1/templates/${made.body.id as string}`, { status: 204 });
    await api.delete(`/3.0/templates/${t.id as number}`, { status: 204 });
  });

  it("are made, read, changed and removed", async () => {
    const t = await make("رسالة O'Neil");
    assert.equal(t.type, "user");
    assert.equal(t.name, "رسالة O'Neil");
    assert.equal(t.drag_and_drop, false);
    assert.equal(t.content_type, "template");
    assert.equal(t.responsive, false);
    assert.match(t.date_created, /\+00:00$/);
    const path = `/3.0/templates/${t.id as number}`;
    assert.deepEqual((await api.get(path)).body, t);
    const { body } = await api.patch(path, { name: "New", html: "<style>@media x{}</style><p mc:edit='b'>c</p>" });
    assert.equal(body.name, "New");
    assert.equal(body.responsive, true);
    assert.deepEqual((await api.get(`${path}/default-content`)).body.sections, { b: "c" });
    assert.equal((await api.patch(path, {})).body.name, "New");
    await api.delete(path, { status: 204 });
    for (const id of [t.id, "x", "-1", "99999999999999999999"]) {
      await api.get(`/3.0/templates/${id}`, {}, { status: 404 });
      await api.get(`/3.0/templates/${id}/default-content`, {}, { status: 404 });
      await api.patch(`/3.0/templates/${id}`, { name: "x" }, { status: 404 });
      const { body: gone } = await api.delete(`/3.0/templates/${id}`, { status: 404 });
      assert.equal(gone.detail, "The requested resource could not be found.");
    }
  });

  it("say what can be edited", async () => {
    const t = await make();
    const { body } = await api.get(`/3.0/templates/${t.id as number}/default-content`);
    assert.deepEqual(body.sections, { title: "T", text: "X", pic: '<img src="https://x.example/a.png" mc:edit="pic">' });
  });

  it("are refused if they are none", async () => {
    const cases: [Json, string][] = [
      [{}, "name"], [{ name: "a" }, "html"], [{ html }, "name"], [{ name: " ", html }, "name"], [{ name: 7, html }, "name"],
      [{ name: "a", html: " " }, "html"], [{ name: "a", html: ["x"] }, "html"], [{ name: "a", html: "a\u0001b" }, "html"],
      [{ name: "a", html: "x".repeat((4 << 20) + 1) }, "html"], [{ name: "x".repeat(101), html }, "name"],
      [{ name: "a", html, folder_id: "ffffffffff" }, "folder_id"], [{ name: "a", html, folder_id: 1.5 }, "folder_id"],
    ];
    for (const [body, field] of cases) {
      const refused = await api.post("/3.0/templates", body, { status: 400 });
      assert.equal(refused.body.errors[0].field, field, JSON.stringify(body).slice(0, 80));
    }
    await api.post("/3.0/templates", "[1]", { status: 400 });
  });

  it("are listed with the designs of the editor", async () => {
    const folder = (await api.post("/3.0/template-folders", { name: "F" })).body;
    const design = { version: 1, blocks: [{ id: "a", type: "text", html: "<p>x</p>" }] };
    const own = (await server.admin.post("/api/v1/templates", { name: "Design", design }, { status: 201 })).body;
    const t = await make("Zoo", { folder_id: folder.id });
    assert.deepEqual(await names({ folder_id: folder.id }), ["Zoo"]);
    assert.equal((await api.get(`/3.0/template-folders/${folder.id as string}`)).body.count, 1);
    assert.deepEqual(await names({ content_type: "multichannel" }), ["Design"]);
    assert.deepEqual(await names({ content_type: "html" }), []);
    assert.deepEqual(await names({ type: "gallery" }), []);
    assert.deepEqual(await names({ category: "x" }), []);
    assert.deepEqual(await names({ created_by: "nobody" }), []);
    assert.deepEqual(await names({ since_date_created: "2001-01-01T00:00:00+00:00", before_date_created: "2002-01-01T00:00:00+00:00" }), []);
    const sorted = await names({ sort_field: "name", sort_dir: "DESC", count: 100, type: "user" });
    assert.deepEqual(sorted, [...sorted].sort().reverse());
    assert.ok(sorted.includes("Design") && sorted.includes("Zoo"));
    await api.get("/3.0/templates", { sort_field: "size" }, { status: 400 });

    const path = `/3.0/templates/${own.id as string}`;
    const seen = (await api.get(path)).body;
    assert.equal(seen.drag_and_drop, true);
    assert.equal(seen.content_type, "multichannel");
    assert.deepEqual((await api.get(`${path}/default-content`)).body.sections, {});
    assert.equal((await api.patch(path, { name: "Ours", folder_id: folder.id })).body.folder_id, folder.id);
    assert.equal((await api.patch(path, { html }, { status: 400 })).body.errors[0].field, "html");
    assert.equal((await server.admin.get(`/api/v1/templates/${own.id as string}`)).body.name, "Ours");
    // the editor has no use for HTML
    await server.admin.get(`/api/v1/templates/${t.id as number}`, {}, { status: 404 });
    const inEditor = (await server.admin.get("/api/v1/templates")).body.items.filter((i: Json) => !i.built_in);
    assert.deepEqual(inEditor.map((i: Json) => i.name), ["Ours"]);

    await api.delete(`/3.0/template-folders/${folder.id as string}`);
    assert.equal((await api.get(path)).body.folder_id, "");
    await api.delete(path);
    await server.admin.get(`/api/v1/templates/${own.id as string}`, {}, { status: 404 });
  });

  it("lose no change when two people change one", async () => {
    const t = await make();
    const path = `/3.0/templates/${t.id as number}`;
    for (let i = 0; i < 8; i++) {
      await Promise.all([api.patch(path, { name: `N${i}` }), api.patch(path, { html: `<p mc:edit="a">${i}</p>` })]);
      assert.equal((await api.get(path)).body.name, `N${i}`);
      assert.equal((await api.get(`${path}/default-content`)).body.sections.a, String(i));
    }
  });
});
