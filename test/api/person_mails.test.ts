/**
 * What a person's page tells of campaigns: the mails as they got them, what they did with them, who
 * said what; and the mail itself, which is looked at without doing anything.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  addPeople, hrefs, isSent, makeGroup, parseMail, until, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const HTML = `<!doctype html><html><head><title>x</title></head><body>
<p>Hello *|FNAME|*, this went to *|EMAIL|*</p>
<a href="https://shop.example/a?x=1&amp;y=2">a</a> <a href="https://shop.example/*|FNAME|*">b</a>
<script>parent.document.title = "taken"</script>
<form action="/api/v1/people"><button>x</button></form>
<a href="*|UNSUB|*">off</a></body></html>`;

describe("the mails of a person", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let people: Json[];
  let campaign: Json;

  const timeline = async (id: number, query: Json = {}): Promise<Json[]> =>
    (await server.admin.get(`${v1}/people/${id}/timeline`, query)).body.items;
  const mailOf = async (id: number): Promise<Json> =>
    (await timeline(id)).find((e) => e.campaign_id === campaign.id)!;
  const page = async (id: number, of = "people") =>
    server.admin.get(`/${of}/${id}/mails/${campaign.id}/html`);
  const links = async (rcpt: string): Promise<string[]> => {
    const { body } = await server.admin.get(`${v1}/outbox`, { rcpt });
    const { source } = (await server.admin.get(`${v1}/outbox/${body.items[0].id}`)).body;
    return hrefs((await parseMail(source)).html as string);
  };

  before(async () => {
    people = await addPeople(server, ["ann@p.example", "bob@p.example", "cem@p.example", "dee@p.example"]);
    const group = await makeGroup(server, "All");
    campaign = (await server.admin.post(`${v1}/campaigns`, {
      name: "Spring", group_id: group.id, subject: "*|FNAME|*, hello", from_name: "Example",
      from_email: "news@example.test", html: HTML,
    }, { status: 201 })).body;
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await server.job(body.job_id);
    await isSent(server, campaign);
    await until("the ledger is there", async () => (await mailOf(people[3]!.id)) !== undefined);
  });

  it("have the subject that each got, the address, and the names of what they are about", async () => {
    for (const [i, name] of ["ann", "bob", "cem"].entries()) {
      const mail = await mailOf(people[i]!.id);
      assert.equal(mail.title, `${name}, hello`);
      assert.equal(mail.email, `${name}@p.example`);
      assert.equal(mail.campaign_name, "Spring");
      assert.equal(mail.direction, "out");
      assert.equal(mail.can_show, true);
      assert.equal(mail.status, "caught");
      assert.deepEqual(mail.events, []);
    }
  });

  it("stand with that subject in what is handed out to the person, beside all groups they are in", async () => {
    const { body } = await server.admin.get(`${v1}/people/${people[1]!.id}/export`);
    assert.deepEqual(body.campaigns.map((c: Json) => [c.name, c.subject]), [["Spring", "bob, hello"]]);
    assert.deepEqual(body.communications.map((c: Json) => c.subject), ["bob, hello"]);
    assert.deepEqual(body.groups, [{ name: "All", kind: "dynamic" }]);
    assert.doesNotMatch(JSON.stringify(body), /\*\|/);
  });

  it("can be looked at, as they were, without being opened, clicked or left", async () => {
    const id = people[0]!.id;
    const { body: mail } = await server.admin.get(`${v1}/people/${id}/mails/${campaign.id}`);
    assert.equal(mail.subject, "ann, hello");
    assert.equal(mail.from_name, "Example");
    assert.equal(mail.from_email, "news@example.test");
    assert.match(mail.to, /ann@p\.example/);
    assert.match(mail.text, /Hello ann, this went to ann@p\.example/);
    assert.equal(mail.html_url, `/people/${id}/mails/${campaign.id}/html`);
    const shown = await server.admin.get(mail.html_url);
    assert.match(shown.text, /Hello ann, this went to ann@p\.example/);
    assert.match(shown.text, /href="https:\/\/shop\.example\/a\?x=1&amp;y=2"/);
    assert.match(shown.text, /href="https:\/\/shop\.example\/ann"/);
    assert.doesNotMatch(shown.text, /\/t\/[co]\//);
    const off = shown.text.match(/http[^"]*\/t\/u\/[^"]*/)![0];
    const path = new URL(off).pathname;
    await server.anonymous.get(path);
    await server.anonymous.post(path, undefined);
    const { body: person } = await server.admin.get(`${v1}/people/${id}`);
    assert.equal(person.opted_out, false);
    const { body: report } = await server.admin.get(`${v1}/campaigns/${campaign.id}/report`);
    assert.deepEqual([report.opened.people, report.clicked.people, report.unsubscribed], [0, 0, 0]);
  });

  it("are shown where they can do no harm", async () => {
    const shown = await page(people[0]!.id);
    const policy = shown.headers.get("content-security-policy")!;
    assert.equal(policy, "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; " +
      "img-src data: *; style-src 'unsafe-inline'; frame-ancestors 'self'");
    assert.equal(shown.headers.get("x-content-type-options"), "nosniff");
    assert.equal(shown.headers.get("referrer-policy"), "no-referrer");
    assert.equal(shown.type, "text/html");
    // nothing before the type of the document, or browsers fall back to another mode
    assert.match(shown.text, /^<!doctype html><base target="_blank">/);
  });

  it("are for those who may read only", async () => {
    const path = `/people/${people[0]!.id}/mails/${campaign.id}`;
    await server.anonymous.get(`${v1}${path}`, undefined, { status: 401 });
    const reply = await server.anonymous.request("GET", `${path}/html`, undefined, { status: 303 });
    assert.doesNotMatch(reply.text, /Hello ann/);
    const reader = server.admin.as(await server.createKey("r", "user"));
    await reader.get(`${v1}${path}`);
    assert.match((await reader.get(`${path}/html`)).text, /Hello ann/);
  });

  it("are not there for others", async () => {
    const alone = (await server.admin.post(`${v1}/people`, { last_name: "Alone" }, { status: 201 })).body;
    for (const path of [`/people/${alone.id}/mails/${campaign.id}`, `/people/999999/mails/${campaign.id}`,
      `/people/${people[0]!.id}/mails/999999`, `/leads/${people[0]!.id}/mails/${campaign.id}`]) {
      await server.admin.get(`${v1}${path}`, undefined, { status: 404 });
      await server.admin.get(`${path}/html`, undefined, { status: 404 });
    }
  });

  it("tell what was done with them, and who left", async () => {
    const id = people[1]!.id;
    const all = await links("bob@p.example");
    await server.anonymous.request("GET", new URL(all.find((l) => l.includes("/t/c/"))!).pathname,
      undefined, { status: 302, headers: { "user-agent": "Firefox" } });
    await until("the click is pulled", async () => (await mailOf(id)).status === "clicked");
    const [click] = (await mailOf(id)).events.filter((e: Json) => e.type === "clicked");
    assert.equal(click.url, "https://shop.example/a?x=1&y=2");
    assert.equal(click.machine, false);
    const { body: mail } = await server.admin.get(`${v1}/people/${id}/mails/${campaign.id}`);
    assert.deepEqual(mail.events, (await mailOf(id)).events);

    await server.anonymous.post(new URL(all.find((l) => l.includes("/t/u/"))!).pathname, "List-Unsubscribe=One-Click",
      { headers: { "content-type": "application/x-www-form-urlencoded" } });
    const consent = await until("the opt-out is pulled", async () =>
      (await timeline(id, { type: "consent" }))[0]);
    assert.equal(consent.status, "opted_out");
    const left = await until("the mail tells it", async () =>
      (await mailOf(id)).events.find((e: Json) => e.type === "unsubscribed"));
    assert.equal(left.machine, false);
    const { body: history } = await server.admin.get(`${v1}/people/${id}/consent`);
    assert.equal(history.items[0].state, "opted_out");
    for (const item of history.items)
      if (item.campaign_id)
        assert.deepEqual([item.campaign_name, item.email], ["Spring", "bob@p.example"]);
    assert.equal(consent.email, "bob@p.example");
  });

  it("can be chosen by type", async () => {
    const id = people[1]!.id;
    await server.admin.post(`${v1}/notes`, { entity: "people", record_id: id, body: "n" }, { status: 201 });
    const types = async (type?: string) => {
      const { body } = await server.admin.get(`${v1}/people/${id}/timeline`, { type });
      assert.equal(body.total, body.items.length);
      return [...new Set((body.items as Json[]).map((e) => e.type))].sort();
    };
    assert.deepEqual(await types("note"), ["note"]);
    assert.deepEqual(await types("communication"), ["communication"]);
    assert.deepEqual(await types("consent,note"), ["consent", "note"]);
    assert.deepEqual(await types(), ["communication", "consent", "import", "note"]);
    await server.admin.get(`${v1}/people/${id}/timeline`, { type: "mail" }, { status: 400 });
  });

  it("stay with who moved to another address, as they were", async () => {
    const id = people[3]!.id;
    await server.admin.patch(`${v1}/people/${id}`, { email: "moved@p.example" });
    await until("the member moves", async () => {
      const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
      const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members`, { count: 100 });
      return (body.members as Json[]).some((m) => m.email_address === "moved@p.example");
    });
    const mail = await mailOf(id);
    assert.equal(mail.can_show, true);
    assert.equal(mail.email, "dee@p.example");
    assert.match((await page(id)).text, /this went to dee@p\.example/);
  });

  it("stay with who was merged, under both numbers", async () => {
    const survivor = (await server.admin.post(`${v1}/people`, { last_name: "One", email: "one@p.example" }, { status: 201 })).body;
    await server.admin.post(`${v1}/people/${survivor.id}/merge`, { other_id: people[2]!.id });
    const mail = await mailOf(survivor.id);
    assert.equal(mail.title, "cem, hello");
    assert.equal(mail.can_show, true);
    for (const id of [survivor.id, mail.person_id])
      assert.match((await page(id)).text, /Hello cem/);
  });

  it("are gone with who was erased", async () => {
    const id = people[0]!.id;
    await server.admin.post(`${v1}/people/${id}/erase`, undefined, { status: 204 });
    await server.admin.get(`${v1}/people/${id}/mails/${campaign.id}`, undefined, { status: 404 });
    await server.admin.get(`/people/${id}/mails/${campaign.id}/html`, undefined, { status: 404 });
  });
});

describe("the mails of a lead and of a plain campaign", () => {
  const server = useServer();

  it("are shown, the plain one as text", async () => {
    const lead = (await server.admin.post(`${v1}/leads`, { last_name: "Lee", email: "lee@l.example" }, { status: 201 })).body;
    const { body } = await server.admin.post(`${v1}/leads/${lead.id}/convert`, {});
    const group = await makeGroup(server, "All");
    const campaign = (await server.admin.post(`${v1}/campaigns`, {
      name: "Plain", group_id: group.id, subject: "<Hi> *|LNAME|*", from_name: "Example",
      from_email: "news@example.test", plain_text: "a < b for *|LNAME|*\nhttps://shop.example/",
    }, { status: 201 })).body;
    const sent = await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await server.job(sent.body.job_id);
    await isSent(server, campaign);
    const entry = await until("the mail is there", async () =>
      ((await server.admin.get(`${v1}/leads/${lead.id}/timeline`)).body.items as Json[])
        .find((e) => e.campaign_id === campaign.id));
    assert.equal(entry.title, "<Hi> Lee");
    assert.equal(entry.can_show, true);
    const { body: mail } = await server.admin.get(`${v1}/leads/${lead.id}/mails/${campaign.id}`);
    assert.match(mail.text, /a < b for Lee/);
    assert.equal(mail.html_url, `/leads/${lead.id}/mails/${campaign.id}/html`);
    const page = await server.admin.get(mail.html_url);
    assert.match(page.text, /a &lt; b for Lee/);
    assert.match((await server.admin.get(`/people/${body.person.id}/mails/${campaign.id}/html`)).text, /a &lt; b/);
  });
});
