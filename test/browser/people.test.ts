/** The list of people: found, filtered, kept as views, changed many at once. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { runJob, until, useServer, type Json, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, phone, picture, textOf, useBrowser } from "./browser.js";

const v1 = "/api/v1";

interface Sample {
  first_name?: string;
  last_name?: string;
  email?: string;
  city?: string;
  tags?: string[];
}

const samples: Sample[] = [
  { first_name: "Ada", last_name: "Lovelace", email: "ada@example.org", city: "London", tags: ["Gold", "Press", "Board"] },
  { first_name: "Grace", last_name: "Hopper", email: "grace@example.org", city: "New York", tags: ["Gold"] },
  { first_name: "Jürg", last_name: "Müller", email: "juerg@example.org", city: "Bern" },
  { first_name: "نور", last_name: "الدين", email: "nour@example.org", city: "Cairo" },
  { first_name: "דוד", last_name: "כהן", email: "david@example.org", city: "Haifa" },
  { first_name: "伟", last_name: "王", email: "wei@example.org", city: "Chengdu" },
  { email: "info@example.org", city: "Bern" },
];

async function addSamples(server: Server): Promise<Json[]> {
  const company = (await server.admin.post(`${v1}/companies`, { name: "Analytical Engines Ltd" }, { status: 201 })).body;
  const all: Json[] = [];
  for (const sample of samples)
    all.push((await server.admin.post(`${v1}/people`,
      { ...sample, company_id: sample.first_name === "Ada" ? company.id : null }, { status: 201 })).body);
  return all;
}

/** A list with its rows, and nothing that loads. */
async function settled(page: Page): Promise<void> {
  await page.locator('table[aria-busy="false"]').waitFor();
}

async function openPeople(page: Page, search = ""): Promise<void> {
  await page.goto(`/people${search}`);
  await settled(page);
}

const rowOf = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });
const searchOf = (page: Page) => new URL(page.url()).searchParams;

/** Adds a filter by its editor. */
async function addFilter(page: Page, field: string, op: string, value?: string): Promise<void> {
  await page.getByRole("button", { name: "Add a filter" }).click();
  const editor = page.getByRole("dialog", { name: "Add a filter" });
  const fields = editor.getByRole("combobox", { name: "Field" });
  await fields.and(page.locator(":focus")).waitFor();
  assert.equal(await fields.getAttribute("aria-expanded"), "false", "the list opens when asked");
  await fields.fill(field);
  await page.getByRole("option", { name: field, exact: true }).click();
  await editor.getByRole("combobox", { name: "Condition" }).click();
  await page.getByRole("option", { name: op, exact: true }).click();
  if (value !== undefined) await editor.getByLabel("Value").fill(value);
  await editor.getByRole("button", { name: "Apply" }).click();
  await editor.waitFor({ state: "hidden" });
}

