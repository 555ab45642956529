/** Mails made of blocks: designs of campaigns, templates, what they become when sent. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addPeople, isSent, makeGroup, parseMail, runJob, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const text = (html: string, id = "t"): Json => ({ id, type: "text", html });
const design = (...blocks: Json[]): Json => ({ version: 1, style: { accent: "#0f766e" }, blocks });
const match = (reply: Json): Json => ({ headers: { "if-match": reply.headers.get("etag")! } });

describe("the design of a campaign", () => {
  const server = useServer();
  const at = (c: Json, rest = "/design"): string => `${v1}/campaigns/${c.id}${rest}`;
  const make = async (fields: Json = {}): Promise<Json> =>
    (await server.admin.post(`${v1}/campaigns`, { name: "C", ...fields }, { status: 201 })).body;

  it("reopens exactly, with what this server does not know", async () => {
    const doc = {
      version: 1, later: { kept: [1.5, null, "ü"] },
      style: { background: "#ffffff", glow: true },
      blocks: [
        { id: "a", type: "heading", text: "Hello *|FNAME|*", level: 1, later: [] },
        { id: "b", type: "hologram", beams: 7 },
        { id: "c", type: "columns", ratio: "1:1", columns: [[text("<p>L</p>", "d")], [{ id: "e", type: "hologram" }]] },
      ],
    };
    const c = await make();
    const put = await server.admin.put(at(c), { design: doc });
    assert.deepEqual(put.body.design, doc);
    const { body } = await server.admin.get(at(c));
    assert.deepEqual(body, put.body);
    assert.equal(body.size, Buffer.byteLength(body.html));
    assert.match(body.html, /<h1[^>]*>Hello \*\|FNAME\|\*<\/h1>/);
    assert.equal(body.plain_text, "Hello *|FNAME|*\n===============\n\nL\n");
    assert.deepEqual(body.problems.map((p: Json) => [p.block, p.code, p.detail]),
      [["b", "unknown_block", "hologram"], ["e", "unknown_block", "hologram"]]);
    const campaign = (await server.admin.get(at(c, ""))).body;
    assert.equal(campaign.content, "design");
    assert.equal(campaign.html, body.html);
    const listed = (await server.admin.get(`${v1}/campaigns`)).body.items.find((i: Json) => i.id === c.id);
    assert.equal(listed.content, "design");
    assert.equal(listed.html, undefined);
  });

  it("is told what is wrong block by block, and is stored all the same", async () => {
    const c = await make();
    const { body } = await server.admin.put(at(c), { design: design(
      { id: "a", type: "button", label: "Go" },
      { id: "b", type: "image", src: "https://example.org/x.png" },
      { id: "c", type: "html", html: "<p onclick=x()>y</p><script>z</script><a href='javascript:x'>q</a>" },
    ) });
    assert.deepEqual(body.problems.map((p: Json) => [p.block, p.type, p.code]), [
      ["a", "error", "missing_href"], ["b", "warning", "missing_alt"], ["c", "warning", "removed_html"],
      ["c", "warning", "removed_html"], ["c", "error", "bad_link"],
    ]);
    assert.doesNotMatch(body.html, /onclick|<script|javascript:/);
  });

  it("must be one, of version 1, and within limits", async () => {
    const c = await make();
    const wrong: [Json, string][] = [
      [{ design: { version: 2, blocks: [] } }, "design.version"],
      [{ design: { version: 1 } }, "design.blocks"],
      [{ design: design(...Array.from({ length: 501 }, (_, i) => text("x", `t${i}`))) }, "design.blocks"],
      [{ design: design(text("x".repeat(1 << 20))) }, "design"],
      [{ design: null }, "design"],
      [{}, "design"],
    ];
    for (const [body, field] of wrong) {
      const refused = await server.admin.put(at(c), body, { status: 400 });
      assert.equal(refused.body.errors[0].field, field);
    }
    assert.equal((await server.admin.get(at(c))).body.design, null);
  });

  it("gives way to HTML, which it takes the place of again", async () => {
    const c = await make({ html: "<p>raw</p>" });
    let body = (await server.admin.get(at(c))).body;
    assert.deepEqual([body.design, body.html, body.plain_text, body.problems, body.size], [null, "<p>raw</p>", null, [], 10]);
    await server.admin.put(at(c), { design: design(text("<p>blocks</p>")), plain_text: "my own" });
    body = (await server.admin.get(at(c))).body;
    assert.deepEqual([body.plain_text, body.plain_text_is_made], ["my own", false]);
    await server.admin.put(at(c), { design: design(text("<p>blocks</p>")) });
    body = (await server.admin.get(at(c))).body;
    assert.deepEqual([body.plain_text, body.plain_text_is_made], ["blocks\n", true]);
    await server.admin.patch(at(c, ""), { html: body.html });
    body = (await server.admin.get(at(c))).body;
    assert.equal(body.design, null);
    assert.equal((await server.admin.get(at(c, ""))).body.content, "html");
    await server.admin.patch(at(c, ""), { html: null, plain_text: "only words" });
    assert.equal((await server.admin.get(at(c, ""))).body.content, "plain");
  });

  it("is made anew when language or direction change", async () => {
    const c = await make({ language: "de" });
    assert.deepEqual([c.language, c.direction, c.content], ["de", "auto", null]);
    await server.admin.put(at(c), { design: design(text("<p>שלום</p>")) });
    const html = async (): Promise<string> => (await server.admin.get(at(c))).body.html;
    assert.match(await html(), /<html lang="de" dir="ltr"/);
    await server.admin.patch(at(c, ""), { language: "he" });
    assert.match(await html(), /<html lang="he" dir="rtl"/);
    await server.admin.patch(at(c, ""), { direction: "ltr" });
    assert.match(await html(), /<html lang="he" dir="ltr"/);
    for (const body of [{ language: "not a language" }, { direction: "up" }])
      await server.admin.patch(at(c, ""), body, { status: 400 });
  });

  it("is not in the way of whoever writes the subject meanwhile", async () => {
    const c = await make();
    await server.admin.put(at(c), { design: design(text("<p>1</p>")) });
    const settings = await server.admin.get(at(c, ""));
    const blocks = await server.admin.get(at(c));
    const moved = await server.admin.put(at(c), { design: design(text("<p>2</p>")) }, match(blocks));
    await server.admin.patch(at(c, ""), { subject: "S" }, match(settings));
    /* another tab that moves blocks is */
    await server.admin.put(at(c), { design: design(text("<p>3</p>")) }, { status: 412, ...match(blocks) });
    await server.admin.put(at(c), { design: design(text("<p>3</p>")) }, match(moved));
    await server.admin.patch(at(c, ""), { subject: "T" }, { status: 412, ...match(settings) });
    assert.match((await server.admin.get(at(c, ""))).body.html, />3</);
  });

  it("belongs to drafts, and to those who may compose", async () => {
    const c = await make({ from_email: "news@example.test", subject: "S", plain_text: "x", group_id: (await makeGroup(server, "Whom")).id });
    const user = server.admin.as(await server.createKey("u", "user"));
    await user.get(at(c));
    await user.put(at(c), { design: design() }, { status: 403 });
    await server.admin.get(`${v1}/campaigns/99999/design`, {}, { status: 404 });
    await server.admin.post(at(c, "/schedule"), { at: "2099-01-01T00:00:00Z" });
    await server.admin.put(at(c), { design: design() }, { status: 409 });
  });

  it("is shown while one writes, and nothing is kept", async () => {
    const doc = design({ id: "i", type: "image", src: "", alt: "A hill" }, text("<p>x</p>"));
    const { body } = await server.admin.post(`${v1}/designs/render`, { design: doc, language: "ar" });
    assert.match(body.html, /dir="rtl"/);
    assert.match(body.html, /A hill/); // keeps the place of the picture
    assert.match(body.html, /prefers-color-scheme:dark/);
    assert.equal(body.plain_text, "x\n");
    assert.equal(body.size, Buffer.byteLength(body.html));
    assert.equal(body.problems[0].code, "missing_src");
    const dark = (await server.admin.post(`${v1}/designs/render`, { design: doc, direction: "ltr", dark: true })).body;
    assert.doesNotMatch(dark.html, /prefers-color-scheme:dark/);
    await server.admin.post(`${v1}/designs/render`, { design: { version: 3, blocks: [] } }, { status: 400 });
    await server.admin.as(await server.createKey("r", "user"))
      .post(`${v1}/designs/render`, { design: doc }, { status: 403 });
  });
});

