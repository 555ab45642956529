/** Another program subscribes whom it likes in the audience: the CRM's word holds there soon, though no webhook tells of it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { addPeople, caughtMail, countOf, makeGroup, push, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const READER = { headers: { "user-agent": "Mozilla/5.0 (X11; Linux) Thunderbird/115" } };
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("an audience that others use", () => {
  const server = useServer({ env: { MUSTER_SYNC_WATCH: "1s", MUSTER_TRACK_EARLY_S: "0" } });

  it("does not mail for them who said no here, or was erased", async () => {
    const names = ["ann", "ida", "jan"];
    const people = await addPeople(server, names.map((name) => `${name}@a.example`));
    const path = (name: string): string => `${v1}/people/${people[names.indexOf(name)]!.id}`;
    const { audience_id: list } = await push(server, await makeGroup(server, "All"));
    const member = (name: string): string => `/3.0/lists/${list}/members/${md5(`${name}@a.example`)}`;
    const status = async (name: string): Promise<string> =>
      (await server.mailchimp.get(member(name), {}, { status: [200, 404] })).body.status;
    const unsubscribed = (name: string): Promise<unknown> =>
      until(`${name} is unsubscribed`, async () => await status(name) === "unsubscribed");

    await server.admin.patch(path("ida"), { opted_out: true, reason: "phoned" });
    await unsubscribed("ida");
    await server.admin.delete(path("ida"), { status: 204 });
    await server.admin.patch(path("jan"), { opted_out: true, reason: "phoned", email: "else@a.example" });
    await unsubscribed("else");
    const { body: leo } = await server.admin.post(`${v1}/people`, { first_name: "Leo", email: "leo@a.example" });
    await server.admin.post(`${v1}/people/${leo.id}/erase`); // never a member

    const subscribe = (name: string): Promise<unknown> =>
      server.mailchimp.put(member(name), { email_address: `${name}@a.example`, status: "subscribed", status_if_new: "subscribed" });
    for (const name of ["new", "ida", "jan", "leo"]) await subscribe(name);
    for (const name of ["ida", "jan", "leo"]) await unsubscribed(name);
    assert.deepEqual([await status("new"), await status("ann")], ["subscribed", "subscribed"]);
  });

  it("tells of what was sent to it, and who opened that", async () => {
    const { mailchimp: api, admin } = server;
    await addPeople(server, ["ada@o.example"]);
    const { audience_id: list } = await push(server, await makeGroup(server, "Readers"));
    await api.post(`/3.0/lists/${list}/members`, { email_address: "stranger@o.example", status: "subscribed" });
    const { body: theirs } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list },
      settings: { subject_line: "Their news", title: "The shop's", from_name: "S", reply_to: "s@o.example" },
    });
    const at = `/3.0/campaigns/${theirs.id}`;
    await api.put(`${at}/content`, { html: "<p>News *|UNSUB|*</p>" });
    await api.post(`${at}/actions/send`, undefined, { status: 204 });
    const { html } = await caughtMail(server, "ada@o.example");
    await server.anonymous.get(new URL(html.match(/src="([^"]*\/t\/o\/[^"]*)"/)[1]).pathname, {}, READER);

    const found = await until("it is found, with who opened it", async () => {
      const [one] = (await admin.get(`${v1}/campaigns`, { q: "The shop" })).body.items;
      return one?.status === "sent" && one.figures?.opened === 1 && one;
    });
    assert.deepEqual([found.origin, found.subject, found.to.kind, found.user_name, found.marketing_campaign_id],
      ["elsewhere", "Their news", "audience", null, theirs.id]);
    const emails = (await api.get(at)).body.emails_sent;
    assert.ok(emails >= 3);
    const { body: report } = await admin.get(`${v1}/campaigns/${found.id}/report`);
    assert.deepEqual([report.recipients, report.sent, report.waiting], [emails, emails, 0]);
    const { body: who } = await admin.get(`${v1}/campaigns/${found.id}/recipients`, { response: "opened" });
    assert.deepEqual(who.items.map((one: Json) => one.address), ["ada@o.example"]);
    const { body: line } = await admin.get(`${v1}/people/${who.items[0].person_id}/timeline`);
    assert.deepEqual(line.items.filter((one: Json) => one.kind === "email").map((one: Json) => [one.title, one.status]), [["Their news", "opened"]]);

    const path = `${v1}/campaigns/${found.id}`;
    for (const act of ["pause", "cancel", "send"]) await admin.post(`${path}/${act}`, undefined, { status: 409 });
    await admin.patch(path, { subject: "Ours" }, { status: 409 });
    await admin.delete(path, { status: 409 });
    const { body: copy } = await admin.post(`${path}/replicate`, {}, { status: 201 });
    assert.deepEqual([copy.origin, copy.status, copy.html], ["crm", "draft", "<p>News *|UNSUB|*</p>"]);
    // that the watch has looked again changes nothing
    const before = countOf(server, "crm", "SELECT MAX(run_at_ms) FROM job WHERE kind = 'watch'");
    await until("it has looked again", () => countOf(server, "crm", "SELECT MAX(run_at_ms) FROM job WHERE kind = 'watch'") > before);
    assert.equal((await admin.get(`${v1}/campaigns`, { q: "The shop" })).body.total, 2);
  });
});
