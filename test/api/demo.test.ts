/** Demo data: what it holds, that nothing of it is sent, and that nothing of it stays. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  isPostgres, isBalanced, isSent, makeCampaign, makeGroup, push, rowCounts, runJob, Server, until, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";

const LEFT = [
  // what tells of the past, on purpose
  "crm.audit_log", "crm.job", "crm.bridge_journal", "audience.job", "events.job",
  "audience.member_change", // ids; the oldest go by themselves
  "crm.record_change",
  // keys, marks and settings of the program, which are made once
  "crm.setting", "audience.setting", "crm.sequence", "audience.sequence", "events.sequence", "crm.bridge_field",
  "audience.event_cursor", "audience.delivery_lease", "audience.webhook",
];
/** Indexes that a job fills behind the writers, and numbers of members, which are
 * summed up now and then. */
const DERIVED = /^crm\.search_|^audience\.list_kept/;

const make = async (server: Server): Promise<Json> =>
  server.job((await server.admin.post(`${v1}/demo`, undefined, { status: 202 })).body.job_id);
const remove = async (server: Server): Promise<Json> =>
  server.job((await server.admin.delete(`${v1}/demo`, { status: 202 })).body.job_id);
const figures = async (server: Server): Promise<Json> =>
  (await server.admin.get(`${v1}/demo`)).body;

/** What is there more or less than before, apart from what may be. */
function differences(before: Record<string, number>, after: Record<string, number>): Json {
  const found: Json = {};
  for (const table of Object.keys(after))
    if (!LEFT.includes(table) && !DERIVED.test(table) && before[table] !== after[table])
      found[table] = [before[table], after[table]];
  return found;
}