describe("the list of people", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let people: Json[];

  before(async () => {
    people = await addSamples(server);
  });

  it("is searched by words in any script, and its address shows the same to somebody else", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    await page.getByRole("status").getByText("7 people", { exact: true }).waitFor();
    await picture(page, "people-light");
    await page.keyboard.press("/");
    await page.keyboard.type("müll");
    await page.getByText("1 person with “müll”").waitFor();
    await rowOf(page, "Jürg Müller").waitFor();
    assert.equal(searchOf(page).get("q"), "müll");
    const other = await browser.signIn("user");
    await openPeople(other, new URL(page.url()).search);
    await rowOf(other, "Jürg Müller").waitFor();
    assert.equal(await other.getByRole("row").count(), 2);
    await page.getByRole("button", { name: "Clear the search" }).click();
    await page.getByRole("searchbox", { name: "Search people" }).fill("王");
    await rowOf(page, "王").waitFor();
    await page.getByRole("searchbox", { name: "Search people" }).fill("nobody like this");
    await page.getByRole("heading", { name: "Nobody fits" }).waitFor();
    await picture(page, "people-none-fits");
    await page.getByRole("button", { name: "Show everybody" }).click();
    await page.getByText("7 people", { exact: true }).waitFor();
  });

  it("shows what was asked for last, whenever answers come", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    let release: () => void = () => {};
    const held = new Promise<void>((done) => (release = done));
    await intercept(page, /\/api\/v1\/people\?.*q=ada/, async (route) => {
      await held;
      await route.continue().catch(() => {}); // it was given up meanwhile
    });
    const search = page.getByRole("searchbox", { name: "Search people" });
    const asked = page.waitForRequest(/q=ada/);
    await search.fill("ada");
    await asked;
    await search.fill("grace");
    await page.getByText("1 person with “grace”").waitFor();
    release();
    await rowOf(page, "Grace Hopper").waitFor();
    assert.equal(await rowOf(page, "Ada Lovelace").count(), 0);
  });

  it("is filtered by chips, which are changed and taken away", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    await addFilter(page, "City", "is", "bern");
    await page.getByText("2 people fit the filter").waitFor();
    assert.deepEqual(JSON.parse(searchOf(page).get("filter")!), { match: "all", conditions: [{ field: "city", op: "is", value: "bern" }] });
    await addFilter(page, "First name", "begins with", "jü");
    await page.getByText("1 person fits the filter").waitFor();
    await checkAccessible(page);
    await picture(page, "people-filter");
    await page.getByRole("button", { name: "City is bern" }).click();
    const editor = page.getByRole("dialog", { name: "City is bern" });
    await checkAccessible(page);
    await picture(page, "people-filter-editor");
    await editor.getByLabel("Value").fill("Basel");
    await editor.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Nobody fits" }).waitFor();
    await page.getByRole("button", { name: "Remove this filter" }).first().click();
    await page.getByText("1 person fits the filter").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Nobody fits" }).waitFor();
  });

  it("is filtered by mail status, which a phone's cards show, too", async () => {
    const { body: otto } = await server.admin.post(`${v1}/people`,
      { first_name: "Otto", last_name: "Out", email: "otto@example.org", opted_out: true }, { status: 201 });
    const page = await browser.signIn("user");
    await openPeople(page);
    await page.getByRole("button", { name: "Add a filter" }).click();
    const editor = page.getByRole("dialog", { name: "Add a filter" });
    await editor.getByRole("combobox", { name: "Field" }).fill("Mail status");
    await page.getByRole("option", { name: "Mail status", exact: true }).click();
    await editor.getByRole("combobox", { name: "Value" }).click();
    await picture(page, "people-filter-mail-status");
    await page.getByRole("option", { name: "Opted out", exact: true }).click();
    await editor.getByRole("button", { name: "Apply" }).click();
    await page.getByText("1 person fits the filter").waitFor();
    await page.getByRole("button", { name: "Mail status is Opted out" }).waitFor();
    const filter = searchOf(page).get("filter")!;
    assert.deepEqual(JSON.parse(filter).conditions, [{ field: "mail_status", op: "is", value: "opted_out" }]);
    assert.deepEqual((await server.admin.get(`${v1}/people`, { filter })).body.items.map((one: Json) => one.id), [otto.id]);
    const small = await browser.signIn("user", phone);
    await openPeople(small);
    await rowOf(small, "Otto Out").getByText("Opted out").waitFor();
    await rowOf(small, "Ada Lovelace").getByText("No consent noted", { exact: true }).waitFor();
    await checkAccessible(small);
    await picture(small, "people-status-phone");
    await server.admin.delete(`${v1}/people/${otto.id}`, { status: 204 });
  });

  it("says what is wrong with a filter in its address, and how to go on", async () => {
    const page = await browser.signIn("user");
    browser.allow(/400/);
    const filter = encodeURIComponent(JSON.stringify({ match: "all", conditions: [{ field: "shoe", op: "is", value: 1 }] }));
    await page.goto(`/people?filter=${filter}`);
    await page.getByRole("alert").getByText("The list could not be loaded").waitFor();
    await page.getByRole("button", { name: "Remove this filter" }).click();
    await page.getByText("7 people", { exact: true }).waitFor();
  });

  it("is sorted by its heads, and shows the columns that somebody chose", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    const head = page.getByRole("columnheader", { name: "Name" });
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await head.getByRole("button").click();
    await page.waitForURL(/sort=-name/);
    await settled(page);
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    const { body } = await server.admin.get(`${v1}/people`, { sort: "-name" });
    const ids = await page.locator("tr[data-row]").evaluateAll((rows) => rows.map((row) => Number((row as never as { dataset: { row: string } }).dataset.row)));
    assert.deepEqual(ids, body.items.map((person: Json) => person.id));
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "City" }).check();
    await page.getByRole("checkbox", { name: "Changed" }).uncheck();
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("columnheader", { name: "City" }).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Changed" }).count(), 0);
  });

  it("keeps what is shown when the connection is lost, and goes on", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    browser.allow(/ERR_/);
    await intercept(page, /\/api\/v1\/people\?/, (route) => route.abort());
    await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    await rowOf(page, "Ada Lovelace").waitFor();
    await picture(page, "people-lost");
    await page.unroute(/\/api\/v1\/people\?/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await settled(page);
  });

  it("is walked by keyboard alone: to a record, and back to its row", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    await page.keyboard.press("/");
    await page.keyboard.type("example.org");
    await page.getByText("7 people with “example.org”").waitFor();
    for (let i = 0; !(await page.locator("tr[data-row]:focus").count()); i++) {
      assert.ok(i < 40, "Tab leads to the rows");
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.getByText("1 selected", { exact: true }).waitFor();
    const row = page.locator("tr[data-row]:focus");
    const id = await row.getAttribute("data-row");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/people/${id}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.goBack();
    await page.locator(`tr[data-row="${id}"]:focus`).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    assert.equal(await page.locator("tr[data-row]:focus").getAttribute("aria-rowindex"), "2");
  });

  it("shows names from right to left, in English and in German", async () => {
    const page = await browser.signIn("user", german);
    await openPeople(page);
    await page.getByText("7 Personen", { exact: true }).waitFor();
    for (const name of ["نور الدين", "דוד כהן"]) {
      const link = page.getByRole("link", { name });
      assert.equal(await link.evaluate((element) => (globalThis as Json).getComputedStyle(element).direction), "rtl", name);
    }
    await page.getByRole("button", { name: "Filter hinzufügen" }).click();
    await page.getByRole("dialog", { name: "Filter hinzufügen" }).waitFor();
    await picture(page, "people-german");
  });

  it("is accessible in light, dark and on a phone", async () => {
    for (const [name, options] of Object.entries({ light: {}, dark, phone })) {
      const page = await browser.signIn("manager", options);
      await openPeople(page);
      await rowOf(page, "Ada Lovelace").waitFor();
      await checkAccessible(page);
      await picture(page, `people-${name}`);
      await page.getByRole("checkbox", { name: "Select Ada Lovelace" }).check();
      await checkAccessible(page);
      await picture(page, `people-selected-${name}`);
    }
  });

  it("is sorted on a phone, by keyboard too", async () => {
    const page = await browser.signIn("user", phone);
    await openPeople(page);
    const names = () => page.getByRole("row").getByRole("link").allTextContents();
    const menu = page.getByRole("button", { name: /Sorted by Name\s*Ascending/ });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await checkAccessible(page);
    await picture(page, "people-sort-phone");
    await page.getByRole("menuitemradio", { name: "Descending" }).press("Enter");
    await page.keyboard.press("Escape"); // it stays open: column and order may both be chosen
    const down = page.getByRole("button", { name: /Sorted by Name\s*Descending/ });
    await down.and(page.locator(":focus")).waitFor();
    await page.waitForURL(/sort=-name/);
    const wanted = (await server.admin.get(`${v1}/people`, { sort: "-name", limit: "3" })).body.items;
    await until("the list is in that order", async () => (await names())[0]?.includes(wanted[0].last_name));
    await down.click();
    await page.getByRole("menuitemradio", { name: "Changed" }).click();
    await page.getByRole("button", { name: /Sorted by Changed\s*Descending/ }).waitFor();
    await page.waitForURL(/sort=-updated_at/);
  });

  it("exports what is shown", async () => {
    const page = await browser.signIn("user");
    await openPeople(page, "?q=hopper");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
    const text = await textOf(download);
    assert.match(text, /grace@example\.org/);
    assert.equal(text.charCodeAt(0), 0xfeff, "Excel opens it as UTF-8");
    assert.equal(text.trim().split("\n").length, 2);
  });

  it("exports who agreed and the kind of an address, and knows it again", async () => {
    const { body: made } = await server.admin.post(`${v1}/people`, {
      first_name: "Exa", last_name: "Ported", opted_out: true, reason: "asked by phone: no e-mail",
      emails: [{ address: "exa@example.org", type: "home", primary: true }, { address: "exa@work.example" }],
    }, { status: 201 });
    await server.admin.patch(`${v1}/people/${made.id}`, { opted_out: false, reason: "card at the fair" });
    const page = await browser.signIn("user", german);
    await openPeople(page, "?q=ported");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
    const text = (await textOf(download)).slice(1);
    const delimiter = text.includes("Vorname;") ? ";" : ",";
    const [heads, cells] = text.trim().split(/\r?\n/).map((row) => row.split(delimiter));
    const cell = (head: string) => cells[heads.indexOf(head)];
    assert.equal(cell("Art der Adresse"), "privat");
    assert.equal(cell("Weitere Adressen"), "exa@work.example (beruflich)");
    assert.equal(cell("Einwilligung: Status"), "Darf E-Mails bekommen");
    assert.match(cell("Einwilligung: wann"), /^20\d\d-/);
    assert.ok(cell("Einwilligung: wie") && cell("Einwilligung: wer") !== undefined);
    assert.equal(cell("Einwilligung: Grund"), "card at the fair");
    const { body: looked } = await server.admin.post(`${v1}/imports/look`, text,
      { headers: { "content-type": "text/csv" } });
    assert.deepEqual(looked.questions, []);
    const by = (column: string) => looked.columns.find((one: { column: string }) => one.column === column);
    assert.equal(by("Art der Adresse").field, "email_type");
    assert.equal(by("Einwilligung: Status").consent, "status");
    await server.admin.delete(`${v1}/people/${made.id}`, { status: 204 });
  });

  it("gains a person; the server's words stand at the fields", async () => {
    const page = await browser.signIn("user");
    await openPeople(page);
    browser.allow(/400/);
    browser.allow(/ERR_/);
    await page.getByRole("button", { name: "New person" }).click();
    const dialog = page.getByRole("dialog", { name: "New person" });
    await dialog.getByLabel("First name").fill("Emmy");
    await dialog.getByLabel("Last name").fill("Noether");
    await dialog.getByLabel("E-mail").fill("emmy at example");
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.locator("input[type=email][aria-invalid=true]").waitFor();
    await checkAccessible(page);
    await picture(page, "people-new");
    await dialog.getByLabel("E-mail").fill("emmy@example.org");
    await intercept(page, /\/api\/v1\/people$/, (route) => route.abort());
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.getByRole("alert").getByText("Nothing was lost").waitFor();
    await page.unroute(/\/api\/v1\/people$/);
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Emmy Noether" }).waitFor();
    const { body } = await server.admin.get(`${v1}/people`, { email: "emmy@example.org" });
    assert.equal(body.total, 1);
    assert.equal(body.items[0].last_name, "Noether");
    await server.admin.delete(`${v1}/people/${body.items[0].id}`, { status: 204 });
  });

  it("tells who has an address already, and that it was opted out, before a person is made", async () => {
    const { body: otto } = await server.admin.post(`${v1}/people`,
      { first_name: "Otto", email: "otto@example.org", opted_out: true, reason: "by phone" }, { status: 201 });
    const page = await browser.signIn("user");
    await openPeople(page);
    await page.getByRole("button", { name: "New person" }).click();
    const dialog = page.getByRole("dialog", { name: "New person" });
    await dialog.getByLabel("First name").fill("Olga");
    await dialog.getByLabel("E-mail").fill("OTTO@example.org");
    await dialog.getByText("Somebody has this address already:").waitFor();
    await dialog.getByText("the new person will be opted out, too").waitFor();
    assert.equal(await dialog.getByRole("link", { name: "Otto" }).getAttribute("href"), `/people/${otto.id}`);
    await checkAccessible(page);
    await picture(page, "people-new-known-address");
    await dialog.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Olga" }).waitFor();
    await page.getByText("Also the address of").waitFor();
    await page.getByRole("link", { name: "Otto" }).waitFor();
    const { body } = await server.admin.get(`${v1}/people`, { email: "otto@example.org" });
    assert.deepEqual(body.items.map((one: Json) => [one.first_name, one.opted_out]).sort(), [["Olga", true], ["Otto", true]]);
    for (const { id } of body.items) await server.admin.delete(`${v1}/people/${id}`, { status: 204 });
  });

  it("is ready for who has nobody yet", async () => {
    assert.equal(people.length, 7);
    const page = await browser.signIn("user");
    await intercept(page, /\/api\/v1\/people\?/, (route) => route.fulfill({ json: { items: [], total: 0, next: null } }));
    await page.goto("/people");
    await page.getByRole("heading", { name: "Nobody is here yet" }).waitFor();
    await checkAccessible(page);
    await picture(page, "people-empty");
  });
});

