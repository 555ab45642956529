/**
 * The main job, end to end: import, group, push, campaign, send, opens, clicks,
 * unsubscribes, communications, opt-outs, report, and a group of the responses.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { header, hrefs, parseMail, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const PEOPLE = [
  "First name,Last name,E-mail,Company,Country,City",
  "Aoife,O'Neil,aoife.o'neil@example.test,Acme,Ireland,Galway",
  "Пётр,Щербаков,petr@example.test,\"Рога, копыта\",Россия,Казань",
  "محمد,الخوارزمي,mohammed@example.test,Acme,مصر,القاهرة",
  "佐藤,花子,hanako@example.test,東海,日本,東京",
  "Zoë,Brûlé,zoe@example.test,Acme,France,Nîmes",
  "Bad,Row,not an address,Acme,France,Paris",
  "Zoë,Brûlé,ZOE@example.test,Acme,France,Nîmes",
].join("\r\n");
const HTML = `<html><body><h1>Hello *|FNAME|*</h1>
<p><a href="https://shop.example/a?x=1&amp;y=2">first</a> <a href="https://shop.example/b">second</a></p>
<p><a href="*|UNSUB|*">unsubscribe</a></p></body></html>`;

describe("the main job", () => {
  // hits are counted as people's at once, not only after the first seconds
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let people: Json[] = [];
  let group: Json;
  let campaign: Json;

  const report = async (): Promise<Json> =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  const job = async (path: string, body?: unknown): Promise<Json> => {
    const reply = await server.admin.post(path, body, { status: 202 });
    return server.job(reply.body.job_id);
  };
  /** The message that an address got, as the outbox keeps it. */
  const mailTo = async (rcpt: string): Promise<Json> => {
    const found = await until(`mail for ${rcpt}`, async () => {
      const { body } = await server.admin.get(`${v1}/outbox`, { rcpt });
      return body.items[0];
    });
    const { body } = await server.admin.get(`${v1}/outbox/${found.id}`);
    return { raw: body.source, ...(await parseMail(body.source)) };
  };

  before(async () => {
    const reply = await server.admin.post(`${v1}/imports`, PEOPLE,
      { headers: { "content-type": "text/csv" }, status: 202 });
    const done = await server.job(reply.body.job_id);
    const result = done.result as Json;
    assert.equal(result.created, 5, JSON.stringify(result));
    assert.equal(result.refused, 1, JSON.stringify(result)); // bad
    assert.equal(result.repeated, 1, JSON.stringify(result)); // twice in the file
    people = (await server.admin.get(`${v1}/people`, { sort: "id" })).body.items;
  });

  it("imports people in any script, each once", async () => {
    assert.equal(people.length, 5);
    const again = await server.admin.post(`${v1}/imports`, PEOPLE,
      { headers: { "content-type": "text/csv" }, status: 202 });
    const result = (await server.job(again.body.job_id)).result as Json;
    assert.equal(result.created, 0, JSON.stringify(result));
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 5);
  });

  it("makes a group of them and shows a plan before anything changes", async () => {
    const out = people.find((p) => p.email === "petr@example.test");
    await server.admin.patch(`${v1}/people/${out.id}`, { opted_out: true, reason: "asked" });
    group = (await server.admin.post(`${v1}/groups`, {
      name: "Everybody", entity: "people", kind: "static",
      criteria: { match: "all", conditions: [] },
    }, { status: 201 })).body;
    const members = await server.admin.get(`${v1}/groups/${group.id}/members`);
    assert.equal(members.body.total, 5);
    const plan = (await job(`${v1}/groups/${group.id}/push`, { dry_run: true })).result as Json;
    assert.equal(plan.add, 4, JSON.stringify(plan));
    assert.deepEqual(plan.left_out, { opted_out: 1 });
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    assert.equal(lists.lists[0].stats.member_count, 0);
  });

  it("pushes the group: members and a tag; the second push changes nothing", async () => {
    const first = (await job(`${v1}/groups/${group.id}/push`, { dry_run: false })).result as Json;
    assert.equal(first.add, 4, JSON.stringify(first));
    const { body } = await server.mailchimp.get(
      `/3.0/lists/${first.audience_id}/segments/${first.segment_id}`);
    assert.equal(body.name, "Everybody");
    assert.equal(body.member_count, 4);
    const second = (await job(`${v1}/groups/${group.id}/push`, { dry_run: false })).result as Json;
    for (const what of ["add", "update", "tag", "untag"])
      assert.equal(second[what], 0, `${what}: ${JSON.stringify(second)}`);
    assert.equal(second.unchanged, 4);
    const pushes = await server.admin.get(`${v1}/groups/${group.id}/pushes`);
    const rows = await server.admin.get(`${v1}/pushes/${pushes.body.items[0].id}/rows`);
    assert.equal(rows.body.total, 5);
  });

  it("sends a campaign that an independent parser understands", async () => {
    campaign = (await server.admin.post(`${v1}/campaigns`, {
      name: "May", group_id: group.id, subject: "Grüße, *|FNAME|* 🌷",
      from_name: "Example", from_email: "news@example.test", html: HTML,
    }, { status: 201 })).body;
    assert.equal(campaign.status, "draft");
    const check = await server.admin.get(`${v1}/campaigns/${campaign.id}/checklist`);
    assert.equal(check.body.is_ready, true, JSON.stringify(check.body));
    await job(`${v1}/campaigns/${campaign.id}/send`);
    await until("the campaign is sent", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
      return body.status === "sent";
    });
    const mail = await mailTo("hanako@example.test");
    assert.equal(mail.subject, "Grüße, 佐藤 🌷");
    assert.ok(mail.html.includes("Hello 佐藤"));
    assert.ok(mail.text.length > 0);
    assert.match(header(mail, "List-Unsubscribe")!, /^<http.*>$/);
    assert.equal(header(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert.ok(mail.html.includes("1 Example Street"));
    assert.ok(!/\*\|/.test(mail.html), "a merge tag was left");
  });

  it("counts everybody once, with the reason of who was left out", async () => {
    const figures = await report();
    assert.equal(figures.sent, 4);
    assert.equal(figures.waiting, 0);
    const left = Object.values(figures.left_out as Record<string, number>);
    assert.equal(figures.recipients, figures.sent + left.reduce((a, b) => a + b, 0));
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`);
    assert.equal(body.items.filter((r: Json) => r.state === "accepted").length, 4);
  });

  it("writes a communication on each person", async () => {
    const zoe = people.find((p) => p.email === "zoe@example.test");
    const found = await until("a communication", async () => {
      const { body } = await server.admin.get(`${v1}/people/${zoe.id}/communications`);
      return body.items.find((c: Json) => c.campaign_id === campaign.id);
    });
    assert.equal(found.kind, "email");
  });

  it("tells people's opens and clicks, and follows links to the byte", async () => {
    const mail = await mailTo("zoe@example.test");
    const pixel = [...mail.html.matchAll(/<img[^>]*src="([^"]*)"/g)].at(-1)![1]!;
    const links = hrefs(mail.html);
    const opened = await fetch(pixel.replaceAll("&amp;", "&"));
    assert.equal(opened.status, 200);
    const clicked = await fetch(links[0]!, { redirect: "manual" });
    assert.ok([301, 302, 303, 307].includes(clicked.status));
    assert.equal(clicked.headers.get("location"), "https://shop.example/a?x=1&y=2");
    for (let i = 1; i <= 4; i++) {
      const url = links[0]!;
      const at = url.length - i * 3;
      const other = url[at] === "A" ? "B" : "A";
      const forged = await fetch(url.slice(0, at) + other + url.slice(at + 1), { redirect: "manual" });
      assert.ok(forged.status >= 400 && forged.status < 500);
      assert.equal(forged.headers.get("location"), null);
    }
    await until("open and click are reported", async () => {
      const figures = await report();
      return figures.opened.people === 1 && figures.clicked.people === 1;
    });
    const figures = await report();
    const link = figures.links.find((l: Json) => l.url === "https://shop.example/a?x=1&y=2");
    assert.equal(link.people, 1);
  });

  it("makes a group of who clicked, and of who did not", async () => {
    const count = async (op: string): Promise<number> => {
      const made = await server.admin.post(`${v1}/groups`, {
        name: `they ${op}`, entity: "people", kind: "dynamic",
        criteria: { match: "all",
          conditions: [{ field: "response", op, campaign_id: campaign.id }] },
      }, { status: 201 });
      return (await server.admin.get(`${v1}/groups/${made.body.id}/members`)).body.total;
    };
    assert.equal(await count("sent"), 4);
    assert.equal(await count("opened"), 1);
    assert.equal(await count("clicked"), 1);
    assert.equal(await count("not_clicked"), 3);
  });

  it("unsubscribes by one click only with a POST, and opts the person out", async () => {
    const person = people.find((p) => p.email === "aoife.o'neil@example.test");
    const mail = await mailTo("aoife.o'neil@example.test");
    const url = header(mail, "List-Unsubscribe")!.match(/<(http[^>]*)>/)![1]!;
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-type")!, /text\/html/);
    assert.equal((await report()).unsubscribed, 0);
    const post = await fetch(url, {
      method: "POST",
      body: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.equal(post.status, 200);
    await until("the person is opted out", async () => {
      const { body } = await server.admin.get(`${v1}/people/${person.id}`);
      return body.opted_out === true;
    });
    await until("the report counts it", async () => (await report()).unsubscribed === 1);
    const consent = await server.admin.get(`${v1}/people/${person.id}/consent`);
    assert.equal(consent.body.items[0].state, "opted_out");
  });

  it("never brings somebody back: not by a push, not by an import", async () => {
    const plan = (await job(`${v1}/groups/${group.id}/push`, { dry_run: false })).result as Json;
    assert.equal(plan.add, 0, JSON.stringify(plan));
    assert.equal(plan.left_out.opted_out, 2, JSON.stringify(plan));
    await job(`${v1}/sync`, {});
    const { body } = await server.admin.get(`${v1}/people`, { opted_out: true });
    assert.equal(body.total, 2);
  });
});