describe("demo data", () => {
  const server = useServer();
  let empty: Record<string, number>;
  let managersKey = "";

  before(async () => {
    managersKey = await server.createKey("m", "manager");
    // what a first push leaves once and for all
    const person = (await server.admin.post(`${v1}/people`, { last_name: "Real", email: "real@r.example" }, { status: 201 })).body;
    assert.ok(person.id);
    await push(server, await makeGroup(server, "Real people"));
    empty = rowCounts(server);
  });

  it("is not there at first", async () => {
    assert.deepEqual(await figures(server), { present: false, people: 0, campaigns: 0, job_id: null });
  });

  it("is made by one job, however often it is asked for", async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => server.admin.post(`${v1}/demo`, undefined, { status: 202 })));
    assert.equal(new Set(jobs.map((j) => j.body.job_id)).size, 1);
    assert.deepEqual(Object.keys(jobs[0]!.body), ["job_id"]);
    assert.equal((await figures(server)).job_id, jobs[0]!.body.job_id);
    await server.admin.delete(`${v1}/demo`, { status: 409 });
    const done = await server.job(jobs[0]!.body.job_id);
    assert.deepEqual(done.result, { present: true, people: 200, campaigns: 2 });
    assert.deepEqual(await figures(server), { present: true, people: 200, campaigns: 2, job_id: null });
  });

  it("has people of many countries and scripts, at addresses of nobody", async () => {
    const people: Json[] = (await server.admin.get(`${v1}/people`, { limit: 1000 })).body.items
      .filter((p: Json) => p.last_name !== "Real");
    assert.equal(people.length, 200);
    for (const p of people) assert.match(p.email, /^[a-z0-9.-]+@example\.(com|org|net)$/);
    assert.equal(new Set(people.map((p) => p.email)).size, 200);
    assert.ok(new Set(people.map((p) => p.country)).size >= 12);
    for (const script of ["Arabic", "Hebrew", "Cyrillic", "Greek", "Han", "Hangul", "Devanagari"])
      assert.ok(people.some((p) => new RegExp(`\\p{Script=${script}}`, "u").test(p.last_name)), script);
    for (const p of people) assert.ok(p.tags.includes("Demo"));
    assert.ok((await server.admin.get(`${v1}/leads`)).body.total >= 10);
    assert.ok((await server.admin.get(`${v1}/companies`)).body.total >= 20);
  });

  it("has two campaigns of the past, with figures that agree on both sides", async () => {
    const { body } = await server.admin.get(`${v1}/campaigns`);
    assert.equal(body.items.length, 2);
    for (const [i, days] of [[1, 21], [0, 7]] as const) {
      const campaign = body.items[i];
      assert.equal(campaign.status, "sent");
      const age = (Date.now() - Date.parse(campaign.sent_at)) / 86_400_000;
      assert.ok(Math.abs(age - days) < 1.1, `${age} days`);
      const { body: report } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
      assert.ok(isBalanced(report), JSON.stringify(report));
      assert.equal(report.waiting, 0);
      for (const n of [report.opened.people, report.opened.machines, report.clicked.people, report.bounced.hard,
        report.bounced.soft, report.unsubscribed])
        assert.ok(n > 0, JSON.stringify(report));
      assert.ok(report.opened.people > report.clicked.people);
      assert.ok(report.links.length >= 3);
      const { body: engine } = await server.mailchimp.get(`/3.0/reports/${campaign.marketing_campaign_id}`);
      assert.equal(engine.emails_sent, report.sent);
      assert.equal(engine.unsubscribed, report.unsubscribed);
      assert.equal(engine.bounces.hard_bounces, report.bounced.hard);
      assert.equal(engine.clicks.unique_subscriber_clicks, report.clicked.people);
    }
  });

  it("tells all of it in a person's page", async () => {
    const { body } = await server.admin.get(`${v1}/campaigns`);
    const { body: clicked } = await server.admin.get(`${v1}/campaigns/${body.items[0].id}/recipients`, { response: "clicked" });
    const id = clicked.items[0].person_id;
    const { body: timeline } = await server.admin.get(`${v1}/people/${id}/timeline`);
    const mail = timeline.items.find((e: Json) => e.campaign_id === body.items[0].id);
    assert.equal(mail.can_show, true);
    assert.doesNotMatch(mail.title, /\*\|/);
    assert.ok(mail.events.some((e: Json) => e.type === "clicked" && e.url?.startsWith("https://")));
    for (const e of mail.events)
      assert.ok(Date.parse(e.at) >= Date.parse(mail.at) && Date.parse(e.at) < Date.now(), JSON.stringify(mail));
    const page = await server.admin.get(`/people/${id}/mails/${body.items[0].id}/html`);
    assert.match(page.text, /Example Organisation/);
    assert.doesNotMatch(page.text, /\*\|/);
  });

  it("was never handed to a relay, nor to the outbox", async () => {
    assert.equal((await server.admin.get(`${v1}/outbox`)).body.total, 0);
    assert.equal(rowCounts(server)["audience.outgoing_message"], 0);
  });

  it("is there once, asked for again", async () => {
    const before = rowCounts(server);
    await make(server);
    assert.deepEqual(differences(before, rowCounts(server)), {});
  });

  it("is for administrators", async () => {
    const manager = server.admin.as(managersKey);
    await manager.get(`${v1}/demo`);
    await manager.post(`${v1}/demo`, undefined, { status: 403 });
    await manager.delete(`${v1}/demo`, { status: 403 });
  });

  it("goes without a trace", async () => {
    assert.deepEqual((await remove(server)).result, { present: false, people: 0, campaigns: 0 });
    assert.deepEqual(differences(empty, rowCounts(server)), {});
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 1);
    assert.deepEqual(await figures(server), { present: false, people: 0, campaigns: 0, job_id: null });
    await remove(server); // nothing to do
  });

  it("can be made and removed again, and again all of it is subscribed", async () => {
    const { result } = await make(server);
    assert.equal(result.people, 200);
    const { body } = await server.admin.get(`${v1}/campaigns`);
    const { body: report } = await server.admin.get(`${v1}/campaigns/${body.items[1].id}/report`);
    assert.equal(report.recipients, 200);
    await remove(server);
    assert.deepEqual(differences(empty, rowCounts(server)), {});
  });
});

