/**
 * Campaigns of the CRM as records, and what is done with them besides sending;
 * webhooks of the audience as they arrive.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { execute, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const HTML = '<p>Hello *|FNAME|*, <a href="https://shop.example/">look</a></p>';

describe("campaigns of the CRM", () => {
  // slow enough to be paused in the middle
  const server = useServer({ env: { MUSTER_SEND_RATE: "10" } });
  let group: Json;

  const job = async (path: string, body?: unknown): Promise<Json> => {
    const reply = await server.admin.post(path, body, { status: 202 });
    return server.job(reply.body.job_id);
  };
  const draft = async (name: string): Promise<Json> =>
    (await server.admin.post(`${v1}/campaigns`, {
      name, group_id: group.id, subject: "Hello", from_name: "Us",
      from_email: "us@example.test", html: HTML,
    }, { status: 201 })).body;
  const status = async (id: number): Promise<string> =>
    (await server.admin.get(`${v1}/campaigns/${id}`)).body.status;

  before(async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `P${i},Q${i},p${i}@example.test`);
    await job(`${v1}/imports`, ["First name,Last name,E-mail", ...rows].join("\n"));
    group = (await server.admin.post(`${v1}/groups`, { name: "All", criteria: { conditions: [] } }, { status: 201 })).body;
  });

  it("are written, listed, changed and removed", async () => {
    const c = await draft("First");
    assert.equal(c.status, "draft");
    assert.equal(c.marketing_campaign_id, null);
    const changed = await server.admin.patch(`${v1}/campaigns/${c.id}`, { subject: "Ciao", from_name: null });
    assert.equal(changed.body.subject, "Ciao");
    assert.equal(changed.body.from_name, null);
    assert.equal(changed.body.html, HTML);
    const list = await server.admin.get(`${v1}/campaigns`, { q: "fir", status: "draft" });
    assert.equal(list.body.total, 1);
    assert.equal(list.body.items[0].id, c.id);
    await server.admin.delete(`${v1}/campaigns/${c.id}`, { status: 204 });
    await server.admin.get(`${v1}/campaigns/${c.id}`, undefined, { status: 404 });
  });

  it("refuse what cannot be sent, and name the field", async () => {
    for (const [body, field] of [
      [{ name: "" }, "name"],
      [{ name: "x", from_email: "nobody" }, "from_email"],
      [{ name: "x", subject: "two\nlines" }, "subject"],
      [{ name: "x", group_id: "1" }, "group_id"],
      [{ name: "x", colour: "red" }, "colour"],
    ] as const) {
      const reply = await server.admin.post(`${v1}/campaigns`, body, { status: 400 });
      assert.equal(reply.body.errors[0].field, field, JSON.stringify(reply.body));
    }
  });

  it("say what is missing before they can be sent", async () => {
    const c = (await server.admin.post(`${v1}/campaigns`, { name: "Empty" }, { status: 201 })).body;
    const list = await server.admin.get(`${v1}/campaigns/${c.id}/checklist`);
    assert.equal(list.body.is_ready, false);
    const wrong = (list.body.items as Json[]).filter((i) => i.type === "error").map((i) => i.heading);
    assert.deepEqual(wrong, ["To", "From", "Subject", "Content"]);
  });

  it("are told of merge tags that nobody has, and can be sent", async () => {
    const tags = async (content: Json) => {
      const c = (await server.admin.post(`${v1}/campaigns`, { name: "Tags", ...content }, { status: 201 })).body;
      const { items } = (await server.admin.get(`${v1}/campaigns/${c.id}/checklist`)).body;
      for (const i of items) if (i.heading === "Merge tags") assert.equal(i.type, "warning");
      return (items as Json[]).filter((i) => i.heading === "Merge tags")
        .map((i) => i.details.replace("; the audience's own were not read yet", ""));
    };
    assert.deepEqual(await tags({ subject: "Hi *|FNAMEE|*", html: "<p>\n*|LNAM|* *|XYZZYPLUGH|*</p>", plain_text: "*|UNSUBB|*" }), [
      "subject, line 1, column 4: There is no tag FNAMEE (did you mean FNAME?)",
      "HTML, line 2, column 1: There is no tag LNAM (did you mean LNAME?)",
      "HTML, line 2, column 10: There is no tag XYZZYPLUGH",
      "plain text, line 1, column 1: There is no tag UNSUBB (did you mean UNSUB?)",
    ]);
    assert.deepEqual(await tags({
      subject: "*|FNAME|* *|MERGE1|*",
      html: '*|LNAME|* *|EMAIL|* <a href="*|UNSUB|*">x</a> *|LIST:ADDRESS|* *|CURRENT_YEAR|* *|IF:FNAME|*x*|END:IF|*',
    }), []);
  });

  it("can be scheduled, and the schedule taken back", async () => {
    const c = await draft("Later");
    const at = "2100-01-01T10:00:00+00:00";
    const planned = await server.admin.post(`${v1}/campaigns/${c.id}/schedule`, { at });
    assert.equal(planned.body.status, "scheduled");
    assert.equal(planned.body.schedule_at, at);
    await server.admin.post(`${v1}/campaigns/${c.id}/schedule`, { at: "2001-01-01" }, { status: 400 });
    const back = await server.admin.post(`${v1}/campaigns/${c.id}/unschedule`);
    assert.equal(back.body.status, "draft");
    assert.equal(back.body.schedule_at, null);
  });

  it("get another time by one act, refused once their sending has begun", async () => {
    const c = await draft("Moved");
    const path = `${v1}/campaigns/${c.id}`;
    const [first, second] = ["2100-01-01T10:00:00+00:00", "2100-02-01T10:00:00+00:00"];
    await server.admin.post(`${path}/schedule`, { at: first });
    const { body, headers } = await server.admin.post(`${path}/schedule`, { at: second });
    assert.deepEqual([body.status, body.schedule_at], ["scheduled", second]);
    assert.ok(headers.get("etag"));
    assert.equal((await server.admin.post(`${path}/schedule`, { at: "2001-01-01" }, { status: 400 })).body.errors[0].field, "at");
    assert.equal((await server.admin.get(path)).body.schedule_at, second, "what was refused changed nothing");
    // by the time set here it has begun, in a process that is still at it
    await server.halt();
    execute(server, "crm", [
      `UPDATE job SET state = 2, lease_owner = 'another', lease_until_ms = 32503680000000 WHERE single_key LIKE 'campaign-send:${c.id}:%'`]);
    await server.run();
    await server.admin.post(`${path}/schedule`, { at: first }, { status: 409 });
    const { body: refused } = await server.admin.post(`${path}/unschedule`, undefined, { status: 409 });
    assert.match(refused.detail, /has begun/);
    assert.equal((await server.admin.get(path)).body.schedule_at, second);
  });

  it("have the time of one of two users who change it at once, and are sent once", async () => {
    const small = (await server.admin.post(`${v1}/groups`, {
      name: "Two", criteria: { conditions: [{ field: "email", op: "is", value: "p2@example.test" }] },
    }, { status: 201 })).body;
    const c = await draft("Both");
    const path = `${v1}/campaigns/${c.id}`;
    await server.admin.patch(path, { group_id: small.id, subject: "Both" });
    const late = ["2100-01-01T10:00:00+00:00", "2100-02-01T10:00:00+00:00"];
    for (let i = 0; i < 8; i++) {
      const replies = await Promise.all(late.map((at) => server.admin.post(`${path}/schedule`, { at })));
      const { schedule_at } = (await server.admin.get(path)).body;
      assert.ok(late.includes(schedule_at) && replies.some(({ body }) => body.schedule_at === schedule_at), schedule_at);
    }
    // a time that was set before is void, one that comes later is refused
    await Promise.all([
      ...late.map((at) => server.admin.post(`${path}/schedule`, { at }, { status: [200, 409] })),
      ...late.map(() => server.admin.post(`${path}/send`, undefined, { status: 202 })),
    ]);
    await until("it is sent", async () => await status(c.id) === "sent");
    const { items } = (await server.admin.get(`${v1}/outbox`, { rcpt: "p2@example.test", q: "Both" })).body;
    assert.equal(items.length, 1);
  });

  it("are sent when their time has come", async () => {
    const small = (await server.admin.post(`${v1}/groups`, {
      name: "One", criteria: { conditions: [{ field: "email", op: "is", value: "p1@example.test" }] },
    }, { status: 201 })).body;
    const c = await draft("Soon");
    await server.admin.patch(`${v1}/campaigns/${c.id}`, { group_id: small.id });
    const at = new Date(Date.now() + 2000).toISOString();
    await server.admin.post(`${v1}/campaigns/${c.id}/schedule`, { at });
    await until("the scheduled campaign is sent", async () => await status(c.id) === "sent");
  });

  it("send a test to an address that is nobody's", async () => {
    const c = await draft("Try");
    await server.admin.post(`${v1}/campaigns/${c.id}/test`, { to: ["me"] }, { status: 400 });
    await job(`${v1}/campaigns/${c.id}/test`, { to: ["me@example.test", "you@example.test", "Me@Example.test", "me@example.test"] });
    const sentTo = async (rcpt: string): Promise<number> =>
      (await server.admin.get(`${v1}/outbox`, { rcpt })).body.total;
    for (const rcpt of ["me@example.test", "you@example.test"])
      await until(`the test to ${rcpt} is in the outbox`, async () => await sentTo(rcpt) > 0);
    assert.equal(await sentTo("me@example.test"), 1);
    assert.equal(await status(c.id), "draft");
  });

  it("can be paused, go on, and be stopped for good", async () => {
    const c = await draft("Slow");
    await job(`${v1}/campaigns/${c.id}/send`);
    await job(`${v1}/campaigns/${c.id}/pause`);
    assert.equal(await status(c.id), "paused");
    await job(`${v1}/campaigns/${c.id}/resume`);
    assert.equal(await status(c.id), "sending");
    await job(`${v1}/campaigns/${c.id}/cancel`);
    await until("the campaign is canceled", async () => await status(c.id) === "canceled");
    const report = await until("the figures add up", async () => {
      const { body } = await server.admin.get(`${v1}/campaigns/${c.id}/report`);
      return body.waiting === 0 ? body : undefined;
    });
    const out = Object.values(report.left_out as Record<string, number>).reduce((a, b) => a + b, 0);
    assert.equal(report.recipients, 60);
    assert.equal(report.sent + out, 60, JSON.stringify(report));
    await server.admin.post(`${v1}/campaigns/${c.id}/send`, undefined, { status: 409 });
  });

  it("take a webhook only under its secret address, and look whether it is true", async () => {
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const list = lists.lists[0].id;
    const hook = await until("the bridge has registered its webhook", async () =>
      (await server.mailchimp.get(`/3.0/lists/${list}/webhooks`)).body.webhooks[0]);
    const path = new URL(hook.url).pathname;
    await server.admin.get(path);
    await server.admin.get(path.slice(0, -1) + "x", undefined, { status: 404 });
    const form = new URLSearchParams({
      type: "unsubscribe", "data[list_id]": list, "data[email]": "p7@example.test", "data[reason]": "manual",
    });
    const tell = async (): Promise<Json> => server.admin.post(path, form.toString(),
      { headers: { "content-type": "application/x-www-form-urlencoded" } });
    await tell();
    await until("the webhook is read", async () =>
      (await server.admin.get(`${v1}/jobs`, { kind: "bridge-hook" })).body.items
        .every((job: Json) => job.state === "done"));
    const { body: before } = await server.admin.get(`${v1}/people`, { email: "p7@example.test" });
    assert.equal(before.items[0].opted_out, false);
    const hash = createHash("md5").update("p7@example.test").digest("hex");
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${hash}`, { status: "unsubscribed" });
    await tell();
    const person = await until("the person is opted out", async () => {
      const { body } = await server.admin.get(`${v1}/people`, { email: "p7@example.test" });
      return body.items[0].opted_out ? body.items[0] : undefined;
    });
    const consent = await server.admin.get(`${v1}/people/${person.id}/consent`);
    assert.equal(consent.body.items.length, 1);
    assert.equal((await server.admin.get(`${v1}/sync/parked`)).body.total, 0);
  });
});
