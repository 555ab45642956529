/** People come into an audience by themselves: the hosted form, and the mail by which they confirm. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { addPeople, caughtMail, countOf, freePort, hrefs, isSent, makeGroup, parseMail, runJob, until, useReceiver, useServer, whatHolds, type Client, type Json, type Reply } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const german = { "accept-language": "de" };
const form = { "content-type": "application/x-www-form-urlencoded" };

describe("who signs up", () => {
  const server = useServer({ env: { MUSTER_SIGNUP_PER_CLIENT: "0", MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const receiver = useReceiver();
  let api: Client;
  let list: string;
  let where: string;
  const member = async (address: string) => (await api.get(`/3.0/lists/${list}/members/${md5(address)}`)).body;
  const post = (fields: Record<string, string> | string, options: Json = {}) =>
    server.anonymous.post(`/subscribe/post${where}`, typeof fields === "string" ? fields : new URLSearchParams(fields).toString(), {
      ...options, headers: { ...form, ...options.headers },
    });
  const mails = async (address: string): Promise<Json[]> => (await server.admin.get("/api/v1/outbox", { rcpt: address })).body.items;
  const settled = () => until("no job waits", async () => countOf(server, "audience", "SELECT COUNT(*) FROM job WHERE kind = 'confirm-mail' AND state IN (1, 2)") === 0);
  async function linkOf(address: string): Promise<string> {
    const mail = await parseMail((await caughtMail(server, address)).source);
    return new URL(hrefs(mail.html!).find((url) => url.includes("/subscribe/confirm/"))!).pathname;
  }
  const confirm = (link: string, options = {}): Promise<Reply> =>
    server.anonymous.post(link, "confirm=1", { headers: form, ...options });

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, { campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" } });
    where = `?u=${(await api.get("/3.0/")).body.account_id}&id=${list}`;
    await api.post(`/3.0/lists/${list}/webhooks`, {
      url: `${receiver.url}/signup`, events: { subscribe: true }, sources: { user: true, admin: false, api: false },
    });
  });

  it("sees the form in their language", async () => {
    const { text, headers } = await server.anonymous.get(`/subscribe${where}`, {}, { headers: german });
    assert.match(text, /<html lang="de" dir="ltr">/);
    assert.match(text, /Anmelden<\/button>/);
    assert.match(text, /name="FNAME"/);
    assert.match(headers.get("content-security-policy")!, /frame-ancestors 'self'/);
    assert.match((await server.anonymous.get(`/subscribe${where}`, {}, { headers: { "accept-language": "ar" } })).text, /lang="ar" dir="rtl"/);
    for (const wrong of ["", "?u=1&id=2", where.replace(/u=./, "u=x"), `?id=${list}`, where.replace(list, "0123456789")])
      await server.anonymous.get(`/subscribe${wrong}`, {}, { status: 404 });
  });

  it("comes from a form elsewhere, and confirms by the button", async () => {
    const address = "o'neill@example.org";
    const { text } = await post({ EMAIL: " O'Neill@Example.org ", FNAME: "ليلى", LNAME: "<b>O'Neill</b>", unknown: "x" }, { headers: german });
    assert.match(text, /Fast fertig/);
    let now = await member(address);
    assert.deepEqual([now.status, now.merge_fields.FNAME, now.merge_fields.LNAME, now.source], ["pending", "ليلى", "<b>O'Neill</b>", "Hosted Signup Form"]);
    const { source } = await caughtMail(server, address);
    const mail = await parseMail(source);
    assert.equal(mail.subject, "Bitte bestätigen Sie Ihre Anmeldung");
    assert.ok(!source.includes("ليلى") && !mail.html!.includes("Neill</b>"));
    assert.match(mail.text!, /^Sie haben sich für E-Mails von .+ angemeldet\. /);
    assert.ok(!mail.text!.includes("*|") && !mail.html!.includes("*|"));
    const link = await linkOf(address);
    // what scanners do
    for (const agent of ["GET", "HEAD"]) await server.anonymous.request(agent, link);
    await server.anonymous.post(link, "", { status: 400, headers: form });
    assert.equal((await member(address)).status, "pending");
    const page = await server.anonymous.get(link);
    assert.match(page.text, /lang="de"/);
    assert.match(page.headers.get("content-security-policy")!, /frame-ancestors 'self'/);
    assert.match((await confirm(link)).text, /Sie sind angemeldet/);
    now = await member(address);
    assert.equal(now.status, "subscribed");
    assert.match(now.ip_opt, /^127\./);
    assert.ok(now.timestamp_opt);
    const told = await receiver.next((r) => r.method === "POST");
    assert.deepEqual([told.form.get("type"), told.form.get("data[email]")], ["subscribe", address]);
    // once more is nothing new
    assert.match((await confirm(link)).text, /Sie sind angemeldet/);
    assert.match((await server.anonymous.get(link)).text, /Sie sind angemeldet/);
    assert.equal((await mails(address)).length, 1);
  });

  it("learns nothing of who is subscribed", async () => {
    const pages = [];
    for (const address of ["o'neill@example.org", "nobody.knows@example.org"])
      pages.push((await post({ EMAIL: address })).text);
    assert.equal(pages[0], pages[1]);
    await settled();
    assert.equal((await mails("o'neill@example.org")).length, 1); // one an hour
  });

  it("is told by a mail that it is subscribed", async () => {
    await api.put(`/3.0/lists/${list}/members/${md5("in@example.org")}`, { email_address: "in@example.org", status_if_new: "subscribed" });
    await post({ EMAIL: "in@example.org", FNAME: "Stranger" });
    assert.equal((await caughtMail(server, "in@example.org")).subject, "You are subscribed already");
    assert.equal((await member("in@example.org")).merge_fields.FNAME, "");
  });

  it("is not mailed often, whoever asks, and however many lists there are", async () => {
    for (let n = 0; n < 4; n++) await post({ EMAIL: "bombed@example.org" });
    await settled();
    await caughtMail(server, "bombed@example.org");
    assert.equal((await mails("bombed@example.org")).length, 1);
    const twice = Array.from({ length: 8 }, (_, n) => `twice${n}@example.org`);
    await Promise.all([...twice, ...twice].map((EMAIL) => post({ EMAIL })));
    await settled();
    for (const EMAIL of twice) {
      await caughtMail(server, EMAIL);
      assert.equal((await mails(EMAIL)).length, 1);
      assert.equal((await member(EMAIL)).status, "pending");
    }
  });

  it("is one mailbox, in whatever spelling", async () => {
    await post({ EMAIL: "many@example.org" });
    for (const EMAIL of ['"m\\any"@example.org', '"many"@example.org', "many+1@example.org", "MANY+2@example.org"])
      await post({ EMAIL });
    await settled();
    await caughtMail(server, "many@example.org");
    const all = await Promise.all(["many@example.org", "many+1@example.org", "many+2@example.org"].map(mails));
    assert.deepEqual(all.map((some) => some.length), [1, 0, 0]);
  });

  it("confirms what it was asked about, whoever asked for something else since", async () => {
    const address = "anna@example.org";
    await api.post(`/3.0/lists/${list}/members`, { email_address: address, status: "pending", merge_fields: { FNAME: "Anna" } });
    const link = await linkOf(address);
    await post({ EMAIL: address, FNAME: "Rude" });
    await confirm(link);
    const now = await member(address);
    assert.deepEqual([now.status, now.merge_fields.FNAME], ["subscribed", "Anna"]);
  });

  it("had left, and comes back only by its own word", async () => {
    const path = `/3.0/lists/${list}/members/${md5("left@example.org")}`;
    await api.put(path, { email_address: "left@example.org", status_if_new: "subscribed", merge_fields: { FNAME: "Lea", LNAME: "Leaf" } });
    await api.patch(path, { status: "cleaned" });
    await post({ EMAIL: "left@example.org", FNAME: "Leah" });
    // nothing changes because somebody has typed an address
    assert.deepEqual([(await member("left@example.org")).status, (await member("left@example.org")).merge_fields.FNAME], ["cleaned", "Lea"]);
    await api.patch(path, { status: "subscribed" }, { status: 400 });
    await confirm(await linkOf("left@example.org"));
    const { status, merge_fields } = await member("left@example.org");
    assert.deepEqual([status, merge_fields.FNAME, merge_fields.LNAME], ["subscribed", "Leah", "Leaf"]);
  });

  it("was deleted for good, and comes back by the form alone", async () => {
    const path = `/3.0/lists/${list}/members/${md5("gone@example.org")}`;
    await api.put(path, { email_address: "gone@example.org", status_if_new: "subscribed" });
    await api.post(`${path}/actions/delete-permanent`, undefined, { status: 204 });
    await api.put(path, { email_address: "gone@example.org", status_if_new: "pending" }, { status: 400 });
    await post({ EMAIL: "gone@example.org" });
    assert.equal((await member("gone@example.org")).status, "pending");
    await confirm(await linkOf("gone@example.org"));
    assert.equal((await member("gone@example.org")).status, "subscribed");
    assert.equal(countOf(server, "audience", "SELECT COUNT(*) FROM suppression"), 0);
  });

  it("is not subscribed by a link from before it left", async () => {
    await post({ EMAIL: "fickle@example.org" });
    const link = await linkOf("fickle@example.org");
    await api.patch(`/3.0/lists/${list}/members/${md5("fickle@example.org")}`, { status: "unsubscribed" });
    assert.match((await confirm(link)).text, /no longer valid/);
    assert.equal((await member("fickle@example.org")).status, "unsubscribed");
  });

  it("is not subscribed by a link to an address it had", async () => {
    await post({ EMAIL: "old@example.org" });
    const link = await linkOf("old@example.org");
    await api.patch(`/3.0/lists/${list}/members/${md5("old@example.org")}`, { email_address: "new@example.org" });
    assert.match((await confirm(link)).text, /no longer valid/);
    assert.equal((await member("new@example.org")).status, "pending");
    // and a link is nobody else's
    for (const wrong of [`${link}x`, link.slice(0, -2), "/subscribe/confirm/nonsense"]) {
      await server.anonymous.get(wrong, {}, { status: 404 });
      await confirm(wrong, { status: 404 });
    }
  });

  it("is asked by a mail where the API says pending, once for each time", async () => {
    const path = `/3.0/lists/${list}/members/${md5("api@example.org")}`;
    const body = { email_address: "api@example.org", status: "pending", language: "fr" };
    await api.put(path, body);
    await api.put(path, body);
    await api.patch(path, { status: "pending" });
    assert.equal((await caughtMail(server, "api@example.org")).subject, "Veuillez confirmer votre abonnement");
    await settled();
    assert.equal((await mails("api@example.org")).length, 1);
    assert.deepEqual((await mails("api@example.org")).map((one: Json) => [one.is_signup, one.is_test]), [[true, false]]);
    for (let n = 0; n < 4; n++) for (const status of ["unsubscribed", "pending"]) await api.patch(path, { status });
    await settled();
    await until("two more came", async () => (await mails("api@example.org")).length === 3);
  });

  it("is told what is wrong, and finds what was typed", async () => {
    const made = (await api.post(`/3.0/lists/${list}/merge-fields`, { tag: "AGE", name: "Age & more", type: "number", required: true, public: true })).body;
    const secret = (await api.post(`/3.0/lists/${list}/merge-fields`, { tag: "SECRET", name: "Secret", type: "text", public: false })).body;
    const { text } = await post({ EMAIL: '"><script>alert(1)</script>', FNAME: "Ann <i>", AGE: "x" }, { status: 400, headers: german });
    assert.match(text, /Bitte geben Sie eine E-Mail-Adresse ein/);
    assert.match(text, /Bitte geben Sie eine Zahl ein/);
    assert.match(text, /value="Ann &lt;i&gt;"/);
    assert.ok(!text.includes("<script>") && !text.includes("Secret"));
    assert.match(text, /id="f-EMAIL"[^>]* aria-invalid="true"[^>]* autofocus/);
    assert.equal(text.match(/autofocus/g)!.length, 1);
    await post({ EMAIL: "aged@example.org", AGE: "7", SECRET: "taken" });
    const { merge_fields } = await member("aged@example.org");
    assert.deepEqual([merge_fields.AGE, merge_fields.SECRET], [7, ""]);
    for (const { merge_id } of [made, secret]) await api.delete(`/3.0/lists/${list}/merge-fields/${merge_id}`);
  });

  it("gives fields of every type, and interests", async () => {
    const types: [string, Json][] = [["WHEN", { type: "date" }], ["BORN", { type: "birthday" }], ["WHERE", { type: "address" }],
      ["PICK", { type: "dropdown", options: { choices: ["One", "Two"] } }], ["RADIO", { type: "radio", options: { choices: ["A", "B"] } }]];
    const ids = [];
    for (const [tag, more] of types)
      ids.push((await api.post(`/3.0/lists/${list}/merge-fields`, { tag, name: tag, public: true, ...more })).body.merge_id);
    const categories: Json = {};
    for (const type of ["checkboxes", "radio", "dropdown", "hidden"]) {
      const made = (await api.post(`/3.0/lists/${list}/interest-categories`, { title: `Of ${type}`, type })).body;
      const add = async (name: string) => (await api.post(`/3.0/lists/${list}/interest-categories/${made.id}/interests`, { name })).body.id;
      categories[type] = { id: made.id, one: await add("One <1>"), two: await add("Two") };
    }
    const { checkboxes, radio, dropdown, hidden } = categories;
    const shown = (await server.anonymous.get(`/subscribe${where}`)).text;
    assert.match(shown, /One &lt;1&gt;/);
    assert.ok(!shown.includes("Of hidden"));
    await post({
      EMAIL: "all@example.org", "WHEN[year]": "2001", "WHEN[month]": "2", "WHEN[day]": "3", "BORN[month]": "4", "BORN[day]": "5",
      "WHERE[addr1]": "1 Road", "WHERE[city]": "Town", "WHERE[state]": "S", "WHERE[zip]": "1", PICK: "Two", RADIO: "B", EMAILTYPE: "text",
      [`group[${checkboxes.id}][${checkboxes.one}]`]: "1", [`group[${radio.id}]`]: radio.two, [`group[${dropdown.id}]`]: "nonsense",
      [`group[${hidden.id}][${hidden.one}]`]: "1",
    });
    const { merge_fields: m, interests } = await member("all@example.org");
    assert.deepEqual([m.WHEN, m.BORN, m.WHERE.city, m.PICK, m.RADIO], ["2001-02-03", "04/05", "Town", "Two", "B"]);
    assert.deepEqual(Object.keys(interests).filter((id) => interests[id]).sort(), [checkboxes.one, radio.two].sort());
    for (const id of ids) await api.delete(`/3.0/lists/${list}/merge-fields/${id}`);
    // what was chosen may be gone when somebody confirms
    for (const type of Object.keys(categories)) await api.delete(`/3.0/lists/${list}/interest-categories/${categories[type].id}`);
    await confirm(await linkOf("all@example.org"));
    assert.equal((await member("all@example.org")).status, "subscribed");
  });

  it("asks how people may be contacted, if the list does", async () => {
    await api.patch(`/3.0/lists/${list}`, { marketing_permissions: true });
    const { items } = (await server.admin.get(`/api/v1/audience/permissions/${list}`)).body;
    const german_page = (await server.anonymous.get(`/subscribe${where}`, {}, { headers: german })).text;
    assert.match(german_page, /Wie dürfen wir Sie kontaktieren\?/);
    assert.match(german_page, /<bdi>Briefpost<\/bdi>/);
    await post({ EMAIL: "gdpr@example.org", [`gdpr[${items[1].id}]`]: "Y", "gdpr[0123456789]": "Y" });
    const given = async () => (await member("gdpr@example.org")).marketing_permissions.filter((p: Json) => p.enabled).map((p: Json) => p.text);
    assert.deepEqual(await given(), [], "anybody may have typed the address");
    await confirm(await linkOf("gdpr@example.org"));
    assert.deepEqual(await given(), ["Direct Mail"]);
    const [agreed] = (await server.admin.get(`/api/v1/audience/members/${md5("gdpr@example.org")}`, { list_id: list })).body.agreements;
    assert.match(agreed.text, /^From: .+\n[^]+\n☑ Direct Mail$/);
    // who signs up once more takes none back
    await post({ EMAIL: "gdpr@example.org", [`gdpr[${items[0].id}]`]: "Y" });
    assert.ok((await given()).includes("Direct Mail"));
    await api.patch(`/3.0/lists/${list}`, { marketing_permissions: false });
    assert.ok(!(await server.anonymous.get(`/subscribe${where}`)).text.includes("gdpr["));
  });

  it("is asked by scripts of other sites", async () => {
    const json = (query: Record<string, string>, options = {}) => server.anonymous.get(`/subscribe/post-json${where}`, query, options);
    const { text, type, headers } = await json({ EMAIL: "script@example.org", FNAME: "\u202eSam\u001b", c: "jQuery1.cb_2" });
    assert.equal(type, "application/javascript");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(text, /^\/\*\*\/jQuery1\.cb_2\(\{"result":"success","msg":"We have sent you[^"]*"\}\)$/);
    const scripted = await member("script@example.org");
    assert.deepEqual([scripted.status, scripted.merge_fields.FNAME], ["pending", "Sam"]);
    assert.match((await json({ EMAIL: "", c: "cb" })).text, /"result":"error","msg":"0 - Please enter a value"/);
    assert.match((await json({ EMAIL: "x", c: "cb" })).text, /"result":"error","msg":"0 - Please enter an e-mail address/);
    for (const c of ["", "alert(1)//", "a b", "a;b", "1a", "a".repeat(101), "</script>", "a\u2028b", "window['x']"])
      await json({ EMAIL: "never@example.org", c }, { status: 400 });
    await json({ EMAIL: "never@example.org" }, { status: 400 });
    await server.anonymous.request("HEAD", `/subscribe/post-json${where}&EMAIL=never@example.org&c=cb`);
    await api.get(`/3.0/lists/${list}/members/${md5("never@example.org")}`, {}, { status: 404 });
  });

  it("is a program: nothing comes of it", async () => {
    const trap = `b_${where.match(/u=(\w+)/)![1]}_${list}`;
    const { text } = await post({ EMAIL: "robot@example.org", [trap]: "x" });
    assert.match(text, /Almost finished/);
    await api.get(`/3.0/lists/${list}/members/${md5("robot@example.org")}`, {}, { status: 404 });
  });

  it("sends what is no form", async () => {
    await post({ EMAIL: "big@example.org", FNAME: "x".repeat(1 << 20) }, { status: 413 });
    assert.match((await post({ EMAIL: "big@example.org", FNAME: "ä".repeat(20_000) }, { status: 400 })).text, /too long/);
    const many = Array.from({ length: 10_000 }, (_, i) => `f${i}=${i}`).join("&");
    assert.match((await post(`${many}&EMAIL=many@example.org`, { status: 400 })).text, /Please enter a value/);
    await post("EMAIL=%00%ff@example.org", { status: 400 });
    await post("", { status: 400 });
    for (const type of ["application/json", "multipart/form-data; boundary=x", "text/plain"])
      await post("{}", { status: 415, headers: { "content-type": type } });
  });

  it("sees the owner's texts and colours, and nothing that runs", async () => {
    await api.post(`/3.0/lists/${list}/signup-forms`, {
      header: { text: "<script>alert(1)</script>", image_url: 'https://example.org/a.png"><script>', image_align: "center", image_width: "100px" },
      contents: [{ section: "signup_message", value: "Grüße\n<b>you</b>" }],
      styles: [{ selector: "forms_buttons", options: [
        { property: "background-color", value: "#0a0" }, { property: "color", value: "red}body{display:none" },
        { property: "background", value: "url(https://evil.example/)" }, { property: "font-size", value: "20px" }] }],
    });
    const { text, headers } = await server.anonymous.get(`/subscribe${where}`);
    assert.match(text, /button\{background-color:#00aa00;font-size:20px;\}/);
    assert.match(text, /<p><bdi>Grüße<\/bdi><\/p>\n<p><bdi>&lt;b&gt;you/);
    assert.ok(!text.includes("<script>") && !text.includes("evil") && !text.includes("display:none"));
    assert.match(headers.get("content-security-policy")!, /img-src 'self' https:;/);
    assert.ok(text.indexOf("<img ") < text.indexOf("alert(1)") && text.indexOf("alert(1)") < text.indexOf("<h1>"), "the logo, what is to be at the top, and the heading");
    // so does the mail that asks to confirm
    await post({ EMAIL: "looks@example.org" }, { headers: german });
    const mail = await parseMail((await caughtMail(server, "looks@example.org")).source);
    assert.match(mail.html!, /<img src="https:\/\/example\.org\/a\.png&quot;&gt;&lt;script&gt;" alt="[^"]+" width="100" /);
    assert.match(mail.html!, /class="button" href="[^"]+" style="[^"]*background:#00aa00;color:#18181b">Anmeldung bestätigen/);
    assert.ok(!mail.html!.includes("<script>") && !mail.html!.includes("evil"));
    await api.post(`/3.0/lists/${list}/signup-forms`, { header: { image_url: "" } });
  });

  it("comes from a form that was copied into another site", async () => {
    const reader = server.admin.as(await server.createKey("u", "user"));
    await api.post(`/3.0/lists/${list}/merge-fields`, { tag: "COPY", name: 'A "quote" <b>', type: "text", public: true });
    const [copy] = (await reader.get("/api/v1/audience/forms")).body.items;
    assert.equal(copy.url, `${server.url}/subscribe${where}`);
    assert.ok(copy.html.includes(`action="${server.url}/subscribe/post${where.replace("&", "&amp;")}&amp;lang=en"`));
    assert.match(copy.html, /<label for="f-EMAIL">/);
    assert.match(copy.html, /A &quot;quote&quot; &lt;b&gt;/);
    assert.ok(copy.html.includes(`name="b_`) && !copy.html.includes("<script") && !copy.html.includes("shown"));
    await server.anonymous.get("/api/v1/audience/forms", {}, { status: 401 });
    const { body } = await api.get(`/3.0/lists/${list}`);
    assert.deepEqual([body.subscribe_url_short, body.subscribe_url_long], [copy.url, copy.url]);
  });

  it("follows the merge tag of a mail", async () => {
    await api.put(`/3.0/lists/${list}/members/${md5("friend@example.org")}`, { email_address: "friend@example.org", status_if_new: "subscribed" });
    const { body: tag } = await api.post(`/3.0/lists/${list}/segments`, { name: "Friends", static_segment: ["friend@example.org"] });
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list, segment_opts: { saved_segment_id: tag.id } },
      settings: { subject_line: "s", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
      tracking: { html_clicks: false, opens: false },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { plain_text: "Pass it on: *|LIST:SUBSCRIBE|* or leave: *|UNSUB|*" });
    await api.post(`/3.0/campaigns/${body.id}/actions/send`);
    const mail = await parseMail((await caughtMail(server, "friend@example.org")).source);
    assert.ok(mail.text!.includes(`${server.url}/subscribe${where}`), mail.text);
  });

  it("is shown to have agreed, in the CRM, too, until it is erased", async () => {
    const address = "shown@example.org";
    const { admin } = server;
    await post({ EMAIL: address, FNAME: "Sina" }, { headers: german });
    await post({ EMAIL: address }); // of which no mail asks
    const more = async () => (await admin.get(`/api/v1/audience/members/${md5(address)}`, { list_id: list })).body.agreements;
    assert.deepEqual(await more(), []);
    await confirm(await linkOf(address));
    const { name } = (await api.get(`/3.0/lists/${list}`)).body;
    const [signup, ...others] = await more();
    assert.deepEqual([others.length, signup.form], [0, name]);
    assert.match(signup.text, /^Von: .+\n.+/);
    assert.ok(signup.signed_up_at <= signup.confirmed_at);
    for (const ip of [signup.signed_up_ip, signup.confirmed_ip]) assert.match(ip, /^127\./);

    await runJob(server, "/api/v1/sync");
    const csv = (await admin.get("/api/v1/audience/people.csv", { list_id: list, hash: md5(address) })).text;
    const { body } = await admin.post("/api/v1/imports?entity=people&opted_in=Formular", csv, { status: 202, headers: { "content-type": "text/csv" } });
    await server.job(body.job_id);
    const [{ id }] = (await admin.get("/api/v1/people", { email: address })).body.items;
    const [consent] = (await admin.get(`/api/v1/people/${id}/consent`)).body.items;
    assert.deepEqual([consent.state, consent.source, consent.at, consent.import_id, consent.user_id], ["opted_in", "person", signup.confirmed_at, body.import_id, null]);
    assert.deepEqual(consent.signup, signup);
    const [said] = (await admin.get(`/api/v1/people/${id}/export`)).body.consent;
    assert.deepEqual([said.signup_form, said.signup_text, said.signup_ms], [name, signup.text, signup.signed_up_at]);
    const entry = (await admin.get(`/api/v1/people/${id}/timeline`, { type: "consent" })).body.items[0];
    assert.deepEqual([entry.kind, entry.title, entry.at], ["person", name, signup.confirmed_at]);
    const file = (await admin.get("/api/v1/export/people.csv", { ids: String(id) })).text;
    assert.ok(file.includes("consent_signed_up_at") && file.includes(signup.signed_up_at));
    // our own file, which is asked nothing about
    await admin.post("/api/v1/imports?entity=people&dry_run=true", file, { status: 202, headers: { "content-type": "text/csv" } });

    await admin.post(`/api/v1/people/${id}/erase`, undefined, { status: 204 });
    await settled();
    await until("the audience forgot it", () => countOf(server, "audience", `SELECT COUNT(*) FROM agreement WHERE asked_ms = ${Date.parse(signup.signed_up_at)}`) === 0);
    assert.equal(countOf(server, "crm", `SELECT COUNT(*) FROM consent WHERE record_id = ${id} AND (form IS NOT NULL OR asked_ip IS NOT NULL OR text_id IS NOT NULL)`), 0);
  });

  it("is erased with what it asked for", async () => {
    const path = `/3.0/lists/${list}/members/${md5("erase.me@example.org")}`;
    await api.put(path, { email_address: "erase.me@example.org", status_if_new: "subscribed" });
    await api.patch(path, { status: "cleaned" });
    await post({ EMAIL: "erase.me@example.org", FNAME: "Erasmus" });
    await caughtMail(server, "erase.me@example.org");
    assert.ok(whatHolds(server, "erasmus").length > 0);
    await api.post(`${path}/actions/delete-permanent`, undefined, { status: 204 });
    assert.deepEqual(whatHolds(server, "erasmus"), []);
  });
});

describe("who signs up by our own form", () => {
  const server = useServer({ env: { MUSTER_SIGNUP_PER_CLIENT: "3" } });
  let where: string;
  let path: string;
  const form = { "content-type": "application/x-www-form-urlencoded" };

  before(async () => {
    const api = server.mailchimp;
    const list = (await api.get("/3.0/lists")).body.lists[0].id;
    where = `?u=${(await api.get("/3.0/")).body.account_id}&id=${list}`;
    path = `/3.0/lists/${list}/members`;
    await api.patch(`/3.0/lists/${list}`, { double_optin: false });
  });

  const post = (fields: Record<string, string>, options: Json = {}) =>
    server.anonymous.post(`/subscribe/post${where}`, new URLSearchParams(fields).toString(), { headers: form, ...options });
  const stampOf = (text: string) => text.match(/name="shown" value="([^"]+)"/)![1]!;

  it("is subscribed at once, where nothing stands against it, but not as quick as a program", async () => {
    const shown = stampOf((await server.anonymous.get(`/subscribe${where}`)).text);
    const { text } = await post({ EMAIL: "quick@example.org", FNAME: "Quick", shown });
    assert.match(text, /Please press the button once more/);
    assert.match(text, /value="Quick"/);
    assert.equal(stampOf(text), shown); // who waits is done
    await server.mailchimp.get(`${path}/quick@example.org`, {}, { status: 404 });
    await until("it is no program any more", async () => /Thank you/.test((await post({ EMAIL: "quick@example.org", shown })).text));
    const { body } = await server.mailchimp.get(`${path}/quick@example.org`);
    assert.deepEqual([body.status, body.ip_opt !== ""], ["subscribed", true]);
  });

  it("confirms with a stamp that is none, and not more often than three from one place", async () => {
    for (const [n, shown] of ["", "AAAA"].entries()) {
      assert.match((await post({ EMAIL: `s${n}@example.org`, shown })).text, /Almost finished/);
      assert.equal((await server.mailchimp.get(`${path}/s${n}@example.org`)).body.status, "pending");
    }
    const { text } = await post({ EMAIL: "s9@example.org" }, { status: 429 });
    assert.match(text, /Please try again/);
    const script = await server.anonymous.get(`/subscribe/post-json${where}`, { EMAIL: "s9@example.org", c: "cb" });
    assert.match(script.text, /"result":"error"/);
    await server.mailchimp.get(`${path}/s9@example.org`, {}, { status: 404 });
  });
});

describe("somebody whom the CRM knows", () => {
  const server = useServer();
  const form = { "content-type": "application/x-www-form-urlencoded" };

  it("left by a mail, signs up again, and is opted in again", async () => {
    const api = server.mailchimp;
    await addPeople(server, ["rosa@example.org"]);
    const group = await makeGroup(server, "All");
    const { body: campaign } = await server.admin.post("/api/v1/campaigns", {
      name: "News", subject: "News", group_id: group.id, from_name: "Us", from_email: "us@example.test", html: "<p>Hello</p>",
    }, { status: 201 });
    await runJob(server, `/api/v1/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    const list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, { campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" } });
    await api.post(`/3.0/lists/${list}/signup-forms`, { contents: [
      { section: "unsub_message", value: "Bye for now" }, { section: "signup_thank_you_title", value: "Welcome home" }] });
    const isOut = (out: boolean) => until(`she is ${out ? "" : "not "}opted out`, async () =>
      (await server.admin.get("/api/v1/people", { email: "rosa@example.org" })).body.items[0].opted_out === out);
    const mail = await parseMail((await caughtMail(server, "rosa@example.org")).source);
    const left = await server.anonymous.post(new URL(hrefs(mail.html!).find((url) => url.includes("/t/u/"))!).pathname, "", { headers: form });
    assert.match(left.text, /Bye for now/);
    await isOut(true);
    await until("the member has left", async () => (await api.get(`/3.0/lists/${list}/members/rosa@example.org`)).body.status === "unsubscribed");
    const where = `?u=${(await api.get("/3.0/")).body.account_id}&id=${list}`;
    await server.anonymous.post(`/subscribe/post${where}`, "EMAIL=rosa@example.org", { headers: form });
    const asked = await until("she is asked", async () => {
      const { source } = await caughtMail(server, "rosa@example.org");
      return /confirm/.test(source) && parseMail(source);
    });
    assert.equal((await api.get(`/3.0/lists/${list}/members/rosa@example.org`)).body.status, "unsubscribed");
    const back = await server.anonymous.post(new URL(hrefs(asked.html!).find((url) => url.includes("/subscribe/confirm/"))!).pathname, "confirm=1", { headers: form });
    assert.match(back.text, /Welcome home/);
    await isOut(false);
    assert.equal((await api.get(`/3.0/lists/${list}/members/rosa@example.org`)).body.status, "subscribed");
  });
});

const port = await freePort();

describe("a listener of its own", () => {
  const server = useServer({ env: { MUSTER_TRACK_LISTEN: `127.0.0.1:${port}` } });

  it("has the forms, too, and nothing else", async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    const { pathname, search } = new URL(body.lists[0].subscribe_url_long);
    const at = `http://127.0.0.1:${port}`;
    assert.equal((await fetch(at + pathname + search)).status, 200);
    assert.equal((await fetch(`${at}/subscribe/post-json${search}&EMAIL=&c=cb`)).status, 200);
    assert.equal((await fetch(`${at}/subscribe/confirm/x`)).status, 404);
    assert.equal((await fetch(`${at}/3.0/ping`)).status, 404);
  });
});
