/** Who we are: settings that are in force at once, in every process, without a restart. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { caughtMail, execute, parseMail, until, useServer, type Json, type Server } from "../harness/index.js";

const v1 = "/api/v1";
const NO_OPTIONS = { MUSTER_RELAY: "", MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "" };
const OURS = {
  organisation: "Acme & Sons", postal_address: "1 Road\n12345 Town", sender_name: "Ann of Acme",
  sender_email: "ann@acme.example", mail_language: "de-AT",
};

const masterOf = async (server: Server): Promise<Json> =>
  (await server.mailchimp.get("/3.0/lists")).body.lists[0];

/** A campaign of /3.0 with the address line in it, to one member; its message. */
async function send(server: Server, address: string): Promise<Json> {
  const { id: list } = await masterOf(server);
  await server.mailchimp.put(`/3.0/lists/${list}/members/${address}`, { email_address: address, status_if_new: "subscribed" });
  const { body } = await server.mailchimp.post("/3.0/campaigns", {
    type: "regular", recipients: { list_id: list }, settings: { subject_line: "s", title: "t" },
  });
  await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html: "<p>*|LIST:ADDRESSLINE|*</p>" });
  await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
  return parseMail((await caughtMail(server, address)).source);
}

describe("settings without options", () => {
  const server = useServer({ env: NO_OPTIONS });

  it("are empty at first, and administrators' alone", async () => {
    const { body, headers } = await server.admin.get(`${v1}/settings`);
    assert.deepEqual(body, {
      organisation: "", postal_address: "", sender_name: "", timezone: "", sender_email: "", mail_language: "", public_url: server.url,
      public_url_given: true, fixed: [],
      relay: { kind: "outbox", host: null, port: null, security: null, username: null, has_password: false },
    });
    assert.ok(headers.get("etag"));
    const manager = server.admin.as(await server.createKey("m", "manager"));
    await manager.get(`${v1}/settings`, {}, { status: 403 });
    const { items } = (await manager.get(`${v1}/settings/footers`)).body;
    assert.deepEqual(items.find((one: Json) => one.language === "de"),
      { language: "de", direction: "ltr", sent_to: "Diese E-Mail ging an *|EMAIL|*.", unsubscribe: "Abmelden", preferences: "Einstellungen ändern" });
    await manager.patch(`${v1}/settings`, {}, { status: 403 });
    await manager.get(`${v1}/setup/steps`, {}, { status: 403 });
    await manager.post(`${v1}/settings/relay/test`, { to: "a@b.example" }, { status: 403 });
  });

  it("take what fits, and name what does not", async () => {
    const wrong: [Json, string][] = [
      [{ organisation: "x".repeat(501) }, "organisation"], [{ organisation: 5 }, "organisation"],
      [{ organisation: "two\nlines" }, "organisation"], [{ sender_name: "a\r\nBcc: b@c.example" }, "sender_name"],
      [{ postal_address: "bell\u0007" }, "postal_address"], [{ sender_email: "ann" }, "sender_email"], [{ mail_language: "deutsche Sprache" }, "mail_language"],
      [{ sender_email: "änn@acme.example" }, "sender_email"], [{ in_force: {} }, "in_force"], [{ relay: "x" }, "relay"],
    ];
    for (const [body, field] of wrong) {
      const reply = await server.admin.patch(`${v1}/settings`, body, { status: 400 });
      assert.equal(reply.body.errors[0].field, field, JSON.stringify(body));
    }
    assert.equal((await server.admin.get(`${v1}/settings`)).body.organisation, "");
  });

  it("are in force at once: list, account, checklist, footer, pages, new campaigns", async () => {
    const { body } = await server.admin.patch(`${v1}/settings`, { ...OURS, sender_email: " ann@acme.example " });
    for (const [key, value] of Object.entries(OURS)) assert.equal(body[key], value);
    const list = await until("the audience is told", async () => {
      const now = await masterOf(server);
      return now.name === OURS.organisation && now;
    });
    assert.equal(list.contact.company, OURS.organisation);
    assert.equal(list.contact.address1, "1 Road");
    assert.equal(list.contact.address2, "12345 Town");
    assert.equal(list.campaign_defaults.from_name, OURS.sender_name);
    assert.equal(list.campaign_defaults.from_email, OURS.sender_email);
    assert.equal(list.campaign_defaults.language, "de-AT");
    const { body: root } = await server.mailchimp.get("/3.0/");
    assert.equal(root.account_name, OURS.organisation);
    assert.equal(root.contact.addr1, "1 Road");

    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, { name: "n" }, { status: 201 });
    assert.equal(campaign.from_name, OURS.sender_name);
    assert.equal(campaign.from_email, OURS.sender_email);
    assert.equal(campaign.language, "de-AT");
    const { body: check } = await server.admin.get(`${v1}/campaigns/${campaign.id}/checklist`);
    const address = check.items.find((i: Json) => i.heading === "Postal address");
    assert.equal(address.details, "it is added to every message");
    const given = { name: "n", from_name: "Bob", from_email: "bob@acme.example" };
    const { body: other } = await server.admin.post(`${v1}/campaigns`, given, { status: 201 });
    assert.equal(other.from_name, "Bob");
    const { body: none } = await server.admin.post(`${v1}/campaigns`, { name: "n", from_name: null }, { status: 201 });
    assert.equal(none.from_name, null);

    const mail = await send(server, "m1@a.example");
    assert.equal(mail.from.name, OURS.sender_name);
    assert.equal(mail.from.address, OURS.sender_email);
    assert.match(mail.html, /<p>Acme &amp; Sons, 1 Road, 12345 Town<\/p>/);
    assert.match(mail.html, /Diese E-Mail ging an m1@a\.example/);
    assert.equal(mail.html.split("Acme &amp; Sons").length, 3, "once in the line, once in the footer");
    const leave = new URL(mail.headers.find((h: Json) => h.key === "list-unsubscribe").value.match(/<(http[^>]+)>/)[1]);
    assert.match((await server.anonymous.get(leave.pathname)).text, /<title>Acme &amp; Sons</);
  });

  it("change again without a restart", async () => {
    await server.admin.patch(`${v1}/settings`, { postal_address: "2 Street", organisation: "Other" });
    await until("the audience is told", async () => (await masterOf(server)).contact.address1 === "2 Street");
    const mail = await send(server, "m2@a.example");
    assert.match(mail.html, /<p>Other, 2 Street<\/p>/);
    assert.ok(!mail.html.includes("Acme &amp; Sons"));
    assert.match(mail.text, /\nOther, 2 Street\nAbmelden/);
  });

  it("leave what was changed over there alone, until they are saved again", async () => {
    const { id } = await masterOf(server);
    await server.mailchimp.patch(`/3.0/lists/${id}`, { name: "By hand" });
    await server.restart();
    assert.equal((await masterOf(server)).name, "By hand");
    await server.admin.patch(`${v1}/settings`, { organisation: "Other" });
    await until("the audience is told", async () => (await masterOf(server)).name === "Other");
  });

  it("refuse who did not see the last change", async () => {
    const seen = await server.admin.get(`${v1}/settings`);
    const headers = { "if-match": seen.headers.get("etag")! };
    const tries = await Promise.all(["A", "B"].map((sender_name) =>
      server.admin.patch(`${v1}/settings`, { sender_name }, { headers, status: [200, 412] })));
    assert.deepEqual(tries.map((t) => t.status).sort(), [200, 412]);
    const won = tries.find((t) => t.status === 200)!;
    assert.equal((await server.admin.get(`${v1}/settings`)).body.sender_name, won.body.sender_name);
    await server.admin.patch(`${v1}/settings`, { relay: { kind: "outbox" } }, { headers, status: 412 });
    await server.admin.patch(`${v1}/settings`, { sender_name: "C" }, { headers: { "if-match": won.headers.get("etag")! } });
  });

  it("are what commands show", async () => {
    const { stdout } = await server.command(["config", "--print"]);
    assert.match(stdout, /^organisation = Other {2}# settings$/m);
    assert.match(stdout, /^postal_address = 2 Street {2}# settings$/m);
    assert.match(stdout, /^relay = outbox: {2}# settings$/m);
    assert.match((await server.command(["doctor"])).stdout, /good +postal address/);
  });
});

describe("settings of an older program", () => {
  const server = useServer({ env: NO_OPTIONS });

  it("are told to the audience at the start, once", async () => {
    await server.admin.patch(`${v1}/settings`, { organisation: "x" });
    await until("the audience is told", async () => (await masterOf(server)).name === "x");
    await server.halt();
    // as such a program leaves it
    const set = (key: string, value: string) => `UPDATE setting SET value = '${value}' WHERE key = '${key}'`;
    const sql = [set("organisation", "Old"), "INSERT INTO setting (key, value) VALUES ('postal_address', '3 Lane')",
      "DELETE FROM setting WHERE key LIKE 'bridge.organisation%' OR key LIKE 'setup.%'"];
    execute(server, "crm", sql);
    await server.run();
    const list = await masterOf(server); // before anything can be sent
    assert.equal(list.name, "Old");
    assert.equal(list.contact.address1, "3 Lane");
    const { body } = await server.admin.get(`${v1}/setup/steps`);
    assert.deepEqual(body, { organisation: "done", relay: "open", people: "open", finished: true });
  });
});

describe("settings that options fix", () => {
  const server = useServer();

  it("are shown, and changed by nobody", async () => {
    const { body } = await server.admin.get(`${v1}/settings`);
    assert.deepEqual(body.fixed, ["organisation", "postal_address", "relay"]);
    assert.equal(body.organisation, "Example Organisation");
    const cases: [Json, RegExp][] = [
      [{ organisation: "x" }, /MUSTER_ORGANISATION/], [{ postal_address: "x" }, /MUSTER_POSTAL_ADDRESS/],
      [{ relay: { kind: "smtp", host: "h" } }, /MUSTER_RELAY/],
    ];
    for (const [change, why] of cases) {
      const reply = await server.admin.patch(`${v1}/settings`, { sender_name: "y", ...change }, { status: 409 });
      assert.match(reply.body.detail, why);
    }
    assert.equal((await server.admin.get(`${v1}/settings`)).body.sender_name, "");
    const { organisation, postal_address, relay: { has_password: _, ...relay } } = body;
    const same = await server.admin.patch(`${v1}/settings`, { organisation, postal_address, relay, sender_name: "y" });
    assert.equal(same.body.sender_name, "y");
    assert.match((await server.command(["config", "--print"])).stdout, /^relay = outbox: {2}# MUSTER_RELAY$/m);
  });

  it("have done steps of the set-up", async () => {
    const steps = (await server.admin.get(`${v1}/setup/steps`)).body;
    assert.deepEqual(steps, { organisation: "done", relay: "done", people: "open", finished: false });
  });
});

describe("the set-up", () => {
  const server = useServer({ env: NO_OPTIONS });
  const steps = async (): Promise<string> => {
    const { body } = await server.admin.get(`${v1}/setup/steps`);
    return `${body.organisation} ${body.relay} ${body.people} ${body.finished}`;
  };

  it("is left and resumed, step by step", async () => {
    const tokenOf = (): string => /\/setup\?token=([A-Za-z0-9_-]{43})/.exec(server.log.join("\n"))![1]!;
    await server.anonymous.post(`${v1}/setup/check`, { token: "x".repeat(43) }, { status: 403 });
    await server.anonymous.post(`${v1}/setup/check`, { token: tokenOf() }, { status: 204 });
    await server.anonymous.post(`${v1}/setup/check`, { token: tokenOf() }, { status: 204 });
    const who = { token: tokenOf(), name: "Ada", email: "ada@example.test", password: "correct horse battery" };
    await server.anonymous.post(`${v1}/setup`, who, { status: 201 });
    await server.anonymous.post(`${v1}/setup/check`, { token: who.token }, { status: 403 });

    assert.equal(await steps(), "open open open false");
    await server.admin.patch(`${v1}/settings`, { organisation: "Acme" });
    assert.equal(await steps(), "done open open false");
    await server.admin.patch(`${v1}/setup/steps`, { relay: "skipped" });
    await server.restart();
    assert.equal(await steps(), "done skipped open false");
    await server.admin.patch(`${v1}/settings`, { relay: { kind: "outbox" } });
    assert.equal(await steps(), "done done open false");
    await server.admin.patch(`${v1}/setup/steps`, { people: "skipped", finished: true });
    assert.equal(await steps(), "done done skipped true");
    await server.admin.post(`${v1}/people`, { last_name: "A" }, { status: 201 });
    assert.equal(await steps(), "done done done true");
    await server.admin.patch(`${v1}/setup/steps`, { relay: "perhaps" }, { status: 400 });
  });
});
