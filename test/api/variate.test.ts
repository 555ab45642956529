/** Tests of variants (type variate): their settings, what each gets, the winner, and who gets that. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  countOf, execute, hrefs, parseMail, until, useRelay, useServer,
  type Client, type Json, type Server,
} from "../harness/index.js";

const agent = { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" } };
const page = (name: string): string =>
  `<p>${name}</p><a href="https://x.example/both">both</a> <a href="https://x.example/${name}">own</a> <a href="*|ARCHIVE|*">view</a>`;

const add = async (api: Client, list: string, names: string[]): Promise<void> => {
  for (const name of names)
    await api.post(`/3.0/lists/${list}/members`, { email_address: name, status: "subscribed" });
};
const numbered = (n: number, host: string): string[] =>
  Array.from({ length: n }, (_, i) => `p${String(i).padStart(2, "0")}@${host}`);

/** A test of two subjects; its path. */
const make = async (api: Client, list: string, variate: Json, more: Json = {}): Promise<string> => {
  const { body } = await api.post("/3.0/campaigns", {
    type: "variate", recipients: { list_id: list },
    settings: { title: "T", from_name: "Ann", reply_to: "ann@example.org" },
    variate_settings: { winner_criteria: "opens", subject_lines: ["One", "Two"], ...variate }, ...more,
  });
  const path = `/3.0/campaigns/${body.id as string}`;
  await api.put(`${path}/content`, { html: page("A") });
  return path;
};
const settings = async (api: Client, path: string): Promise<Json> => (await api.get(path)).body.variate_settings;

