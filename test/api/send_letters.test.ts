/** Letters outside ASCII: in addresses, and in the files that a campaign is made of. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  addPeople, isPostgres, isSent, makeCampaign, makeGroup, parseMail, runJob, useRelay, useServer, type Json,
} from "../harness/index.js";

const v1 = "/api/v1";
const html = (charset: string): string =>
  `<html><head><meta http-equiv=Content-Type content="text/html; charset=${charset}"></head>` +
  "<body><p>Grüße – „Zitat“</p></body></html>";
/** The letters above as Windows-1252 has them. */
const cp1252 = (text: string): Buffer => Buffer.from(
  text.replace(/–/g, "\x96").replace(/„/g, "\x84").replace(/“/g, "\x93"), "latin1");

describe("letters outside ASCII", { skip: isPostgres && "what goes to the relay is made of rows that are the same" }, () => {
  const relay = useRelay({ smtputf8: false });
  const server = useServer({ env: { get MUSTER_RELAY() { return relay.url; } } });
  const folder = mkdtempSync(join(tmpdir(), "muster-letters-"));
  let group: Json;

  const send = async (campaign: Json): Promise<void> => {
    relay.messages.length = 0;
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
  };
  const change = (campaign: Json, fields: Json): Promise<unknown> =>
    server.admin.patch(`${v1}/campaigns/${campaign.id}`, fields);

  before(async () => {
    await addPeople(server, ["a@e.example", "info@bücher.example", "jörg@e.example"]);
    group = await makeGroup(server, "All");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("of a domain go as A-labels, of the sender too", async () => {
    const campaign = await makeCampaign(server, group, "Labels");
    await change(campaign, { from_email: "News@bücher.example" });
    await send(campaign);
    assert.deepEqual(relay.messages.flatMap((m) => m.to).sort(),
      ["a@e.example", "info@xn--bcher-kva.example"]);
    for (const message of relay.messages) {
      assert.equal(message.from, "News@xn--bcher-kva.example");
      assert.ok(!/SMTPUTF8/i.test(message.parameters));
      const head = message.data.toString("latin1").split("\r\n\r\n")[0]!;
      assert.match(head, /^From: .*<News@xn--bcher-kva\.example>/m);
      assert.match(head, /^Message-ID: <[\x21-\x7e]+>/m);
      assert.ok(message.to[0] !== "a@e.example" || /^[\x00-\x7e]*$/.test(head));
    }
  });

  it("before the @ of a recipient are refused softly, and clean nobody", async () => {
    for (let i = 0; i < 8; i++) await send(await makeCampaign(server, group, `Soft ${i}`));
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const { body } = await server.mailchimp.get(`/3.0/lists/${lists.lists[0].id}/members`,
      { status: "cleaned" });
    assert.equal(body.total_items, 0);
    assert.equal(relay.messages.length, 2);
  });

  it("before the @ of a sender are refused before anything is sent", async () => {
    const campaign = await makeCampaign(server, group, "Nobody");
    const path = `${v1}/campaigns/${campaign.id}`;
    await change(campaign, { from_email: "jörg@e.example" });
    const { body: list } = await server.admin.get(`${path}/checklist`);
    assert.equal(list.is_ready, false);
    assert.match(list.items.find((i: Json) => i.heading === "From").details, /ASCII/);
    for (const [action, body] of [["send", undefined], ["test", { to: ["a@e.example"] }],
      ["schedule", { at: "2099-01-01T00:00:00Z" }]] as const) {
      const refused = await server.admin.post(`${path}/${action}`, body, { status: 400 });
      assert.equal(refused.body.errors[0].field, "from_email");
    }
    const { body: lists } = await server.mailchimp.get("/3.0/lists");
    const { body: there } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: lists.lists[0].id },
      settings: { subject_line: "x", from_name: "x", reply_to: "jörg@e.example" },
    });
    await server.mailchimp.put(`/3.0/campaigns/${there.id}/content`, { html: "<p>x</p>" });
    await server.mailchimp.post(`/3.0/campaigns/${there.id}/actions/send`, undefined, { status: 400 });
    const test = await server.mailchimp.post(`/3.0/campaigns/${there.id}/actions/test`,
      { test_emails: ["a@e.example"], send_type: "html" }, { status: 400 });
    assert.match(JSON.stringify(test.body), /ASCII/);
  });

  for (const [name, bytes] of Object.entries({
    "UTF-8": Buffer.from(html("utf-8")),
    "UTF-8 with a mark": Buffer.from(`\ufeff${html("utf-8")}`),
    "UTF-8 that says it is another": Buffer.from(html("windows-1252")),
    "UTF-16": Buffer.from(`\ufeff${html("unicode")}`, "utf16le"),
    "Windows-1252": cp1252(html("windows-1252")),
    "Latin-1, as Windows has it": cp1252(html("iso-8859-1")),
  }))
    it(`of a file in ${name} are what they were`, async () => {
      const file = join(folder, "w.html");
      writeFileSync(file, bytes);
      const made = await server.command(["campaign", "create", "--name", name,
        "--group", String(group.id), "--subject", "W", "--from-name", "Us",
        "--from-email", "us@e.example", "--html", file]);
      assert.equal(made.code, 0, made.stderr);
      await send({ id: Number(/campaign (\d+)/.exec(made.stdout)![1]) } as Json);
      const mail = await parseMail(relay.to("a@e.example")[0]!.data);
      assert.match(mail.html!, /Grüße – „Zitat“/);
      assert.match(mail.html!, /charset=utf-8/);
      assert.ok(!mail.html!.includes("\ufeff"));
      assert.match(mail.text!, /Grüße – „Zitat“/);
    });

  it("of a file that does not say what it is are refused, with the reason", async () => {
    const file = join(folder, "w.txt");
    writeFileSync(file, cp1252("Grüße"));
    const { code, stderr } = await server.command(["campaign", "create", "--name", "x", "--text", file]);
    assert.equal(code, 1);
    assert.match(stderr, /w\.txt: it is not UTF-8 .*save the file as UTF-8/);
  });

  it("of a body: the <meta> is mended there, what is not UTF-8 is refused", async () => {
    const campaign = await makeCampaign(server, group, "Body");
    await change(campaign, { html: `\ufeff${html("koi8-r")}` });
    await send(campaign);
    const mail = await parseMail(relay.to("a@e.example")[0]!.data);
    assert.match(mail.html!, /^<html><head><meta http-equiv=Content-Type content="text\/html; charset=utf-8">/);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}`);
    const there = await server.mailchimp.get(`/3.0/campaigns/${body.marketing_campaign_id}/content`);
    assert.match(there.body.html, /charset=utf-8/);
    const key = await server.createKey("letters", "administrator");
    const reply = await fetch(`${server.url}${v1}/campaigns`, {
      method: "POST", body: cp1252("{\"name\": \"Grüße\"}"),
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    });
    assert.equal(reply.status, 400);
    assert.match((await reply.json() as Json).detail, /JSON/);
  });
});
