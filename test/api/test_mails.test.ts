/** Tests of a campaign: how many, to whom, and how they are told from the real thing. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, caughtMail, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("a test of a campaign", () => {
  const server = useServer();
  let campaign: Json;
  let author: Record<string, string>; // who may not send

  const test = (to: string, status: number, headers?: Record<string, string>) =>
    (headers ? server.anonymous : server.admin).post(`${v1}/campaigns/${campaign.id}/test`, { to: [to] }, { status, headers });
  const refused = async (to: string): Promise<string> => JSON.stringify((await test(to, 400)).body.errors);

  before(async () => {
    campaign = (await server.admin.post(`${v1}/campaigns`, { name: "News", subject: "Hi *|EMAIL|*", from_name: "Us",
      from_email: "us@example.test", html: "<p>*|MC:SUBJECT|*</p>" })).body;
    const user = { email: "author@example.test", password: "long enough 1" };
    await server.admin.post(`${v1}/users`, { ...user, name: "Author", role: "manager", may_send: false });
    const { body, headers } = await server.anonymous.post(`${v1}/session`, user);
    author = { cookie: headers.get("set-cookie")!.split(";")[0]!, "x-csrf-token": body.csrf_token };
  });

  it("says so in its subject, not in its text", async () => {
    await server.job((await test("me@example.test", 202)).body.job_id);
    const mail = await caughtMail(server, "me@example.test");
    assert.equal(mail.subject, "[Test] Hi me@example.test");
    assert.deepEqual([mail.campaign_name, mail.is_test], ["News", true]);
    assert.match(mail.html, /<p>Hi me@example.test<\/p>/);
    assert.match((await server.admin.get(`${v1}/campaigns/${campaign.id}/envelope`)).body.subject, /^Hi /);
  });

  it("goes to nobody who wants no mail, or had the address erased, but to users", async () => {
    const [out, left, erased] = await addPeople(server, ["out@p.test", "left@p.test", "erased@p.test"]);
    for (const person of [out, left])
      await server.admin.patch(`${v1}/people/${person!.id}`, { opted_out: true, reason: "asked" });
    await server.admin.delete(`${v1}/people/${left!.id}`, { status: 204 });
    await server.admin.post(`${v1}/people/${erased!.id}/erase`, undefined, { status: 204 });
    assert.match(await refused("Out@P.test"), /no test goes to Out@P.test, which is opted out/);
    assert.match(await refused("left@p.test"), /left@p.test, which is opted out/);
    assert.match(await refused("erased@p.test"), /forgotten/);
    await server.admin.post(`${v1}/users`, { email: "out@p.test", name: "Otto", role: "user", password: "long enough 1" });
    await server.job((await test("out@p.test", 202)).body.job_id);
  });

  it("is refused by the audience where mail is suppressed, or the address deleted for good", async () => {
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const list = `/3.0/lists/${lists.lists[0].id}`;
    const { body: there } = await server.mailchimp.post("/3.0/campaigns", { type: "regular", recipients: { list_id: lists.lists[0].id },
      settings: { subject_line: "s", title: "t", from_name: "Us", reply_to: "us@example.test" } });
    await server.mailchimp.put(`/3.0/campaigns/${there.id}/content`, { html: "<p>a</p>" });
    const member = (await server.mailchimp.post(`${list}/members`, { email_address: "gone@m.test", status: "subscribed" })).body;
    await server.mailchimp.post(`${list}/members/${member.id}/actions/delete-permanent`, undefined, { status: 204 });
    const path = `/3.0/campaigns/${there.id}/actions/test`;
    const { body } = await server.mailchimp.post(path, { test_emails: ["ok@m.test", "gone@m.test"], send_type: "html" }, { status: 400 });
    assert.match(body.errors[0].message, /No test goes to gone@m.test/);
    await server.mailchimp.post(path, { test_emails: ["ok@m.test"], send_type: "html" }, { status: 204 });
    await until("only the other is caught", async () => (await server.admin.get(`${v1}/outbox`, { q: "@m.test" })).body.total === 1);
    const key = server.mailchimp.as(await server.createKey("may not send", "manager"));
    await key.post(path, { test_emails: ["ok@m.test"], send_type: "html" }, { status: 403 });
  });

  it("is asked for twelve times an hour by who may not send, also after a restart", async () => {
    for (let n = 0; n < 12; n++) await server.job((await test("me@example.test", 202, author)).body.job_id);
    const reply = await test("me@example.test", 429, author);
    assert.match(reply.body.detail, /12 tests an hour; the next one in (59|60) minutes/);
    const wait = Number(reply.headers.get("Retry-After"));
    assert.ok(wait > 3000 && wait <= 3601, String(wait));
    await server.halt();
    await server.run();
    await test("me@example.test", 429, author);
    await server.job((await test("me@example.test", 202)).body.job_id);
  });
});
