/** How the sign-up form of an audience looks, as the Marketing API says it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isPostgres, useServer, type Client, type Json } from "../harness/index.js";

const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("the sign-up form of an audience", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let path: string;
  const form = async () => (await api.get(path)).body.signup_forms[0];

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    path = `/3.0/lists/${list}/signup-forms`;
  });

  it("is the usual one at first, and says where its page is", async () => {
    const { body } = await api.get(path);
    assert.equal(body.total_items, 1);
    const [usual] = body.signup_forms;
    assert.deepEqual([usual.contents, usual.styles, usual.header.text], [[], [], ""]);
    const { account_id } = (await api.get("/3.0/")).body;
    assert.equal(usual.signup_form_url, `${server.url}/subscribe?u=${account_id}&id=${list}`);
    assert.deepEqual((await api.get(path, { fields: "total_items" })).body, { total_items: 1 });
  });

  it("is changed in parts", async () => {
    const changed = (await api.post(path, {
      header: { text: "Post von uns", image_url: "https://example.org/a.png", image_align: "center" },
      contents: [{ section: "signup_message", value: "Hallo" }, { section: "signup_thank_you_title", value: "Danke" }],
      styles: [{ selector: "page_background", options: [{ property: "background-color", value: "#fff" }] }],
    })).body;
    assert.deepEqual(await form(), changed);
    assert.equal(changed.header.image_align, "center");
    const again = (await api.post(path, { header: { image_url: "" }, contents: [{ section: "signup_message", value: "Neu" }] })).body;
    assert.deepEqual([again.header.text, again.header.image_url], ["Post von uns", ""]);
    assert.deepEqual(again.contents.map((c: Json) => c.value), ["Neu", "Danke"]);
    assert.deepEqual(again.styles, changed.styles);
    assert.deepEqual((await api.post(path, {})).body, again);
    assert.deepEqual((await api.post(path, { header: null, contents: null, styles: null })).body, again);
  });

  it("says what who signs up agrees to: in the reader's language, or as its owner puts it", async () => {
    const { admin } = server;
    const ours = async (language?: string): Promise<Json> => (await admin.get("/api/v1/audience/forms", language ? { language } : {})).body.items.find((one: Json) => one.list_id === list);
    const put = (consent: string | null, options = {}) => admin.put(`/api/v1/audience/forms/${list}`, { consent }, options);
    const { pathname, search } = new URL((await form()).signup_form_url);
    const page = async (more = "") => (await server.anonymous.get(pathname + search + more, {}, { headers: { "accept-language": "de" } })).text;
    assert.match(await page(), /Mit der Anmeldung willigen Sie ein/);
    assert.match(await page("&lang=fr"), /lang="fr"[^]*En vous inscrivant[^]*<button/);
    assert.match(await page("&lang=fr"), /action="[^"]*&amp;lang=fr"/);
    const { html, consent, usual_consent: usual, languages, language } = await ours("it");
    assert.deepEqual([consent, language, languages.includes("de")], [null, "it", true]);
    assert.ok(html.includes(usual) && html.startsWith('<div lang="it"') && /&amp;lang=it"/.test(html));
    assert.equal((await put("Ja <b>\nWirklich")).body.consent, "Ja <b>\nWirklich");
    assert.match(await page(), /<p><bdi>Ja &lt;b&gt;<\/bdi><\/p>\s*<p><bdi>Wirklich/);
    assert.match((await ours()).html, /Ja &lt;b&gt;/);
    await api.post(path, { header: { text: "Neu" } });
    await put("");
    assert.doesNotMatch(await page(), /Ja &lt;|willigen/);
    await put(null);
    assert.match(await page(), /willigen/);
    await put("x".repeat(4001), { status: 400 });
    await admin.put("/api/v1/audience/forms/0123456789", { consent: null }, { status: 404 });
    await admin.as(await server.createKey("reads forms", "user")).put(`/api/v1/audience/forms/${list}`, { consent: null }, { status: 403 });
  });

  it("is looked at before it is saved, with what is typed laid over it", async () => {
    const { admin } = server;
    const look = async (draft: Json, options = {}) => admin.post(`/api/v1/audience/forms/${list}/preview?language=fr`, draft, options);
    const before = JSON.stringify(await form());
    const { merge_id: phone } = (await api.get(`/3.0/lists/${list}/merge-fields`)).body.merge_fields.find(({ tag }: Json) => tag === "PHONE");
    const saved = (await look({})).text;
    assert.match(saved, /lang="fr"[^]*En vous inscrivant/);
    assert.doesNotMatch(saved, /name="PHONE"/);
    const { text, headers } = await look({
      header: { text: "<i>Typed</i>" }, contents: [{ section: "signup_message", value: "Not yet & here" }],
      styles: [{ selector: "forms_buttons", options: [{ property: "background-color", value: "#0b5d1e" }] }],
      consent: "Oui <b>", fields: [{ id: phone, public: true, required: true }, { id: 999, public: true }],
    });
    assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
    for (const what of [/&lt;i&gt;Typed/, /Not yet &amp; here/, /#0b5d1e/i, /Oui &lt;b&gt;/, /name="PHONE"[^>]* aria-required="true"/]) assert.match(text, what);
    assert.equal(JSON.stringify(await form()), before);
    assert.equal((await look({})).text.includes("Typed"), false);
    assert.doesNotMatch((await look({ consent: "" })).text, /En vous inscrivant/);
    for (const wrong of [
      { consent: "x".repeat(4001) }, { fields: [{ public: true }] }, { fields: {} }, { header: { image_align: "up" } }, { header: { image_url: "javascript:1" } },
      { contents: [{ section: "nope" }] }, { nope: 1 }, { fields: [{ id: 1.5 }] },
    ] as Json[]) await look(wrong, { status: 400 });
    await admin.post("/api/v1/audience/forms/0123456789/preview", {}, { status: 404 });
    await server.anonymous.post(`/api/v1/audience/forms/${list}/preview`, {}, { status: 401 });
  });

  it("can be read whatever colours are chosen, and names fields as its readers do", async () => {
    const look = async (styles: Json[], language = "de") => {
      await api.post(path, { styles });
      const { pathname, search } = new URL((await form()).signup_form_url);
      return (await server.anonymous.get(pathname + search, {}, { headers: { "accept-language": language } })).text;
    };
    const style = (selector: string, ...options: [string, string][]) => ({ selector, options: options.map(([property, value]) => ({ property, value })) });
    const dim = await look([
      style("page_background", ["background-color", "#102040"]), style("forms_buttons", ["background-color", "#ffee00"], ["color", "#ffffff"]),
      style("forms_field_label", ["color", "#203050"]), style("body_link_style", ["color", "#9cc4ff"]),
    ]);
    assert.match(dim, /button\{color:#18181b\}/);
    for (const css of ["body", "h1", "label,legend", ".help", ".wrong", "main"]) assert.ok(dim.includes(`${css}{color:#ffffff}`) || css === "h1" || css === "main", css);
    assert.doesNotMatch(dim, /\}a\{color:#ffffff\}/, "what can be read stays");
    const fine = await look([
      style("page_background", ["background-color", "#ffffff"]), style("forms_buttons", ["background-color", "#005500"], ["color", "#ffffff"]),
      style("forms_field_label", ["color", "#333333"]), style("body_link_style", ["color", "#0000cc"]),
    ]);
    assert.doesNotMatch(fine, /\{color:#(18181b|000000|ffffff)\}/);
    const grey = await look([style("forms_buttons", ["background-color", "#777777"], ["color", "#888888"])]);
    assert.match(grey, /button\{color:#000000\}/);
    assert.match(fine, /<bdi>Vorname<\/bdi>/);
    assert.doesNotMatch(fine, /First Name/);
    assert.match(await look([], "en"), /<bdi>First Name<\/bdi>/);
    const { merge_id } = (await api.get(`/3.0/lists/${list}/merge-fields`)).body.merge_fields.find((f: Json) => f.tag === "FNAME");
    await api.patch(`/3.0/lists/${list}/merge-fields/${merge_id as number}`, { name: "Rufname" });
    assert.match(await look([], "fr"), /<bdi>Rufname<\/bdi>/);
  });

  it("refuses what is none", async () => {
    const wrong: [Json, string][] = [
      [{ header: { image_url: "ftp://example.org/a.png" } }, "header.image_url"],
      [{ header: { image_url: "javascript:alert(1)" } }, "header.image_url"],
      [{ header: { image_align: "middle" } }, "header.image_align"],
      [{ header: { text: "x".repeat(20_001) } }, "header.text"],
      [{ header: { text: 5 } }, "text"],
      [{ header: [] }, "header"],
      [{ contents: {} }, "contents"],
      [{ contents: ["x"] }, "contents"],
      [{ contents: [{ section: "nonsense", value: "" }] }, "contents"],
      [{ contents: [{ section: "signup_message", value: 1 }] }, "value"],
      [{ styles: [{ selector: "body", options: [] }] }, "styles"],
      [{ styles: [{ selector: "forms_errors", options: [null] }] }, "styles"],
      [{ styles: [{ selector: "forms_errors", options: [{ value: "red" }] }] }, "styles"],
      [{ styles: [{ selector: "forms_errors", options: Array(51).fill({ property: "color", value: "red" }) }] }, "styles"],
    ];
    const before = await form();
    for (const [body, name] of wrong)
      assert.equal(field(await api.post(path, body, { status: 400, unchecked: true })), name, JSON.stringify(body).slice(0, 80));
    await api.post(path, '{"header":', { status: 400 });
    assert.deepEqual(await form(), before);
    await api.get("/3.0/lists/0123456789/signup-forms", {}, { status: 404 });
    await api.post("/3.0/lists/0123456789/signup-forms", {}, { status: 404 });
  });

  it("keeps what two say at once", async () => {
    await Promise.all([
      api.post(path, { header: { image_alt: "A" } }),
      api.post(path, { header: { image_width: "100" } }),
      api.post(path, { contents: [{ section: "unsub_message", value: "Bye" }] }),
    ]);
    const { header, contents } = await form();
    assert.deepEqual([header.image_alt, header.image_width], ["A", "100"]);
    assert.ok(contents.some((c: Json) => c.value === "Bye"), isPostgres ? "pg" : "sqlite");
  });

  it("needs the right to market, and goes with its audience", async () => {
    const reader = api.as(await server.createKey("u", "user"), true);
    await reader.get(path);
    await reader.post(path, {}, { status: 403 });
    const { body } = await api.post("/3.0/lists", {
      name: "Second",
      contact: { company: "Acme", address1: "1 Road", city: "Town", state: "", zip: "1", country: "DE" },
      permission_reminder: "You asked.",
      campaign_defaults: { from_name: "A", from_email: "a@example.org", subject: "", language: "en" },
      email_type_option: true,
    });
    await api.post(`/3.0/lists/${body.id}/signup-forms`, { header: { text: "x" } });
    await api.delete(`/3.0/lists/${body.id}`);
    await api.get(`/3.0/lists/${body.id}/signup-forms`, {}, { status: 404 });
  });
});
