/** The organisation's time zone: of dates in mails, hours of feeds, and readers of whom nobody knows where they live. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { caughtMail, countOf, execute, until, useServer, type Client, type Json } from "../harness/index.js";

const HOUR = 3_600_000;
const ZONE = "Asia/Kolkata"; // half past five ahead, all year

describe("the organisation's time zone", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  const make = async (html: string, more: Json = {}): Promise<string> => {
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, ...more,
      settings: { subject_line: "S", title: "t", from_name: "Ann", reply_to: "ann@example.org", ...more.settings },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { html });
    return `/3.0/campaigns/${body.id}`;
  };

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.post(`/3.0/lists/${list}/members`, { email_address: "fiji@z.example", status: "subscribed", location: { latitude: -17.7, longitude: 178 } });
    await api.post(`/3.0/lists/${list}/members`, { email_address: "who@z.example", status: "subscribed" });
  });

  it("is UTC until one is chosen, and one that there is", async () => {
    assert.equal((await server.admin.get("/api/v1/settings")).body.timezone, "");
    assert.equal((await api.get("/3.0/")).body.account_timezone, "UTC");
    for (const timezone of ["Europe/Nowhere", "../../etc/passwd", "europe/berlin", "x".repeat(60)]) {
      const { body } = await server.admin.patch("/api/v1/settings", { timezone }, { status: 400 });
      assert.equal(body.errors[0].field, "timezone");
    }
    assert.equal((await server.admin.patch("/api/v1/settings", { timezone: ZONE })).body.timezone, ZONE);
    await until("the audience knows", async () => (await api.get("/3.0/")).body.account_timezone === ZONE);
    await api.patch(`/3.0/lists/${list}`, { account_timezone: "No/Where" }, { status: 400 });
    await api.patch(`/3.0/lists/${list}`, { account_timezone: null });
    assert.equal((await api.get("/3.0/")).body.account_timezone, ZONE);
  });

  it("is that of dates in mails", async () => {
    const path = await make('<p>*|DATE:e|* *|DATE:P|* *|CURRENT_YEAR|*</p><a href="*|UNSUB|*">x</a>');
    await api.post(`${path}/actions/send`);
    const { source } = await caughtMail(server, "who@z.example");
    assert.match(source, /Asia\/Kolkata \+05:30 20\d\d/);
  });

  it("is that of the hours of feeds", async () => {
    const path = await make("<p>*|RSSITEMS:|**|RSSITEM:TITLE|**|END:RSSITEMS|*</p>", {
      type: "rss", rss_opts: { feed_url: "http://127.0.0.1:9/feed", frequency: "daily", schedule: { hour: 7 } },
    });
    await api.post(`${path}/actions/send`, undefined, { status: 204 });
    assert.match((await api.get(path)).body.rss_opts.next_send, /T01:30:00\+00:00$/);
    await api.post(`${path}/actions/cancel-send`, undefined, { status: 204 });
  });

  it("is that of readers whose place is not known, and of the time that was chosen", async () => {
    const path = await make("<p>x</p>", { settings: { timewarp: true } });
    const at = new Date(Math.ceil((Date.now() + 30 * HOUR) / 900_000) * 900_000).toISOString();
    await api.post(`${path}/actions/schedule`, { schedule_time: at }, { status: 204 });
    const due = Math.ceil(Date.now() / 1000) * 1000 + 13 * HOUR;
    await server.kill();
    execute(server, "audience", [`UPDATE campaign SET schedule_ms = ${due} WHERE status = 3`]);
    await server.run();
    const times = (what: string) => countOf(server, "audience",
      `SELECT ${what} FROM recipient r JOIN campaign c ON c.id = r.campaign_id WHERE c.schedule_ms = ${due}`);
    await until("it is frozen", async () => (await times("COUNT(*)")) === 2);
    // clocks of the account show `due` and half past five more; so do those of who is not known, and in Fiji they did 6.5 hours ago
    assert.equal(await times("MAX(r.next_ms)"), due);
    assert.equal(await times("MIN(r.next_ms)"), due - 6.5 * HOUR);
  });
});