describe("a mail made of blocks", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });

  it("arrives as it was made, with its links counted and its preview once", async () => {
    await addPeople(server, ["ada@example.test"]);
    const group = await makeGroup(server, "All");
    const { body: c } = await server.admin.post(`${v1}/campaigns`, {
      name: "B", group_id: group.id, subject: "S", preview_text: "Look inside", from_name: "Us", from_email: "news@example.test",
    }, { status: 201 });
    await server.admin.put(`${v1}/campaigns/${c.id}/design`, { design: design(
      text("<p>Grüße, *|EMAIL|*</p>"),
      { id: "b", type: "button", label: "Read", href: "https://example.org/?a=1&b=2" },
      { id: "f", type: "footer", html: "*|LIST:ADDRESSLINE|* <a href='*|UNSUB|*'>off</a>" },
    ) });
    await runJob(server, `${v1}/campaigns/${c.id}/send`);
    await isSent(server, c);
    const mail = await parseMail(relay.messages[0]!.data);
    assert.equal(mail.html!.split("Look inside").length, 2);
    assert.match(mail.html!, /Grüße, ada@example\.test/);
    assert.match(mail.html!, /<a href="[^"]*\/t\/c\/[^"]*"[^>]*>Read<\/a>/);
    assert.match(mail.html!, /<a [^>]*href="[^"]*\/t\/u\/[^"]*"[^>]*>off<\/a>/);
    assert.doesNotMatch(mail.html!, /\*\|/);
    assert.doesNotMatch(mail.text!, /\*\||<p/);
    assert.match(mail.text!, /Read: https?:/);
    const report = (await server.admin.get(`${v1}/campaigns/${c.id}/report`)).body;
    assert.equal(report.sent, 1);
  });
});

