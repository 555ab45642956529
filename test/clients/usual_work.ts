/**
 * What a client of the Marketing API usually does, by two libraries of other
 * people as they are, but for the address of the server:
 *
 *     URL=http://... KEY=... HOOK=http://... node usual_work.js mailchimp_marketing
 *
 * Ends with 0 and a line of JSON about what it left behind, or says what was
 * otherwise. usual_work.py does the same in Python.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import marketing from "@mailchimp/mailchimp_marketing";
import V3 from "mailchimp-api-v3";

/* eslint-disable @typescript-eslint/no-explicit-any */
type Json = any;

const PEOPLE = 1000;
const AT_ONCE = 500;
const { URL: url = "", KEY: key = "", HOOK: hook = "" } = process.env;

/** An operation of a batch, before each library puts it into its own words. */
interface Operation { method: string; path: string; body?: object }

/** What the work needs of a library. */
interface Api {
  call(method: string, path: string, body?: object, query?: object): Promise<Json>;
  /** Waits for its end; how many operations there were and how many failed. */
  batch(operations: Operation[]): Promise<{ done: number; failed: number }>;
  /** The problem document of what a call threw. */
  problem(error: Json): Json;
}

function v3(): Api {
  const client = new V3(key);
  client.__base_url = `${url}/3.0`;
  return {
    call: (method, path, body, query) =>
      client[method.toLowerCase()]({ path, body, query }),
    async batch(operations) {
      // it polls, fetches the results without authorisation, and unpacks them
      const results: Json[] = await client.batch(operations, { interval: 200, verbose: false });
      return { done: results.length, failed: results.filter((r) => Number(r.status) >= 400).length };
    },
    problem: (error) => error,
  };
}

/** Its functions by the path that they call. */
function official(): Api {
  marketing.setConfig({ apiKey: key, server: "us1" });
  marketing.basePath = `${url}/3.0`;
  const { lists, templates, campaigns, reports, batches } = marketing;
  const id = "([^/]+)";
  const routes: [string, string, (...args: Json[]) => Promise<Json>][] = [
    ["GET", "/ping", () => marketing.ping.get()],
    ["GET", "/", () => marketing.root.getRoot()],
    ["POST", "/lists", (body) => lists.createList(body)],
    ["GET", `/lists/${id}`, (list) => lists.getList(list)],
    ["POST", `/lists/${id}`, (list, body) => lists.batchListMembers(list, body)],
    ["DELETE", `/lists/${id}`, (list) => lists.deleteList(list)],
    ["POST", `/lists/${id}/merge-fields`, (list, body) => lists.addListMergeField(list, body)],
    ["GET", `/lists/${id}/members`, (list, query) => lists.getListMembersInfo(list, query)],
    ["POST", `/lists/${id}/members`, (list, body) => lists.addListMember(list, body)],
    ["GET", `/lists/${id}/members/${id}`, (list, hash) => lists.getListMember(list, hash)],
    ["PUT", `/lists/${id}/members/${id}`, (list, hash, body) => lists.setListMember(list, hash, body)],
    ["PATCH", `/lists/${id}/members/${id}`,
      (list, hash, body) => lists.updateListMember(list, hash, body)],
    ["DELETE", `/lists/${id}/members/${id}`, (list, hash) => lists.deleteListMember(list, hash)],
    ["POST", `/lists/${id}/members/${id}/actions/delete-permanent`,
      (list, hash) => lists.deleteListMemberPermanent(list, hash)],
    ["POST", `/lists/${id}/members/${id}/tags`,
      (list, hash, body) => lists.updateListMemberTags(list, hash, body)],
    ["POST", `/lists/${id}/interest-categories`,
      (list, body) => lists.createListInterestCategory(list, body)],
    ["POST", `/lists/${id}/interest-categories/${id}/interests`,
      (list, category, body) => lists.createInterestCategoryInterest(list, category, body)],
    ["POST", `/lists/${id}/segments`, (list, body) => lists.createSegment(list, body)],
    ["GET", `/lists/${id}/segments/${id}/members`,
      (list, segment) => lists.getSegmentMembersList(list, segment)],
    ["DELETE", `/lists/${id}/segments/${id}`, (list, segment) => lists.deleteSegment(list, segment)],
    ["POST", `/lists/${id}/webhooks`, (list, body) => lists.createListWebhook(list, body)],
    ["DELETE", `/lists/${id}/webhooks/${id}`, (list, hook) => lists.deleteListWebhook(list, hook)],
    ["POST", "/templates", (body) => templates.create(body)],
    ["DELETE", `/templates/${id}`, (template) => templates.deleteTemplate(template)],
    ["POST", "/campaigns", (body) => campaigns.create(body)],
    ["GET", `/campaigns/${id}`, (campaign) => campaigns.get(campaign)],
    ["PUT", `/campaigns/${id}/content`, (campaign, body) => campaigns.setContent(campaign, body)],
    ["GET", `/campaigns/${id}/send-checklist`, (campaign) => campaigns.getSendChecklist(campaign)],
    ["POST", `/campaigns/${id}/actions/send`, (campaign) => campaigns.send(campaign)],
    ["GET", `/reports/${id}`, (campaign) => reports.getCampaignReport(campaign)],
    ["GET", `/reports/${id}/sent-to`,
      (campaign, query) => reports.getCampaignRecipients(campaign, query)],
  ];
  return {
    async call(method, path, body, query) {
      for (const [routeMethod, pattern, run] of routes) {
        const found = path.match(new RegExp(`^${pattern}$`));
        if (found && routeMethod === method)
          return run(...found.slice(1), ...[body, query].filter((v) => v !== undefined));
      }
      throw new Error(`no function of the library is known for ${method} ${path}`);
    },
    async batch(operations) {
      const started = await batches.start({
        operations: operations.map((o) => ({ ...o, body: o.body && JSON.stringify(o.body) })),
      });
      const ended = await eventually("the batch", async () => {
        const batch = await batches.status(started.id);
        return batch.status === "finished" && batch;
      });
      const archive = await fetch(ended.response_body_url); // without authorisation
      assert.equal(archive.status, 200);
      assert.ok(gunzipSync(Buffer.from(await archive.arrayBuffer())).length > 1024);
      return { done: ended.finished_operations, failed: ended.errored_operations };
    },
    problem: (error) => error.response?.body ?? error,
  };
}

