/** Campaigns that are written by a feed: started, due, changed, ended, and what strangers write into them. */
import assert from "node:assert/strict";
import { createServer, type Server as Http } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { caughtMail, execute, parseMail, until, useServer, type Client, type Json } from "../harness/index.js";

const HOUR = 3_600_000;

/** A website whose feed says what a test wants. */
class Website {
  private http!: Http;
  base = "";
  items: string[] = [];
  status = 200;
  asked = 0;

  async start(): Promise<void> {
    this.http = createServer((message, reply) => {
      this.asked++;
      const known = message.url === "/feed";
      reply.writeHead(known ? this.status : 404, { "content-type": "application/rss+xml" });
      reply.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>The Mill</title><link>${this.base}/</link>` +
        `<description>Bread</description>${this.items.join("")}</channel></rss>`);
    });
    await new Promise<void>((done) => this.http.listen(0, "127.0.0.1", done));
    this.base = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }

  /** title and html are XML already. */
  add(guid: string, title: string, html: string, ageMs = 0): void {
    this.items.unshift(`<item><title>${title}</title><guid isPermaLink="false">${guid}</guid><link>/${guid}</link>` +
      `<pubDate>${new Date(Date.now() - ageMs).toUTCString()}</pubDate><description>${html}</description></item>`);
  }
}

describe("campaigns of a feed", () => {
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const strict = useServer();
  const site = new Website();
  let api: Client;
  let list: string;

  before(async () => {
    await site.start();
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.post(`/3.0/lists/${list}/members`,
      { email_address: "ada@rss.example", status: "subscribed", merge_fields: { FNAME: "Ada" } });
    server.allowLog(/feed cannot be mailed yet/);
  });
  after(() => site.stop());

  const html = "<h1>*|RSSFEED:TITLE|*</h1>*|RSSITEMS:[$count=5]|*<h2><a href=\"*|RSSITEM:URL|*\">*|RSSITEM:TITLE|*</a></h2>" +
    "<div>*|RSSITEM:CONTENT_FULL|*</div>*|END:RSSITEMS|*<p>*|FNAME|*</p>";
  const body = (more: Json = {}): Json => ({
    type: "rss", recipients: { list_id: list },
    settings: { subject_line: "New: *|RSSITEM:TITLE|*", title: "Blog", from_name: "F", reply_to: "f@example.org" },
    rss_opts: { feed_url: `${site.base}/feed`, frequency: "daily", schedule: { hour: 7 }, ...more },
  });
  const at = (c: Json): string => `/3.0/campaigns/${c.id as string}`;
  const now = async (c: Json): Promise<Json> => (await api.get(at(c))).body;
  const make = async (more: Json = {}): Promise<Json> => {
    const c = (await api.post("/3.0/campaigns", body(more))).body;
    await api.put(`${at(c)}/content`, { html });
    return c;
  };
  const start = async (more: Json = {}): Promise<Json> => {
    const c = await make(more);
    await api.post(`${at(c)}/actions/send`, undefined, { status: 204 });
    return c;
  };
  const end = (c: Json): Promise<unknown> => api.post(`${at(c)}/actions/cancel-send`, undefined, { status: 204 });
  /** As if its time had come. */
  const comes = (): void => execute(server, "audience", [
    "UPDATE campaign_feed SET next_ms = 1000",
    "UPDATE job SET run_at_ms = 0 WHERE kind = 'rss'",
  ]);
  const looked = (c: Json, asked: number): Promise<Json> => until("it has looked", async () => {
    const found = await now(c);
    return site.asked > asked && Date.parse(found.rss_opts.next_send) > Date.now() && found;
  });
  const children = async (c: Json): Promise<Json[]> =>
    (await api.get("/3.0/campaigns", { parent_campaign_id: c.id })).body.campaigns;

  it("say when they are due, and are sent to nobody themselves", async () => {
    const c = await make();
    assert.deepEqual(c.rss_opts.schedule.daily_send, {
      sunday: true, monday: true, tuesday: true, wednesday: true, thursday: true, friday: true, saturday: true,
    });
    assert.equal(c.rss_opts.last_sent, "");
    assert.equal(c.rss_opts.next_send, "");
    assert.equal((await api.get(`${at(c)}/send-checklist`)).body.is_ready, true);
    await api.post(`${at(c)}/actions/schedule`, { schedule_time: "2040-01-01T10:00:00+00:00" }, { status: 400 });
    await api.post(`${at(c)}/actions/send`, undefined, { status: 204 });
    const active = await now(c);
    assert.equal(active.status, "sending");
    assert.match(active.rss_opts.next_send, /T07:00:00\+00:00$/);
    assert.ok(Date.parse(active.rss_opts.next_send) > Date.now());
    assert.equal(active.emails_sent, 0);
    await api.post(`${at(c)}/actions/send`, undefined, { status: 400 });
    await api.post(`${at(c)}/actions/finish`, undefined, { status: 400 });
    await api.patch(at(c), { rss_opts: { frequency: "weekly" } }, { status: 400 });
    await end(c);
    assert.equal((await now(c)).status, "canceled");
  });

  it("mail what is new, once, and let a feed make no markup and no tag", async () => {
    site.items = [];
    site.add("old", "Old", "old", 3 * 24 * HOUR);
    site.add("rye", "Rye *|UNSUB|* &amp;lt;b&amp;gt;",
      "&lt;p onclick=\"x\"&gt;Good &lt;script&gt;alert(1)&lt;/script&gt;*&amp;#124;EMAIL|* &lt;a href=\"javascript:x\"&gt;a&lt;/a&gt;" +
      "&lt;style&gt;*{display:none}&lt;/style&gt;&lt;/div&gt;&lt;/body&gt;&lt;!--");
    const c = await start();
    let asked = site.asked;
    comes();
    const after = await looked(c, asked);
    assert.notEqual(after.rss_opts.last_sent, "");
    assert.equal(after.rss_opts.failure, "");
    const [child] = await children(c);
    assert.equal(child!.parent_campaign_id, c.id);
    assert.equal(child!.type, "regular");
    assert.match(child!.settings.title, /^Blog \(\d{4}-\d\d-\d\d\)$/);
    const mail = await parseMail((await caughtMail(server, "ada@rss.example")).source);
    const report = (await api.get(`/3.0/reports/${child!.id as string}`)).body;
    assert.equal(report.rss_last_send, after.rss_opts.last_sent);
    assert.match(mail.subject as string, /^New: Rye \*∣UNSUB∣\* <b>$/);
    assert.match(mail.html as string, /<h1>The Mill<\/h1><h2><a href="[^"]+">Rye [^<]*UNSUB[^<]* &lt;b&gt;<\/a><\/h2><div><p>Good [^<]*EMAIL[^<]* <a>a<\/a><\/p><\/div><p>Ada<\/p>/u);
    assert.doesNotMatch(mail.html as string, /script|onclick|javascript|display:none}|Old/);
    assert.doesNotMatch(mail.text as string, /ada@rss\.example.*Good|Good.*ada@rss\.example/);
    asked = site.asked;
    comes();
    await looked(c, asked);
    assert.equal((await children(c)).length, 1);
    await end(c);
  });

  it("wait for a feed that fails, say why, and mail nothing twice thereafter", async () => {
    site.items = [];
    site.add("one", "One", "1");
    site.status = 503;
    const c = await start();
    comes();
    const held = await until("it says why", async () => {
      const found = await now(c);
      return found.rss_opts.failure !== "" && found;
    });
    assert.equal(held.rss_opts.failure, "There is no feed at this URL: HTTP Code: 503");
    assert.notEqual(held.rss_opts.failed_since, "");
    site.status = 200;
    let asked = site.asked;
    comes();
    assert.equal((await looked(c, asked)).rss_opts.failure, "");
    assert.equal((await children(c)).length, 1);
    asked = site.asked;
    comes();
    await looked(c, asked);
    assert.equal((await children(c)).length, 1);
    await end(c);
  });

  it("make one mail, wherever they are killed", async () => {
    site.items = [];
    site.add("k", "Killed", "k");
    const c = await start();
    const asked = site.asked;
    comes();
    await until("it is asked for", () => site.asked > asked);
    await server.kill();
    await server.restart();
    api = server.mailchimp;
    comes();
    await until("it has sent", async () => (await now(c)).rss_opts.last_sent !== "");
    await looked(c, asked);
    assert.equal((await children(c)).length, 1);
    await end(c);
  });

  it("pause, change and go on, are copied, and end", async () => {
    const c = await start();
    await api.post(`${at(c)}/actions/pause`, undefined, { status: 204 });
    assert.equal((await now(c)).status, "paused");
    assert.equal((await now(c)).rss_opts.next_send, "");
    const changed = (await api.patch(at(c), { rss_opts: { frequency: "monthly", schedule: { hour: 5, monthly_send_date: 0 } } })).body;
    assert.equal(changed.rss_opts.frequency, "monthly");
    assert.equal(changed.rss_opts.feed_url, `${site.base}/feed`);
    await api.put(`${at(c)}/content`, { html: "<p>*|RSSITEM:TITLE|*</p>" });
    await api.post(`${at(c)}/actions/resume`, undefined, { status: 204 });
    const next = new Date((await now(c)).rss_opts.next_send);
    assert.equal(next.getUTCHours(), 5);
    assert.equal(new Date(next.getTime() + 24 * HOUR).getUTCDate(), 1);
    const copy = (await api.post(`${at(c)}/actions/replicate`)).body;
    assert.deepEqual(copy.rss_opts.schedule, changed.rss_opts.schedule);
    assert.equal(copy.status, "save");
    await api.delete(at(c), { status: 204 });
    await api.get(at(c), undefined, { status: 404 });
    await api.delete(at(copy), { status: 204 });
  });

  it("are tested and looked at with what the feed says now", async () => {
    site.items = [];
    site.add("new", "Rolls", "&lt;b&gt;warm&lt;/b&gt;");
    const c = await make();
    await api.post(`${at(c)}/actions/test`, { test_emails: ["test@rss.example"], send_type: "html" }, { status: 204 });
    const mail = await parseMail((await caughtMail(server, "test@rss.example")).source);
    assert.equal(mail.subject, "[Test] New: Rolls");
    assert.match(mail.html as string, /Rolls<\/a><\/h2><div><b>warm<\/b><\/div>/);
    const { body: seen } = await server.admin.post("/api/v1/audience/feed",
      { feed_url: `${site.base}/feed`, subject: "*|RSSITEM:TITLE|*", html: "<p>*|RSSITEM:TITLE|* *|FNAME|*</p>" });
    assert.equal(seen.title, "The Mill");
    assert.equal(seen.items[0].title, "Rolls");
    assert.equal(seen.items[0].url, `${site.base}/new`);
    assert.equal(seen.subject, "Rolls");
    assert.equal(seen.html, "<p>Rolls *|FNAME|*</p>");
    const { body: none } = await server.admin.post("/api/v1/audience/feed", { feed_url: `${site.base}/none` }, { status: 400 });
    assert.equal(none.errors[0].field, "feed_url");
    await server.admin.post("/api/v1/audience/feed", { feed_url: "file:///etc/passwd" }, { status: 400 });
    site.status = 500;
    await api.post(`${at(c)}/actions/test`, { test_emails: ["test@rss.example"], send_type: "html" }, { status: 400 });
    site.status = 200;
  });

  it("show feeds in campaigns of other types, which wait for them", async () => {
    server.allowLog(/campaign waits for a feed/);
    site.items = [];
    site.add("b", "Bagels *|EMAIL|*", "b");
    site.status = 503;
    await api.post(`/3.0/lists/${list}/members`, { email_address: "block@rss.example", status: "subscribed" });
    const c = (await api.post("/3.0/campaigns", { ...body(), type: "regular", rss_opts: undefined })).body;
    await api.patch(at(c), { settings: { subject_line: "Block" } });
    const block = `<h1>Hi</h1>*|FEEDBLOCK:${site.base}/feed|**|FEEDITEMS:[$count=1]|*<p>*|FEEDITEM:TITLE|*</p>*|END:FEEDITEMS|**|END:FEEDBLOCK|*`;
    await api.put(`${at(c)}/content`, { html: block });
    assert.deepEqual((await api.get(`${at(c)}/send-checklist`)).body.items.filter((one: Json) => one.id === 410), []);
    await api.post(`${at(c)}/actions/send`, undefined, { status: 204 });
    const held = await until("it is held", async () => {
      const found = await now(c);
      return found.delivery_status.hold?.reason === "feed" && found;
    });
    assert.equal(held.delivery_status.hold.detail, `${site.base}/feed: There is no feed at this URL: HTTP Code: 503`);
    assert.equal(held.emails_sent, 0);
    site.status = 200;
    execute(server, "audience", ["UPDATE job SET run_at_ms = 0 WHERE kind = 'feed_wait'"]);
    await until("it is sent", async () => (await now(c)).status === "sent");
    assert.equal((await now(c)).delivery_status.hold, undefined);
    const mail = await parseMail((await caughtMail(server, "block@rss.example")).source);
    assert.match(mail.html as string, /<h1>Hi<\/h1><p>Bagels [^<]*EMAIL[^<]*<\/p>/u);
    const copy = (await api.post(`${at(c)}/actions/replicate`)).body;
    assert.equal((await api.get(`${at(copy)}/content`)).body.html, block);
  });

  it("are refused with the field that is wrong", async () => {
    const cases: [Json, string][] = [
      [{ feed_url: "" }, "rss_opts.feed_url"], [{ feed_url: "ftp://x.example" }, "rss_opts.feed_url"], [{ feed_url: "http://" }, "rss_opts.feed_url"],
      [{ feed_url: 7 }, "rss_opts.feed_url"], [{ feed_url: `https://x.example/${"x".repeat(3000)}` }, "rss_opts.feed_url"],
      [{ frequency: "hourly" }, "rss_opts.frequency"], [{ frequency: null }, "rss_opts.frequency"],
      [{ schedule: [] }, "rss_opts.schedule"], [{ schedule: { hour: 24 } }, "rss_opts.schedule.hour"],
      [{ schedule: { hour: 1.5 } }, "rss_opts.schedule.hour"], [{ schedule: { hour: -1 } }, "rss_opts.schedule.hour"],
      [{ schedule: { daily_send: { monday: "x" } } }, "rss_opts.schedule.daily_send.monday"],
      [{ schedule: { monthly_send_date: 32 } }, "rss_opts.schedule.monthly_send_date"],
      [{ constrain_rss_img: 1 }, "rss_opts.constrain_rss_img"],
    ];
    for (const [opts, field] of cases) {
      const { body: refused } = await api.post("/3.0/campaigns", body(opts), { status: 400 });
      assert.equal(refused.errors[0].field, field, JSON.stringify(opts).slice(0, 60));
    }
    const none = { ...body(), rss_opts: undefined };
    assert.equal((await api.post("/3.0/campaigns", none, { status: 400 })).body.errors[0].field, "rss_opts");
    const regular = { ...body(), type: "regular" };
    assert.equal((await api.post("/3.0/campaigns", regular, { status: 400 })).body.errors[0].field, "rss_opts");
  });

