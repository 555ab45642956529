/** Mail on its way, and what comes back: tracking, unsubscribing, the outbox, and senders that are killed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import {
  addPeople, header, hrefs, isSent as isCampaignSent, makeCampaign as makeCrmCampaign, makeGroup, parseMail, runJob, until, useRelay, useServer,
  type Json, type Server,
} from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const browser = { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" };
const html = `<html><body><p>Hi *|FNAME|*</p>
<a href='https://a.example/?x=1&amp;y=%C3%A9'>a</a><a href=https://b.example/#top>b</a>
<a href="https://a.example/?x=1&amp;y=%C3%A9">again</a><a href="https://c.example/?who=*|FNAME|*">c</a>
<img src='https://i.example/i.png'></body></html>`;

async function addMembers(server: Server, list: string, n: number, prefix = "m"): Promise<void> {
  for (let from = 0; from < n; from += 500) {
    const members = [];
    for (let i = from; i < Math.min(n, from + 500); i++)
      members.push({ email_address: `${prefix}${i}@d${i % 5}.example`, status: "subscribed", merge_fields: { FNAME: `Zoë ${i}` } });
    await server.mailchimp.post(`/3.0/lists/${list}`, { members });
  }
}

async function makeCampaign(server: Server, list: string, content = html): Promise<string> {
  const { body } = await server.mailchimp.post("/3.0/campaigns", {
    type: "regular",
    recipients: { list_id: list },
    settings: { subject_line: "Grüße, *|FNAME|*", title: "t", from_name: "Änn", reply_to: "ann@example.org" },
  });
  await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html: content });
  return body.id;
}

const listOf = async (server: Server) => (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
const isSent = (server: Server, id: string) =>
  until("it is sent", async () => (await server.mailchimp.get(`/3.0/campaigns/${id}`)).body.status === "sent");
const path = (url: string) => new URL(url).pathname;

describe("a mail that asks for interests", () => {
  const server = useServer();

  it("says to each what they have chosen, in their language", async () => {
    const api = server.mailchimp;
    const list = await listOf(server);
    const at = `/3.0/lists/${list}/interest-categories`;
    const category = (await api.post(at, { title: "Topics", type: "checkboxes" })).body.id;
    const add = async (name: string): Promise<string> => (await api.post(`${at}/${category}/interests`, { name })).body.id;
    const [cats, arabic] = [await add("Cats & dogs"), await add("\u0627\u0644\u0639\u0631\u0628\u064a\u0629")];
    const member = (name: string, interests: Json, language: string) => api.post(`/3.0/lists/${list}/members`,
      { email_address: `${name}@d1.example`, status: "subscribed", language, interests, merge_fields: { FNAME: "<b>O'Neill" } });
    await member("cat", { [cats]: true }, "ar");
    await member("both", { [cats]: true, [arabic]: true }, "de");
    await member("none", {}, "en");
    const id = await makeCampaign(server, list, "<body>*|MC:TOC|*<h2>Hi *|FNAME|*</h2><p>*|INTERESTED:topics:\u0627\u0644\u0639\u0631\u0628\u064a\u0629|*two"
      + "*|ELSE:|**|INTERESTED:Topics:Fish,Cats &amp; dogs|*one*|ELSE:|*no*|END:INTERESTED|**|END:INTERESTED|* *|MC_LANGUAGE|*</p></body>");
    const { items } = (await api.get(`/3.0/campaigns/${id}/send-checklist`)).body;
    assert.deepEqual(items.filter((i: Json) => i.type === "warning" && i.id === 410).map((i: Json) => i.details.replace(/^.*?: /, "")),
      ["There is no such interest in the audience: Fish."]);
    await api.post(`/3.0/campaigns/${id}/actions/send`);
    await isSent(server, id);
    const said = async (name: string): Promise<string> => {
      const { body } = await server.admin.get("/api/v1/outbox", { rcpt: `${name}@d1.example` });
      const whole = (await server.admin.get(`/api/v1/outbox/${body.items[0].id}`)).body;
      const page = (await parseMail(whole.source)).html!;
      assert.match(page, /<li><a href="#toc-1">Hi &lt;b&gt;O&#39;Neill<\/a><\/li>/);
      return page.match(/<p>(.*?)<\/p>/)![1]!;
    };
    assert.deepEqual([await said("cat"), await said("both"), await said("none")], ["one ar", "two de", "no en"]);
  });
});

describe("links of a mail", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let list: string;
  let id: string;

  async function mailTo(i: number): Promise<{ id: number; source: string; html: string }> {
    const address = `m${i}@d${i % 5}.example`;
    const { body } = await server.admin.get("/api/v1/outbox", { rcpt: address });
    assert.equal(body.total, 1);
    const whole = (await server.admin.get(`/api/v1/outbox/${body.items[0].id}`)).body;
    const parsed = await parseMail(whole.source);
    assert.equal(parsed.subject, `Grüße, Zoë ${i}`);
    return { id: whole.id, source: whole.source, html: parsed.html! };
  }

  const member = async (i: number): Promise<Json> =>
    (await server.mailchimp.get(`/3.0/lists/${list}/members/${md5(`m${i}@d${i % 5}.example`)}`)).body;
  const report = async () => (await server.mailchimp.get(`/3.0/reports/${id}`)).body;
  const unsubscribeLink = async (i: number) =>
    path(hrefs((await mailTo(i)).html).find((url) => url.includes("/t/u/"))!);

  before(async () => {
    list = await listOf(server);
    await addMembers(server, list, 12);
    id = await makeCampaign(server, list);
    await server.mailchimp.post(`/3.0/campaigns/${id}/actions/send`);
    await isSent(server, id);
  });

  it("stand in the author's order, ours behind, the pixel last", async () => {
    const mail = await mailTo(1);
    const all = [...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map((m) => m[1]!);
    assert.equal(mail.html.match(/(href|src)=[^"]/), null);
    assert.deepEqual(all.map((url) => url.match(/\/t\/\w\//)?.[0] ?? url), [
      "/t/c/", "/t/c/", "/t/c/", "/t/c/", "https://i.example/i.png", "/t/c/", "/t/p/", "/t/u/", "/t/o/",
    ]);
    assert.equal(all[0], all[2]);
  });

  it("lead where the author said, byte for byte", async () => {
    const urls = hrefs((await mailTo(2)).html);
    const wanted = ["https://a.example/?x=1&y=%C3%A9", "https://b.example/#top",
      "https://a.example/?x=1&y=%C3%A9", "https://c.example/?who=Zo%C3%AB%202"];
    for (const [i, target] of wanted.entries()) {
      const reply = await server.anonymous.get(path(urls[i]!), {}, { status: 302, headers: browser });
      assert.equal(reply.headers.get("location"), target);
      assert.match(reply.headers.get("cache-control")!, /no-store/);
    }
  });

  it("are refused when any character was changed", async () => {
    const url = path(hrefs((await mailTo(3)).html)[0]!);
    const begin = url.lastIndexOf("/") + 1;
    for (let i = begin; i < url.length; i++)
      for (const other of "Aa0-_") {
        if (url[i] === other) continue;
        const changed = url.slice(0, i) + other + url.slice(i + 1);
        const reply = await server.anonymous.request("GET", changed, undefined, { unchecked: true, status: 404 });
        assert.equal(reply.headers.get("location"), null);
      }
    for (const changed of [url + "A", url + "=", url.slice(0, -1), url.replace("/t/c/", "/t/u/")])
      await server.anonymous.request("GET", changed, undefined, { unchecked: true, status: 404 });
  });

  it("give a pixel of 43 bytes", async () => {
    const pixel = (await mailTo(4)).html.match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!;
    const answer = await fetch(server.url + path(pixel), { headers: browser });
    assert.equal((await answer.arrayBuffer()).byteLength, 43);
    assert.equal(answer.headers.get("content-type"), "image/gif");
    await until("it counts", async () => (await report()).opens.unique_opens === 1);
  });

  it("count machines apart", async () => {
    const before = (await report()).clicks.clicks_total;
    const mail = await mailTo(5);
    const urls = hrefs(mail.html).filter((url) => url.includes("/t/c/"));
    for (const url of urls) await server.anonymous.request("HEAD", path(url), undefined, { status: 302 });
    const pixel = mail.html.match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!;
    await server.anonymous.get(path(pixel), {}, { headers: { "user-agent": "Mozilla/5.0" } });
    const opens = await until("the proxy's open is applied", async () => {
      const { body } = await server.mailchimp.get(`/3.0/reports/${id}/email-activity/${md5("m5@d0.example")}`);
      return body.activity.length > 0 ? body.activity : undefined;
    });
    assert.ok(opens.every((a: Json) => a.is_machine));
    assert.ok((await report()).clicks.clicks_total >= before);
  });

  it("unsubscribe nobody who only looks", async () => {
    const url = await unsubscribeLink(6);
    for (let i = 0; i < 2; i++) {
      const page = await server.anonymous.get(url);
      assert.match(page.text, /Example Organisation/);
      assert.match(page.text, /<form method="post"/);
      assert.match(page.text, /m\*\*\*@d1\.example/);
    }
    await server.anonymous.request("HEAD", url);
    assert.equal((await member(6)).status, "subscribed");
  });

  it("unsubscribe by the button", async () => {
    const url = await unsubscribeLink(6);
    const page = await server.anonymous.post(url, "unsubscribe=1", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.match(page.text, /You are unsubscribed/);
    await until("it is applied", async () => (await member(6)).status === "unsubscribed");
    assert.match((await server.anonymous.get(url)).text, /not subscribed/);
  });

  it("unsubscribe by one click, as the header says", async () => {
    const mail = await mailTo(7);
    const parsed = await parseMail(mail.source);
    assert.equal(header(parsed, "list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    const url = header(parsed, "list-unsubscribe")!.match(/<(http[^>]*)>/)![1]!;
    // whatever a program on the way hangs onto it
    await server.anonymous.request("GET", path(url) + "?a=%E4&%00", undefined, { unchecked: true, status: 200 });
    await server.anonymous.request("POST", path(url) + "?x=1&utm=%ff", "List-Unsubscribe=One-Click", {
      unchecked: true, status: 200, headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    await until("it is applied", async () => (await member(7)).status === "unsubscribed");
    await until("the report counts it", async () => (await report()).unsubscribed === 2);
  });

  it("do not tell whoever has the mail what address the member has now", async () => {
    const url = await unsubscribeLink(9);
    const old = md5("m9@d4.example");
    assert.match((await server.anonymous.get(url)).text, /m\*\*\*@d4\.example/);
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${old}`,
      { email_address: "secret@new.example" });
    assert.doesNotMatch((await server.anonymous.get(url)).text.replace(/<style>[^]*<\/style>/, ""), /@/);
  });

  it("show the mail in the browser, and the preferences", async () => {
    const other = await makeCampaign(server, list,
      '<p>*|FNAME|*</p><a href="*|ARCHIVE|*">v</a><a href="*|UPDATE_PROFILE|*">p</a>');
    await server.mailchimp.post(`/3.0/campaigns/${other}/actions/send`);
    await isSent(server, other);
    const { body } = await server.admin.get("/api/v1/outbox", { rcpt: "m8@d3.example", limit: 1 });
    const whole = (await server.admin.get(`/api/v1/outbox/${body.items[0].id}`)).body;
    const urls = hrefs((await parseMail(whole.source)).html!);
    const page = await server.anonymous.get(path(urls[0]!));
    assert.match(page.text, /<p>Zoë 8<\/p>/);
    assert.match(page.headers.get("content-security-policy")!, /sandbox/);
    const preferences = path(urls[1]!);
    assert.match((await server.anonymous.get(preferences)).text, /m\*\*\*@d3\.example/);
    await server.anonymous.post(preferences, "unsubscribe=1", { headers: { "content-type": "application/x-www-form-urlencoded" } });
    await until("it is applied", async () => (await member(8)).status === "unsubscribed");
    // who had left before got no second mail
    assert.equal((await server.admin.get("/api/v1/outbox", { rcpt: "m7@d2.example" })).body.total, 1);
  });

  it("list caught mails page by page", async () => {
    const seen = new Set<number>();
    let cursor: string | undefined;
    do {
      const { body } = await server.admin.get("/api/v1/outbox", { limit: 5, cursor });
      for (const item of body.items) seen.add(item.id);
      assert.equal(body.total, 22);
      cursor = body.next ?? undefined;
    } while (cursor);
    assert.equal(seen.size, 22);
    await server.admin.get("/api/v1/outbox/999999", {}, { status: 404 });
    await server.anonymous.get("/api/v1/outbox", {}, { status: 401 });
  });

  it("show caught mails to who is signed in, and run nothing", async () => {
    const mail = await mailTo(6);
    assert.equal((await server.admin.get("/api/v1/outbox")).body.in_use, true);
    const body = await server.admin.get(`/outbox/${mail.id}/html`);
    const policy = body.headers.get("content-security-policy")!;
    assert.match(policy, /sandbox allow-popups allow-popups-to-escape-sandbox;/); // no scripts, no forms
    assert.ok(policy.includes(`img-src data: ${server.url}/;`), policy); // its pixel, nothing of others
    assert.match(body.text, /^<base target="_blank">/);
    assert.match(body.text, /<p>Hi Zoë 6<\/p>/);
    assert.equal((await server.admin.get(`/outbox/${mail.id}/source`)).text, mail.source);
    for (const page of ["html", "source"].map((part) => `/outbox/${mail.id}/${part}`))
      assert.ok([302, 303, 401].includes((await fetch(server.url + page, { redirect: "manual" })).status));
  });
});

describe("a sender that is killed", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });

  it("loses nobody and doubles at most 32", async () => {
    server.allowLog(/uncertain|relay/);
    const list = await listOf(server);
    await addMembers(server, list, 1500);
    const id = await makeCampaign(server, list);
    await server.mailchimp.post(`/3.0/campaigns/${id}/actions/send`);
    let kills = 0;
    for (const n of [200, 600, 1000]) {
      await relay.received(n);
      await server.kill();
      kills++;
      await server.run();
    }
    await isSent(server, id);
    const report = (await server.mailchimp.get(`/3.0/reports/${id}`)).body;
    assert.equal(report.emails_sent, 1500);
    const counts = new Map<string, number>();
    for (const message of relay.messages)
      counts.set(message.to[0]!, (counts.get(message.to[0]!) ?? 0) + 1);
    assert.equal(counts.size, 1500);
    assert.ok(relay.messages.length - 1500 <= 32 * kills, `${relay.messages.length - 1500} doubles`);
  });
});

describe("a mail that comes back", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });
  const at = (name: string) => `${name}@d1.example`;
  const report = (name: string, type: string, said: string[], returned: string) => [
    "From: MAILER-DAEMON@mx.example", "To: news@example.test", "Subject: it came back", "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=${type}; boundary="cut"`, "", "--cut",
    `Content-Type: message/${type}`, "", "Reporting-MTA: dns; mx.example", "",
    `Final-Recipient: rfc822; ${at(name)}`, ...said, "", "--cut", "Content-Type: message/rfc822", "", returned, "--cut--", "",
  ].join("\r\n");
  const mailTo = (name: string) => relay.messages.find((m) => m.to[0] === at(name))!.data.toString();
  const bounce = (name: string, status: string, returned = mailTo(name)) =>
    report(name, "delivery-status", ["Action: failed", `Status: ${status}`, `Diagnostic-Code: smtp; 550 ${status} no`], returned);
  const complaint = (name: string) => report(name, "feedback-report", [], mailTo(name)).replace("Reporting-MTA: dns; mx.example\r\n\r\n", "Feedback-Type: abuse\r\nVersion: 1\r\n");
  const give = async (source: string, status = 200): Promise<Json> =>
    (await server.admin.post("/api/v1/returned-mail", source, { status, headers: { "content-type": "message/rfc822" } })).body;

  it("cleans, counts or unsubscribes, once", async () => {
    await addPeople(server, ["gone", "full", "angry"].map(at));
    const campaign = await makeCrmCampaign(server, await makeGroup(server, "All"));
    await runJob(server, `/api/v1/campaigns/${campaign.id}/send`);
    await isCampaignSent(server, campaign);
    assert.equal(relay.messages.length, 3);

    const hard = await give(bounce("gone", "5.1.1"));
    assert.deepEqual([hard.kind, hard.address], ["hard", at("gone")]);
    for (let i = 0; i < 2; i++) // perhaps before the first is applied
      assert.equal((await server.command(["returned"], { input: bounce("full", "5.2.2") })).code, 0);
    const taken = await server.command(["returned", "--json"], { input: complaint("angry") });
    assert.deepEqual([taken.code, JSON.parse(taken.stdout).kind], [0, "complaint"], taken.stderr);

    const id = hard.campaign_id;
    const figures = () => server.mailchimp.get(`/3.0/reports/${id}`).then(({ body }) =>
      [body.bounces.hard_bounces, body.bounces.soft_bounces, body.abuse_reports]);
    await until("they are counted", async () => (await figures()).join() === "1,1,1");
    const list = `/3.0/lists/${await listOf(server)}`;
    const member = async (name: string) => (await server.mailchimp.get(`${list}/members/${md5(at(name))}`)).body.status;
    assert.deepEqual(await Promise.all(["gone", "full", "angry"].map(member)), ["cleaned", "subscribed", "unsubscribed"]);
    assert.equal((await server.mailchimp.get(`${list}/abuse-reports`)).body.abuse_reports[0].campaign_id, id);
    await runJob(server, "/api/v1/sync");
    const against = async (name: string) => (await server.admin.get("/api/v1/suppressions", { address: at(name) })).body.items;
    assert.ok((await against("angry")).some((i: Json) => i.kind === "opted_out"), JSON.stringify(await against("angry")));
    assert.ok((await against("gone")).some((i: Json) => i.kind === "held"));

    const before = await against("angry");
    for (const again of [bounce("gone", "5.1.1"), bounce("full", "5.2.2"), complaint("angry")])
      assert.deepEqual(await give(again).then((r) => [r.kind, r.why]), ["ignored", "It was known already."]);
    await runJob(server, "/api/v1/sync");
    assert.deepEqual([await figures(), await against("angry")], [[1, 1, 1], before]);
    const { body: feed } = await server.mailchimp.get(`${list}/members/${md5(at("full"))}/activity`);
    assert.equal(feed.activity.filter((a: Json) => a.action === "bounce").length, 1);
  });

  it("is believed by its signed link alone, and is no fault of the server", async () => {
    const forged = mailTo("full").replace(/\/t\/[up]\/[\w=\r\n-]+/g, "/t/u/x");
    for (const source of [bounce("full", "5.1.1", forged), "hello", "\0", bounce("full", "4.4.1").replace("failed", "delayed")])
      assert.equal((await give(source)).kind, "ignored");
    await give("", 400);
    await give("x".repeat(4 * 1024 * 1024 + 1), 413);
    const run = (input: string, env = {}) => server.command(["returned"], { input, env }).then(({ code }) => code);
    assert.deepEqual([await run("hello"), await run("x".repeat(4 * 1024 * 1024 + 1)), await run("hello", { MUSTER_URL: "http://127.0.0.1:1" })], [0, 65, 75]);
  });
});