describe("the settings of a test", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await add(api, list, numbered(10, "s.example"));
  });

  it("are written and changed, with a combination for each pair", async () => {
    const path = await make(api, list, { test_size: 20, wait_time: 120 });
    let v = await settings(api, path);
    assert.deepEqual([v.winner_criteria, v.wait_time, v.test_size], ["opens", 120, 20]);
    assert.deepEqual(v.combinations.map((c: Json) => [c.subject_line, c.from_name, c.recipients]), [[0, 0, 1], [1, 0, 1]]);
    assert.match(v.combinations[0].id, /^[0-9a-f]{10}$/);
    assert.deepEqual([v.winning_campaign_id, v.winning_combination_id], ["", ""]);
    assert.equal((await api.get(path)).body.settings.subject_line, "One");
    const { body } = await api.patch(path, { variate_settings: {
      winner_criteria: "manual", from_names: ["A", "B"], reply_to_addresses: ["a@example.org", "b@example.org"] } });
    v = body.variate_settings;
    assert.equal(v.combinations.length, 4);
    assert.deepEqual(v.subject_lines, ["One", "Two"]);
    assert.equal(v.wait_time, 120);
    const { body: found } = await api.get("/3.0/campaigns", { type: "variate" });
    assert.ok(found.campaigns.some((c: Json) => path.endsWith(c.id)));
  });

  it("are refused where they are wrong", async () => {
    const base = { type: "variate", recipients: { list_id: list } };
    const bad: [Json, RegExp][] = [
      [{}, /variate_settings/],
      [{ variate_settings: {} }, /winner_criteria/],
      [{ variate_settings: { winner_criteria: null } }, /winner_criteria/],
      [{ variate_settings: { winner_criteria: "total_revenue" } }, /winner_criteria/],
      [{ variate_settings: { winner_criteria: "opens", wait_time: 90 } }, /wait_time/],
      [{ variate_settings: { winner_criteria: "opens", test_size: 5 } }, /test_size/],
      [{ variate_settings: { winner_criteria: "opens", test_size: 10.5 } }, /test_size/],
      [{ variate_settings: { winner_criteria: "opens", subject_lines: ["a", "b", "c", "d"] } }, /subject_lines/],
      [{ variate_settings: { winner_criteria: "opens", subject_lines: [null] } }, /subject_lines/],
      [{ variate_settings: { winner_criteria: "opens", from_names: ["a"] } }, /reply_to_addresses/],
      [{ variate_settings: { winner_criteria: "opens", send_times: ["soon"] } }, /send_times/],
      [{ variate_settings: [] }, /variate_settings/],
      [{ variate_settings: { winner_criteria: "opens" }, tracking: { opens: false } }, /tracking\.opens/],
      [{ variate_settings: { winner_criteria: "opens" }, tracking: { html_clicks: false } }, /tracking\.html_clicks/],
      [{ variate_settings: { winner_criteria: "opens" }, settings: { timewarp: true } }, /timewarp/],
      [{ type: "regular", variate_settings: { winner_criteria: "opens" } }, /variate_settings/],
      [{ variate_settings: { winner_criteria: "opens", subject_lines: ["a", "b", "c"], from_names: ["a", "b", "c"],
        reply_to_addresses: ["a@x.example", "b@x.example", "c@x.example"] } }, /variate_settings/],
    ];
    for (const [wrong, field] of bad) {
      const { body } = await api.post("/3.0/campaigns", { ...base, ...wrong }, { status: 400 });
      assert.match(body.errors[0].field, field, JSON.stringify(wrong));
    }
  });

  it("have contents, which replace each other and are copied", async () => {
    const path = await make(api, list, {});
    const contents = [
      { content_label: "Long", html: page("A") }, { content_label: "Short", html: page("B"), plain_text: "Short text" }];
    const { body } = await api.put(`${path}/content`, { variate_contents: contents });
    assert.deepEqual(body.variate_contents.map((c: Json) => c.content_label), ["Long", "Short"]);
    assert.equal(body.variate_contents[1].plain_text, "Short text");
    assert.match(body.html, /<p>A/);
    let v = await settings(api, path);
    assert.deepEqual(v.contents, ["Long", "Short"]);
    assert.deepEqual(v.combinations.map((c: Json) => [c.subject_line, c.content_description]), [[0, 0], [0, 1], [1, 0], [1, 1]]);
    const { body: copy } = await api.post(`${path}/actions/replicate`);
    assert.deepEqual(copy.variate_settings.contents, ["Long", "Short"]);
    assert.notEqual(copy.variate_settings.combinations[0].id, v.combinations[0].id);
    const { body: copied } = await api.get(`/3.0/campaigns/${copy.id as string}/content`);
    assert.match(copied.variate_contents[1].html, /<p>B/);
    await api.delete(`/3.0/campaigns/${copy.id as string}`);
    for (const [wrong, field] of [
      [{ variate_contents: [{ html: "x" }] }, /content_label/],
      [{ variate_contents: ["x"] }, /variate_contents/],
      [{ variate_contents: [1, 2, 3, 4].map(() => contents[0]) }, /variate_contents/],
      [{ variate_contents: contents, html: "x" }, /variate_contents/],
    ] as [Json, RegExp][]) {
      const { body: error } = await api.put(`${path}/content`, wrong, { status: 400 });
      assert.match(error.errors[0].field, field);
    }
    await api.put(`${path}/content`, { html: page("C") });
    v = await settings(api, path);
    assert.deepEqual(v.contents, []);
    assert.equal(v.combinations.length, 2);
  });

  it("are looked at before it is sent", async () => {
    const path = await make(api, list, { subject_lines: ["Only"] });
    const items = async (): Promise<Json[]> => (await api.get(`${path}/send-checklist`)).body.items;
    assert.match((await items()).find((i) => i.id === 250)!.details, /at least two/);
    await api.post(`${path}/actions/send`, undefined, { status: 400 });
    await api.put(`${path}/content`, { variate_contents: [
      { content_label: "Full", html: page("A") }, { content_label: "Empty" }] });
    assert.ok((await items()).some((i) => i.type === "error" && /Empty: .*says nothing/.test(i.details)));
    await api.put(`${path}/content`, { variate_contents: [{ content_label: "Full", html: page("A") },
      { content_label: "Feed", html: page("*|FEEDBLOCK:https://x.example/|*x*|END:FEEDBLOCK|*") }] });
    assert.ok((await items()).some((i) => i.type === "error" && /shows no feeds/.test(i.details)));
    await api.patch(path, { variate_settings: { send_times: ["2020-01-01T10:00:00Z", "2020-01-02T10:00:00Z"] } });
    assert.match((await items()).find((i) => i.id === 250)!.details, /is over/);
    const at = new Date(Math.ceil(Date.now() / 900_000) * 900_000 + 7_200_000).toISOString();
    const { body } = await api.post(`${path}/actions/schedule`, { schedule_time: at }, { status: 400 });
    assert.match(body.detail, /several times/);
  });
});

