/** A campaign before it is sent: as a given person gets it, in an inbox, and as a test. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { caughtMail, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const HTML = `<!doctype html><html><head><meta name="color-scheme" content="light dark"><style>
@media (prefers-color-scheme: dark) { p { color: white } }
@media (prefers-color-scheme:light) and (max-width: 480px) { p { color: black } }</style></head>
<body><p>Dear *|FNAME|* *|LNAME|*, *|IF:FNAME=Zoë|*only you*|END:IF|*</p>
<a href="https://shop.example/?who=*|FNAME|*">shop</a> <a href="*|UNSUB|*">leave</a></body></html>`;

describe("the preview of a campaign", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon" } });
  let campaign: Json, zoe: Json, bob: Json;
  const page = (query: Json = {}) => server.admin.get(`/campaigns/${campaign.id}/preview`, query);
  const envelope = async (query: Json = {}) =>
    (await server.admin.get(`${v1}/campaigns/${campaign.id}/envelope`, query)).body;

  before(async () => {
    zoe = (await server.admin.post(`${v1}/people`, { first_name: "Zoë", last_name: "<b>Øre</b>", email: "zoe@example.test" })).body;
    bob = (await server.admin.post(`${v1}/people`, { last_name: "Bob" })).body;
    campaign = (await server.admin.post(`${v1}/campaigns`, { name: "May", subject: "News, *|FNAME|*",
      from_name: "Us", from_email: "us@example.test", html: HTML })).body;
  });

  it("is merged with what a push would send of the person", async () => {
    const { text, headers } = await page({ person_id: zoe.id });
    assert.match(text, /Dear Zoë &lt;b&gt;Øre&lt;\/b&gt;, only you/);
    assert.match(text, /shop\.example\/\?who=Zo%C3%AB/);
    assert.match(text, /This e-mail was sent to zoe@example\.test/); // the footer that the law wants
    assert.match(text, /1 High St/);
    assert.match(headers.get("content-security-policy")!, /^sandbox allow-popups/);
    assert.match(text, /<base target="_blank">/);
    assert.doesNotMatch(text, /\/t\/o\//); // no pixel
    assert.match((await page()).text, /Dear \[First Name\] \[Last Name\],/); // it goes to nobody yet: no gaps
    assert.match((await page()).text, /This e-mail was sent to \[E-Mail\]/);
    assert.match((await page({ person_id: bob.id })).text, /Dear +Bob,/);
    // what we add is in their language
    await server.admin.patch(`${v1}/people/${bob.id}`, { language: "español" });
    assert.match((await page({ person_id: bob.id })).text, />Darse de baja<\/a>/);
  });

  it("says its language, also in HTML of the author's own, and so does the mail", async () => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "Juni", subject: "Neues", from_name: "Wir",
      from_email: "us@example.test", html: "<p>Hallo</p>", language: "de" }, { status: 201 });
    const { text } = await server.admin.get(`/campaigns/${body.id}/preview`, {});
    assert.match(text, /<html lang="de">/);
    assert.match(text, /Diese E-Mail ging an/);
    await server.job((await server.admin.post(`${v1}/campaigns/${body.id}/test`, { to: ["juni@example.test"] }, { status: 202 })).body.job_id);
    const { source } = await caughtMail(server, "juni@example.test");
    assert.match(source, /Diese E-Mail ging an/);
    assert.equal((await server.admin.get(`${v1}/campaigns/${body.id}`)).body.html, "<p>Hallo</p>");
  });

  it("is light or dark, whatever the reader's program likes", async () => {
    const light = (await page()).text, dark = (await page({ dark: true })).text;
    assert.match(light, /@media \(max-width:0px\) \{ p \{ color: white/);
    assert.match(light, /@media \(min-width:0px\) and \(max-width: 480px\)/);
    assert.match(dark, /@media \(min-width:0px\) \{ p \{ color: white/);
    assert.match(dark, /color-scheme:dark !important/);
    assert.match(light, /color-scheme:light !important/);
    assert.match(dark, /^<!doctype html>/i);
  });

  it("shows its plain text", async () => {
    const { text } = await page({ person_id: zoe.id, text: true });
    assert.match(text, /Dear Zoë &lt;b&gt;Øre&lt;\/b&gt;/);
    assert.match(text, /<pre/);
    assert.match((await server.command(["campaign", "preview", String(campaign.id), "--person", String(zoe.id), "--text"])).stdout, /Dear Zoë/);
  });

  it("tells how an inbox shows it", async () => {
    const { preview_text, ...rest } = await envelope({ person_id: zoe.id });
    assert.deepEqual(rest, { subject: "News, Zoë", from_name: "Us", from_email: "us@example.test", to: "zoe@example.test",
      person: { id: zoe.id, name: "Zoë <b>Øre</b>" }, left_out: null });
    assert.match(preview_text, /^Dear Zoë <b>Øre<\/b>, only you/);
    const { subject, to, person } = await envelope();
    assert.deepEqual([subject, to, person], ["News, [First Name]", "", null]);
    await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { preview_text: "For *|FNAME|*" });
    assert.equal((await envelope({ person_id: zoe.id })).preview_text, "For Zoë");
  });

  it("is that of the first whom the campaign reaches, and of nobody while there is none", async () => {
    const group = (await server.admin.post(`${v1}/groups`, { name: "Readers" })).body;
    const draft = (await server.admin.post(`${v1}/campaigns`, { name: "First", subject: "For *|FNAME|*", html: "<p>Dear *|FNAME|*</p>",
      to: { kind: "group", id: group.id } }, { status: 201 })).body;
    const shown = async () => (await server.admin.get(`${v1}/campaigns/${draft.id}/envelope`)).body;
    const add = (...people: Json[]) =>
      server.admin.post(`${v1}/groups/${group.id}/include`, { ids: people.map(({ id }) => id) });
    assert.equal((await shown()).person, null);
    const [none, out, ada] = await Promise.all([{ first_name: "None" }, { first_name: "Out", email: "out@example.test" },
      { first_name: "Ada", last_name: "Lovelace", email: "ada@first.test" }].map(async (person) =>
      (await server.admin.post(`${v1}/people`, person, { status: 201 })).body));
    await server.admin.patch(`${v1}/people/${out.id}`, { opted_out: true });
    await add(none, out);
    assert.equal((await shown()).person, null); // without an address, opted out
    await add(ada);
    const whyNot = async (person: Json) =>
      (await server.admin.get(`${v1}/campaigns/${draft.id}/envelope`, { person_id: person.id })).body.left_out;
    assert.deepEqual(await Promise.all([none, out, ada, zoe].map(whyNot)), ["no_address", "opted_out", null, "not_chosen"]);
    assert.deepEqual(await shown().then(({ subject, to, person }) => [subject, to, person]),
      ["For Ada", "ada@first.test", { id: ada.id, name: "Ada Lovelace" }]);
    assert.match((await server.admin.get(`/campaigns/${draft.id}/preview`)).text, /Dear Ada/);
    await server.admin.delete(`${v1}/groups/${group.id}`);
    assert.equal((await shown()).person, null);
  });

  it("warns of fields that are empty for some, unless something is said instead", async () => {
    const group = (await server.admin.post(`${v1}/groups`, { name: "Some names" })).body;
    const people = await Promise.all([1, 2, 3].map(async (n) => (await server.admin.post(`${v1}/people`,
      { last_name: `L${n}`, ...(n === 1 ? { first_name: "A" } : {}), email: `n${n}@gap.test` })).body));
    await server.admin.post(`${v1}/groups/${group.id}/include`, { ids: people.map(({ id }) => id) });
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "Gap", subject: "Hi", from_name: "Us", from_email: "us@example.test",
      html: "<p>Dear *|FNAME|* *|LNAME|*,</p>", to: { kind: "group", id: group.id } }, { status: 201 });
    const told = async () => (await server.admin.get(`${v1}/campaigns/${body.id}/checklist`)).body.items
      .filter(({ code }: Json) => code === "empty_field").map(({ type, details, tag }: Json) => [type, details, tag]);
    assert.deepEqual(await told(), [["warning",
      "*|FNAME|* is empty for 2 of the recipients, and nothing is said instead: they see a gap", "*|FNAME|*"]]);
    await server.admin.patch(`${v1}/campaigns/${body.id}`, { html: "<p>*|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|*</p>" });
    assert.deepEqual(await told(), []);
    await server.admin.patch(`${v1}/campaigns/${body.id}`, { to: { kind: "audience" }, html: "<p>Dear *|FNAME|* *|FORWARD|*</p>" });
    assert.deepEqual(await told(), [["warning",
      "*|FNAME|* may be empty for some of the recipients, and nothing is said instead: they would see a gap", "*|FNAME|*"]]);
    const { items } = (await server.admin.get(`${v1}/campaigns/${body.id}/checklist`)).body;
    assert.equal(items.find(({ code }: Json) => code === "merge_tag").tag, "*|FORWARD|*");
  });

  it("of a draft without anything is a page too", async () => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "Empty" });
    await server.admin.get(`/campaigns/${body.id}/preview`);
    assert.equal((await server.admin.get(`${v1}/campaigns/${body.id}/envelope`)).body.subject, "");
  });

  it("is refused where there is nobody, or who may not look", async () => {
    await server.admin.get(`/campaigns/${campaign.id}/preview`, { person_id: 99999 }, { status: 404 });
    await server.admin.get(`/campaigns/99999/preview`, {}, { status: 404 });
    await server.admin.get(`${v1}/campaigns/${campaign.id}/envelope`, { person_id: "x" }, { status: 400 });
    await server.anonymous.get(`${v1}/campaigns/${campaign.id}/envelope`, {}, { status: 401 });
  });

  it("goes out as a test, merged as somebody", async () => {
    const path = `${v1}/campaigns/${campaign.id}/test`;
    await server.admin.post(path, { to: ["me@example.test"], person_id: 99999 }, { status: 404 });
    const { body } = await server.admin.post(path, { to: ["me@example.test"], person_id: zoe.id }, { status: 202 });
    await server.job(body.job_id);
    const mail = await caughtMail(server, "me@example.test");
    assert.equal(mail.subject, "[Test] News, Zoë");
    assert.match(mail.html, /Dear Zoë &lt;b&gt;Øre&lt;\/b&gt;, only you/);
    assert.match(mail.html, /\/t\/u\//); // the link to unsubscribe is a test's
    assert.match((await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body.html, /\*\|FNAME\|\*/);
  });
});