describe("views of people", () => {
  const server = useServer();
  const browser = useBrowser(server);

  before(() => addSamples(server));

  const viewsOf = async (name: string): Promise<Json[]> =>
    (await server.admin.get(`${v1}/views`, { entity: "people" })).body.items.filter((view: Json) => view.name === name);
  const menu = (page: Page, button: string | RegExp) => page.getByRole("button", { name: button });

  it("are saved, found by others, changed, and taken away", async () => {
    const page = await browser.signIn("user");
    browser.allow(/40[49]|412/);
    await openPeople(page);
    await addFilter(page, "City", "is", "Bern");
    await menu(page, "All people").click();
    await checkAccessible(page);
    await page.getByRole("menuitem", { name: "Save as a new view" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name of the view").fill("From Bern");
    await dialog.getByLabel("Everybody may see it").check({ force: true });
    await picture(page, "people-view-new");
    await dialog.getByRole("button", { name: "Save as a new view" }).click();
    await page.waitForURL(/view=\d+$/);
    await menu(page, "From Bern").waitFor();
    const [made] = await viewsOf("From Bern");
    assert.deepEqual(made.filter.conditions, [{ field: "city", op: "is", value: "Bern" }]);
    assert.equal(made.shared, true);

    // a name that is taken
    await menu(page, "From Bern").click();
    await page.getByRole("menuitem", { name: "Save as a new view" }).click();
    await dialog.getByLabel("Name of the view").fill("from bern");
    await dialog.getByRole("button", { name: "Save as a new view" }).click();
    await dialog.getByText("You have a view of that name").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();

    // somebody else opens it by its address, and may not change it
    const other = await browser.signIn("user");
    await openPeople(other, `?view=${made.id}`);
    await other.getByText("2 people fit the filter").waitFor();
    await menu(other, "From Bern").click();
    await other.getByRole("menuitem", { name: "From Bern" }).waitFor();
    assert.equal(await other.getByRole("menuitem", { name: "Delete the view" }).count(), 0);

    // an administrator changes it while its owner does
    await addFilter(page, "Last name", "is not empty");
    await server.admin.patch(`${v1}/views/${made.id}`, { sort: "-name" });
    await menu(page, "From Bern (changed)").click();
    await page.getByRole("menuitem", { name: "Save the changes" }).click();
    await dialog.getByRole("button", { name: "Save the view" }).click();
    await dialog.getByText("Somebody has changed this view meanwhile").waitFor();
    await picture(page, "people-view-meanwhile");
    assert.equal((await viewsOf("From Bern"))[0].sort, "-name");
    await dialog.getByRole("button", { name: "Save mine anyway" }).click();
    await dialog.waitFor({ state: "hidden" });
    const [saved] = await viewsOf("From Bern");
    assert.equal(saved.filter.conditions.length, 2);

    await menu(page, "From Bern").click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await dialog.getByLabel("Name of the view").fill("Bern, with names");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await menu(page, "Bern, with names").click();
    await page.getByRole("menuitem", { name: "Stop sharing" }).click();
    await dialog.getByRole("button", { name: "Stop sharing" }).click();
    await dialog.waitFor({ state: "hidden" });
    await other.reload();
    await other.getByRole("alert").getByText("This view cannot be opened").waitFor();
    await other.getByText("7 people", { exact: true }).waitFor();
    await menu(page, "Bern, with names").click();
    await page.getByRole("menuitem", { name: "Delete the view" }).click();
    await dialog.getByRole("button", { name: "Delete the view" }).click();
    await menu(page, "All people").waitFor();
    assert.deepEqual(await viewsOf("Bern, with names"), []);
  });

  it("that cannot be saved for a lost connection are saved afterwards", async () => {
    const page = await browser.signIn("user");
    browser.allow(/ERR_/);
    await openPeople(page, "?q=ada");
    await menu(page, "All people").click();
    await page.getByRole("menuitem", { name: "Save as a new view" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name of the view").fill("Ada");
    await dialog.getByLabel("Everybody may see it").check({ force: true });
    await intercept(page, /\/api\/v1\/views$/, (route) => route.abort());
    await dialog.getByRole("button", { name: "Save as a new view" }).click();
    await dialog.getByRole("alert").getByText("The server does not answer").waitFor();
    await page.unroute(/\/api\/v1\/views$/);
    await dialog.getByRole("button", { name: "Save as a new view" }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.equal((await viewsOf("Ada"))[0].q, "ada");
  });
});

describe("many people at once", () => {
  const server = useServer();
  const browser = useBrowser(server);

  before(() => addSamples(server));

  const dialogOf = (page: Page) => page.getByRole("dialog");
  const withTag = async (tag: string): Promise<string[]> =>
    (await server.admin.get(`${v1}/people`, { tag, sort: "id" })).body.items.map((person: Json) => person.email);

  async function select(page: Page, ...names: string[]): Promise<void> {
    for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  }

  it("get a tag, and lose it", async () => {
    const page = await browser.signIn("user");
    browser.allow(/ERR_/);
    await openPeople(page);
    await select(page, "Ada Lovelace", "Grace Hopper");
    await page.getByRole("button", { name: "Add a tag" }).click();
    await dialogOf(page).getByLabel("Tag", { exact: true }).fill("Invited");
    await page.keyboard.press("Escape"); // the list of tags
    await dialogOf(page).waitFor();
    await checkAccessible(page);
    await picture(page, "people-bulk-tag");
    await intercept(page, /\/people\/bulk$/, (route) => route.abort());
    await dialogOf(page).getByRole("button", { name: "Tag 2 people" }).click();
    await dialogOf(page).getByRole("alert").getByText("The server does not answer").waitFor();
    await page.unroute(/\/people\/bulk$/);
    await dialogOf(page).getByRole("button", { name: "Tag 2 people" }).click();
    await page.getByRole("region", { name: "Change of many people" }).getByText("2 changed").waitFor();
    await picture(page, "people-bulk-result");
    await checkAccessible(page);
    assert.deepEqual(await withTag("Invited"), ["ada@example.org", "grace@example.org"]);
    await page.getByRole("region", { name: "Change of many people" }).getByRole("button", { name: "Undo" }).click();
    await until("the tag is taken back", async () => (await withTag("Invited")).length === 0);
    const both = (await server.admin.get(`${v1}/people`, { sort: "id", limit: "2" })).body.items.map((one: Json) => one.id);
    await runJob(server, `${v1}/people/bulk`, { ids: both, act: "tag", tag: "Invited", expected: 2 });
    // found again by its address
    await page.reload();
    await page.getByRole("region", { name: "Change of many people" }).getByText("2 changed").waitFor();
    await page.getByRole("region", { name: "Change of many people" }).getByRole("button", { name: "Close" }).click();
    await page.getByRole("checkbox", { name: "Select all rows that are loaded" }).check();
    await page.getByRole("button", { name: "Remove a tag" }).click();
    await dialogOf(page).getByLabel("Tag", { exact: true }).fill("invite");
    await dialogOf(page).getByText("No tag is called “invite”.").waitFor();
    await page.getByRole("option", { name: "Invited" }).click();
    await dialogOf(page).getByRole("button", { name: "Remove it from 7 people" }).click();
    await page.getByText("5 were so already").waitFor();
    assert.deepEqual(await withTag("Invited"), []);
  });

  it("come into a group, which only marketing is offered", async () => {
    const user = await browser.signIn("user");
    await openPeople(user);
    await select(user, "Ada Lovelace");
    await user.getByRole("button", { name: "Opt out" }).waitFor();
    assert.equal(await user.getByRole("group", { name: "What to do with them" }).getByRole("button", { name: "Delete" }).count(), 0);
    assert.equal(await user.getByRole("button", { name: "Add to a group" }).count(), 0);
    const page = await browser.signIn("manager");
    browser.allow(/409/);
    await server.admin.post(`${v1}/groups`, { name: "Speakers", entity: "people", kind: "dynamic", criteria: { conditions: [] } });
    await openPeople(page);
    await select(page, "Ada Lovelace", "Jürg Müller");
    await page.getByRole("button", { name: "Add to a group" }).click();
    await dialogOf(page).getByLabel("Group", { exact: true }).fill("Speakers");
    await page.keyboard.press("Enter");
    await dialogOf(page).getByText("There is a group of that name").waitFor();
    await dialogOf(page).getByLabel("Group", { exact: true }).fill("Guests");
    await dialogOf(page).getByText("“Guests” is new: the group is made.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("2 changed").waitFor();
    const group = (await server.admin.get(`${v1}/groups`, { q: "Guests", count: true })).body.items[0];
    const members = (await server.admin.get(`${v1}/groups/${group.id}/members`)).body.items;
    assert.deepEqual(members.map((person: Json) => person.email).sort(), ["ada@example.org", "juerg@example.org"]);
    assert.equal(await page.getByRole("region", { name: "Change of many people" }).getByRole("button", { name: "Undo" }).count(), 0);
  });

  it("are opted out with a ground, unless there are more than somebody saw", async () => {
    const rows = Array.from({ length: 120 }, (_row, i) => `Uri${i},Altdorf,uri${i}@example.org`);
    await runJob(server, `${v1}/imports`, ["First name,City,E-mail", ...rows].join("\r\n"), { headers: { "content-type": "text/csv" } });
    const page = await browser.signIn("user");
    browser.allow(/409/);
    await openPeople(page);
    await addFilter(page, "City", "is", "Altdorf");
    await page.getByText("120 people fit the filter").waitFor();
    await page.getByRole("checkbox", { name: "Select all rows that are loaded" }).check();
    await page.getByRole("button", { name: "Select all 120 that fit" }).click();
    await page.getByText("120 selected", { exact: true }).waitFor();
    await page.getByRole("group", { name: "What to do with them" }).getByRole("button", { name: "Opt out" }).click();
    const dialog = dialogOf(page);
    assert.equal(await dialog.getByRole("button", { name: "Opt 120 people out" }).isDisabled(), true);
    await dialog.getByLabel("Reason").fill("asked by letter");
    // more than a screenful is confirmed by its number
    assert.equal(await dialog.getByRole("button", { name: "Opt 120 people out" }).isDisabled(), true);
    await dialog.getByLabel("Type 120 to confirm").fill("120");
    // while this user decides, another one adds somebody
    await server.admin.post(`${v1}/people`, { first_name: "New", city: "Altdorf", email: "new@example.org" }, { status: 201 });
    await dialog.getByRole("button", { name: "Opt 120 people out" }).click();
    await dialog.getByText("Their number has changed; nothing was done").waitFor();
    assert.equal((await server.admin.get(`${v1}/people`, { opted_out: true })).body.total, 0);
    await dialog.getByRole("button", { name: "Look again" }).click();
    await dialog.getByText("There is 1 more than you saw: 121 now.").waitFor();
    await picture(page, "people-bulk-more");
    await dialog.getByLabel("Type 121 to confirm").fill("121");
    await dialog.getByRole("button", { name: "Opt 121 people out" }).click();
    await page.getByText("121 changed").waitFor();
    const { body } = await server.admin.get(`${v1}/people`, { opted_out: true });
    assert.equal(body.total, 121);
    const [consent] = (await server.admin.get(`${v1}/people/${body.items[0].id}/consent`)).body.items;
    assert.deepEqual([consent.state, consent.reason], ["opted_out", "asked by letter"]);
  });

  it("are deleted, with their number in the button; who was changed meanwhile is told", async () => {
    const page = await browser.signIn("manager");
    const doomed: Json[] = [];
    for (let i = 0; i < 3; i++)
      doomed.push((await server.admin.post(`${v1}/people`, { first_name: `Gone${i}`, last_name: "Soon", email: `gone${i}@example.org` }, { status: 201 })).body);
    await openPeople(page, "?q=soon");
    await page.getByText("3 people with “soon”").waitFor();
    await page.getByRole("checkbox", { name: "Select all rows that are loaded" }).check();
    await server.admin.delete(`${v1}/people/${doomed[0].id}`, { status: 204 });
    await page.getByRole("group", { name: "What to do with them" }).getByRole("button", { name: "Delete" }).click();
    await picture(page, "people-bulk-delete");
    await dialogOf(page).getByRole("button", { name: "Delete 3 people" }).click();
    await page.getByText("2 changed").waitFor();
    assert.equal((await server.admin.get(`${v1}/people`, { q: "soon" })).body.total, 0);
    await page.getByRole("heading", { name: "Nobody fits" }).waitFor();
  });

  it("that were refused are told with the reason, and open", async () => {
    const { body } = await server.admin.get(`${v1}/people`, { email: "ada@example.org" });
    const ada: Json = body.items[0];
    const page = await browser.signIn("user");
    const at = new Date().toISOString();
    await intercept(page, /\/api\/v1\/jobs\/7$/, (route) => route.fulfill({ json: {
      id: 7, kind: "bulk", state: "done", done: 3, total: 3, error: null, attempts: 1, created_at: at, started_at: at, finished_at: at,
      result: { changed: 2, unchanged: 0, refused: [{ id: ada.id, why: "has too many tags" }], refused_count: 1 },
    } }));
    await openPeople(page, "?job=7");
    await page.getByRole("button", { name: "1 refused" }).click();
    const region = page.getByRole("region", { name: "Change of many people" });
    await region.getByText("has too many tags").waitFor();
    await checkAccessible(page);
    await picture(page, "people-bulk-refused");
    await region.getByRole("link", { name: "Ada Lovelace" }).click();
    await page.waitForURL(`**/people/${ada.id}`);
  });
});

/** So many, that no list may notice. */
const MANY = 100_000;
/** A screen answers within a second on a machine that does nothing else. */
const DEADLINE_MS = 10 * 1000;

describe("a hundred thousand people", () => {
  const server = useServer();
  const browser = useBrowser(server);

  before(async () => {
    const rows = Array.from({ length: MANY }, (_row, i) => `First${i % 977},Last${i % 7919},person${i}@example.org,City${i % 50}`);
    await runJob(server, `${v1}/imports`, ["First name,Last name,E-mail,City", ...rows].join("\r\n"), { headers: { "content-type": "text/csv" } });
  });

  /** From the click to the first row, as the page itself measures it. */
  async function timed(page: Page, what: string, act: () => Promise<unknown>, isThere: () => Promise<unknown>): Promise<void> {
    const started = performance.now();
    await act();
    await isThere();
    const took = Math.round(performance.now() - started);
    console.log(`# ${MANY} people, ${what}: ${took} ms`);
    assert.ok(took < DEADLINE_MS, `${what} took ${took} ms`);
    await settled(page);
  }

  it("are on screen at once, searched, filtered, sorted, and scrolled to the most that is held", async () => {
    const page = await browser.signIn("manager");
    await page.goto("/profile");
    await page.getByRole("heading", { level: 1 }).waitFor();
    const first = page.locator("tr[data-row]").first();
    await timed(page, "the list", () => page.getByRole("link", { name: "People" }).click(), () => first.waitFor());
    await page.getByText("100,000 people", { exact: true }).waitFor();
    await timed(page, "sorted backwards", () => page.getByRole("columnheader", { name: "Name" }).getByRole("button").click(),
      () => rowOf(page, "Last999").first().waitFor());
    await timed(page, "searched by part of an address", () => page.getByRole("searchbox", { name: "Search people" }).fill("person31415@"),
      () => page.getByText("1 person with “person31415@”").waitFor());
    await page.getByRole("searchbox", { name: "Search people" }).fill("");
    await page.getByText("100,000 people", { exact: true }).waitFor();
    await settled(page);
    // all the way down: what is held has an end, and few rows are ever made
    await first.focus();
    const held = page.getByText("The first 5,000 are shown.");
    while (!(await held.count())) {
      await page.keyboard.press("End");
      await page.locator("tr[data-row]:focus").waitFor();
      assert.ok((await page.locator("tr[data-row]").count()) < 120);
    }
    await page.keyboard.press("End");
    assert.equal(await page.locator("tr[data-row]:focus").getAttribute("aria-rowindex"), "5001");
    await picture(page, "people-many");
    await page.getByRole("checkbox", { name: "Select all rows that are loaded" }).check();
    await page.getByRole("button", { name: "Select all 100,000 that fit" }).click();
    await page.getByRole("group", { name: "What to do with them" }).getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    const act = dialog.getByRole("button", { name: "Delete 100,000 people" });
    assert.equal(await act.isDisabled(), true);
    await dialog.getByLabel("Type 100,000 to confirm").fill("100000");
    assert.equal(await act.isEnabled(), true);
    await checkAccessible(page);
    await picture(page, "people-many-delete");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Add a tag" }).click();
    await dialog.getByLabel("Tag", { exact: true }).fill("Everybody");
    await dialog.getByRole("button", { name: "Tag 100,000 people" }).click();
    const region = page.getByRole("region", { name: "Change of many people" });
    await region.getByText("You may leave this page").waitFor();
    await picture(page, "people-bulk-progress");
    // left, and found again above
    await page.goto("/profile");
    await page.getByRole("button", { name: "One job is running" }).click();
    await page.getByText("Change of many people").waitFor();
  });
});
