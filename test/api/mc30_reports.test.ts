/** Reports of the Marketing API: what recipients did, and who they are. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { hrefs, parseMail, until, useServer, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

describe("reports of /3.0", () => {
  // At once after acceptance is early enough for a person here.
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let list: string;
  let id: string;

  const get = async (path: string, query = {}) =>
    (await server.mailchimp.get(`/3.0/reports/${id}${path}`, query)).body;

  async function mailTo(address: string): Promise<string> {
    const mail = await until(`the mail to ${address}`, async () => {
      const { body } = await server.admin.get("/api/v1/outbox", { rcpt: address });
      return body.items[0];
    });
    const { body } = await server.admin.get(`/api/v1/outbox/${mail.id}`);
    return (await parseMail(body.source)).html!;
  }

  const path = (url: string) => new URL(url).pathname;
  const agent = { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" } };

  before(async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    list = body.lists[0].id;
    for (const name of ["ada", "ben", "cleo"])
      await server.mailchimp.post(`/3.0/lists/${list}/members`, {
        email_address: `${name}@example.org`,
        status: "subscribed",
        merge_fields: { FNAME: name },
      });
    const made = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular",
      recipients: { list_id: list },
      settings: { subject_line: "News", title: "May", from_name: "Ann", reply_to: "ann@example.org" },
    });
    id = made.body.id;
    await server.mailchimp.put(`/3.0/campaigns/${id}/content`, {
      html: '<p>*|FNAME|*</p><a href="https://a.example/?x=1&amp;y=2">a</a><a href="https://b.example/">b</a>',
    });
    await server.mailchimp.get(`/3.0/reports/${id}`, {}, { status: 404 }); // not before it is sent
    await server.mailchimp.post(`/3.0/campaigns/${id}/actions/send`);
    await until("it is sent", async () =>
      (await server.mailchimp.get(`/3.0/campaigns/${id}`)).body.status === "sent");

    const html = await mailTo("ada@example.org");
    const pixel = html.match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!;
    await server.anonymous.get(path(pixel), {}, agent);
    const click = await server.anonymous.get(path(hrefs(html)[0]!), {}, { status: 302, ...agent });
    assert.equal(click.headers.get("location"), "https://a.example/?x=1&y=2");
    const other = await mailTo("ben@example.org");
    const unsubscribe = hrefs(other).find((url) => url.includes("/t/u/"))!;
    await server.anonymous.post(path(unsubscribe), "List-Unsubscribe=One-Click", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    await until("it is applied", async () => {
      const report = await get("");
      return report.clicks.clicks_total === 1 && report.opens.unique_opens === 1 && report.unsubscribed === 1;
    });
  });

  it("give all figures at once", async () => {
    const report = await get("");
    assert.equal(report.emails_sent, 3);
    assert.equal(report.opens.opens_total, 1);
    assert.equal(report.opens.proxy_excluded_unique_opens, 1);
    assert.equal(report.clicks.unique_subscriber_clicks, 1);
    assert.equal(report.bounces.hard_bounces, 0);
    assert.equal(report.timeseries.length, 24);
    assert.equal(report.timeseries[0].emails_sent, 3);
    assert.equal(report.delivery_status.status, "delivered");
    const { body } = await server.mailchimp.get("/3.0/reports", { count: 1 });
    assert.equal(body.reports[0].id, id);
    assert.equal(body.total_items, 1);
  });

  it("list all who were sent to, in a lasting order", async () => {
    const all = await get("/sent-to");
    assert.equal(all.total_items, 3);
    assert.ok(all.sent_to.every((r: Json) => r.status === "sent"));
    const pages = [];
    for (let offset = 0; offset < 3; offset++)
      pages.push((await get("/sent-to", { count: 1, offset })).sent_to[0].email_id);
    assert.deepEqual(pages, all.sent_to.map((r: Json) => r.email_id));
    const one = await get(`/sent-to/${md5("ada@example.org")}`);
    assert.equal(one.email_address, "ada@example.org");
    assert.equal(one.merge_fields.FNAME, "ada");
    assert.equal(one.open_count, 1);
  });

  it("tell what each did, and what is new since a time", async () => {
    const all = await get("/email-activity");
    assert.equal(all.total_items, 3);
    const ada = all.emails.find((e: Json) => e.email_address === "ada@example.org");
    assert.deepEqual(ada.activity.map((a: Json) => a.action), ["open", "click"]);
    assert.equal(ada.activity[1].url, "https://a.example/?x=1&y=2");
    assert.equal(ada.activity[1].is_machine, false);
    const fresh = await get("/email-activity", { since: "2001-01-01T00:00:00+00:00" });
    assert.deepEqual(
      fresh.emails.map((e: Json) => e.email_address).sort(),
      ["ada@example.org", "ben@example.org"],
    );
    const none = await get("/email-activity", { since: "2101-01-01T00:00:00+00:00" });
    assert.equal(none.total_items, 0);
    const one = await get(`/email-activity/${md5("cleo@example.org")}`);
    assert.deepEqual(one.activity, []);
    const hers = (since: string) => get(`/email-activity/${md5("ada@example.org")}`, { since });
    assert.equal((await hers("2001-01-01T00:00:00Z")).activity.length, 2);
    assert.deepEqual((await hers("2101-01-01T00:00:00Z")).activity, []);
  });

  it("tell who opened and who clicked what", async () => {
    const opened = await get("/open-details");
    assert.equal(opened.total_opens, 1);
    assert.equal(opened.members[0].email_address, "ada@example.org");
    assert.equal(opened.members[0].opens[0].is_proxy_open, false);
    assert.equal((await get("/open-details", { since: "2101-01-01T00:00:00Z" })).total_items, 0);
    assert.equal((await get(`/open-details/${md5("ada@example.org")}`)).opens_count, 1);

    const links = await get("/click-details");
    assert.deepEqual(
      links.urls_clicked.map((l: Json) => [l.url, l.total_clicks, l.unique_clicks]),
      [["https://a.example/?x=1&y=2", 1, 1], ["https://b.example/", 0, 0]],
    );
    const sorted = async (sort_field: string, sort_dir: string): Promise<number[]> =>
      (await get("/click-details", { sort_field, sort_dir })).urls_clicked.map((l: Json) => l[sort_field]);
    for (const field of ["total_clicks", "unique_clicks"]) {
      assert.deepEqual(await sorted(field, "ASC"), [0, 1]);
      assert.deepEqual(await sorted(field, "DESC"), [1, 0]);
    }
    const link = links.urls_clicked[0].id;
    assert.equal((await get(`/click-details/${link}`)).click_percentage, 1);
    const members = await get(`/click-details/${link}/members`);
    assert.equal(members.members[0].clicks, 1);
    assert.equal(members.members[0].is_machine, false);
    const one = await get(`/click-details/${link}/members/${md5("ada@example.org")}`);
    assert.equal(one.clicks, 1);
  });

  it("are sorted as asked for", async () => {
    // cleo's second open makes her the first
    const pixel = (await mailTo("cleo@example.org")).match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!;
    for (let i = 0; i < 2; i++) await server.anonymous.get(path(pixel), {}, agent);
    await until("both are applied", async () => (await get("/open-details")).total_opens === 3);
    const names = async (query: Json): Promise<string[]> => (await get("/open-details", query)).members.map((m: Json) => m.email_address.split("@")[0]);
    assert.deepEqual(await names({ sort_field: "opens_count", sort_dir: "DESC" }), ["cleo", "ada"]);
    assert.deepEqual(await names({ sort_field: "opens_count" }), ["ada", "cleo"]);
    assert.deepEqual(await names({ sort_field: "opens_count", sort_dir: "DESC", count: 1, offset: 1 }), ["ada"]);
    assert.deepEqual(await names({ sort_field: "opens_count", sort_dir: "DESC", since: "2001-01-01T00:00:00Z" }), ["cleo", "ada"]);
    await server.mailchimp.get(`/3.0/reports/${id}/open-details`, { sort_field: "x" }, { status: 400 });
  });

  it("find lists by their last campaign, and what a member did by its kind", async () => {
    const lists = async (query: Json): Promise<number> => (await server.mailchimp.get("/3.0/lists", query)).body.total_items;
    await server.mailchimp.post("/3.0/lists", {
      name: "Never sent to", permission_reminder: "r", email_type_option: false,
      contact: { company: "c", address1: "a", city: "c", state: "", zip: "1", country: "DE" },
      campaign_defaults: { from_name: "n", from_email: "n@example.org", subject: "", language: "en" },
    });
    const all = await lists({});
    assert.equal(await lists({ since_campaign_last_sent: "2001-01-01T00:00:00Z" }), all - 1);
    assert.equal(await lists({ since_campaign_last_sent: "2101-01-01T00:00:00Z" }), 0);
    assert.equal(await lists({ before_campaign_last_sent: "2101-01-01T00:00:00Z" }), all - 1);
    assert.deepEqual([await lists({ has_ecommerce_store: true }), await lists({ has_ecommerce_store: false })], [0, all]);
    const ada = `/3.0/lists/${list}/members/${md5("ada@example.org")}`;
    for (const [of, filter, kind] of [["activity", "action", "action"], ["activity-feed", "activity_filters", "activity_type"]] as const) {
      const kinds = async (wanted: string): Promise<string[]> => (await server.mailchimp.get(`${ada}/${of}`, { [filter]: wanted })).body.activity.map((a: Json) => a[kind]).sort();
      assert.deepEqual(await kinds(""), ["click", "open", "sent"]);
      assert.deepEqual(await kinds("open,sent"), ["open", "sent"]);
      assert.deepEqual(await kinds("note, click"), ["click"]);
      assert.deepEqual(await kinds("ecomm"), []);
    }
  });

  it("tell who left", async () => {
    const left = await get("/unsubscribed");
    assert.deepEqual(left.unsubscribes.map((u: Json) => u.email_address), ["ben@example.org"]);
    assert.equal((await get(`/unsubscribed/${md5("ben@example.org")}`)).contact_status, "unsubscribed");
    const { body: feed } = await server.mailchimp.get(`/3.0/lists/${list}/members/${md5("ben@example.org")}/activity-feed`);
    const unsub = feed.activity.find((a: Json) => a.activity_type === "unsub");
    assert.equal(unsub.unsubscribe_reason, left.unsubscribes[0].reason);
    assert.equal(unsub.is_admin_unsubscribed, false);
    assert.ok(feed.activity.every((a: Json) => a === unsub || !("unsubscribe_reason" in a)));
    assert.equal((await get("/abuse-reports")).total_items, 0);
    await server.mailchimp.get(`/3.0/reports/${id}/abuse-reports/1`, {}, { status: 404 });
    await server.mailchimp.get(`/3.0/reports/${id}/unsubscribed/${md5("ada@example.org")}`, {}, { status: 404 });
  });

  it("know domains, and answer where there is no source", async () => {
    const { domains } = await get("/domain-performance");
    assert.equal(domains[0].domain, "example.org");
    assert.equal(domains[0].emails_sent, 3);
    for (const [part, name] of [
      ["locations", "locations"], ["sub-reports", "reports"], ["advice", "advice"], ["eepurl", "referrers"],
    ])
      assert.deepEqual((await get(`/${part}`))[name!], []);
  });
});

describe("what was never sent", () => {
  const server = useServer();

  it("has no report, and empty lists behind it", async () => {
    const api = server.mailchimp;
    const list = (await api.get("/3.0/lists")).body.lists[0].id;
    const { body: campaign } = await api.post("/3.0/campaigns", { type: "regular", recipients: { list_id: list } });
    const path = `/3.0/reports/${campaign.id}`;
    await api.get(path, undefined, { status: 404 });
    const parts = {
      "sent-to": "sent_to", "click-details": "urls_clicked", "open-details": "members",
      "email-activity": "emails", unsubscribed: "unsubscribes", "abuse-reports": "abuse_reports",
      "domain-performance": "domains", locations: "locations", "sub-reports": "reports",
    };
    for (const [part, name] of Object.entries(parts)) {
      const { body } = await api.get(`${path}/${part}`);
      assert.deepEqual(body[name], [], part);
      assert.equal(body.total_items, 0, part);
    }
    await api.get(`${path}/sent-to/0123456789abcdef0123456789abcdef`, undefined, { status: 404 });
    await api.get(`${path}/click-details/0123456789`, undefined, { status: 404 });
  });
});
