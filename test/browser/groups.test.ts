/** Groups: built from nested conditions, counted while they are built, saved, opened again, changed by two. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { useServer, type Json, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";

/** Two retailers and a bank; people in three countries, one of them tagged. */
async function addSamples(server: Server): Promise<void> {
  const companies = new Map<string, number>();
  for (const [name, industry] of [["Corner Shops", "Retail"], ["Market Hall", "Retail"], ["Old Bank", "Finance"]] as const)
    companies.set(name, (await server.admin.post(`${v1}/companies`, { name, industry }, { status: 201 })).body.id);
  const people = [
    ["Ana", "García", "Spain", "Corner Shops", []], ["Luis", "Pérez", "Spain", "Corner Shops", ["vip"]],
    ["Inês", "Sousa", "Portugal", "Market Hall", []], ["Rui", "Costa", "Portugal", "Old Bank", []],
    ["Eva", "Maier", "Austria", "Market Hall", []], ["دانة", "الخطيب", "Spain", "Market Hall", []],
  ] as const;
  for (const [index, [first_name, last_name, country, company, tags]] of people.entries())
    await server.admin.post(`${v1}/people`,
      { first_name, last_name, country, tags, company_id: companies.get(company), email: `person${index}@example.org` }, { status: 201 });
}

const is = (field: string, value: unknown) => ({ field, op: "is", value });
const all = (...conditions: Json[]) => ({ match: "all", conditions });
const any = (...conditions: Json[]) => ({ match: "any", conditions });
const notVip = { field: "tag", op: "not", value: "vip" };
/** Three levels; Ana, Inês and دانة fit. */
const iberian = all(any(is("country", "Spain"), all(is("country", "Portugal"), is("company.industry", "Retail"))), notVip);

const row = (page: Page, number: string) => page.getByRole("group", { name: `Condition ${number}`, exact: true });
const block = (page: Page, number: string) => page.getByRole("group", { name: `Block ${number}`, exact: true });
const nameOf = (page: Page) => page.getByLabel("Name", { exact: false }).first();
const panel = (page: Page) => page.getByRole("region", { name: "Right now" });
const fieldOf = (at: Locator) => at.getByRole("combobox", { name: "Field" });
const valueOf = (at: Locator) => at.getByLabel("Value").and(at.locator("input"));
/** Of a block, or of the whole: its own, not those of blocks in it. */
const adding = (at: Page | Locator, what: "condition" | "block" = "condition") => at.getByRole("button", { name: `Add a ${what}`, exact: true }).last();
const ofRow = (page: Page, number: string, act: string) => page.getByRole("button", { name: `Condition ${number}: ${act}` });

/** Fills a row that is there. */
async function fill(at: Locator, field: string, op: string, value?: string): Promise<void> {
  await fieldOf(at).fill(field);
  await at.getByRole("option", { name: field, exact: true }).click();
  await at.getByRole("combobox", { name: "Condition" }).click();
  await at.getByRole("option", { name: op, exact: true }).click();
  if (value !== undefined) await valueOf(at).fill(value);
}

/** The number is that of what stands there. */
async function counted(page: Page, words: string): Promise<void> {
  await panel(page).locator('[role="status"][aria-busy="false"]').getByText(words).waitFor();
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("heading", { name: "Conditions" }).waitFor();
}

const withFilter = (criteria: Json) => `/groups/new?filter=${encodeURIComponent(JSON.stringify(criteria))}`;
const focusedNow = (at: Locator) => at.evaluate((element) => element === element.ownerDocument.activeElement);

async function saved(page: Page): Promise<number> {
  await page.waitForURL(/\/groups\/\d+$/);
  return Number(/\d+$/.exec(page.url())![0]);
}

