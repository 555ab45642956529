/** A/B tests of the CRM's campaigns: written, checked, copied; sent to a sample, decided, sent to the rest. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, countOf, execute, isSent, makeCampaign, makeGroup, runJob, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const READER = { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" } };
const blocks = (words: string): Json => ({ version: 1, blocks: [{ id: "a", type: "text", html: `<p>${words}</p>` }] });

describe("A/B tests of campaigns", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let group: Json;

  const at = (c: Json, rest = ""): string => `${v1}/campaigns/${c.id}${rest}`;
  const get = async (c: Json): Promise<Json> => (await server.admin.get(at(c))).body;
  const draft = async (ab_test: Json, fields: Json = {}): Promise<Json> => {
    const campaign = await makeCampaign(server, group);
    return (await server.admin.patch(at(campaign), { subject: "Hello", ab_test, ...fields })).body;
  };
  const said = async (c: Json): Promise<Json | undefined> =>
    ((await server.admin.get(at(c, "/checklist"))).body.items as Json[]).find(({ code }) => code === "ab_test");
  const report = async (c: Json): Promise<Json> => (await server.admin.get(at(c, "/report"))).body;
  const mails = async (subject: string): Promise<Json[]> =>
    ((await server.admin.get(`${v1}/outbox`, { limit: 200 })).body.items as Json[]).filter((mail) => mail.subject === subject);

  before(async () => {
    await addPeople(server, Array.from({ length: 20 }, (_, i) => `p${i}@example.test`));
    group = await makeGroup(server, "All");
  });

  it("are part of a campaign, and are copied with it", async () => {
    const c = await draft({ what: "subject", variants: [{ subject: "Bye", from_name: "of no account" }] });
    assert.deepEqual(c.ab_test, {
      what: "subject", sample: 20, wait_hours: 4, winner: "opens",
      variants: [{ subject: "Bye", from_name: null, from_email: null, send_at: null }],
    });
    const { body: copy } = await server.admin.post(at(c, "/replicate"), {}, { status: 201 });
    assert.deepEqual(copy.ab_test, c.ab_test);
    assert.equal((await server.admin.patch(at(c), { ab_test: null })).body.ab_test, null);
    assert.equal((await get(copy)).subject, "Hello", "A is the campaign itself");
    assert.equal((await report(copy)).ab_test.winner, null);
  });

  it("refuse what is none, and name the field", async () => {
    const campaign = await makeCampaign(server, group);
    for (const ab_test of [
      {}, [], "subject", { what: "colour" }, { what: "subject", sample: 5 }, { what: "subject", sample: 20.5 },
      { what: "subject", variants: [{}, {}, {}] }, { what: "subject", variants: [null] }, { what: "subject", wait_hours: -1 },
      { what: "from", variants: [{ from_email: "nobody" }] }, { what: "subject", variants: [{ subject: "a\nb" }] },
      { what: "subject", variants: [{ subject: "x".repeat(1_000_000) }] }, { what: "send_time", variants: [{ send_at: "noon" }] },
    ]) {
      const { body } = await server.admin.patch(at(campaign), { ab_test }, { status: 400 });
      assert.match(body.errors[0].field, /^ab_test/, JSON.stringify(body));
    }
  });

  it("are written by two people at once, and nothing is lost", async () => {
    const c = await draft({ what: "subject", variants: [{ subject: "Bye" }] });
    const etag = (await server.admin.get(at(c))).headers.get("etag")!;
    await server.admin.patch(at(c), { ab_test: { what: "subject", variants: [{ subject: "So long" }] } });
    await server.admin.patch(at(c), { ab_test: null }, { status: 412, headers: { "if-match": etag } });
    assert.equal((await get(c)).ab_test.variants[0].subject, "So long");
  });

  it("say what is missing, and are not sent without", async () => {
    const shows = await draft({ what: "subject", variants: [{ subject: "Bye" }] },
      { html: "<p>*|FEEDBLOCK:https://a.example/feed|* *|END:FEEDBLOCK|*</p>" });
    const { items, is_ready } = (await server.admin.get(at(shows, "/checklist"))).body;
    assert.ok(!is_ready && items.some((one: Json) => one.type === "error" && /A test shows no feeds/.test(one.details)));
    assert.match((await server.admin.post(at(shows, "/send"), undefined, { status: 400 })).body.errors[0].message, /A test shows no feeds/);
    const c = await draft({ what: "subject", variants: [{ subject: "Bye" }, {}] });
    assert.equal((await said(c))!.details, "variant C has no subject");
    const { body } = await server.admin.post(at(c, "/send"), undefined, { status: 400 });
    assert.equal(body.errors[0].field, "ab_test");
    await server.admin.patch(at(c), { ab_test: { what: "subject", variants: [{ subject: "Hello" }] } });
    assert.match((await said(c))!.details, /A and B are the same/);
    const times = await draft({ what: "send_time", variants: [{ send_at: "2100-01-02T00:00:00Z" }] }, { send_at: "2100-01-01T00:00:00Z" });
    assert.equal((await said(times))!.type, "success");
    assert.equal((await server.admin.post(at(times, "/schedule"), { at: "2100-01-01T00:00:00Z" }, { status: 400 })).body.errors[0].field, "at");
    await server.admin.patch(at(times), { send_at: "2001-01-01T00:00:00Z" });
    await server.admin.post(at(times, "/send"), undefined, { status: 400 });
  });

  it("show, check and test each variant", async () => {
    const c = await draft({ what: "subject", variants: [{ subject: "Bye *|FNAMEE|*" }] });
    const { body: envelope } = await server.admin.get(at(c, "/envelope"), { variant: "B" });
    assert.match(envelope.subject, /^Bye/);
    assert.match(await (await server.admin.get(`/campaigns/${c.id}/preview`, { variant: "B" })).text, /Hello/);
    const codes = async (variant?: string) =>
      ((await server.admin.get(at(c, "/checklist"), { variant })).body.items as Json[]).map(({ code }) => code);
    assert.ok(!(await codes()).includes("merge_tag") && (await codes("B")).includes("merge_tag"));
    await server.admin.get(at(c, "/envelope"), { variant: "C" }, { status: 400 });
    await runJob(server, at(c, "/check?variant=B"));
    await runJob(server, at(c, "/test"), { to: ["me@example.test"], variant: "B" });
    await until("the test is there", async () => (await mails("[Test] Bye *|FNAMEE|*")).length === 1);
    await server.admin.post(at(c, "/test"), { to: ["me@example.test"], variant: "C" }, { status: 400 });
  });

  it("have contents of their own, made of blocks", async () => {
    const c = await draft({ what: "content" });
    const design = async (variant?: string) => server.admin.get(at(c, "/design"), { variant });
    await server.admin.put(at(c, "/design"), { design: blocks("One") });
    assert.match((await design("B")).body.html, /One/, "as long as it has none, it says what A says");
    assert.match((await said(c))!.details, /A and B are the same/);
    const etag = (await design("B")).headers.get("etag")!;
    const whole = (await server.admin.get(at(c))).headers.get("etag")!;
    await server.admin.put(at(c, "/design?variant=B"), { design: blocks("Two") }, { headers: { "if-match": etag } });
    await server.admin.put(at(c, "/design?variant=B"), { design: blocks("Three") }, { status: 412, headers: { "if-match": etag } });
    await server.admin.put(at(c, "/design?variant=C"), { design: blocks("Four") }, { status: 400 });
    assert.match((await design("B")).body.html, /Two/);
    assert.match((await design()).body.html, /One/);
    assert.equal((await said(c))!.type, "success");
    // whoever saw it before has not seen what goes out
    await server.admin.post(at(c, "/send"), undefined, { status: 412, headers: { "if-match": whole } });
    await server.admin.patch(at(c), { ab_test: { what: "subject", variants: [{ subject: "x" }] } });
    await server.admin.get(at(c, "/design"), { variant: "B" }, { status: 400 });
    await server.admin.patch(at(c), { ab_test: { what: "content" } });
    assert.match((await design("B")).body.html, /Two/, "it was kept");
  });

  it("go to a sample, and what a user chooses to the rest", async () => {
    const c = await draft({ what: "subject", variants: [{ subject: "Bye" }], sample: 40, winner: "manual" });
    await server.admin.post(at(c, "/choose-winner"), { variant: "A" }, { status: 409 });
    await runJob(server, at(c, "/send"));
    await until("the sample has it", async () => (await report(c)).ab_test.is_waiting && (await report(c)).sent === 8);
    const { ab_test: waits, waiting, status } = await report(c);
    assert.deepEqual([waiting, status, waits.until, waits.winner], [12, "sending", null, null]);
    assert.deepEqual(waits.variants.map((one: Json) => [one.letter, one.subject, one.sent]), [["A", "Hello", 4], ["B", "Bye", 4]]);
    await server.admin.post(at(c, "/choose-winner"), { variant: "C" }, { status: 400 });
    await runJob(server, at(c, "/choose-winner"), { variant: "B" });
    await isSent(server, c);
    await until("the winner is known", async () => (await report(c)).ab_test.winner === "B");
    const end = await report(c);
    assert.deepEqual([end.sent, end.waiting, end.ab_test.is_waiting], [20, 0, false]);
    assert.ok(Math.abs(Date.parse(end.ab_test.decided_at) - Date.now()) < 600_000, end.ab_test.decided_at);
    assert.equal((await mails("Hello")).length, 4);
    assert.equal((await mails("Bye")).length, 16);
    assert.equal(countOf(server, "crm", `SELECT COUNT(*) FROM campaign_recipient WHERE campaign_id = ${c.id} AND variant = 2`), 16);
    assert.equal(end.ab_test.confidence.percent, null, "four people say nothing");
    await server.admin.post(at(c, "/choose-winner"), { variant: "A" }, { status: 409 });
  });

  it("go to the rest as the one that more people opened, once the wait is over", async () => {
    const c = await draft({ what: "subject", variants: [{ subject: "Ahoy" }], sample: 40, wait_hours: 2 }, { subject: "Hi" });
    await runJob(server, at(c, "/send"));
    await until("the sample has it", async () => (await report(c)).sent === 8);
    for (const mail of await mails("Ahoy")) {
      const { html } = (await server.admin.get(`${v1}/outbox/${mail.id}`)).body;
      await server.anonymous.get(new URL(html.match(/src="([^"]*\/t\/o\/[^"]*)"/)[1]).pathname, {}, READER);
    }
    await until("opens are told", async () => (await report(c)).ab_test.variants[1].opened === 4);
    const { ab_test: waits } = await report(c);
    const hours = (Date.parse(waits.until) - Date.now()) / 3_600_000;
    assert.ok(waits.is_waiting && hours > 1.9 && hours <= 2.1, waits.until);
    assert.deepEqual([waits.confidence.better, waits.confidence.than, waits.confidence.percent], ["B", "A", null]);
    await until("the wait has begun", () => countOf(server, "audience", "SELECT COUNT(*) FROM campaign WHERE winner = 0 AND winner_ms > 1") === 1);
    await server.halt();
    execute(server, "audience", ["UPDATE campaign SET winner_ms = 1 WHERE winner = 0 AND winner_ms IS NOT NULL"]);
    await server.run();
    await isSent(server, c);
    await until("the winner is known", async () => (await report(c)).ab_test.winner === "B");
    assert.deepEqual([(await mails("Hi")).length, (await mails("Ahoy")).length], [4, 16]);
    assert.equal((await report(c)).opened.people, 4, "the report of the whole holds everybody");
  });

  it("go to all at once, if everybody is the sample", async () => {
    const c = await draft({ what: "from", variants: [{ from_name: "Ada", from_email: "ada@example.test" }], sample: 100 });
    await runJob(server, at(c, "/send"));
    await isSent(server, c);
    await until("each half is told", async () =>
      (await report(c)).ab_test.variants.map((one: Json) => one.sent).join() === "10,10");
  });
});
