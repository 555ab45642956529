/** A campaign once more, to those who did not open it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { caughtMail, parseMail, until, useServer, type Client, type Json } from "../harness/index.js";

describe("create-resend", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  let api: Client;
  let list: string;
  let sent: string;

  const agent = { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" } };
  const make = async (more: Json = {}): Promise<string> => {
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "News", title: "May", from_name: "Ann", reply_to: "ann@example.org" }, ...more,
    });
    await api.put(`/3.0/campaigns/${body.id as string}/content`,
      body.type === "regular" ? { html: "<p>Hi *|FNAME|*</p>" } : { plain_text: "Hi" });
    return `/3.0/campaigns/${body.id as string}`;
  };
  const send = async (path: string): Promise<void> => {
    await api.post(`${path}/actions/send`);
    await until("it is sent", async () => (await api.get(path)).body.status === "sent");
  };
  const refused = async (path: string, status = 400): Promise<Json> =>
    (await api.post(`${path}/actions/create-resend`, undefined, { status })).body;

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    for (const name of ["ada", "ben"])
      await api.post(`/3.0/lists/${list}/members`, { email_address: `${name}@resend.example`, status: "subscribed" });
    sent = await make();
    await send(sent);
    const html = (await parseMail((await caughtMail(server, "ada@resend.example")).source)).html as string;
    await server.anonymous.get(new URL(html.match(/src="([^"]*\/t\/o\/[^"]*)"/)![1]!).pathname, {}, agent);
    await until("the open is counted", async () =>
      (await api.get(sent)).body.report_summary.unique_opens === 1);
    // who comes later was not sent to, so did not fail to open it
    await api.post(`/3.0/lists/${list}/members`, { email_address: "cleo@resend.example", status: "subscribed" });
  });

  it("is for who got it and did not open it, once", async () => {
    assert.equal((await api.get(sent)).body.resendable, true);
    // of two at once, one makes it
    const replies = await Promise.all([1, 2].map(() =>
      api.post(`${sent}/actions/create-resend`, undefined, { status: [200, 400] })));
    assert.deepEqual(replies.map((r) => r.status).sort(), [200, 400]);
    const copy = replies.find((r) => r.status === 200)!.body;
    assert.equal(copy.status, "save");
    assert.equal(copy.settings.title, "May (resend)");
    assert.equal(copy.settings.subject_line, "News");
    assert.equal(copy.recipients.recipient_count, 1);
    assert.equal(copy.recipients.segment_opts.conditions[0].op, "noopen");
    assert.equal((await api.get(sent)).body.resendable, false);
    assert.match((await refused(sent)).detail, /already resent/);
    const path = `/3.0/campaigns/${copy.id as string}`;
    await api.patch(path, { settings: { subject_line: "News again" } });
    await send(path);
    const { body } = await api.get(`/3.0/reports/${copy.id as string}/sent-to`);
    assert.deepEqual(body.sent_to.map((r: Json) => r.email_address), ["ben@resend.example"]);
  });

  it("can be made again where it was removed unsent", async () => {
    const first = await make();
    await send(first);
    const { body } = await api.post(`${first}/actions/create-resend`);
    await api.delete(`/3.0/campaigns/${body.id as string}`);
    assert.equal((await api.get(first)).body.resendable, true);
    await api.post(`${first}/actions/create-resend`);
  });

  it("is refused, with the reason, where it cannot be", async () => {
    const saved = await make();
    assert.equal((await api.get(saved)).body.resendable, false);
    assert.match((await refused(saved)).detail, /is sent/);
    const blind = await make({ tracking: { opens: false } });
    await send(blind);
    assert.match((await refused(blind)).detail, /not counted/);
    const plain = await make({ type: "plaintext" });
    await send(plain);
    assert.match((await refused(plain)).detail, /not counted/);
    await refused("/3.0/campaigns/ffffffffff", 404);
  });
});