describe("a group", () => {
  const server = useServer();
  const browser = useBrowser(server);
  const groupOf = async (id: number): Promise<Json> => (await server.admin.get(`${v1}/groups/${id}`)).body;
  const make = async (body: Json): Promise<Json> => (await server.admin.post(`${v1}/groups`, body, { status: 201 })).body;

  before(() => addSamples(server));

  it("is built of three levels, counted as the server counts, saved, and opened exactly as it was", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    await counted(page, "6 people fit");
    await picture(page, "group-new");
    await checkAccessible(page);
    await nameOf(page).fill("Iberian retail");
    await ofRow(page, "1", "remove").click();
    await adding(page, "block").click();
    assert.ok(await focusedNow(fieldOf(row(page, "1.1"))), "where one goes on");
    await fill(row(page, "1.1"), "Country", "is", "Spain");
    await adding(block(page, "1"), "block").click();
    await fill(row(page, "1.2.1"), "Country", "is", "Portugal");
    await adding(block(page, "1.2")).click();
    await fieldOf(row(page, "1.2.2")).fill("industry");
    await page.getByRole("option", { name: "Company: industry" }).click();
    await valueOf(row(page, "1.2.2")).fill("Retail");
    await adding(page).click();
    await fill(row(page, "2"), "Tag", "is not", "vip");
    await page.keyboard.press("Escape");
    await counted(page, "3 people fit");
    await panel(page).getByText("دانة الخطيب").waitFor();
    const preview = await server.admin.post(`${v1}/groups/preview`, { entity: "people", criteria: iberian });
    assert.equal(preview.body.count, 3);
    await checkAccessible(page);
    await picture(page, "group-built");

    await page.getByRole("button", { name: "Create the group" }).click();
    const id = await saved(page);
    const group = await groupOf(id);
    assert.deepEqual(group.criteria, iberian);
    assert.equal(group.kind, "dynamic");
    assert.equal(group.count, 3);

    await open(page, `/groups/${id}/edit`);
    assert.equal(await valueOf(row(page, "1.2.2")).inputValue(), "Retail");
    assert.equal(await row(page, "2").getByRole("combobox", { name: "Condition" }).inputValue(), "is not");
    assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled(), "nothing is to be saved");
    await valueOf(row(page, "1.2.2")).fill("Finance");
    await counted(page, "3 people fit");
    await page.getByRole("button", { name: "Undo" }).click();
    assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled(), "it is as it was");
    await page.getByRole("button", { name: "Redo" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await saved(page);
    assert.equal((await groupOf(id)).criteria.conditions[0].conditions[1].conditions[1].value, "Finance");
  });

  it("is built, rearranged, undone and saved by keyboard alone", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await nameOf(page).focus();
    await page.keyboard.type("By keys");
    for (let i = 0; !(await focusedNow(fieldOf(row(page, "1")))); i++) {
      assert.ok(i < 20, "Tab leads to the first condition");
      await press("Tab");
    }
    await page.keyboard.type("country");
    await press("Enter", "Tab", "Tab");
    await page.keyboard.type("Spain");
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Spain");
    await press("Enter"); // ends no form
    await ofRow(page, "1", "copy or move").focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "Duplicate" }).waitFor();
    await press("Enter");
    await row(page, "2").waitFor();
    assert.ok(await focusedNow(fieldOf(row(page, "2"))), "on the copy");
    await press("Tab", "Tab", "Control+a");
    await page.keyboard.type("Portugal");

    // both into a block
    await ofRow(page, "1", "copy or move").focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "Move into a block" }).focus();
    await press("Enter");
    await row(page, "1.1").waitFor();
    assert.ok(await focusedNow(ofRow(page, "1.1", "copy or move")), "with what was moved");
    await ofRow(page, "2", "copy or move").focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "Move into a block" }).focus();
    await press("Enter");
    await row(page, "1.2").waitFor();
    await counted(page, "5 people fit");
    await ofRow(page, "1.2", "copy or move").focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "Move up" }).focus();
    await press("Enter");
    assert.equal(await valueOf(row(page, "1.1")).inputValue(), "Portugal");

    // away, and back
    await ofRow(page, "1.1", "remove").focus();
    await press("Enter");
    await row(page, "1.2").waitFor({ state: "detached" });
    assert.ok(await focusedNow(fieldOf(row(page, "1.1"))), "on the one that is left");
    await press("Control+z");
    await row(page, "1.2").waitFor();
    await press("Control+Shift+z");
    await row(page, "1.2").waitFor({ state: "detached" });
    await press("Control+z");
    await page.getByRole("status").filter({ hasText: "Taken back" }).waitFor();
    await page.getByRole("button", { name: "Create the group" }).focus();
    await press("Enter");
    assert.deepEqual((await groupOf(await saved(page))).criteria, all(any(is("country", "Portugal"), is("country", "Spain"))));
  });

  it("marks what is not finished when it is saved, not before", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    await panel(page).getByText("One condition is not finished yet").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 0);
    await page.getByRole("button", { name: "Create the group" }).click();
    await page.getByText("A group needs a name").waitFor();
    await row(page, "1").getByText("Choose a field, or remove this condition").waitFor();
    assert.ok(await focusedNow(nameOf(page)), "what is missing first");
    await checkAccessible(page);
    await picture(page, "group-unfinished");
    await nameOf(page).fill("Everybody in Austria");
    await fill(row(page, "1"), "Country", "is");
    await page.getByRole("button", { name: "Create the group" }).click();
    await row(page, "1").getByText("A value is missing").waitFor();
    assert.ok(await focusedNow(valueOf(row(page, "1"))), "where something is missing");
    await valueOf(row(page, "1")).fill("Austria");
    assert.equal(await page.locator("[aria-invalid=true]").count(), 0);
    await page.getByRole("button", { name: "Create the group" }).click();
    assert.equal((await groupOf(await saved(page))).count, 1);
  });

  it("says at the very row what the server refuses, and keeps what nobody knows", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400|404|409/);
    await open(page, withFilter(all(is("country", "Spain"), any(is("city", "Bern"), is("company_id", 999_999)), is("shoe", 42))));
    await panel(page).getByRole("alert").waitFor();
    await row(page, "3").getByText("shoe is 42").waitFor();
    await nameOf(page).fill("Refused");
    await page.getByRole("button", { name: "Create the group" }).click();
    await row(page, "2.2").locator("[aria-invalid=true]").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 1);
    await page.getByText("A condition cannot be used as it is", { exact: false }).waitFor();
    await checkAccessible(page);
    await picture(page, "group-refused");
    await ofRow(page, "2.2", "remove").click();
    await page.getByRole("button", { name: "Create the group" }).click();
    await row(page, "3").getByRole("alert").waitFor();
    await ofRow(page, "3", "remove").click();

    // a name that is taken
    await make({ name: "Refused", kind: "static" });
    await page.getByRole("button", { name: "Create the group" }).click();
    await page.getByRole("alert").getByText("has that name already", { exact: false }).waitFor();
    await nameOf(page).fill("Refused no more");
    await page.getByRole("button", { name: "Create the group" }).click();
    assert.deepEqual((await groupOf(await saved(page))).criteria, all(is("country", "Spain"), any(is("city", "Bern"))));
  });

  it("keeps the last number while there is no connection, and loses nothing", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/ERR_/);
    await open(page, "/groups/new");
    await fill(row(page, "1"), "Country", "is", "Spain");
    await counted(page, "3 people fit");
    await page.context().setOffline(true);
    await valueOf(row(page, "1")).fill("Portugal");
    await panel(page).getByRole("alert").getByText("This number is from before.").waitFor();
    await panel(page).getByText("3 people fit").waitFor();
    await checkAccessible(page);
    await picture(page, "group-offline");
    await nameOf(page).fill("Portugal");
    await page.getByRole("button", { name: "Create the group" }).click();
    await page.getByText("The group was not saved").waitFor();
    await page.context().setOffline(false);
    await counted(page, "2 people fit");
    await page.getByRole("button", { name: "Create the group" }).click();
    assert.deepEqual((await groupOf(await saved(page))).criteria, all(is("country", "Portugal")));
  });

  it("shows the number of what was asked for last, whenever answers come", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    let release: () => void = () => {};
    const held = new Promise<void>((done) => (release = done));
    await intercept(page, /\/groups\/preview$/, async (route) => {
      if (route.request().postData()!.includes("Spain")) await held;
      await route.continue().catch(() => {}); // it was given up meanwhile
    });
    await fill(row(page, "1"), "Country", "is");
    const asked = page.waitForRequest((request) => request.postData()?.includes("Spain") ?? false);
    await valueOf(row(page, "1")).fill("Spain");
    await asked;
    await valueOf(row(page, "1")).fill("Portugal");
    await counted(page, "2 people fit");
    release();
    await counted(page, "2 people fit");
    await panel(page).getByText("Inês Sousa").waitFor();
  });

  it("is changed by two: theirs is not overwritten, mine is not lost", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    const { id } = await make({ name: "Two", kind: "dynamic", criteria: all(is("country", "Spain")) });
    const mine = async (value: string) => {
      await open(page, `/groups/${id}/edit`);
      await valueOf(row(page, "1")).fill(value);
    };
    // another field: both are kept
    await mine("Portugal");
    await server.admin.patch(`${v1}/groups/${id}`, { name: "Two, renamed" });
    await page.getByRole("button", { name: "Save" }).click();
    await saved(page);
    const group = await groupOf(id);
    assert.deepEqual([group.name, group.criteria], ["Two, renamed", all(is("country", "Portugal"))]);

    // the same one: it is asked
    await mine("Austria");
    await server.admin.patch(`${v1}/groups/${id}`, { criteria: any(is("country", "Spain"), notVip) });
    await page.getByRole("button", { name: "Save" }).click();
    const meeting = page.getByRole("alert").filter({ hasText: "Somebody else has saved meanwhile" });
    await meeting.getByText("Country is Spain or Tag is not vip").waitFor();
    await meeting.getByText("Country is Austria").waitFor();
    await checkAccessible(page);
    await picture(page, "group-meeting");
    assert.equal((await groupOf(id)).criteria.match, "any", "theirs stands");
    await meeting.getByRole("button", { name: "Take what was saved" }).click();
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Spain");
    await row(page, "2").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Austria");
    await page.getByRole("button", { name: "Save" }).click();
    await saved(page);
    assert.deepEqual((await groupOf(id)).criteria, all(is("country", "Austria")));
  });

  it("is not left by mistake", async () => {
    const page = await browser.signIn("manager");
    await page.goto(`/people?filter=${encodeURIComponent(JSON.stringify(all(is("country", "Spain"))))}`);
    await page.getByRole("link", { name: "Make a group of these" }).click();
    await valueOf(row(page, "1")).fill("Portugal");
    await page.getByRole("link", { name: "People" }).first().click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay here" }).click();
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Portugal");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    await page.getByText("3 people fit the filter").waitFor();
  });

  it("may be a fixed list: of those who fit now, or empty", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    await nameOf(page).fill("Spain as it is");
    await page.getByRole("radio", { name: "Fixed list" }).check();
    await fill(row(page, "1"), "Country", "is", "Spain");
    await page.getByRole("radio", { name: "An empty list" }).check();
    await page.getByText("Nobody comes in by conditions").waitFor();
    await checkAccessible(page);
    await picture(page, "group-fixed");
    await page.getByRole("radio", { name: "Those who fit conditions now" }).check();
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Spain", "what was built is still there");
    await page.getByRole("button", { name: "Create the group" }).click();
    const filled = await groupOf(await saved(page));
    assert.deepEqual([filled.kind, filled.count, filled.criteria], ["static", 3, all(is("country", "Spain"))]);

    await page.goto("/groups/new");
    await nameOf(page).fill("Guests");
    await page.getByRole("radio", { name: "Fixed list" }).check();
    await page.getByRole("radio", { name: "An empty list" }).check();
    await page.getByRole("button", { name: "Create the group" }).click();
    const empty = await groupOf(await saved(page));
    assert.deepEqual([empty.kind, empty.count, empty.criteria], ["static", 0, null]);

    await open(page, `/groups/${filled.id}/edit`);
    await page.getByRole("radio", { name: "Only by hand" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await saved(page);
    assert.equal((await groupOf(filled.id)).criteria, null);
  });

  it("may be of companies or leads, by their own fields", async () => {
    const page = await browser.signIn("manager");
    await open(page, "/groups/new");
    await fill(row(page, "1"), "Country", "is", "Spain");
    await nameOf(page).fill("Companies");
    await page.getByText("Companies", { exact: true }).click();
    await fill(row(page, "1"), "Industry", "is", "Retail");
    await counted(page, "2 companies fit");
    await picture(page, "group-companies");
    await page.getByText("People", { exact: true }).last().click();
    assert.equal(await valueOf(row(page, "1")).inputValue(), "Spain", "each keeps its own");
    await page.getByText("Companies", { exact: true }).click();
    await page.getByRole("button", { name: "Create the group" }).click();
    const group = await groupOf(await saved(page));
    assert.equal(group.entity, "companies");
    assert.deepEqual(group.criteria, all(is("industry", "Retail")));
  });

  it("may ask who is in another group", async () => {
    const page = await browser.signIn("manager");
    const vips = await make({ name: "VIP club", entity: "people", kind: "dynamic", criteria: all(is("tag", "vip")) });
    await open(page, "/groups/new");
    await nameOf(page).fill("Spain without the club");
    await fill(row(page, "1"), "Country", "is", "Spain");
    await adding(page).click();
    await fill(row(page, "2"), "Group", "is not");
    await valueOf(row(page, "2")).fill("club");
    await page.getByRole("option", { name: "VIP club" }).click();
    await counted(page, "2 people fit");
    await page.getByRole("button", { name: "Create the group" }).click();
    const id = await saved(page);
    assert.deepEqual((await groupOf(id)).criteria, all(is("country", "Spain"), { field: "group", op: "not", value: vips.id }));
    await open(page, `/groups/${id}/edit`);
    await page.locator('input[value="VIP club"]').waitFor();
  });

  it("has as many conditions as the server takes", async () => {
    const page = await browser.signIn("manager");
    const { id } = await make({ name: "Hundred", kind: "dynamic", criteria: any(...Array.from({ length: 100 }, (_, n) => is("city", `Town ${n}`))) });
    await open(page, `/groups/${id}/edit`);
    await row(page, "100").waitFor();
    await page.getByText("More than 100 conditions are not possible.").waitFor();
    assert.ok(await adding(page).isDisabled());
    await valueOf(row(page, "100")).fill("Bern");
    await ofRow(page, "100", "remove").click();
    assert.ok(await focusedNow(fieldOf(row(page, "99"))));
    assert.ok(await adding(page).isEnabled());
  });

  it("is only looked at by who may not make one", async () => {
    const page = await browser.signIn("user");
    await page.goto("/groups/new");
    await page.getByText("Groups are made and changed by marketing managers").waitFor();
    await checkAccessible(page);
    await page.goto("/people?q=example");
    await page.getByText("6 people with").waitFor();
    assert.equal(await page.getByText("Make a group of these").count(), 0);
  });

  it("comes from a filter of the list of people; from words as a fixed list", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/ERR_/);
    const filter = all(is("country", "Spain"), notVip);
    await page.goto(`/people?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    await page.getByText("2 people fit the filter").waitFor();
    await page.getByRole("link", { name: "Make a group of these" }).click();
    await counted(page, "2 people fit");
    assert.equal(await panel(page).getByRole("link").getAttribute("href").then((href) => new URL(href!, page.url()).pathname), "/people");
    await nameOf(page).fill("From the list");
    await page.getByRole("button", { name: "Create the group" }).click();
    assert.deepEqual((await groupOf(await saved(page))).criteria, filter);

    await page.goto(`/people?q=person&filter=${encodeURIComponent(JSON.stringify(filter))}`);
    await page.getByText("2 people with “person”").waitFor();
    await page.getByRole("button", { name: "Make a group of these" }).click();
    const dialog = page.getByRole("dialog", { name: "Make a group of these" });
    await dialog.getByLabel("Name of the group").fill("Found by words");
    await checkAccessible(page);
    await picture(page, "group-words");
    // the connection breaks between the list and its people
    await intercept(page, /\/people\/bulk$/, (route) => route.abort());
    await dialog.getByRole("button", { name: "Make a list of 2 people" }).click();
    await dialog.getByRole("alert").waitFor();
    await page.unroute(/\/people\/bulk$/);
    await dialog.getByRole("button", { name: "Make a list of 2 people" }).click();
    await page.waitForURL(/job=\d+/);
    await server.job(new URL(page.url()).searchParams.get("job")!);
    const [group] = (await server.admin.get(`${v1}/groups`, { q: "Found by words", count: true })).body.items;
    assert.deepEqual([group.kind, group.count, group.criteria], ["static", 2, null]);
  });

  it("opens those whom it counts, in words, in the list of people", async () => {
    const page = await browser.signIn("manager");
    await page.goto(`/people?filter=${encodeURIComponent(JSON.stringify(iberian))}`);
    await page.getByText("3 people fit the filter").waitFor();
    await page.getByText("(Country is Spain or (Country is Portugal and Company: industry is Retail)) and Tag is not vip").waitFor();
    await checkAccessible(page);
    await picture(page, "people-filter-nested");
  });

  it("is accessible in light, dark, German and on a phone", async () => {
    const { id } = await make({ name: "Iberia, to look at", kind: "static", criteria: all(...iberian.conditions,
      { field: "response", op: "clicked" }, { field: "birthday", op: "within", value: "14 days" }, { field: "created_at", op: "greater", value: "-7 days" }) });
    for (const [name, options] of Object.entries({ light: {}, dark, phone, german })) {
      const page = await browser.signIn("manager", options);
      await page.goto(`/groups/${id}/edit`);
      await page.locator('[role="status"][aria-busy="false"]').first().waitFor();
      await checkAccessible(page);
      await picture(page, `group-edit-${name}`, { fullPage: true });
      await page.locator('button[data-control^="menu-"]').nth(1).click();
      await page.getByRole("menuitem").first().waitFor();
      await checkAccessible(page);
      await picture(page, `group-menu-${name}`);
    }
  });
});