describe("the outbox", () => {
  const server = useServer();
  const list = async (query: Json) =>
    (await server.admin.get(`${v1}/outbox`, query)).body as { items: Json[]; total: number; next: string | null };

  before(async () => {
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "A", subject: "Über Äpfel 100%",
      from_name: "Us", from_email: "us@example.test", html: "<p>Hi</p><a href=\"https://shop.example/\">shop</a>" });
    for (const to of [["ada@one.test", "bea@two.test"], ["cleo@one.test"]])
      await server.job((await server.admin.post(`${v1}/campaigns/${body.id}/test`, { to }, { status: 202 })).body.job_id);
    await until("all are caught", async () => (await list({})).total === 3);
  });

  it("is searched by part of an address or of the subject", async () => {
    for (const [q, n] of [["one.test", 2], ["ADA@", 1], ["über äPFEL", 3], ["100%", 3], ["%", 3], ["_", 0],
      ["nobody", 0], ["", 3]] as const)
      assert.equal((await list({ q })).total, n, q);
    const first = await list({ q: "äpfel", limit: 2 });
    assert.deepEqual([first.items.length, first.total], [2, 3]);
    const next = await list({ q: "äpfel", limit: 2, cursor: first.next! });
    assert.deepEqual([next.items.length, next.total], [1, 3]);
    assert.equal((await list({ q: "äpfel", rcpt: "bea@two.test" })).total, 1);
  });

  it("shows a mail's head, parts and source, and a page whose links work", async () => {
    const { items } = await list({ q: "cleo" });
    const mail = (await server.admin.get(`${v1}/outbox/${items[0]!.id}`)).body;
    const head = new Map(mail.headers.map((h: Json) => [h.name, h.value]));
    assert.equal(head.get("Subject"), "[Test] Über Äpfel 100%");
    assert.match(String(head.get("List-Unsubscribe")), /\/t\/u\//);
    assert.match(mail.to, /cleo@one\.test/);
    assert.match(mail.from, /us@example\.test/);
    const page = await server.admin.get(mail.html_url);
    assert.match(page.headers.get("content-security-policy")!, /^sandbox allow-popups allow-popups-to-escape-sandbox/);
    const link = page.text.match(/href="([^"]*\/t\/c\/[^"]+)"/)![1]!;
    const went = await fetch(link, { redirect: "manual" });
    assert.deepEqual([went.status, went.headers.get("location")], [302, "https://shop.example/"]);
  });
});