describe("a test that is sent", () => {
  const relay = useRelay();
  const server = useServer({
    env: { get MUSTER_RELAY() { return relay.url; }, MUSTER_TRACK_EARLY_S: "0", MUSTER_SEND_RETRY_FIRST: "1h" },
  });
  let api: Client;

  const newList = async (n: number, host: string): Promise<string> => {
    const { body } = await api.post("/3.0/lists", {
      name: host, permission_reminder: "r", email_type_option: false,
      contact: { company: "C", address1: "S 1", city: "B", state: "", zip: "1", country: "DE" },
      campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "de" },
    });
    await add(api, body.id, numbered(n, host));
    return body.id as string;
  };
  const mailsTo = (host: string): { to: string; data: string }[] =>
    relay.messages.filter((m) => m.to.some((to) => to.endsWith(host)))
      .map((m) => ({ to: m.to[0]!, data: m.data.toString() }));
  const subjectsOf = async (host: string): Promise<Map<string, string>> => {
    const out = new Map<string, string>();
    for (const m of mailsTo(host)) out.set(m.to, (await parseMail(m.data)).subject!);
    return out;
  };
  const halted = async (target: Server, statement: string): Promise<void> => {
    await target.kill();
    execute(target, "audience", [statement]);
    await target.run();
    api = target.mailchimp;
  };
  /** Not before the sample is answered: who is killed before sends to them again. */
  const endWait = async (): Promise<void> => {
    await until("the wait has begun", () =>
      countOf(server, "audience", "SELECT COUNT(*) FROM campaign WHERE winner = 0 AND winner_ms > 1") === 1);
    await halted(server, "UPDATE campaign SET winner_ms = 1 WHERE winner = 0 AND winner_ms IS NOT NULL");
  };
  const waitBegins = (path: string, sample: number): Promise<unknown> =>
    until("the sample has it", async () => (await api.get(path)).body.emails_sent === sample);
  const open = async (host: string, subject: string): Promise<void> => {
    for (const m of mailsTo(host)) {
      const mail = await parseMail(m.data);
      if (mail.subject !== subject) continue;
      const pixel = (mail.html as string).match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!;
      await server.anonymous.get(new URL(pixel).pathname, {}, agent);
    }
  };
  const sends = async (path: string): Promise<void> => {
    await api.post(`${path}/actions/send`);
  };

  before(() => { api = server.mailchimp; });

  it("gives the sample in equal parts, and the rest the winner, but for who left meanwhile", async () => {
    const host = "w.example";
    const list = await newList(20, host);
    const path = await make(api, list, { test_size: 40 });
    await sends(path);
    await waitBegins(path, 8);
    const sample = await subjectsOf(host);
    assert.deepEqual([...sample.values()].sort(), ["One", "One", "One", "One", "Two", "Two", "Two", "Two"]);
    let c = (await api.get(path)).body;
    assert.equal(c.status, "sending");
    assert.equal(c.delivery_status.status, "delivering");
    assert.deepEqual(c.variate_settings.combinations.map((x: Json) => x.recipients), [4, 4]);
    await open(host, "Two");
    await until("opens are counted", async () =>
      (await api.get(`/3.0/reports/${c.id as string}/sub-reports`)).body.reports[1].opens.unique_opens === 4);
    const left = numbered(20, host).filter((a) => !sample.has(a))[0]!;
    await api.patch(`/3.0/lists/${list}/members/${left}`, { status: "unsubscribed" });
    await endWait();
    await until("it is sent", async () => (await api.get(path)).body.status === "sent");
    const all = await subjectsOf(host);
    assert.equal(all.size, 19);
    assert.ok(!all.has(left));
    assert.equal(mailsTo(host).length, 19, "nobody has it twice");
    for (const [to, subject] of [...all].slice(0, 10)) {
      const feed = `/3.0/lists/${list}/members/${to}/activity-feed`;
      const { activity } = (await api.get(feed, { fields: "activity.variant" }, { unpublished: true })).body;
      assert.deepEqual(activity[0], { variant: subject === "One" ? 1 : 2 });
      assert.equal((await api.get(feed)).body.activity[0].variant, undefined);
    }
    for (const [to, subject] of all) if (!sample.has(to)) assert.equal(subject, "Two");
    c = (await api.get(path)).body;
    assert.equal(c.variate_settings.winning_combination_id, c.variate_settings.combinations[1].id);
    assert.equal(c.variate_settings.winning_campaign_id, c.id);
    assert.ok(Date.parse(c.variate_settings.winner_time) > 0);
    const { body: sent } = await api.get(`/3.0/reports/${c.id as string}/sent-to`, { count: 100 });
    for (const one of sent.sent_to) assert.equal(one.absplit_group, all.get(one.email_address) === "One" ? "a" : "b");
    const { body: subs } = await api.get(`/3.0/reports/${c.id as string}/sub-reports`);
    assert.deepEqual(subs.reports.map((r: Json) => [r.id, r.subject_line, r.emails_sent, r.opens.proxy_excluded_unique_opens]), [
      [c.variate_settings.combinations[0].id, "One", 4, 0], [c.variate_settings.combinations[1].id, "Two", 4, 4]]);
    assert.equal((await api.get(`/3.0/reports/${c.id as string}`)).body.emails_sent, 19);
    await api.post(`${path}/actions/choose-winner`, { combination_id: subs.reports[0].id }, { status: 400 });
  });

  it("says a winner also where nobody waited for it", async () => {
    const host = "all.example";
    const path = await make(api, await newList(4, host), {});
    await sends(path);
    await until("it is sent", async () => (await api.get(path)).body.status === "sent");
    assert.equal(mailsTo(host).length, 4);
    assert.equal((await settings(api, path)).winning_combination_id, "");
    await endWait();
    await until("it is said", async () => (await settings(api, path)).winning_combination_id !== "");
    assert.equal(mailsTo(host).length, 4);
  });

  it("waits for a person where one chooses, and does not take two", async () => {
    const host = "m.example";
    const path = await make(api, await newList(10, host), { winner_criteria: "manual", test_size: 20 });
    const choose = (id: unknown, status: number | number[]): Promise<{ status: number; body: Json }> =>
      api.post(`${path}/actions/choose-winner`, { combination_id: id }, { status });
    const ids = (await settings(api, path)).combinations.map((x: Json) => x.id);
    await choose(ids[0], 400);
    await sends(path);
    await waitBegins(path, 2);
    await choose("nonsense", 400);
    await choose(null, 400);
    await api.post(`${path}/actions/pause`);
    const replies = await Promise.all([ids[0], ids[1]].map((id) => choose(id, [204, 400])));
    assert.deepEqual(replies.map((r) => r.status).sort(), [204, 400]);
    assert.equal(mailsTo(host).length, 2);
    await api.post(`${path}/actions/resume`);
    await until("it is sent", async () => (await api.get(path)).body.status === "sent");
    const won = (await settings(api, path)).winning_combination_id;
    assert.equal(won, ids[replies.findIndex((r) => r.status === 204)]);
    const subjects = [...(await subjectsOf(host)).values()].filter((s) => s === (won === ids[0] ? "One" : "Two"));
    assert.equal(subjects.length, 9);
  });

  it("is not held up by who is deferred, and can be canceled while it waits", async () => {
    const host = "d.example";
    const list = await newList(10, host);
    const tried = new Set<string>();
    relay.onRecipient = (to) => (to.endsWith(host) && tried.add(to) ? "451 4.7.1 Try later" : undefined);
    const path = await make(api, list, { test_size: 20 });
    await sends(path);
    await until("both were tried", async () => tried.size === 2);
    relay.onRecipient = () => undefined;
    await endWait();
    await until("the rest has it", async () => (await api.get(path)).body.emails_sent === 8);
    const other = await make(api, await newList(10, "c.example"), { winner_criteria: "manual", test_size: 20 });
    await sends(other);
    await waitBegins(other, 2);
    await api.post(`${other}/actions/cancel-send`);
    await until("it is canceled", async () => (await api.get(other)).body.status === "canceled");
    assert.equal((await api.get(other)).body.delivery_status.emails_canceled, 8);
    assert.equal(mailsTo("c.example").length, 2);
  });

  it("has its own content and sender for each, and one link for each address", async () => {
    const host = "links.example";
    const list = await newList(4, host);
    const path = await make(api, list, {
      subject_lines: [], from_names: ["A", "B"], reply_to_addresses: ["a@example.org", "b@example.org"] });
    await api.put(`${path}/content`, { variate_contents: [
      { content_label: "x", html: page("A") }, { content_label: "y", html: page("*|EMAIL|*") }] });
    await api.patch(path, { settings: { subject_line: "S" } });
    await api.post(`${path}/actions/test`, { test_emails: ["t@test.example"] });
    await until("a test of each", async () => mailsTo("test.example").length === 4);
    const id = (await settings(api, path)).combinations[3].id;
    await api.post(`${path}/actions/test`, { test_emails: ["t@one.example"], combination_id: id });
    await until("one of one", async () => mailsTo("one.example").length === 1);
    await api.post(`${path}/actions/test`, { test_emails: ["t@one.example"], combination_id: "none" }, { status: 400 });
    const trial = await parseMail(mailsTo("one.example")[0]!.data);
    assert.equal(trial.from!.address, "b@example.org");
    await sends(path);
    await until("it is sent", async () => (await api.get(path)).body.status === "sent");
    const seen = new Set<string>();
    for (const m of mailsTo(host)) {
      const mail = await parseMail(m.data);
      const html = mail.html as string;
      const name = html.match(/<p>(.*?)<\/p>/)![1]!;
      seen.add(`${mail.from!.address} ${name === "A" ? "x" : "y"}`);
      const archive = hrefs(html).find((h) => h.includes("/t/a/"))!;
      assert.ok((await server.anonymous.get(new URL(archive).pathname)).text.includes(`<p>${name}</p>`), "its page is that mail");
      const tracked = hrefs(html).filter((h) => h.includes("/t/c/"));
      const leads: string[] = [];
      for (const link of tracked.slice(0, 2))
        leads.push((await server.anonymous.get(new URL(link).pathname, {}, { ...agent, status: 302, redirect: "manual" })).headers.get("location")!);
      assert.equal(leads[0], "https://x.example/both");
      assert.equal(decodeURIComponent(leads[1]!), `https://x.example/${name}`);
    }
    assert.equal(seen.size, 4);
    const { body } = await api.get(`${path.replace("campaigns", "reports")}/click-details`);
    assert.deepEqual(body.urls_clicked.map((u: Json) => u.url),
      ["https://x.example/both", "https://x.example/A", "https://x.example/*|EMAIL|*"]);
    const sub = (await api.get(`${path.replace("campaigns", "reports")}/sub-reports`)).body;
    assert.equal(sub.total_items, 4);
  });
});