describe("templates", () => {
  const server = useServer({ env: { MUSTER_ORGANISATION: "Hafenwerk", MUSTER_POSTAL_ADDRESS: "Am Kai 12, Hamburg" } });
  const doc = design(text("<p>ours</p>"));

  it("begin with six of our own, in two languages", async () => {
    const en = (await server.admin.get(`${v1}/templates`)).body;
    const de = (await server.admin.get(`${v1}/templates`, { lang: "de-AT" })).body;
    assert.deepEqual(en.items.map((t: Json) => t.id), ["newsletter", "announcement", "event", "product", "welcome", "letter"]
      .map((k) => `starter-${k}`));
    assert.equal(en.total, 6);
    assert.equal(de.items[5].name, "Brief");
    for (const t of [...en.items, ...de.items]) {
      assert.ok(t.built_in && t.about && t.updated_at === null);
      const { body } = await server.admin.post(`${v1}/designs/render`, { design: t.design });
      assert.deepEqual(body.problems.filter((p: Json) => p.code !== "missing_src"), []);
    }
    const one = `${v1}/templates/starter-letter`;
    assert.deepEqual((await server.admin.get(one, { lang: "de" })).body, de.items[5]);
    await server.admin.patch(one, { name: "x" }, { status: 409 });
    await server.admin.delete(one, { status: 409 });
  });

  it("are kept, changed, listed from the newest, and removed", async () => {
    const made = await server.admin.post(`${v1}/templates`, { name: " Ours ", design: doc }, { status: 201 });
    const id = made.body.id;
    assert.deepEqual([made.body.name, made.body.about, made.body.built_in], ["Ours", null, false]);
    assert.deepEqual(made.body.design, doc);
    const second = (await server.admin.post(`${v1}/templates`, { name: "Second", about: "b", design: doc }, { status: 201 })).body;
    const page = (await server.admin.get(`${v1}/templates`, { limit: 1 })).body;
    assert.deepEqual(page.items.slice(6).map((t: Json) => t.id), [second.id]);
    assert.equal(page.total, 8);
    const rest = (await server.admin.get(`${v1}/templates`, { limit: 1, cursor: page.next })).body;
    assert.deepEqual([rest.items.map((t: Json) => t.id), rest.next], [[id], null]);
    const changed = await server.admin.patch(`${v1}/templates/${id}`, { about: "now", design: design() }, match(made));
    assert.equal(changed.body.about, "now");
    assert.deepEqual(changed.body.design.blocks, []);
    await server.admin.patch(`${v1}/templates/${id}`, { name: "late" }, { status: 412, ...match(made) });
    await server.admin.delete(`${v1}/templates/${id}`, { status: 412, ...match(made) });
    await server.admin.delete(`${v1}/templates/${id}`, match(changed));
    await server.admin.get(`${v1}/templates/${id}`, {}, { status: 404 });
    await server.admin.get(`${v1}/templates/nothing`, {}, { status: 404 });
    await server.admin.get(`${v1}/templates/starter-nothing`, {}, { status: 404 });
  });

  it("say who made them, and are made by those who may compose", async () => {
    const user = (await server.admin.post(`${v1}/users`, {
      email: "mia@example.test", name: "Mia", role: "manager", password: "correct horse battery staple",
    }, { status: 201 })).body;
    const session = await server.anonymous.post(`${v1}/session`,
      { email: "mia@example.test", password: "correct horse battery staple" });
    const headers = {
      cookie: session.headers.get("set-cookie")!.split(";")[0]!, "x-csrf-token": session.body.csrf_token as string,
    };
    const { body } = await server.anonymous.post(`${v1}/templates`, { name: "Mia's", design: doc }, { status: 201, headers });
    assert.equal(body.user_name, "Mia");
    await server.admin.delete(`${v1}/users/${user.id}`);
    assert.equal((await server.admin.get(`${v1}/templates/${body.id}`)).body.user_name, null);
    const reader = server.admin.as(await server.createKey("u", "user"));
    await reader.get(`${v1}/templates`);
    await reader.post(`${v1}/templates`, { name: "x", design: doc }, { status: 403 });
    for (const wrong of [{ design: doc }, { name: " ", design: doc }, { name: "x" }, { name: "x".repeat(101), design: doc },
      { name: "x", design: { version: 9, blocks: [] } }])
      await server.admin.post(`${v1}/templates`, wrong, { status: 400 });
  });

  it("are looked at in a sandbox, as from us to somebody", async () => {
    const { body } = await server.admin.post(`${v1}/templates`, { name: "P", design: design(
      text("<p>Dear *|FNAME|*, *|LIST:COMPANY|* *|NOTHING|*</p>")) }, { status: 201 });
    const page = await server.admin.get(`/templates/${body.id}/preview`);
    assert.match(page.headers.get("content-security-policy")!, /^sandbox allow-popups/);
    assert.match(page.text, /^<!doctype html><base target="_blank">/);
    assert.match(page.text, /Dear Ada, Hafenwerk /);
    const letter = await server.admin.get("/templates/starter-letter/preview", { lang: "de", dark: true });
    assert.match(letter.text, /<html lang="de"[^]*@media all[^]*Guten Tag Ada,[^]*Am Kai 12, Hamburg/);
    assert.doesNotMatch(letter.text, /\*\||Hello/);
    assert.equal((await server.anonymous.get(`/templates/${body.id}/preview`, {}, { status: [302, 303, 401] })).text.includes("Dear"), false);
    await server.admin.get("/templates/77/preview", {}, { status: 404 });
  });
});