  it("tell which of their tags are broken", async () => {
    const c = await make();
    await api.put(`${at(c)}/content`, { html: "<p>*|RSSITEMS:|*\n*|RSSITEM:NAME|* *|RSSITEM:TITLE|*</p>" });
    const items = (await api.get(`${at(c)}/send-checklist`)).body.items.filter((one: Json) => one.id === 410);
    assert.deepEqual(items.map((one: Json) => one.details.replace(/: (An item has|It has no).*$/, ": $1")), [
      "HTML, line 1, column 4: *|RSSITEMS:|*: It has no", "HTML, line 2, column 1: *|RSSITEM:NAME|*: An item has",
    ]);
    await api.put(`${at(c)}/content`, { html: "<p>Always the same</p>" });
    assert.ok((await api.get(`${at(c)}/send-checklist`)).body.items.some((one: Json) => one.heading === "Feed"));
  });

  it("look at no private address unless that is allowed", async () => {
    const there = strict.mailchimp;
    strict.allowLog(/feed cannot be mailed yet/);
    const id = (await there.get("/3.0/lists")).body.lists[0].id;
    await there.post(`/3.0/lists/${id}/members`, { email_address: "bo@rss.example", status: "subscribed" });
    const c = (await there.post("/3.0/campaigns", { ...body(), recipients: { list_id: id } })).body;
    await there.put(`${at(c)}/content`, { html });
    await there.post(`${at(c)}/actions/send`, undefined, { status: 204 });
    const asked = site.asked;
    execute(strict, "audience", ["UPDATE campaign_feed SET next_ms = 1000", "UPDATE job SET run_at_ms = 0 WHERE kind = 'rss'"]);
    await until("it says why", async () => (await there.get(at(c))).body.rss_opts.failure !== "");
    assert.equal(site.asked, asked);
  });
});