async function eventually<T>(what: string, ask: () => Promise<T>): Promise<Exclude<T, false>> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await ask();
    if (found) return found as Exclude<T, false>;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} does not end`);
}

const address = (i: number) => (i === 7 ? "o'hara7@clients.example" : `m${i}@clients.example`);
const hash = (i: number) => createHash("md5").update(address(i)).digest("hex");
const person = (i: number) => ({
  email_address: address(i),
  status: "subscribed",
  merge_fields: { FNAME: i % 2 ? "Ada" : "فاطمة", LNAME: `No. ${i}`, CITY: i < 100 ? "Bonn" : "Köln" },
});

/** What it makes; later steps use it. */
const made: Json = {};

async function audience(api: Api): Promise<void> {
  assert.equal((await api.call("GET", "/ping")).health_status, "Everything's Chimpy!");
  assert.match((await api.call("GET", "/")).account_id, /^[0-9a-f]+$/);
  const list = await api.call("POST", "/lists", {
    name: "Clients of others",
    permission_reminder: "You asked for it.",
    email_type_option: false,
    contact: { company: "Acme", address1: "1 Road", city: "Bonn", state: "NW", zip: "53111", country: "DE" },
    campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" },
  });
  made.list = list.id;
  await api.call("POST", `/lists/${made.list}/merge-fields`, { tag: "CITY", name: "City", type: "text" });
}

async function members(api: Api): Promise<void> {
  const all = Array.from({ length: PEOPLE }, (_, i) => person(i));
  for (let i = 0; i < PEOPLE; i += AT_ONCE) {
    const result = await api.call("POST", `/lists/${made.list}`, {
      members: all.slice(i, i + AT_ONCE), update_existing: false,
    });
    assert.equal(result.total_created, AT_ONCE);
    assert.equal(result.error_count, 0);
  }
  const seen = new Set<string>();
  for (let offset = 0; ; offset += AT_ONCE) {
    const page = await api.call("GET", `/lists/${made.list}/members`, undefined, { count: AT_ONCE, offset });
    assert.equal(page.total_items, PEOPLE);
    if (page.members.length === 0) break; // as n8n pages
    for (const member of page.members) seen.add(member.email_address);
  }
  assert.equal(seen.size, PEOPLE);
}

async function tagsAndInterests(api: Api): Promise<void> {
  for (const i of [1, 2, 3])
    await api.call("POST", `/lists/${made.list}/members/${hash(i)}/tags`, {
      tags: [{ name: "vip", status: "active" }],
    });
  const { tags } = await api.call("GET", `/lists/${made.list}/members/${hash(2)}`);
  assert.deepEqual(tags.map((tag: Json) => tag.name), ["vip"]);
  const category = await api.call("POST", `/lists/${made.list}/interest-categories`, {
    title: "Topics", type: "checkboxes",
  });
  const interest = await api.call(
    "POST", `/lists/${made.list}/interest-categories/${category.id}/interests`, { name: "Tea" });
  for (const i of [2, 3, 4])
    await api.call("PATCH", `/lists/${made.list}/members/${hash(i)}`, { interests: { [interest.id]: true } });
  const { interests } = await api.call("GET", `/lists/${made.list}/members/${hash(4)}`);
  assert.equal(interests[interest.id], true);
  Object.assign(made, { vip: tags[0].id, category: category.id, interest: interest.id });
}

async function segments(api: Api): Promise<void> {
  const segment = await api.call("POST", `/lists/${made.list}/segments`, {
    name: "Tea in Bonn",
    options: {
      match: "all",
      conditions: [
        { condition_type: "TextMerge", field: "CITY", op: "is", value: "Bonn" },
        { condition_type: "StaticSegment", field: "static_segment", op: "static_is", value: made.vip },
        {
          condition_type: "Interests", field: `interests-${made.category}`, op: "interestcontains",
          value: [made.interest],
        },
      ],
    },
  });
  assert.equal(segment.member_count, 2);
  const { members } = await api.call("GET", `/lists/${made.list}/segments/${segment.id}/members`);
  assert.deepEqual(members.map((m: Json) => m.email_address).sort(), [address(2), address(3)]);
  made.segment = segment.id;
}

async function campaign(api: Api): Promise<void> {
  const template = await api.call("POST", "/templates", {
    name: "Letter", html: '<html><body><div mc:edit="body">Old</div><a href="*|UNSUB|*">Leave</a></body></html>',
  });
  const campaign = await api.call("POST", "/campaigns", {
    type: "regular",
    recipients: { list_id: made.list, segment_opts: { saved_segment_id: made.segment } },
    settings: { subject_line: "Tea, *|FNAME|*", title: "Tea", from_name: "Ann", reply_to: "ann@example.org" },
  });
  const content = await api.call("PUT", `/campaigns/${campaign.id}/content`, {
    template: { id: template.id, sections: { body: '<p>New *|LNAME|* <a href="https://example.org/tea">tea</a></p>' } },
  });
  assert.match(content.html, /New \*\|LNAME\|\*/);
  const checklist = await api.call("GET", `/campaigns/${campaign.id}/send-checklist`);
  assert.equal(checklist.is_ready, true, JSON.stringify(checklist));
  await api.call("POST", `/campaigns/${campaign.id}/actions/send`);
  await eventually("the send", async () =>
    (await api.call("GET", `/campaigns/${campaign.id}`)).status === "sent");
  const report = await eventually("the report", async () => {
    const found = await api.call("GET", `/reports/${campaign.id}`);
    return found.emails_sent === 2 && found;
  });
  assert.equal(report.campaign_title, "Tea");
  const sent = await api.call("GET", `/reports/${campaign.id}/sent-to`, undefined, { count: 10 });
  assert.equal(sent.total_items, 2);
  Object.assign(made, { template: template.id, campaign: campaign.id });
}

async function batches(api: Api): Promise<void> {
  const path = (i: number) => `/lists/${made.list}/members/${hash(i)}`;
  const operations = [10, 11, 12].map((i) => ({
    method: "PATCH", path: path(i), body: { merge_fields: { CITY: "Berlin" } },
  }));
  const { done, failed } = await api.batch([...operations, { method: "GET", path: path(999_999) }]);
  assert.deepEqual({ done, failed }, { done: 4, failed: 1 });
  const member = await api.call("GET", path(12));
  assert.equal(member.merge_fields.CITY, "Berlin");
}

async function title(api: Api, call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return api.problem(error).title;
  }
  throw new Error("a call was answered that should be refused");
}

async function comingAndGoing(api: Api): Promise<void> {
  const path = (i: number) => `/lists/${made.list}/members/${hash(i)}`;
  const status = async (i: number) => (await api.call("GET", path(i))).status;
  const webhook = await api.call("POST", `/lists/${made.list}/webhooks`, {
    url: hook, events: { unsubscribe: true }, sources: { user: true, admin: true, api: true },
  });
  await api.call("PUT", path(20), { email_address: address(20), status: "unsubscribed" });
  assert.equal(await status(20), "unsubscribed");
  await api.call("DELETE", path(21));
  assert.equal(await status(21), "archived");
  await api.call("PUT", path(21), { email_address: address(21), status_if_new: "subscribed", status: "subscribed" });
  assert.equal(await status(21), "subscribed");
  assert.equal(await title(api, api.call("POST", `/lists/${made.list}/members`, person(22))), "Member Exists");
  await api.call("POST", `${path(23)}/actions/delete-permanent`);
  assert.equal(await title(api, api.call("GET", path(23))), "Resource Not Found");
  assert.equal(
    await title(api, api.call("POST", `/lists/${made.list}/members`, person(23))), "Forgotten Email Not Subscribed");
  made.webhook = webhook.id;
}

const apis: Record<string, () => Api> = { "mailchimp-api-v3": v3, mailchimp_marketing: official };
const api = apis[process.argv[2] ?? ""]!();
for (const step of [audience, members, tagsAndInterests, segments, campaign, batches, comingAndGoing]) {
  process.stderr.write(`${step.name}\n`);
  try {
    await step(api);
  } catch (error) {
    throw new Error(`${step.name}: ${JSON.stringify(api.problem(error)) ?? ""}`, { cause: error });
  }
}
console.log(JSON.stringify(made));