describe("demo data among real people", () => {
  const server = useServer();
  const add = async (body: Json): Promise<Json> =>
    (await server.admin.post(`${v1}/people`, body, { status: 201 })).body;
  const person = async (id: number): Promise<Json> => (await server.admin.get(`${v1}/people/${id}`)).body;

  it("takes no address that somebody has, nor a name of a tag or group", async () => {
    const own = await add({ last_name: "Großmann", email: "juergen.grossmann@example.com", tags: ["demo"] });
    await makeGroup(server, "Demo newsletter");
    await make(server);
    const { body } = await server.admin.get(`${v1}/people`, { limit: 1000 });
    const same = body.items.filter((p: Json) => p.email === "juergen.grossmann@example.com");
    assert.deepEqual(same.map((p: Json) => p.id), [own.id]);
    assert.ok(body.items.some((p: Json) => p.email === "juergen.grossmann2@example.com"));
    await remove(server);
    assert.deepEqual((await person(own.id)).tags, ["demo"]);
    assert.equal((await server.admin.get(`${v1}/groups`)).body.total, 1);
  });

  it("leaves those who were put into its group, share its addresses, or are merged with its people", async () => {
    await make(server);
    const { body } = await server.admin.get(`${v1}/people`, { limit: 1000, sort: "id" });
    const demo: Json[] = body.items.filter((p: Json) => p.tags.includes("Demo 2"));
    assert.equal(demo.length, 200);
    const group = (await server.admin.get(`${v1}/groups`, { q: "Demo newsletter 2" })).body.items[0];
    const shares = await add({ last_name: "Shares", email: demo[20]!.email });
    const grouped = await add({ last_name: "Grouped", email: "grouped@r.example" });
    const survivor = await add({ last_name: "Survivor", email: "survivor@r.example" });
    const joined = await add({ last_name: "Joined", email: "joined@r.example" });
    await server.admin.post(`${v1}/groups/${group.id}/include`, { ids: [grouped.id] });
    await push(server, group);
    await server.admin.post(`${v1}/people/${survivor.id}/merge`, { other_id: demo[30]!.id });
    await server.admin.post(`${v1}/people/${demo[31]!.id}/merge`, { other_id: joined.id });
    // and what the user changed goes all the same
    await server.admin.patch(`${v1}/people/${demo[40]!.id}`, { last_name: "Mine", email: "mine@r.example", tags: ["x"] });
    await until("the member has moved", async () => {
      const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
      const { body: found } = await server.mailchimp.get(`/3.0/lists/${list}/members`, { count: 1000 });
      return found.members.some((m: Json) => m.email_address === "mine@r.example");
    });
    await server.admin.delete(`${v1}/people/${demo[41]!.id}`, { status: 204 });

    await remove(server);
    for (const p of [shares, grouped, survivor]) assert.equal((await person(p.id)).last_name, p.last_name);
    assert.equal((await person(demo[31]!.id)).id, demo[31]!.id);
    await server.admin.get(`${v1}/people/${demo[40]!.id}`, undefined, { status: 404 });
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: members } = await server.mailchimp.get(`/3.0/lists/${list}/members`, { count: 1000 });
    const left = members.members.map((m: Json) => m.email_address).sort();
    assert.ok(left.includes("grouped@r.example"), left.join());
    assert.ok(left.includes(demo[20]!.email), left.join());
    assert.ok(!left.includes("mine@r.example"), left.join());
    assert.ok(left.length < 8, left.join());
    assert.deepEqual((await server.mailchimp.get(`/3.0/lists/${list}/segments`)).body.segments, []);
  });
});

