/** What others than its reader see of a mail: copies for everybody, the archive of a public audience, and mails that are sent on to friends. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { caughtMail, countOf, hrefs, parseMail, until, useServer, type Client, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const form = { "content-type": "application/x-www-form-urlencoded" };
const HTML =
  '<html><body><h1>Dear *|FNAME|*</h1><p>*|EMAIL|* *|IFNOT:ARCHIVE_PAGE|*only in mails*|END:IF|* All the news</p><a href="https://site.example/?who=*|EMAIL|*">Site</a>' +
  ' <a href="*|UNSUB|*">Leave</a> <a href="*|UPDATE_PROFILE|*">Change</a> <a href="*|FORWARD|*">Forward</a> <a href="*|ARCHIVE|*">Browser</a></body></html>';

describe("what a stranger sees of a mail", () => {
  const server = useServer({ env: { MUSTER_SIGNUP_PER_CLIENT: "0" } });
  let api: Client;
  let list: string;
  let account: string;
  let campaign: Json;
  const links: Record<string, Record<string, string>> = {};
  const people = ["ann", "ben", "cat", "dan", "eve", "fay"].map((name) => `${name}@r.example`);
  const pathOf = (url: string) => new URL(url).pathname;
  const get = (path: string, options: Json = {}) => server.anonymous.get(path, {}, options);
  const post = (path: string, fields: Record<string, string> | string, options: Json = {}) =>
    server.anonymous.post(path, typeof fields === "string" ? fields : new URLSearchParams(fields).toString(), { ...options, headers: { ...form, ...options.headers } });
  const mailsTo = async (rcpt: string): Promise<Json[]> => (await server.admin.get("/api/v1/outbox", { rcpt })).body.items;
  const stampOf = (text: string) => text.match(/name="shown" value="([^"]+)"/)![1]!;
  const again = async (id: string): Promise<Json> => (await api.get(`/3.0/campaigns/${id}`)).body;

  async function make(subject: string, more: Json = {}, content: Json = { html: HTML }): Promise<Json> {
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list, ...more.recipients }, settings: { subject_line: subject, title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, content);
    return body;
  }
  async function sent(subject: string, more: Json = {}, content: Json = { html: HTML }): Promise<Json> {
    const { id } = await make(subject, more, content);
    await api.post(`/3.0/campaigns/${id}/actions/send`);
    await until("it is sent", async () => (await again(id)).status === "sent");
    return again(id);
  }
  /** Posts it as a person does, who takes longer than a program. */
  async function forward(link: string, fields: Record<string, string>, options: Json = {}) {
    const shown = stampOf((await get(link)).text);
    return until("it was shown for a while", async () => {
      const reply = await post(link, { forward: "1", shown, ...fields }, options);
      return reply.text.includes("once more") ? undefined : reply;
    });
  }

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    account = (await api.get("/3.0/")).body.account_id;
    await api.patch(`/3.0/lists/${list}`, { campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" } });
    for (const address of people)
      await api.post(`/3.0/lists/${list}/members`, { email_address: address, status: "subscribed", merge_fields: { FNAME: "Ann-Sophie" } });
    campaign = await sent("News for *|FNAME|*");
    for (const address of people) {
      const caught = (await mailsTo(address))[0]!;
      const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
      const found = hrefs(mail.html!).filter((url) => url.includes("/t/")).map(pathOf);
      links[address.slice(0, 3)] = Object.fromEntries(found.map((path) => [path.split("/")[2]!, path]));
    }
  });

  it("is a copy that is nobody's", async () => {
    assert.match(campaign.archive_url, /\/t\/a\/[\w-]+$/);
    assert.equal(campaign.long_archive_url, campaign.archive_url);
    const { text, headers } = await get(pathOf(campaign.archive_url));
    assert.match(text, /<h1>Dear <\/h1>/);
    assert.match(text, /All the news/);
    assert.doesNotMatch(text, /Ann-Sophie|r\.example|only in mails|\/t\/c\/|\/t\/o\/|\/t\/w\//);
    assert.match(text, /href="https:\/\/site\.example\/\?who="/);
    assert.match(headers.get("content-security-policy")!, /sandbox/);
    assert.equal(headers.get("x-robots-tag"), "noindex");
    for (const kind of ["u", "p"]) {
      const path = pathOf(hrefs(text).find((url) => url.includes(`/t/${kind}/`))!);
      assert.match((await get(path)).text, /This copy of the e-mail is nobody’s/);
      assert.match((await post(path, { unsubscribe: "1" })).text, /This copy of the e-mail is nobody’s/);
    }
    for (const address of people) assert.equal((await api.get(`/3.0/lists/${list}/members/${md5(address)}`)).body.status, "subscribed");
    // what the reader has is theirs, as before
    assert.match((await get(links.ann.a!)).text, /Dear Ann-Sophie/);
    assert.equal(await countOf(server, "audience", "SELECT SUM(clicks) + SUM(opens) FROM recipient"), 0);
  });

  it("cannot be guessed, and is no more once it is deleted", async () => {
    const path = pathOf(campaign.archive_url);
    await get(`${path.slice(0, -1)}${path.endsWith("A") ? "B" : "A"}`, { status: 404 });
    await get(path.replace("/a/", "/w/"), { status: 404 });
    await get(path.replace("/a/", "/u/"), { status: 404 });
    const draft = await make("Not yet");
    await get(pathOf(draft.archive_url), { status: 404 });
    const gone = await sent("Gone soon");
    await get(pathOf(gone.archive_url));
    await api.delete(`/3.0/campaigns/${gone.id}`, { status: 204 });
    await get(pathOf(gone.archive_url), { status: 404 });
    const plain = await sent("Plain <b>one</b>", {}, { plain_text: "Hello *|FNAME|*<script>\nSecond line\n*|UNSUB|*" });
    const { text } = await get(pathOf(plain.archive_url));
    assert.match(text, /<pre[^>]*>Hello &lt;script&gt;\nSecond line/);
    assert.match(text, /<h1>Plain &lt;b&gt;one&lt;\/b&gt;<\/h1>/);
  });

  it("is listed where the audience is public, and nowhere else", async () => {
    const where = `?u=${account}&id=${list}`;
    await get(`/archive${where}`, { status: 404 });
    await get(`/archive/feed${where}`, { status: 404 });
    await api.patch(`/3.0/lists/${list}`, { visibility: "pub", name: "Club <i>&" });
    const segment = (await api.post(`/3.0/lists/${list}/segments`, { name: "Board", static_segment: [people[0]] })).body;
    await sent("For the board", { recipients: { segment_opts: { saved_segment_id: segment.id } } });
    await sent("رسالة & <b>more</b>");
    const { text } = await get(`/archive${where}`);
    assert.match(text, /<h1>Club &lt;i&gt;&amp;: Past e-mails<\/h1>/);
    assert.match(text, />رسالة &amp; &lt;b&gt;more&lt;\/b&gt;<\/a>[^]*>News for<\/a>/);
    assert.doesNotMatch(text, /For the board|Not yet|Gone soon/);
    for (const url of hrefs(text).filter((one) => one.includes("/t/a/"))) await get(pathOf(url));
    const german = (await get(`/archive${where}`, { headers: { "accept-language": "de" } })).text;
    assert.match(german, /Frühere E-Mails[^]*>\d\d\.\d\d\.\d{4}</);
    const feed = await get(`/archive/feed${where}`);
    assert.match(feed.headers.get("content-type")!, /^application\/rss\+xml/);
    assert.match(feed.text, /<title>رسالة &amp; &lt;b&gt;more&lt;\/b&gt;<\/title>\n<link>http/);
    assert.match(feed.text, /<pubDate>\w{3}, \d+ \w{3} \d{4} [\d:]+ \+0000<\/pubDate>/);
    for (const wrong of ["", "?u=1&id=2", `?id=${list}`, where.replace(list, "0123456789")]) await get(`/archive${wrong}`, { status: 404 });
    for (const behind of ["x", "1.", "-1.-1", "9".repeat(40), "0.0"]) await get(`/archive${where}&behind=${behind}`);
    assert.match((await get(`/archive${where}&behind=0.0`)).text, /Nothing has been sent yet/);
    await api.patch(`/3.0/lists/${list}`, { visibility: "prv" });
    await get(`/archive${where}`, { status: 404 });
  });

  it("is sent on to friends, below a note of who it is from", async () => {
    const link = links.ann.w!;
    const { text } = await get(link, { headers: { "accept-language": "de" } });
    assert.match(text, /<html lang="en"/, "in the language of the mail");
    assert.doesNotMatch(text, /ann@r\.example|Ann-Sophie|<script/);
    const reply = await forward(link, { from: "Ann\r\nBcc: all <b>", to: "Friend@f.example, second@f.example\nthird@f.example;", words: "You'll like <this>\n*|UNSUB|* *|EMAIL|*" });
    assert.match(reply.text, /Thank you\. The e-mail goes/);
    const { source } = await caughtMail(server, "friend@f.example");
    const mail = await parseMail(source);
    assert.equal(mail.subject, "Fwd: News for");
    assert.match(mail.html!, /Ann {1,2}Bcc: all &lt;b&gt;<\/bdi>/);
    assert.match(mail.html!, /You&#39;ll like &lt;this&gt;<br>\s*\*\|UNSUB\|\* \*\|EMAIL\|\*/);
    assert.match(mail.html!, /You are subscribed to nothing by this/);
    assert.match(mail.html!, /All the news/);
    assert.doesNotMatch(source, /^Bcc:/mi);
    assert.doesNotMatch(source, /^List-Unsubscribe/mi);
    assert.doesNotMatch(mail.html!, /Ann-Sophie|ann@r\.example|\/t\/c\/|\/t\/o\/|\/t\/w\//);
    // no link of it is the reader's
    for (const url of hrefs(mail.html!).filter((one) => /\/t\/[ups]\//.test(one))) {
      assert.match((await get(pathOf(url))).text, /nobody’s/);
      await post(pathOf(url), { unsubscribe: "1" });
    }
    assert.ok(hrefs(mail.html!).some((url) => url.includes(`/subscribe?u=${account}&id=${list}`)));
    assert.equal((await api.get(`/3.0/lists/${list}/members/${md5("ann@r.example")}`)).body.status, "subscribed");
    assert.equal((await api.get(`/3.0/reports/${campaign.id}`)).body.forwards.forwards_count, 3);
    await until("nothing waits", async () => (await countOf(server, "audience", "SELECT COUNT(*) FROM outgoing_message")) === 0);
    assert.equal(await countOf(server, "audience", "SELECT COUNT(*) FROM member WHERE address LIKE '%f.example'"), 0);
  });

  it("goes to nobody who said no, and the page does not tell", async () => {
    await api.post(`/3.0/lists/${list}/members`, { email_address: "left@g.example", status: "unsubscribed" });
    await api.post(`/3.0/lists/${list}/members`, { email_address: "gone@g.example", status: "subscribed" });
    await api.post(`/3.0/lists/${list}/members/${md5("gone@g.example")}/actions/delete-permanent`, undefined, { status: 204 });
    await api.post(`/3.0/lists/${list}/members`, { email_address: "never@g.example", status: "cleaned" });
    const reply = await forward(links.ben.w!, { from: "Ben", to: "left@g.example gone@g.example never@g.example open@g.example" });
    assert.match(reply.text, /Thank you\. The e-mail goes/);
    await caughtMail(server, "open@g.example");
    for (const who of ["left", "gone", "never"]) assert.equal((await mailsTo(`${who}@g.example`)).length, 0, who);
  });

  it("says what is wrong, and sends nothing then", async () => {
    const link = links.cat.w!;
    const good = { from: "Cat", to: "good@h.example" };
    const cases: [Record<string, string>, RegExp][] = [
      [{ to: "good@h.example" }, /id="from-wrong">Please enter a value/],
      [{ from: " \u00a0", to: "good@h.example" }, /id="from-wrong">Please enter a value/],
      [{ from: "Cat" }, /id="to-wrong">Please enter a value/],
      [{ ...good, to: "good@h.example, bad@" }, /id="to-wrong">Please enter an e-mail address/],
      [{ ...good, to: [1, 2, 3, 4, 5, 6].map((n) => `n${n}@h.example`).join(",") }, /id="to-wrong">Five addresses at most/],
      [{ ...good, from: "x".repeat(61) }, /id="from-wrong">This is too long/],
      [{ ...good, words: "ä".repeat(501) }, /id="words-wrong">This is too long/],
      [{ ...good, words: "Look at https://evil.example/" }, /id="words-wrong">Please write without web addresses/],
      [{ ...good, words: "buy at evil.com now" }, /id="words-wrong">Please write without web addresses/],
      ...["http:\u0001//evil", "evil\u202a.com", "EVIL.COM", "пример.рф"].map((words): [Json, RegExp] =>
        [{ ...good, words }, /id="words-wrong">Please write without web addresses/]),
      [{ ...good, from: "WWW.evil" }, /id="from-wrong">Please write without web addresses/],
    ];
    const shown = stampOf((await get(link)).text);
    for (const [fields, wanted] of cases) {
      const { text } = await post(link, { forward: "1", shown, ...fields }, { status: 400 });
      assert.match(text, wanted);
      if (fields.words) assert.ok(text.includes("<textarea"));
    }
    await post(link, { shown, ...good }, { status: 400 });
    await post(link, { forward: "1", ...good }, { status: 400 });
    await post(link, { forward: "1", shown: "x", ...good }, { status: 400 });
    await post(link, "x".repeat(1 << 20), { status: 413 });
    await post(link, JSON.stringify(good), { status: 415, headers: { "content-type": "application/json" } });
    const trap = `b_${account}_${list}`;
    assert.match((await forward(link, { ...good, [trap]: "filled" })).text, /Thank you/);
    assert.equal((await mailsTo("good@h.example")).length, 0);
  });

  it("is not sent on by a script, again and again", async () => {
    const link = links.dan.w!;
    const shown = stampOf((await get(link)).text);
    for (let i = 0; i < 3; i++) assert.match((await forward(link, { from: "Dan", to: `d${i}@i.example` })).text, /Thank you/);
    const { text } = await post(link, { forward: "1", shown, from: "Dan", to: "d4@i.example" }, { status: 429 });
    assert.match(text, /again/);
    assert.equal((await mailsTo("d4@i.example")).length, 0);
    // two readers, one friend
    await forward(links.eve.w!, { from: "Eve", to: "d0@i.example" });
    assert.equal((await mailsTo("d0@i.example")).length, 1);
  });

  it("is not sent on by who is out, by a test, or by a link of something else", async () => {
    const link = links.fay.w!;
    const shown = stampOf((await get(link)).text);
    await api.patch(`/3.0/lists/${list}/members/${md5("fay@r.example")}`, { status: "unsubscribed" });
    assert.match((await get(link)).text, /cannot be sent to others from here/);
    assert.match((await post(link, { forward: "1", shown, from: "Fay", to: "f@j.example" })).text, /cannot be sent to others from here/);
    await api.post(`/3.0/campaigns/${(await make("A test")).id}/actions/test`, { test_emails: ["tester@j.example"], send_type: "html" }, { status: 204 });
    const mail = await parseMail((await caughtMail(server, "tester@j.example")).source);
    const test = pathOf(hrefs(mail.html!).find((url) => url.includes("/t/w/"))!);
    assert.match((await get(test)).text, /cannot be sent to others from here/);
    await post(test, { forward: "1", shown, from: "Fay", to: "f@j.example" });
    for (const kind of ["u", "p", "a"]) {
      await get(links.eve[kind]!.replace(`/${kind}/`, "/w/"), { status: 404 });
      await get(links.eve.w!.replace("/w/", `/${kind}/`), { status: 404 });
    }
    const gone = await sent("To be deleted");
    const caught = (await mailsTo("eve@r.example")).find((one) => one.subject === "To be deleted")!;
    const last = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
    await api.delete(`/3.0/campaigns/${gone.id}`, { status: 204 });
    assert.match((await get(pathOf(hrefs(last.html!).find((url) => url.includes("/t/w/"))!))).text, /cannot be sent to others from here/);
    assert.equal((await mailsTo("f@j.example")).length, 0);
  });
});
