/** What a reader may change by the link of a mail: interests, fields, format, and whether they get mail at all. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { caughtMail, countOf, hrefs, parseMail, runJob, until, useReceiver, useServer, type Client, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const form = { "content-type": "application/x-www-form-urlencoded" };
const unescape = (text: string) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

describe("what a reader prefers", () => {
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const receiver = useReceiver();
  let api: Client;
  let list: string;
  let permissions: string[];
  let links: Record<string, string>;
  const group: Record<string, string> = {};
  const choice: Record<string, string> = {};
  const people = ["ann", "ben", "cat", "dan", "eve", "fay"].map((name) => `${name}@r.example`);
  const member = async (address: string) => (await api.get(`/3.0/lists/${list}/members/${md5(address)}`)).body;
  const post = (link: string, fields: Record<string, string> | string, options: Json = {}) =>
    server.anonymous.post(link, typeof fields === "string" ? fields : new URLSearchParams(fields).toString(), {
      ...options, headers: { ...form, ...options.headers },
    });

  /** What a browser would send of the page's first form if nothing were changed. */
  function fieldsOf(page: string): Record<string, string> {
    const html = page.slice(page.indexOf("<form"), page.indexOf("</form>"));
    const fields: Record<string, string> = { save: "1" };
    const attribute = (tag: string, name: string) => unescape(tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? "");
    for (const [tag] of html.matchAll(/<input [^>]*>/g))
      if (!/type="(radio|checkbox)"/.test(tag) || / checked/.test(tag)) fields[attribute(tag, "name")] = attribute(tag, "value");
    for (const [, tag, options] of html.matchAll(/(<select [^>]*>)([^]*?)<\/select>/g))
      fields[attribute(tag, "name")] = attribute(options.match(/<option [^>]*selected>/)?.[0] ?? "", "value");
    return fields;
  }
  const open = async (link: string) => {
    const { text } = await server.anonymous.get(link);
    return { text, fields: fieldsOf(text) };
  };

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, {
      email_type_option: true, campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "" },
    });
    await api.patch(`/3.0/lists/${list}`, { marketing_permissions: true });
    permissions = (await server.admin.get(`/api/v1/audience/permissions/${list}`)).body.items.map((p: Json) => p.id);
    for (const [tag, type, more] of [
      ["BORN", "birthday", {}], ["SINCE", "date", {}], ["SIZE", "number", {}], ["TEAM", "dropdown", { options: { choices: ["Red", "Blue"] } }],
      ["HOME", "address", {}], ["SECRET", "text", { public: false }],
    ] as [string, string, Json][])
      await api.post(`/3.0/lists/${list}/merge-fields`, { tag, name: tag, type, public: true, ...more });
    for (const [title, type] of [["Topics", "checkboxes"], ["Often", "radio"], ["Town", "dropdown"], ["Inner", "hidden"]]) {
      group[title] = (await api.post(`/3.0/lists/${list}/interest-categories`, { title, type })).body.id;
      for (const name of ["One", "Two"])
        choice[title + name] = (await api.post(`/3.0/lists/${list}/interest-categories/${group[title]}/interests`, { name: `${title} ${name}` })).body.id;
    }
    for (const address of people)
      await api.post(`/3.0/lists/${list}/members`, {
        email_address: address, status: "subscribed",
        merge_fields: {
          FNAME: `<b>"O'Neill"</b>`, BORN: "07/09", SINCE: "2020-02-03", SIZE: 42, TEAM: "Blue", SECRET: "hush-hush",
          HOME: { addr1: "1 High St", city: "Łódź", state: "Łódzkie", zip: "90", country: "PL" },
        },
        marketing_permissions: [{ marketing_permission_id: permissions[0], enabled: true }],
        interests: { [choice.TopicsOne]: true, [choice.OftenTwo]: true, [choice.TownOne]: true, [choice.InnerOne]: true },
      });
    await api.post(`/3.0/lists/${list}/webhooks`, {
      url: `${receiver.url}/prefs`, events: { profile: true, unsubscribe: true, upemail: true }, sources: { user: true, admin: false, api: false },
    });
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, settings: { subject_line: "News", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { html: '<p><a href="*|UPDATE_PROFILE|*">Change</a> <a href="*|UNSUB|*">Leave</a></p>' });
    await api.post(`/3.0/campaigns/${body.id}/actions/send`);
    await until("it is sent", async () => (await api.get(`/3.0/campaigns/${body.id}`)).body.status === "sent");
    links = {};
    for (const address of people) {
      const caught = (await server.admin.get("/api/v1/outbox", { rcpt: address })).body.items[0];
      const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
      links[address.slice(0, 3)] = new URL(hrefs(mail.html!).find((url) => url.includes("/t/p/"))!).pathname;
    }
  });

  it("is shown to who looks, and looking changes nothing", async () => {
    const before = await member("ann@r.example");
    const { text, fields } = await open(links.ann);
    assert.match(text, /<html lang="en" dir="ltr">/);
    assert.match(text, /a\*\*\*@r\.example/);
    assert.doesNotMatch(text, /ann@r\.example|hush-hush|SECRET|Inner|<script/);
    assert.deepEqual(
      [fields.FNAME, fields["BORN[month]"], fields["BORN[day]"], fields.SINCE, fields.SIZE, fields.TEAM, fields["HOME[city]"], fields.EMAILTYPE],
      [`<b>"O'Neill"</b>`, "7", "9", "2020-02-03", "42", "Blue", "Łódź", "html"]);
    assert.deepEqual([fields[`group[${group.Often}]`], fields[`group[${group.Town}]`]], [choice.OftenTwo, choice.TownOne]);
    assert.ok(fields[`group[${group.Topics}][${choice.TopicsOne}]`]);
    assert.deepEqual([fields[`gdpr[${permissions[0]}]`], fields[`gdpr[${permissions[1]}]`]], ["Y", undefined]);
    await server.anonymous.request("HEAD", links.ann);
    assert.deepEqual(await member("ann@r.example"), before);
    const german = await server.anonymous.get(links.ann, {}, { headers: { "accept-language": "de" } });
    assert.match(german.text, />Speichern<\/button>/);
    assert.match(german.headers.get("cache-control")!, /no-store/);
  });

  it("stays as it is if the form is sent as it was", async () => {
    const before = await member("ann@r.example");
    assert.match((await post(links.ann, (await open(links.ann)).fields)).text, /Your changes are saved/);
    assert.deepEqual(await member("ann@r.example"), before);
  });

  it("is changed, told, and what is not in the page stays", async () => {
    const { fields } = await open(links.ben);
    delete fields[`group[${group.Topics}][${choice.TopicsOne}]`];
    delete fields[`gdpr[${permissions[0]}]`];
    fields[`gdpr[${permissions[2]}]`] = "Y";
    Object.assign(fields, {
      FNAME: "بن", LNAME: "", "BORN[month]": "", "BORN[day]": "", SIZE: "7.5", TEAM: "Red", EMAILTYPE: "text", SECRET: "told", email_address: "evil@r.example",
      "HOME[addr1]": "", "HOME[addr2]": "", "HOME[city]": "", "HOME[state]": "", "HOME[zip]": "", "HOME[country]": "", status: "unsubscribed",
      [`group[${group.Topics}][${choice.TopicsTwo}]`]: "1", [`group[${group.Often}]`]: choice.OftenOne, [`group[${group.Town}]`]: "",
      [`group[${group.Inner}][${choice.InnerOne}]`]: "", [`group[${group.Topics}][0123456789]`]: "1",
    });
    const { text } = await post(links.ben, fields);
    assert.match(text, /Your changes are saved/);
    assert.match(text, /value="بن"/);
    const now = await member("ben@r.example");
    assert.deepEqual(
      [now.status, now.email_type, now.merge_fields.FNAME, now.merge_fields.BORN, now.merge_fields.SIZE, now.merge_fields.TEAM, now.merge_fields.HOME, now.merge_fields.SECRET],
      ["subscribed", "text", "بن", "", 7.5, "Red", "", "hush-hush"]);
    assert.deepEqual(Object.keys(now.interests).filter((id) => now.interests[id]).sort(), [choice.TopicsTwo, choice.OftenOne, choice.InnerOne].sort());
    assert.deepEqual(now.marketing_permissions.map((p: Json) => p.enabled), [false, false, true]);
    const feed = (await api.get(`/3.0/lists/${list}/members/ben@r.example/activity-feed`, { activity_filters: "marketing_permission" })).body.activity;
    assert.deepEqual(feed.map((a: Json) => [a.marketing_permission_opted_in, a.updated_by]).sort(), [[false, "ben@r.example"], [true, "API"], [true, "ben@r.example"]]);
    const told = await receiver.next((r) => r.method === "POST");
    assert.deepEqual([told.form.get("type"), told.form.get("data[email]"), told.form.get("data[merges][FNAME]")], ["profile", "ben@r.example", "بن"]);
  });

  it("says what is wrong beside its field, and keeps what was typed", async () => {
    const { fields } = await open(links.cat);
    const before = await member("cat@r.example");
    const { text } = await post(links.cat, { ...fields, SIZE: "many", FNAME: "</script><b>", TEAM: "Green", "HOME[zip]": "", LNAME: "x".repeat(2000) }, { status: 400 });
    assert.match(text, /Please enter a number/);
    assert.match(text, /Please choose one of these/);
    assert.match(text, /Please enter the whole address/);
    assert.match(text, /This is too long/);
    assert.match(text, /value="many"/);
    assert.match(text, /value="&lt;\/script&gt;&lt;b&gt;"/);
    assert.deepEqual(await member("cat@r.example"), before);
  });

  it("is the language of mails, which the CRM hears of", async () => {
    await server.admin.post("/api/v1/people", { first_name: "Cat", email: "cat@r.example" }, { status: 201 });
    const cat = async () => (await server.admin.get("/api/v1/people", { q: "cat@r.example" })).body.items[0];
    const { text, fields } = await open(links.cat);
    assert.match(text, /<select id="language" name="language">\n<option value="" selected>Please choose</);
    assert.equal(fields.language, "");
    await post(links.cat, { ...fields, language: "klingon" });
    assert.equal((await member("cat@r.example")).language, "");
    const saved = await post(links.cat, { ...fields, language: "pt" });
    assert.match(saved.text, /<html lang="pt"[^]*<option value="pt" selected>Português/);
    await until("the CRM has heard of it", async () => (await cat()).language === "pt");
    // one with a country stays as it is
    await api.patch(`/3.0/lists/${list}/members/${md5("cat@r.example")}`, { language: "pt_PT" });
    const again = await open(links.cat);
    assert.equal(again.fields.language, "pt");
    await post(links.cat, again.fields);
    assert.equal((await member("cat@r.example")).language, "pt_PT");
    // what a user says in the CRM after it heard of that goes there
    await runJob(server, "/api/v1/sync");
    await server.admin.patch(`/api/v1/people/${(await cat()).id}`, { language: "Deutsch" });
    await until("the audience knows", async () => (await member("cat@r.example")).language === "de");
    await runJob(server, "/api/v1/sync");
    assert.equal((await cat()).language, "Deutsch");
  });

  it("is not changed by programs", async () => {
    const before = await member("cat@r.example");
    const { fields } = await open(links.cat);
    for (const wrong of ["", "save=1", "save=1&FNAME=x&shown=y", "FNAME=x", "reason=often", `shown=${fields.shown}`])
      await post(links.cat, wrong, { status: 400 });
    // a form of ours with nothing typed in it takes only what boxes say
    await post(links.cat, { save: "1", shown: fields.shown, [`group[${group.Topics}][${choice.TopicsOne}]`]: "1", [`gdpr[${permissions[0]}]`]: "Y" });
    assert.deepEqual(await member("cat@r.example"), before);
    await post(links.cat, { ...fields, FNAME: "x".repeat(1 << 20) }, { status: 413 });
    await server.anonymous.post(links.cat, { save: 1 }, { status: 415 });
    await post(links.cat, new URLSearchParams(fields).toString().replace(/LNAME=[^&]*/, "LNAME=%00%ff")); // is no text: not there
    for (const link of [links.cat + "x", links.cat.replace("/t/p/", "/t/u/"), links.ann.slice(0, -3) + links.cat.slice(-3)])
      await post(link, fields, { status: 404 });
    assert.deepEqual(await member("cat@r.example"), before);
  });

  it("keeps what is no choice any more, until another is chosen", async () => {
    const field = (await api.get(`/3.0/lists/${list}/merge-fields`, { count: 100 })).body.merge_fields.find((f: Json) => f.tag === "TEAM");
    const path = `/3.0/lists/${list}/merge-fields/${field.merge_id}`;
    await api.patch(path, { options: { choices: ["Red", "Green"] } });
    const { fields } = await open(links.cat);
    assert.equal(fields.TEAM, "Blue");
    await post(links.cat, { ...fields, LNAME: "Stevens" });
    let { merge_fields } = await member("cat@r.example");
    assert.deepEqual([merge_fields.TEAM, merge_fields.LNAME], ["Blue", "Stevens"]);
    await post(links.cat, { ...fields, TEAM: "Green" });
    await post(links.cat, { ...fields, TEAM: "Blue" }, { status: 400 });
    ({ merge_fields } = await member("cat@r.example"));
    assert.equal(merge_fields.TEAM, "Green");
    await api.patch(path, { options: { choices: ["Red", "Blue"] } });
  });

  it("is another address, once that says so itself", async () => {
    const { text, fields } = await open(links.ben);
    assert.match(text, /<label for="address">New e-mail address<\/label>/);
    const { shown } = fields;
    const mails = async (rcpt: string) => (await server.admin.get("/api/v1/outbox", { rcpt })).body.items.length;
    for (const address of ["", "ben", "ben@", "<b>@x", "x".repeat(2000)]) {
      const page = await post(links.ben, { move: "1", shown, address }, { status: 400 });
      assert.match(page.text, /id="address-wrong">Please enter an e-mail address/);
    }
    await post(links.ben, { move: "1", address: "benno@r.example" }, { status: 400 });
    const asked = (await post(links.ben, { move: "1", shown, address: "Benno@R.example" })).text;
    assert.match(asked, /We have sent an e-mail to the new address/);
    const mail = await parseMail((await caughtMail(server, "benno@r.example")).source);
    assert.equal(mail.subject, "Please confirm your new address");
    const told = await until("the old address is told", async () => {
      const { subject, source } = await caughtMail(server, "ben@r.example");
      return subject === "Your e-mail is to go to another address" && source;
    });
    assert.doesNotMatch(told, /benno|\/t\/|subscribe\//);
    const link = new URL(hrefs(mail.html!).find((url) => url.includes("/t/m/"))!).pathname;
    assert.match((await server.anonymous.get(link)).text, /benno@r\.example/);
    await post(link, "", { status: 400 });
    await post(`${link.slice(0, -1)}${link.endsWith("A") ? "B" : "A"}`, "confirm=1", { status: 404 });
    assert.equal((await member("ben@r.example")).email_address, "ben@r.example");
    // those who are there, or have said no, get nothing, and the page says the same
    const before = await mails("ann@r.example");
    assert.equal((await post(links.ben, { move: "1", shown, address: "ann@r.example" })).text.replace(/value="[^"]*"/g, ""), asked.replace(/value="[^"]*"/g, ""));
    const pages = await Promise.all([1, 2].map(() => post(link, "confirm=1")));
    for (const page of pages) assert.match(page.text, /will go to this address/);
    assert.equal((await member("benno@r.example")).status, "subscribed");
    assert.match((await server.anonymous.get(link)).text, /will go to this address/);
    assert.equal(await mails("ann@r.example"), before);
    const { form } = await receiver.next((r) => r.method === "POST" && r.form.get("type") === "upemail");
    assert.deepEqual([form.get("data[old_email]"), form.get("data[new_email]")], ["ben@r.example", "benno@r.example"]);
    // the old mail leads nowhere now
    assert.doesNotMatch((await server.anonymous.get(links.ben)).text, /name="FNAME"|benno/);
    assert.equal(countOf(server, "audience", "SELECT COUNT(*) FROM address_change"), 0);
  });

  it("is saved twice at once", async () => {
    const { fields } = await open(links.dan);
    const pages = await Promise.all(["One", "Two", "Three", "Four"].map((FNAME) => post(links.dan, { ...fields, FNAME })));
    for (const { text } of pages) assert.match(text, /Your changes are saved/);
    assert.match((await member("dan@r.example")).merge_fields.FNAME, /^(One|Two|Three|Four)$/);
  });

  it("is no more mail, with a reason, and mail again", async () => {
    const { text } = await post(links.eve, { unsubscribe: "1", reason: "often" }, { headers: { "accept-language": "de" } });
    assert.match(text, /Sie sind abgemeldet/);
    await until("she has left", async () => (await member("eve@r.example")).status === "unsubscribed");
    assert.equal((await member("eve@r.example")).unsubscribe_reason, "They come too often");
    const told = await receiver.next((r) => r.method === "POST" && r.form.get("type") === "unsubscribe");
    assert.equal(told.form.get("data[email]"), "eve@r.example");
    const page = (await server.anonymous.get(links.eve)).text;
    assert.doesNotMatch(page, /name="save"|name="FNAME"/);
    // what was shown before she left changes nothing now
    assert.doesNotMatch((await post(links.eve, { save: "1", FNAME: "x" })).text, /are saved/);
    const back = new URL(page.match(/action="([^"]+)"/)![1], `http://x${links.eve}`).pathname;
    await post(back, { subscribe: "1" });
    await until("she is back", async () => (await member("eve@r.example")).status === "subscribed");
    assert.match((await server.anonymous.get(links.eve)).text, /name="FNAME"/);
  });

  it("leads to the form who cannot come back by a button", async () => {
    const path = `/3.0/lists/${list}/members/${md5("fay@r.example")}`;
    await api.patch(path, { status: "cleaned" });
    const { text } = await server.anonymous.get(links.fay);
    const href = unescape(text.match(/href="([^"]+)"/)![1]);
    const where = new URL(href, `http://x${links.fay}`);
    assert.match((await server.anonymous.get(where.pathname + where.search)).text, /name="EMAIL"/);
    // whoever has the mail to an old address sees nothing of whom it is now
    await api.patch(`/3.0/lists/${list}/members/${md5("ann@r.example")}`, { email_address: "anna@r.example" });
    const old = (await server.anonymous.get(links.ann)).text;
    assert.doesNotMatch(old, /name="FNAME"|anna|O&#39;Neill/);
    await post(links.ann, { save: "1", FNAME: "Thief" });
    assert.notEqual((await member("anna@r.example")).merge_fields.FNAME, "Thief");
    await api.post(`/3.0/lists/${list}/members/${md5("dan@r.example")}/actions/delete-permanent`, undefined, { status: 204 });
    assert.doesNotMatch((await server.anonymous.get(links.dan)).text, /name="FNAME"/);
  });
});