describe("what was made of demo data, and said of it", () => {
  const server = useServer();
  const add = async (body: Json): Promise<Json> =>
    (await server.admin.post(`${v1}/people`, body, { status: 201 })).body;
  const optOut = async (id: number): Promise<void> => {
    await server.admin.patch(`${v1}/people/${id}`, { opted_out: true, reason: "on the phone" });
  };
  const isOut = async (address: string): Promise<boolean> => {
    const made = await add({ last_name: "Again", email: address });
    return (await server.admin.get(`${v1}/people/${made.id}`)).body.opted_out;
  };

  it("keeps what a user or an import said, forgets what its campaigns said, and takes what its leads became", async () => {
    await make(server);
    const { body } = await server.admin.get(`${v1}/people`, { limit: 1000, sort: "id" });
    const open: Json[] = body.items.filter((p: Json) => !p.opted_out);
    const [jane, imported, survivor] = open as [Json, Json, Json];
    const left: Json[] = body.items.filter((p: Json) => p.opted_out);
    assert.ok(left.length > 1);
    const [mine, both] = left as [Json, Json];

    await server.admin.patch(`${v1}/people/${jane.id}`, { email: "jane@real.example" });
    await optOut(jane.id);
    await server.admin.patch(`${v1}/people/${imported.id}`, { email: "imported@real.example" });
    await runJob(server, `${v1}/imports`, "Email,Opted out\nimported@real.example,yes\n",
      { headers: { "content-type": "text/csv" } });
    // the demo said so; of one a user says it again
    await optOut(both.id);
    const real = await add({ last_name: "Real", email: "real@real.example" });
    await server.admin.post(`${v1}/people/${survivor.id}/merge`, { other_id: real.id });

    const { body: leads } = await server.admin.get(`${v1}/leads`);
    const made: number[] = [];
    for (const lead of leads.items.slice(0, 3))
      made.push((await server.admin.post(`${v1}/leads/${lead.id}/convert`, {})).body.person.id);
    const own = await add({ last_name: "Own", email: leads.items[3].email });
    const into = (await server.admin.post(`${v1}/leads/${leads.items[3].id}/convert`, {})).body;
    assert.equal(into.person.id, own.id);

    const { result } = await remove(server);
    assert.deepEqual(result, { present: false, people: 0, campaigns: 0, kept: 1 });
    for (const id of made) await server.admin.get(`${v1}/people/${id}`, undefined, { status: 404 });
    const { body: stay } = await server.admin.get(`${v1}/people`);
    assert.deepEqual(stay.items.map((p: Json) => p.id).sort((a: number, b: number) => a - b), [survivor.id, own.id]);
    assert.equal((await server.admin.get(`${v1}/leads`)).body.total, 0);
    assert.equal((await server.admin.get(`${v1}/companies`)).body.total, 0);
    assert.equal(await isOut("jane@real.example"), true);
    assert.equal(await isOut("imported@real.example"), true);
    assert.equal(await isOut(both.email), true);
    assert.equal(await isOut(mine.email), false);
  });
});

describe("demo data that a real campaign was sent to", () => {
  const server = useServer();

  it("goes, and the campaign keeps its figures", async () => {
    await make(server);
    const group = (await server.admin.get(`${v1}/groups`)).body.items[0];
    const campaign = await makeCampaign(server, group, "Real");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    const report = async () => { // what is usual is of the demo's campaigns, too
      const { average, ...figures } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
      return figures;
    };
    const figures = await report();
    assert.ok(figures.sent > 180, JSON.stringify(figures));
    await remove(server);
    assert.deepEqual(await report(), figures);
    const { body: now } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
    const { body: engine } = await server.mailchimp.get(`/3.0/reports/${now.marketing_campaign_id}`);
    assert.equal(engine.emails_sent, figures.sent);
    const { body: sent } = await server.mailchimp.get(`/3.0/reports/${now.marketing_campaign_id}/sent-to`);
    assert.equal(sent.total_items, figures.sent);
    const { body: recipients } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { limit: 1000 });
    for (const r of recipients.items) assert.equal(r.address, null);
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 0);
    const counts = rowCounts(server);
    assert.equal(counts["audience.member_address"], 0);
    assert.equal(counts["crm.email"], 0);
    assert.equal(counts["crm.demo_row"], 0);
  });
});

