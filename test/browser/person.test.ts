/** One person's page: what is known, what happened, what may be done. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { addPeople, hrefs, isSent, makeGroup, parseMail, runJob, unsubscribeLinkOf, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const HTML = `<!doctype html><html><body><h1>Spring</h1><p>Hello *|FNAME|*</p>
<a href="https://shop.example/a">a</a> <script>parent.document.title = "taken"</script><a href="*|UNSUB|*">off</a></body></html>`;

const section = (page: Page, name: string) => page.getByRole("region", { name });
const timelineOf = (page: Page) => section(page, "What happened");

async function openPerson(page: Page, id: number): Promise<void> {
  await page.goto(`/people/${id}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("region", { name: /Properties|Eigenschaften/ }).getByText(/Created|Angelegt/).waitFor();
}

/** Opens a property where it stands. */
async function edit(page: Page, label: string): Promise<void> {
  await section(page, "Properties").getByRole("button", { name: new RegExp(`^${label}`) }).click();
}

describe("a person's page", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let ada: Json;

  const now = async (id = ada.id): Promise<Json> => (await server.admin.get(`${v1}/people/${id}`)).body;

  before(async () => {
    await server.admin.post(`${v1}/custom-fields`,
      { entity: "people", key: "size", label: "Shirt size", type: "choice", choices: ["S", "M", "L"] }, { status: 201 });
    const company = (await server.admin.post(`${v1}/companies`, { name: "Analytical Engines Ltd" }, { status: 201 })).body;
    ada = (await server.admin.post(`${v1}/people`, {
      first_name: "Ada", last_name: "Lovelace", city: "London", email: "ada@example.org", company_id: company.id,
      tags: ["Gold"], custom: { size: "M" },
    }, { status: 201 })).body;
  });

  it("changes a field in place, by keyboard, and takes it back", async () => {
    const page = await browser.signIn("user");
    await openPerson(page, ada.id);
    await section(page, "Properties").getByRole("button", { name: /^City/ }).focus();
    await page.keyboard.press("Enter");
    await page.locator("input:focus").waitFor();
    await page.keyboard.type("Ockham");
    await page.keyboard.press("Enter");
    await section(page, "Properties").getByRole("button", { name: "City Ockham" }).waitFor();
    assert.equal((await now()).city, "Ockham");
    await page.locator("button:focus", { hasText: "Ockham" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await section(page, "Properties").getByRole("button", { name: "City London" }).waitFor();
    assert.equal((await now()).city, "London");
    await edit(page, "Shirt size");
    await page.getByRole("combobox", { name: "Shirt size" }).click();
    await page.getByRole("option", { name: "L", exact: true }).click();
    await section(page, "Properties").getByRole("button", { name: "Save" }).click();
    await section(page, "Properties").getByRole("button", { name: "Shirt size L" }).waitFor();
    assert.equal((await now()).custom.size, "L");
    await section(page, "Properties").getByRole("button", { name: /empty field/ }).click();
    await edit(page, "Birthday");
    await page.getByLabel("Birthday").fill("1815-12-10");
    await page.keyboard.press("Enter");
    await section(page, "Properties").getByRole("button", { name: /^Birthday .*1815/ }).waitFor();
    assert.equal((await now()).birthday, "1815-12-10");
  });

  it("has a company, which leads to its people, and gets a new one that is made there", async () => {
    const page = await browser.signIn("user");
    await openPerson(page, ada.id);
    await edit(page, "Company");
    const input = section(page, "Properties").getByRole("combobox", { name: "Company" });
    await input.fill("Babbage & Co");
    await page.getByRole("option", { name: "Create the company “Babbage & Co”" }).click();
    await until("it is made", async () => (await server.admin.get(`${v1}/companies`, { q: "Babbage" })).body.total === 1);
    await checkAccessible(page);
    await section(page, "Properties").getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Babbage & Co" }).waitFor();
    assert.equal((await now()).company_name, "Babbage & Co");
    await picture(page, "person-company");
    await page.getByRole("link", { name: "Babbage & Co" }).click();
    await page.getByText("1 person fits the filter").waitFor();
    await page.getByRole("row", { name: /Ada Lovelace/ }).waitFor();
    await server.admin.patch(`${v1}/people/${ada.id}`, { company_id: ada.company_id });
  });

  it("keeps what was typed when it is refused, and when the connection is lost", async () => {
    const page = await browser.signIn("user");
    browser.allow(/ERR_|400/);
    await openPerson(page, ada.id);
    await edit(page, "City");
    await page.getByLabel("City").fill("x".repeat(300));
    await page.keyboard.press("Enter");
    await section(page, "Properties").getByText(/longer than/i).waitFor();
    await page.getByLabel("City").fill("Ealing");
    await intercept(page, /\/api\/v1\/people\/\d+$/, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
    await page.keyboard.press("Enter");
    await section(page, "Properties").getByText("The server does not answer").waitFor();
    assert.equal(await page.getByLabel("City").inputValue(), "Ealing");
    await picture(page, "person-lost");
    await page.unroute(/\/api\/v1\/people\/\d+$/);
    await section(page, "Properties").getByRole("button", { name: "Try again" }).click();
    await section(page, "Properties").getByRole("button", { name: "City Ealing" }).waitFor();
    assert.equal((await now()).city, "Ealing");
  });

  it("shows both values when somebody else changed the same field, and keeps what they changed elsewhere", async () => {
    const page = await browser.signIn("user");
    browser.allow(/412/);
    await openPerson(page, ada.id);
    await edit(page, "City");
    await page.getByLabel("City").fill("Mine");
    await server.admin.patch(`${v1}/people/${ada.id}`, { city: "Theirs", job_title: "Countess" });
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Somebody else has saved meanwhile").waitFor();
    // beside the form there is no room for a table
    await page.getByRole("alert").getByRole("listitem").filter({ hasText: /City.*Theirs.*Mine/s }).waitFor();
    await checkAccessible(page);
    await picture(page, "person-meanwhile");
    assert.equal((await now()).city, "Theirs");
    await page.getByRole("button", { name: "Save mine" }).click();
    await section(page, "Properties").getByRole("button", { name: "City Mine" }).waitFor();
    assert.deepEqual([(await now()).city, (await now()).job_title], ["Mine", "Countess"]);
    // another field: nothing to choose
    await edit(page, "City");
    await page.getByLabel("City").fill("London");
    await server.admin.patch(`${v1}/people/${ada.id}`, { job_title: "Mathematician" });
    await page.keyboard.press("Enter");
    await section(page, "Properties").getByRole("button", { name: "City London" }).waitFor();
    assert.deepEqual([(await now()).city, (await now()).job_title], ["London", "Mathematician"]);
  });

  it("has addresses: one for campaigns, others, those that are held", async () => {
    const page = await browser.signIn("user");
    browser.allow(/400/);
    await openPerson(page, ada.id);
    const part = section(page, "E-mail addresses");
    await part.getByLabel("Add an address").first().fill("not one");
    await page.keyboard.press("Enter");
    await part.locator("input[aria-invalid=true]").waitFor();
    await part.getByLabel("Add an address").first().fill("countess@example.org");
    await page.keyboard.press("Enter");
    await part.getByText("countess@example.org", { exact: true }).waitFor();
    await part.getByRole("button", { name: "What to do with countess@example.org" }).click();
    await page.getByRole("menuitem", { name: "Send campaigns to this one" }).click();
    await until("campaigns go to the new one", async () => (await now()).email === "countess@example.org");
    await server.admin.patch(`${v1}/people/${ada.id}`,
      { emails: [{ address: "countess@example.org", marketing: true, held: true }, { address: "ada@example.org", primary: true }] });
    await page.reload();
    await part.getByText("Held: by a user").waitFor();
    await page.getByText("Address held").waitFor();
    await picture(page, "person-held");
    await part.getByRole("button", { name: "Release" }).click();
    await page.getByText("May be sent to; no consent is noted", { exact: true }).waitFor();
    assert.ok((await now()).emails.every((one: Json) => !one.held));
    await part.getByRole("button", { name: "What to do with countess@example.org" }).click();
    await page.getByRole("menuitem", { name: "Remove this address" }).click();
    await part.getByText("countess@example.org", { exact: true }).waitFor({ state: "detached" });
    assert.deepEqual((await now()).emails.map((one: Json) => one.address), ["ada@example.org"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await part.getByText("countess@example.org", { exact: true }).waitFor();
    assert.equal((await now()).email, "countess@example.org");
  });

  it("has tags, to which two people add at once", async () => {
    const page = await browser.signIn("user");
    browser.allow(/412/);
    await openPerson(page, ada.id);
    await server.admin.patch(`${v1}/people/${ada.id}`, { tags: ["Gold", "Theirs"] });
    await section(page, "Tags").getByRole("combobox", { name: "Add a tag" }).or(section(page, "Tags").getByRole("textbox", { name: "Add a tag" })).fill("Mine");
    await page.keyboard.press("Enter");
    await section(page, "Tags").getByText("Mine", { exact: true }).waitFor();
    assert.deepEqual((await now()).tags.sort(), ["Gold", "Mine", "Theirs"]);
    await section(page, "Tags").getByRole("button", { name: "Remove the tag Theirs" }).click();
    await section(page, "Tags").getByText("Theirs", { exact: true }).waitFor({ state: "detached" });
    assert.deepEqual((await now()).tags.sort(), ["Gold", "Mine"]);
  });

  it("is opted out and in with a ground, and says who did it", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/ERR_/);
    await openPerson(page, ada.id);
    const consent = section(page, "Consent");
    await consent.getByRole("switch", { name: "May be sent campaigns" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByRole("button", { name: "Opt out" }).isDisabled(), true);
    await dialog.getByLabel("Reason").fill("asked by letter");
    await checkAccessible(page);
    await picture(page, "person-opt-out");
    await intercept(page, /\/api\/v1\/people\/\d+$/, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
    await dialog.getByRole("button", { name: "Opt out" }).click();
    await dialog.getByRole("alert").getByText("The server does not answer").waitFor();
    assert.equal((await now()).opted_out, false);
    await page.unroute(/\/api\/v1\/people\/\d+$/);
    await dialog.getByRole("button", { name: "Opt out" }).click();
    await dialog.waitFor({ state: "hidden" });
    await consent.getByText("asked by letter").waitFor();
    await consent.getByText(/^manager \d/).waitFor();
    assert.equal((await now()).opted_out, true);
    await timelineOf(page).getByText("asked by letter").waitFor();
    await consent.getByRole("switch", { name: "May be sent campaigns" }).click();
    await dialog.getByLabel("Reason").fill("asked on the phone");
    await dialog.getByRole("button", { name: "Allow campaigns again" }).click();
    await consent.getByText("asked on the phone").waitFor();
    const { body } = await server.admin.get(`${v1}/people/${ada.id}/consent`);
    assert.deepEqual(body.items.map((one: Json) => [one.state, one.reason]), [["opted_in", "asked on the phone"], ["opted_out", "asked by letter"]]);
  });

  it("says before and after an opt-out is lifted that the audience stays unsubscribed", async () => {
    await addPeople(server, ["nell@left.example"]);
    const nell = async (): Promise<Json> =>
      (await server.admin.get(`${v1}/people`, { email: "nell@left.example" })).body.items[0];
    await server.anonymous.post(await unsubscribeLinkOf(server, "nell@left.example"), "List-Unsubscribe=One-Click",
      { headers: { "content-type": "application/x-www-form-urlencoded" } });
    await until("she is opted out", async () => (await nell()).opted_out);
    const page = await browser.signIn("manager");
    await openPerson(page, (await nell()).id);
    const consent = section(page, "Consent");
    await consent.getByRole("switch", { name: "May be sent campaigns" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("This does not change the audience").waitFor();
    await picture(page, "person-opt-in-unsubscribed");
    await checkAccessible(page);
    await dialog.getByLabel("Reason").fill("asked on the phone");
    await dialog.getByRole("button", { name: "Allow campaigns again" }).click();
    await consent.getByText("That was a mistake: subscribe me again").waitFor();
    await page.getByText("Unsubscribed in the audience").first().waitFor();
    await consent.getByText("They unsubscribed themselves").waitFor();
    await consent.getByRole("link", { name: "Show in the audience" }).waitFor();
    await picture(page, "person-unsubscribed");
    await checkAccessible(page);
    assert.equal((await nell()).mail_status, "unsubscribed");
  });

  it("names whose opt-out counts for all who have the address, before and after", async () => {
    const add = async (body: Json): Promise<Json> => (await server.admin.post(`${v1}/people`, body, { status: 201 })).body;
    const address = "muster@shared.example";
    const erika = await add({ first_name: "Erika", last_name: "Muster", email: address });
    const max = await add({ first_name: "Max", last_name: "Muster", email: address });
    const page = await browser.signIn("manager");
    await openPerson(page, max.id);
    const consent = section(page, "Consent");
    const dialog = page.getByRole("dialog");
    await consent.getByRole("switch", { name: "May be sent campaigns" }).click();
    await dialog.getByText("Erika Muster has the same address and will be opted out, too.").waitFor();
    await dialog.getByLabel("Reason").fill("asked by letter");
    await dialog.getByRole("button", { name: "Opt out" }).click();
    await section(page, "Addresses").getByText("Opted out", { exact: true }).waitFor();
    await openPerson(page, erika.id);
    await consent.getByRole("switch", { name: "May be sent campaigns" }).click();
    await dialog.getByText("Max Muster has opted out with the same address.").waitFor();
    await dialog.getByLabel("Reason").fill("asked on the phone");
    await dialog.getByRole("button", { name: "Allow campaigns again" }).click();
    await consent.getByText("Max Muster has opted out with the same address.").waitFor();
    await consent.getByRole("switch", { name: "Allowed here, yet no campaign reaches them" }).waitFor();
    await consent.getByRole("link", { name: "Max Muster" }).waitFor();
    await picture(page, "person-shared-opt-out");
    await checkAccessible(page);
    assert.equal((await now(erika.id)).mail_status, "shared_opt_out");
  });

  it("says before and after an address is added whom that opts out", async () => {
    const add = async (last_name: string, email: string): Promise<Json> =>
      (await server.admin.post(`${v1}/people`, { last_name, email }, { status: 201 })).body;
    const out = await add("Out", "out@shared2.example");
    await server.admin.patch(`${v1}/people/${out.id}`, { opted_out: true });
    const allowed = await add("Allowed", "allowed@shared2.example");
    const other = await add("Other", "other@shared2.example");
    const page = await browser.signIn("manager");
    const addresses = section(page, "Addresses");
    const fill = (address: string): Promise<void> => addresses.getByLabel("Add an address").first().fill(address);
    await openPerson(page, out.id);
    await fill("allowed@shared2.example");
    await addresses.getByText("no mail goes to Allowed at it any more, either.").waitFor();
    await checkAccessible(page);
    await page.keyboard.press("Enter");
    await addresses.getByRole("link", { name: "Allowed" }).waitFor();
    await addresses.getByText("Opted out", { exact: true }).waitFor();
    assert.equal((await now(allowed.id)).mail_status, "opted_out");
    await openPerson(page, other.id);
    await fill("out@shared2.example");
    await addresses.getByText("this person will be opted out, too.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Opted out now, as out@shared2.example was").waitFor();
    await section(page, "Consent").getByText("somebody with the same address").waitFor();
    assert.equal((await now(other.id)).opted_out, true);
  });

  it("names the import that opted somebody out", async () => {
    await runJob(server, `${v1}/imports?file_name=mitglieder.csv`, "email,last_name,opt-out\nimp@out.example,Imp,yes\n",
      { headers: { "content-type": "text/csv" } });
    const imp = (await server.admin.get(`${v1}/people`, { email: "imp@out.example" })).body.items[0];
    const page = await browser.signIn("manager");
    await openPerson(page, imp.id);
    await section(page, "Consent").getByText("by the import of mitglieder.csv").waitFor();
    await timelineOf(page).getByText("by the import of mitglieder.csv").waitFor();
    await picture(page, "person-out-by-import");
  });

  it("takes notes, calls and tasks, which are done by a tick", async () => {
    const page = await browser.signIn("user");
    browser.allow(/ERR_/);
    await openPerson(page, ada.id);
    const write = section(page, "Write down");
    await write.getByLabel("Write a note").fill("Likes engines");
    await intercept(page, /\/api\/v1\/notes$/, (route) => route.abort());
    await write.getByRole("button", { name: "Add the note" }).click();
    await write.getByRole("alert").getByText("The server does not answer").waitFor();
    assert.equal(await write.getByLabel("Write a note").inputValue(), "Likes engines");
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay here" }).click();
    assert.equal(await write.getByLabel("Write a note").inputValue(), "Likes engines");
    await page.unroute(/\/api\/v1\/notes$/);
    await write.getByRole("button", { name: "Add the note" }).click();
    await timelineOf(page).getByText("Likes engines").waitFor();
    await write.getByText("Call", { exact: true }).click();
    await write.getByLabel("About").fill("The engine");
    await write.getByLabel("What was said").fill("Works");
    await write.getByRole("button", { name: "Add the call" }).click();
    await timelineOf(page).getByText("The engine").waitFor();
    await write.getByText("Task", { exact: true }).click();
    await write.getByLabel("What is to be done").fill("Send the drawing");
    await write.getByRole("button", { name: "Add the task" }).dblclick();
    await section(page, "Open tasks").getByLabel("Send the drawing").waitFor();
    await picture(page, "person-activities");
    await section(page, "Open tasks").getByLabel("Send the drawing").click();
    await section(page, "Open tasks").getByText("Nothing to be done.").waitFor();
    const { body } = await server.admin.get(`${v1}/tasks`, { entity: "people", record_id: ada.id });
    assert.equal(body.items.length, 1, "a double click is one act");
    assert.ok(body.items[0].done_at);
    const { body: happened } = await server.admin.get(`${v1}/people/${ada.id}/timeline`);
    for (const type of ["note", "communication", "task"]) assert.ok(happened.items.some((entry: Json) => entry.type === type), type);
    await timelineOf(page).getByText("Notes", { exact: true }).click();
    await timelineOf(page).getByText("The engine").waitFor({ state: "detached" });
    await timelineOf(page).getByText("Likes engines").waitFor();
    await timelineOf(page).getByRole("button", { name: "Remove: Note" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await timelineOf(page).getByText("Nothing of this kind has happened.").waitFor();
  });

  it("changes what was written down where it stands, beside somebody else, who is not overwritten", async () => {
    const someone = (await server.admin.post(`${v1}/people`, { last_name: "Babbage" }, { status: 201 })).body;
    const on = { entity: "people", record_id: someone.id };
    const { body: note } = await server.admin.post(`${v1}/notes`, { ...on, body: "Likes tea" }, { status: 201 });
    const { body: call } = await server.admin.post(`${v1}/communications`,
      { kind: "call", subject: "Teatime", body: "At five", links: [on] }, { status: 201 });
    const page = await browser.signIn("user");
    browser.allow(/412|400|ERR_/);
    await openPerson(page, someone.id);
    const change = timelineOf(page).getByRole("button", { name: "Change: Note" });
    const form = timelineOf(page).getByRole("form");
    const text = form.getByLabel("Text");
    await change.focus();
    await page.keyboard.press("Enter");
    await text.and(page.locator(":focus")).waitFor();
    assert.equal(await text.inputValue(), "Likes tea");
    await checkAccessible(page);
    await picture(page, "person-edit-note");
    await text.fill("Likes coffee");
    await server.admin.patch(`${v1}/notes/${note.id}`, { body: "Likes tea with milk" });
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByRole("alert").getByText("Likes tea with milk").waitFor();
    assert.equal((await server.admin.get(`${v1}/notes/${note.id}`)).body.body, "Likes tea with milk");
    await intercept(page, /\/api\/v1\/notes\//, (route) => route.abort());
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByRole("alert").getByText("The server does not answer").waitFor();
    assert.equal(await text.inputValue(), "Likes coffee");
    await page.unroute(/\/api\/v1\/notes\//);
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.waitFor({ state: "detached" });
    await timelineOf(page).getByText("Likes coffee").waitFor();
    await change.and(page.locator(":focus")).waitFor();
    assert.equal((await server.admin.get(`${v1}/notes/${note.id}`)).body.body, "Likes coffee");

    await change.click();
    await text.fill("");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.getByText("a note needs text").waitFor();
    await form.getByRole("button", { name: "Cancel" }).click();
    await timelineOf(page).getByText("Likes coffee").waitFor();

    await timelineOf(page).getByRole("button", { name: "Change: Call" }).click();
    await form.getByLabel("About").fill("Coffee");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await timelineOf(page).getByText("Coffee", { exact: true }).waitFor();
    const { body: changed } = await server.admin.get(`${v1}/communications/${call.id}`);
    assert.deepEqual([changed.subject, changed.body], ["Coffee", "At five"]);
  });

  it("shows older entries on demand", async () => {
    const long = (await server.admin.post(`${v1}/people`, { last_name: "Long" }, { status: 201 })).body;
    for (let i = 0; i < 60; i++) await server.admin.post(`${v1}/notes`, { entity: "people", record_id: long.id, body: `Note ${i}.` }, { status: 201 });
    const page = await browser.signIn("user");
    await openPerson(page, long.id);
    await timelineOf(page).getByText("Note 59.").waitFor();
    assert.equal(await timelineOf(page).getByText("Note 0.").count(), 0);
    await timelineOf(page).getByRole("button", { name: "Show older" }).click();
    await timelineOf(page).getByText("Note 0.").waitFor();
  });

  it("is accessible in light, dark and on a phone, in both languages and directions", async () => {
    const noor = (await server.admin.post(`${v1}/people`,
      { first_name: "نور", last_name: "الدين", email: "nour@example.org", city: "القاهرة", tags: ["دعوة"] }, { status: 201 })).body;
    await server.admin.post(`${v1}/notes`, { entity: "people", record_id: noor.id, body: "تحب الآلات" }, { status: 201 });
    for (const [name, options] of Object.entries({ light: {}, dark, phone, german })) {
      const page = await browser.signIn("manager", options);
      await openPerson(page, noor.id);
      const title = page.getByRole("heading", { level: 1, name: "نور الدين" });
      assert.equal(await title.evaluate((element) => (globalThis as Json).getComputedStyle(element).direction), "rtl");
      await checkAccessible(page);
      await picture(page, `person-${name}`);
    }
  });

  it("gives out all that is known, and takes another record of the same person in", async () => {
    const other = (await server.admin.post(`${v1}/people`,
      { first_name: "A.", last_name: "Lovelace", phone: "+44 1", email: "al@example.org" }, { status: 201 })).body;
    const page = await browser.signIn("user");
    await openPerson(page, ada.id);
    await page.getByRole("button", { name: "More", exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Everything known about them" }).click()]);
    assert.equal(download.suggestedFilename(), `person-${ada.id}.json`);
    await page.getByRole("button", { name: "More", exact: true }).click();
    assert.equal(await page.getByRole("menuitem", { name: "Erase for good" }).count(), 0);
    await page.getByRole("menuitem", { name: "Merge with another person" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /A\. Lovelace/ }).click();
    await dialog.getByRole("cell", { name: "+44 1" }).waitFor();
    await checkAccessible(page);
    await picture(page, "person-merge");
    await dialog.getByRole("button", { name: "Take A. Lovelace in" }).click();
    await dialog.waitFor({ state: "hidden" });
    await section(page, "Properties").getByRole("button", { name: "Phone +44 1" }).waitFor();
    assert.equal((await now()).phone, "+44 1");
    await server.admin.get(`${v1}/people/${other.id}`, {}, { status: 404 });
  });

  it("is deleted, unless somebody changed it meanwhile", async () => {
    const gone = (await server.admin.post(`${v1}/people`, { last_name: "Gone" }, { status: 201 })).body;
    const user = await browser.signIn("user");
    await openPerson(user, gone.id);
    await user.getByRole("button", { name: "More", exact: true }).click();
    await user.getByRole("menuitem", { name: "Merge" }).waitFor();
    assert.equal(await user.getByRole("menuitem", { name: "Delete" }).count(), 0);
    const page = await browser.signIn("manager");
    browser.allow(/412|404/);
    await openPerson(page, gone.id);
    await server.admin.patch(`${v1}/people/${gone.id}`, { city: "Elsewhere" });
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete 1 person" }).click();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await server.admin.get(`${v1}/people/${gone.id}`);
    await page.reload();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete 1 person" }).click();
    await page.waitForURL("**/people");
    await server.admin.get(`${v1}/people/${gone.id}`, {}, { status: 404 });
    await page.goto(`/people/${gone.id}`);
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  });

  it("is erased by an administrator who types the name", async () => {
    const gone = (await server.admin.post(`${v1}/people`, { first_name: "Jane", last_name: "Doe", email: "jane@example.org" }, { status: 201 })).body;
    const page = await browser.signIn("administrator");
    browser.allow(/404/);
    await openPerson(page, gone.id);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Erase for good" }).click();
    const dialog = page.getByRole("dialog");
    await checkAccessible(page);
    await picture(page, "person-erase");
    assert.equal(await dialog.getByRole("button", { name: "Erase for good" }).isDisabled(), true);
    await dialog.getByLabel("Type “Jane Doe” to confirm").fill("Jane Doe");
    await dialog.getByRole("button", { name: "Erase for good" }).click();
    await page.waitForURL("**/people");
    await server.admin.get(`${v1}/people/${gone.id}`, {}, { status: 404 });
  });
});

describe("the mails of a person", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  const browser = useBrowser(server);
  let ann: Json;

  before(async () => {
    [ann] = await addPeople(server, ["ann@p.example"]);
    const group = await makeGroup(server, "All");
    const campaign = (await server.admin.post(`${v1}/campaigns`, {
      name: "Spring", group_id: group.id, subject: "*|FNAME|*, hello", from_name: "Example", from_email: "news@example.test", html: HTML,
    }, { status: 201 })).body;
    const { body } = await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 });
    await server.job(body.job_id);
    await isSent(server, campaign);
    const { body: outbox } = await server.admin.get(`${v1}/outbox`, { rcpt: "ann@p.example" });
    const { source } = (await server.admin.get(`${v1}/outbox/${outbox.items[0].id}`)).body;
    const click = hrefs((await parseMail(source)).html as string).find((link) => link.includes("/t/c/"))!;
    await server.anonymous.request("GET", new URL(click).pathname, undefined, { status: 302, headers: { "user-agent": "Firefox" } });
    await until("the click is pulled", async () => {
      const { body: happened } = await server.admin.get(`${v1}/people/${ann.id}/timeline`);
      return happened.items.some((entry: Json) => entry.status === "clicked");
    });
  });

  it("stand in the timeline with what was done with them, and open as they were sent", async () => {
    const page = await browser.signIn("user");
    browser.allow(/sandboxed/); // the script in the mail
    await openPerson(page, ann.id);
    await timelineOf(page).getByText("ann, hello").waitFor();
    await timelineOf(page).getByRole("button", { name: /clicked once/ }).click();
    await timelineOf(page).getByText("https://shop.example/a").waitFor();
    await picture(page, "person-mail-events");
    await timelineOf(page).getByRole("button", { name: "Show the mail" }).click();
    const dialog = page.getByRole("dialog", { name: "ann, hello" });
    const frame = dialog.frameLocator("iframe");
    await frame.getByText("Hello ann").waitFor();
    const width = async () => (await dialog.locator("iframe").boundingBox())!.width;
    assert.ok((await width()) > 500);
    await picture(page, "person-mail");
    await dialog.getByText("Phone", { exact: true }).click();
    await until("the frame is narrow", async () => (await width()) <= 375);
    await picture(page, "person-mail-phone");
    await dialog.getByText("Text", { exact: true }).click();
    await dialog.getByText(/Hello ann/).waitFor();
    assert.notEqual(await page.title(), "taken");
    // looking at it did nothing
    const { body } = await server.admin.get(`${v1}/people/${ann.id}`);
    assert.equal(body.opted_out, false);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.locator("button:focus", { hasText: "Show the mail" }).waitFor();
  });
});
