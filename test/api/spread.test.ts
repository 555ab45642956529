/** Campaigns that do not reach everybody at once: by the clocks of their readers, or in batches. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, until, useRelay, useServer, type Json } from "../harness/index.js";

const HOUR = 3_600_000;

describe("a campaign that is spread", () => {
  const relay = useRelay();
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });
  let list: string;

  const at = (hours: number): string =>
    new Date(Math.ceil((Date.now() + hours * HOUR) / 900_000) * 900_000).toISOString();
  const halted = async (statement: string): Promise<void> => {
    await server.kill();
    execute(server, "audience", [statement]);
    await server.run();
  };
  const make = async (more: Json = {}): Promise<string> => {
    const { body } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, ...more,
      settings: { subject_line: "S", from_name: "Ann", reply_to: "ann@example.org", ...more.settings },
    });
    await server.mailchimp.put(`/3.0/campaigns/${body.id as string}/content`, { html: "<p>Hi</p>" });
    return `/3.0/campaigns/${body.id as string}`;
  };
  const schedule = (path: string, body: Json, status = 204): Promise<{ body: Json }> =>
    server.mailchimp.post(`${path}/actions/schedule`, body, { status });
  const get = async (path: string): Promise<Json> => (await server.mailchimp.get(path)).body;

  before(async () => {
    list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const add = (email_address: string, more: Json = {}): Promise<unknown> =>
      server.mailchimp.post(`/3.0/lists/${list}/members`, { email_address, status: "subscribed", ...more });
    await add("fiji@s.example", { location: { latitude: -17.7, longitude: 178 } });
    for (let i = 0; i < 9; i++) await add(`p${i}@s.example`);
  });

  it("is refused where it cannot be", async () => {
    const path = await make();
    const wrong: [Json, RegExp][] = [
      [{ batch_delivery: { batch_count: 1, batch_delay: 5 } }, /batch_count/],
      [{ batch_delivery: { batch_count: 27, batch_delay: 5 } }, /batch_count/],
      [{ batch_delivery: { batch_count: 2.5, batch_delay: 5 } }, /batch_count/],
      [{ batch_delivery: { batch_count: 2, batch_delay: 61 } }, /batch_delay/],
      [{ batch_delivery: { batch_count: 2 } }, /batch_delay/],
      [{ batch_delivery: [] }, /batch_delivery/],
      [{ batch_delivery: { batch_count: 2, batch_delay: 5 }, timewarp: true }, /batch_delivery/],
      [{ timewarp: "x" }, /timewarp/],
    ];
    for (const [body, field] of wrong)
      assert.match((await schedule(path, { schedule_time: at(48), ...body }, 400)).body.errors[0].field, field, JSON.stringify(body));
    assert.match((await schedule(path, { schedule_time: at(20), timewarp: true }, 400)).body.detail, /24 hours/);
    await server.mailchimp.patch(path, { settings: { timewarp: true } });
    const { body } = await server.mailchimp.post(`${path}/actions/send`, undefined, { status: 400 });
    assert.match(body.detail, /scheduled/);
    assert.equal((await get(path)).settings.timewarp, true);
    const test = await make({ type: "variate", variate_settings: { winner_criteria: "opens", subject_lines: ["A", "B"] } });
    assert.match((await schedule(test, { schedule_time: at(48), timewarp: true }, 400)).body.detail, /neither by time zone/);
  });

  it("comes when clocks there show its time", async () => {
    const path = await make({ settings: { timewarp: true } });
    await schedule(path, { schedule_time: at(30) });
    assert.equal((await get(path)).status, "schedule");
    // it is a minute past the hour that it is scheduled for, twelve zones ahead
    await halted(`UPDATE campaign SET schedule_ms = ${Date.now() + 12 * HOUR - 60_000} WHERE status = 3`);
    await relay.received(1);
    await until("one has it", async () => (await get(path)).emails_sent === 1);
    assert.deepEqual(relay.messages[0]!.to, ["fiji@s.example"]);
    assert.equal((await get(path)).status, "sending");
    await halted(`UPDATE recipient SET next_ms = next_ms - ${12 * HOUR} WHERE state = 1`);
    await until("the others have it, too", async () => (await get(path)).status === "sent");
    assert.equal(relay.messages.length, 10);
    const report = path.replace("campaigns", "reports");
    const { body: sent } = await server.mailchimp.get(`${report}/sent-to`, { count: 100 });
    assert.equal(sent.sent_to.find((r: { email_address: string }) => r.email_address === "fiji@s.example").gmt_offset, 12);
    assert.ok(sent.sent_to.every((r: object) => !("absplit_group" in r)));
    const { body: { timewarp } } = await server.mailchimp.get(report);
    const none = { opens: 0, last_open: "", unique_opens: 0, clicks: 0, last_click: "", unique_clicks: 0, bounces: 0 };
    assert.deepEqual(timewarp, [0, 12].map((gmt_offset) => ({ gmt_offset, ...none })));
  });

  it("comes in equal batches", async () => {
    const path = await make();
    await schedule(path, { schedule_time: at(2), batch_delivery: { batch_count: 2, batch_delay: 60 } });
    await halted("UPDATE campaign SET schedule_ms = 1 WHERE status = 3");
    await until("the first batch has it", async () => (await get(path)).emails_sent === 5);
    assert.equal((await get(path)).status, "sending");
    await halted(`UPDATE recipient SET next_ms = next_ms - ${HOUR} WHERE state = 1`);
    await until("the second, too", async () => (await get(path)).status === "sent");
    assert.equal(relay.messages.length, 20);
    assert.equal(new Set(relay.messages.slice(10).map((m) => m.to[0])).size, 10);
  });

  it("is not in batches when it is scheduled anew without", async () => {
    const path = await make();
    await schedule(path, { schedule_time: at(2), batch_delivery: { batch_count: 2, batch_delay: 60 } });
    await server.mailchimp.post(`${path}/actions/unschedule`);
    await server.mailchimp.post(`${path}/actions/send`);
    await until("it is sent", async () => (await get(path)).status === "sent");
  });
});
