/** The report of a campaign and what is done from it: recipients, files, groups, series, domains. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, isSent, makeCampaign, makeGroup, runJob, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("the report of a campaign", () => {
  const server = useServer({});
  let campaign: Json;
  let report: Json;
  const path = (rest = ""): string => `${v1}/campaigns/${campaign.id}${rest}`;

  const walk = async (query: Json): Promise<Json[]> => {
    const items: Json[] = [];
    let cursor: string | null = null;
    do {
      const { body }: Json = await server.admin.get(path("/recipients"), { limit: 37, ...query, ...(cursor ? { cursor } : {}) });
      items.push(...body.items);
      cursor = body.next;
      if (cursor === null) assert.equal(items.length, body.total, JSON.stringify(query));
    } while (cursor !== null);
    return items;
  };
  const members = async (group: Json): Promise<number[]> =>
    ((await server.admin.get(`${v1}/groups/${group.id}/members`, { limit: 1000 })).body.items as Json[])
      .map((p) => p.id as number).sort((a, b) => a - b);
  const people = (items: Json[]): number[] =>
    items.filter((r) => r.kind === "person").map((r) => r.person_id as number).sort((a, b) => a - b);

  before(async () => {
    await server.job((await server.admin.post(`${v1}/demo`, undefined, { status: 202 })).body.job_id);
    const { body } = await server.admin.get(`${v1}/campaigns`, { sort: "-sent_at" });
    campaign = body.items[0];
    report = (await server.admin.get(path("/report"))).body;
  });

  it("tells what arrived, what each link brought, and what is usual", () => {
    assert.equal(report.delivered, report.sent - report.bounced.hard - report.bounced.soft);
    assert.equal(report.average.campaigns, 1);
    for (const key of ["opened", "clicked"]) assert.ok(report.average[key] > 0 && report.average[key] < 1, key);
    for (const link of report.links) {
      assert.ok(link.clicks >= link.people && link.total >= link.clicks + link.machines, JSON.stringify(link));
    }
  });

  it("lists who is behind each figure", async () => {
    for (const [response, n] of Object.entries({
      opened: report.opened.people, machine_opened: report.opened.machines, clicked: report.clicked.people,
      bounced_hard: report.bounced.hard, bounced_soft: report.bounced.soft, unsubscribed: report.unsubscribed,
      complained: report.complained, not_opened: report.sent - report.opened.people,
      not_clicked: report.sent - report.clicked.people, machine_clicked: report.clicked.machines,
    })) assert.equal((await walk({ response })).length, n, response);
    const leftOut = Object.values(report.left_out as Record<string, number>).reduce((a, b) => a + b, 0);
    for (const [state, n] of Object.entries({
      sent: report.sent, delivered: report.delivered, waiting: report.waiting, not_sent: leftOut, unknown: report.unknown,
    })) assert.equal((await walk({ state })).length, n, state);
    for (const [reason, n] of Object.entries(report.left_out))
      assert.equal((await walk(reason === "canceled" ? { state: reason } : { state: "left_out", reason })).length, n, reason);
    for (const link of report.links) {
      if (link.id === null) continue; // nobody
      const clicked = await walk({ link: link.id });
      assert.equal(clicked.length, link.people);
      for (const r of clicked) assert.ok(r.clicks > 0 && r.clicked_at);
    }
    for (const r of await walk({ response: "machine_opened" })) assert.equal(r.opened_by_machine, true);
  });

  it("finds recipients by words and domain, and sorts them", async () => {
    const all = await walk({});
    const one = all.find((r) => r.name && /^[A-Za-z]+ [A-Za-z]+$/.test(r.name))!;
    const found = await walk({ q: one.name.toUpperCase() });
    assert.ok(found.some((r) => r.person_id === one.person_id));
    assert.deepEqual((await walk({ q: one.address })).map((r) => r.person_id), [one.person_id]);
    assert.ok((await walk({ domain: "example.org" })).every((r) => r.address.endsWith("@example.org")));
    for (const sort of ["name", "-at", "-opens", "clicks"])
      assert.deepEqual(new Set((await walk({ sort })).map((r) => r.person_id)), new Set(all.map((r) => r.person_id)), sort);
    const opens = (await walk({ sort: "-opens" })).map((r) => r.opens as number);
    assert.deepEqual(opens, [...opens].sort((a, b) => b - a));
    for (const [field, value] of [["state", "x"], ["response", "x"], ["sort", "x"], ["cursor", "x"], ["domain", "a@b"], ["link", "0"]])
      assert.equal((await server.admin.get(path("/recipients"), { [field!]: value! }, { status: 400 })).body.errors[0].field, field);
  });

  it("lists who is behind each step of the series, and behind the other domains", async () => {
    for (const [by, ms] of [["hour", 3_600_000], ["day", 86_400_000]] as const) {
      const { items }: Json = (await server.admin.get(path("/report/series"), { by })).body;
      const busy = (items as Json[]).filter((step) => step.sent + step.opened + step.clicked + step.bounced + step.unsubscribed > 0);
      for (const step of [...busy.slice(0, 3), busy.at(-1)!]) {
        const span = { from: step.at, until: new Date(Date.parse(step.at) + ms).toISOString() };
        assert.equal((await walk({ state: "sent", ...span })).length, step.sent, step.at);
        for (const response of ["opened", "clicked", "bounced", "unsubscribed"])
          assert.equal((await walk({ response, ...span })).length, step[response], `${response} ${step.at}`);
      }
    }
    const { items, other }: Json = (await server.admin.get(path("/report/domains"))).body;
    const not_domains = (items as Json[]).map((one) => one.domain).join(",");
    for (const [what, query] of [["sent", { state: "sent" }], ["opened", { response: "opened" }], ["bounced", { response: "bounced" }]] as const)
      assert.equal((await walk({ ...query, not_domains })).length, other[what], what);
    const few = (items as Json[]).slice(0, 2).map((one) => one.domain).join(",");
    const rest = (items as Json[]).slice(2).reduce((all, one) => all + one.sent, other.sent);
    assert.equal((await walk({ state: "sent", not_domains: few })).length, rest);
    const first = (items as Json[])[0]!;
    assert.equal((await walk({ domain: first.domain, not_domains: few })).length, 0);
    for (const [field, query] of [
      ["from", { from: "2026-01-01" }], ["until", { until: "2026-01-01", response: "not_opened", state: "sent" }], ["not_domains", { not_domains: "a@b" }],
    ] as [string, Json][]) {
      assert.equal((await server.admin.get(path("/recipients"), query, { status: 400 })).body.errors[0].field, field);
    }
    const opened = await walk({ response: "opened", not_domains: few });
    const { body: group } = await server.admin.post(
      path("/recipients/group"), { name: "Opened elsewhere", response: "opened", not_domains: few, from: "2000-01-01", until: null }, { status: 201 });
    assert.deepEqual(await members(group), people(opened));
    await server.admin.post(path("/recipients/group"), { name: "Kept up", kind: "dynamic", response: "opened", not_domains: few }, { status: 400 });
  });

  it("writes them to a file", async () => {
    const clicked = await walk({ response: "clicked" });
    const { text } = await server.admin.get(path("/recipients/export"), { response: "clicked" });
    const lines = text.trimEnd().split("\r\n");
    assert.match(lines[0]!, /^person_id,kind,name,address,state,/);
    assert.deepEqual(lines.slice(1).map((l: string) => Number(l.split(",")[0])), clicked.map((r) => r.person_id));
    const marked = await server.admin.get(path("/recipients/export"), { q: "nobody at all", bom: "true" });
    assert.equal(marked.text.trimEnd().replace(/^\ufeff/, ""), lines[0]);
    const german = await server.admin.get(path("/recipients/export"), { response: "clicked", delimiter: "semicolon" });
    assert.equal(german.text.split("\r\n")[0], lines[0]!.replaceAll(",", ";"));
    assert.equal(german.text.length, text.length);
    await server.admin.get(path("/recipients/export"), { delimiter: "x" }, { status: 400 });
    await server.admin.get(path("/recipients/export"), { response: "x" }, { status: 400 });
    await server.admin.get(`${v1}/campaigns/999/recipients/export`, {}, { status: 404 });
  });

  it("becomes groups of exactly those people", async () => {
    const make = async (body: Json, status = 201): Promise<Json> =>
      (await server.admin.post(path("/recipients/group"), body, { status })).body;
    for (const [i, filter] of [
      { response: "clicked" }, { state: "accepted", domain: "example.org" }, { link: report.links[0].id }, { q: "example.com" },
    ].entries()) {
      const group = await make({ name: `Static ${i}`, ...filter });
      assert.equal(group.kind, "static");
      assert.equal(group.entity, "people");
      assert.deepEqual(await members(group), people(await walk(filter as Json)), JSON.stringify(filter));
    }
    for (const response of ["opened", "clicked", "not_opened", "not_clicked", "bounced", "unsubscribed"]) {
      const group = await make({ name: `Dynamic ${response}`, kind: "dynamic", response });
      assert.equal(group.kind, "dynamic");
      assert.deepEqual(await members(group), people(await walk({ response })), response);
    }
    assert.equal((await make({ name: "x", kind: "dynamic", response: "clicked", q: "a" }, 400)).errors[0].field, "kind");
    assert.equal((await make({ name: "x", kind: "dynamic" }, 400)).errors[0].field, "kind");
    assert.equal((await make({ response: "clicked" }, 400)).errors[0].field, "name");
    await make({ name: "Nobody", q: "nobody at all" }, 400);
    await make({ name: "static 0", response: "clicked" }, 409);
    assert.equal((await server.admin.get(`${v1}/groups`, { q: "Nobody" })).body.total, 0);
    const reader = server.admin.as(await server.createKey("reader", "user"));
    await reader.post(path("/recipients/group"), { name: "y", response: "clicked" }, { status: 403 });
  });

  it("tells how it came about, hour by hour and day by day", async () => {
    for (const by of ["hour", "day"]) {
      const { body } = await server.admin.get(path("/report/series"), { by });
      assert.equal(body.by, by);
      const step = by === "hour" ? 3_600_000 : 86_400_000;
      body.items.forEach((x: Json, i: number) =>
        assert.equal(Date.parse(x.at), Date.parse(body.items[0].at) + i * step));
      const sum = (key: string): number => (body.items as Json[]).reduce((n, x) => n + x[key], 0);
      assert.equal(sum("sent"), report.sent);
      assert.equal(sum("opened"), report.opened.people);
      assert.equal(sum("clicked"), report.clicked.people);
      assert.equal(sum("unsubscribed"), report.unsubscribed);
      assert.equal(sum("bounced"), report.bounced.hard + report.bounced.soft);
    }
    await server.admin.get(path("/report/series"), { by: "week" }, { status: 400 });
    await server.admin.get(`${v1}/campaigns/999/report/series`, {}, { status: 404 });
  });

  it("tells how it went domain by domain", async () => {
    const { body } = await server.admin.get(path("/report/domains"));
    const total = (key: string): number => (body.items as Json[]).reduce((n, x) => n + x[key], body.other[key]);
    assert.equal(total("sent"), report.sent);
    assert.equal(total("opened"), report.opened.people);
    assert.equal(total("clicked"), report.clicked.people);
    for (const d of body.items as Json[])
      assert.equal((await walk({ domain: d.domain, response: "opened" })).length, d.opened, d.domain);
    await server.admin.get(`${v1}/campaigns/999/report/domains`, {}, { status: 404 });
  });

  it("shows in the mail itself what was clicked", async () => {
    const { headers, text } = await server.admin.get(`/campaigns/${campaign.id}/click-map`);
    assert.match(headers.get("content-security-policy") ?? "", /^sandbox allow-popups/);
    assert.doesNotMatch(text, /<script|\*\|/);
    const badges = [...text.matchAll(/<\/a>(?:<span[^>]*>)(\d+) · (\d+) %<\/span>/g)].map((m) => [Number(m[1]), Number(m[2])]);
    assert.ok(badges.length >= report.links.length, text);
    for (const link of report.links)
      assert.ok(badges.some(([n, share]) => n === link.people && share === Math.round(100 * link.people / report.clicked.people)), link.url);
    const dark = await server.admin.get(`/campaigns/${campaign.id}/click-map`, { dark: "true" });
    assert.match(dark.text, /color:#fff !important/);
    await server.admin.get("/campaigns/999/click-map", {}, { status: 404 });
  });

  it("is looked at on the command line", async () => {
    const id = String(campaign.id);
    const run = async (...args: string[]): Promise<string> => {
      const done = await server.command(["campaign", ...args]);
      assert.equal(done.code, 0, done.stderr);
      return done.stdout;
    };
    assert.match(await run("report", id), new RegExp(`^delivered +${report.delivered}$`, "m"));
    assert.match(await run("report", id, "--by", "day"), /^AT +SENT +OPENED/);
    const listed = JSON.parse(await run("recipients", id, "--response", "clicked", "--sort", "name", "--json"));
    assert.equal(listed.total, report.clicked.people);
    assert.match(await run("recipients", id, "--link", String(report.links[0].id)), /^ID +STATE/);
    assert.equal((await run("recipients", id, "--response", "clicked", "--csv")).trimEnd().split("\r\n").length,
      1 + report.clicked.people);
    assert.match(await run("group", id, "--name", "From here", "--response", "clicked"), /^group \d+ "From here": \d+ members$/m);
    assert.equal((await server.command(["campaign", "group", id])).code, 2);
    assert.equal((await server.command(["campaign", "group", id, "--name", "x", "--link", "y"])).code, 2);
  });
});

describe("the report of a campaign that nobody clicked", () => {
  const server = useServer({});

  it("lists the links of the mail, each with nobody, once it is sent", async () => {
    await addPeople(server, ["ada@example.org"]);
    const campaign = await makeCampaign(server, await makeGroup(server, "All"));
    const report = async () => (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
    assert.deepEqual((await report()).links, []);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    assert.deepEqual((await report()).links, [{ id: null, url: "https://shop.example/a", people: 0, machines: 0, clicks: 0, total: 0 }]);
  });
});