describe("demo data and a relay", { skip: isPostgres && "as on SQLite; its rows are those of the others" }, () => {
  const relay = useRelay();
  const server = useServer({ env: { MUSTER_RELAY: "", MUSTER_PUBLIC_URL: "https://crm.acme.example" } });
  const send = async (name: string, body: Json): Promise<Json> => {
    const campaign = await makeCampaign(server, body, name);
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    return (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  };

  it("is sent to by the mail catcher only, and what leaves it out says so", async () => {
    await make(server);
    await server.admin.post(`${v1}/people`, { last_name: "Real", email: "real@r.example" }, { status: 201 });
    const { body: leads } = await server.admin.get(`${v1}/leads`);
    await server.admin.post(`${v1}/leads/${leads.items[0].id}/convert`, {});
    const group = await makeGroup(server, "All people");
    assert.ok((await send("Caught", group)).sent > 180);

    await server.admin.patch(`${v1}/settings`, { relay: { kind: "smtp", host: "127.0.0.1", port: relay.port, security: "none" } });
    const plan = await push(server, group);
    assert.ok(plan.left_out.demo > 180, JSON.stringify(plan));
    const report = await send("Real", group);
    assert.equal(report.sent, 1, JSON.stringify(report));
    assert.deepEqual(relay.messages.map((m) => m.to), [["real@r.example"]]);
    const demoGroup = (await server.admin.get(`${v1}/groups`, { q: "Demo newsletter" })).body.items[0];
    assert.ok((await push(server, demoGroup)).left_out.demo > 180);
    // over /3.0, whoever is in the audience
    const demoAddress = (await server.admin.get(`${v1}/people`, { group_id: demoGroup.id, limit: 1 })).body.items[0].email;
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const { body: direct } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "s", title: "Direct", from_name: "Ann", reply_to: "ann@acme.example" },
    });
    await server.mailchimp.put(`/3.0/campaigns/${direct.id}/content`, { html: '<p><a href="*|UNSUB|*">Leave</a></p>' });
    const test = await server.mailchimp.post(`/3.0/campaigns/${direct.id}/actions/test`,
      { test_emails: [demoAddress], send_type: "html" }, { status: 400 });
    assert.match(JSON.stringify(test.body), /mail catcher only/);
    await server.mailchimp.post(`/3.0/campaigns/${direct.id}/actions/send`);
    await until("it is sent", async () => (await server.mailchimp.get(`/3.0/campaigns/${direct.id}`)).body.status === "sent");
    assert.deepEqual(relay.messages.map((m) => m.to), [["real@r.example"], ["real@r.example"]]);
    // it can be made, and removed, all the same
    await remove(server);
    assert.equal((await make(server)).result.people, 200);
    assert.ok((await push(server, group)).left_out.demo > 180);
    await remove(server);
    assert.equal(relay.messages.length, 2);
  });
});

describe("demo data and kill -9", { skip: isPostgres && "as on SQLite; its rows are those of the others" }, () => {
  const server = useServer();

  it("is completed, and removed, wherever it was killed", async () => {
    const empty = rowCounts(server);
    server.allowLog(/./);
    for (const job of ["POST", "DELETE"] as const) {
      const { body } = await server.admin.request(job, `${v1}/demo`);
      // at each step that is seen once
      let step = -1;
      for (let kills = 0; kills < 12; kills++) {
        const now = await until("the job goes on", async () => {
          const { body: seen } = await server.admin.get(`${v1}/jobs/${body.job_id}`);
          return seen.done > step || ["done", "failed"].includes(seen.state) ? seen : undefined;
        });
        if (now.state === "done" || now.state === "failed") break;
        step = now.done;
        await server.kill();
        await server.run();
      }
      await server.job(body.job_id);
      const again = job === "POST" ? await make(server) : await remove(server);
      assert.deepEqual(again.result, job === "POST"
        ? { present: true, people: 200, campaigns: 2 } : { present: false, people: 0, campaigns: 0 });
      if (job === "POST") {
        const { body: list } = await server.admin.get(`${v1}/campaigns`);
        for (const c of list.items) {
          const { body: report } = await server.admin.get(`${v1}/campaigns/${c.id}/report`);
          assert.ok(isBalanced(report) && report.opened.people > 50, JSON.stringify(report));
        }
        assert.equal((await server.admin.get(`${v1}/outbox`)).body.total, 0);
      }
    }
    assert.deepEqual(differences(empty, rowCounts(server)), {});
  });
});

describe("demo data and an account elsewhere", () => {
  const remote = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const crm = new Server();

  it("is refused", async () => {
    crm.setEnv({
      MUSTER_MARKETING_API_URL: `${remote.url}/3.0`,
      MUSTER_MARKETING_API_KEY: await remote.createKey("bridge", "administrator"),
    });
    await crm.start();
    try {
      await crm.admin.post(`${v1}/demo`, undefined, { status: 409 });
      assert.equal((await figures(crm)).present, false);
    } finally {
      await crm.stop();
    }
  });
});
