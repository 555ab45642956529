/** The audience, as who does the marketing uses it: what is asked, who chose what, and segments of them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { until, useServer, type Json, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, phone, picture, useBrowser } from "./browser.js";

async function masterList(server: Server): Promise<string> {
  const { body } = await server.mailchimp.get("/3.0/lists", { fields: "lists.id" }, { unchecked: true });
  return `/3.0/lists/${body.lists[0].id}`;
}

const card = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });
const acts = (page: Page, name: string) => page.getByRole("button", { name: `What to do with ${name}`, exact: true });

async function act(page: Page, name: string, what: string): Promise<void> {
  await acts(page, name).click();
  await page.getByRole("menuitem", { name: what }).click();
}

async function addAnswer(page: Page, question: string, name: string): Promise<void> {
  await page.getByRole("textbox", { name: `New answer to “${question}”` }).fill(name);
  await page.keyboard.press("Enter");
  await card(page, question).getByText(name, { exact: true }).waitFor();
}

describe("interests", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let list: string;
  before(async () => {
    list = await masterList(server);
  });
  const categories = async (): Promise<Json[]> => (await server.mailchimp.get(`${list}/interest-categories`)).body.categories;
  const interests = async (title: string): Promise<Json[]> => {
    const category = (await categories()).find((one) => one.title === title)!;
    return (await server.mailchimp.get(`${list}/interest-categories/${category.id}/interests`)).body.interests;
  };
  const names = async (title: string) => (await interests(title)).map(({ name }) => name);

  it("are asked, answered, renamed, put in order, and made a segment of", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    await page.goto("/people");
    await page.getByRole("link", { name: "Audience" }).click();
    await page.getByRole("tab", { name: "Interests" }).click();
    await page.getByText("There are no interests yet").waitFor();
    await checkAccessible(page);
    await picture(page, "audience-empty");
    await page.getByRole("button", { name: "New question" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add the question" }).click();
    await dialog.getByText("A name is missing").waitFor();
    await dialog.getByLabel("Question").fill("Topics");
    await checkAccessible(page);
    await picture(page, "audience-new-question");
    await dialog.getByRole("button", { name: "Add the question" }).click();
    await card(page, "Topics").getByText("There are no answers yet").waitFor();
    await addAnswer(page, "Topics", "Concerts");
    await addAnswer(page, "Topics", "Children’s theatre");
    await page.getByRole("textbox", { name: "New answer to “Topics”" }).fill("concerts");
    await page.keyboard.press("Enter");
    await page.getByText("There is a “concerts” here already").waitFor();
    await checkAccessible(page);
    await page.getByRole("textbox", { name: "New answer to “Topics”" }).fill("");

    await act(page, "Children’s theatre", "Rename");
    await page.getByRole("dialog").getByLabel("Name").fill("Theatre");
    await page.getByRole("button", { name: "Save" }).click();
    await card(page, "Topics").getByText("Theatre", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Move Theatre up" }).click();
    await page.getByRole("row").nth(1).getByText("Theatre").waitFor();
    assert.deepEqual(await names("Topics"), ["Theatre", "Concerts"]);
    await page.getByRole("button", { name: "Move Theatre up" }).and(page.locator(":focus")).waitFor();

    const [theatre] = await interests("Topics");
    for (const email_address of ["ana@example.org", "luis@example.org"])
      await server.mailchimp.post(`${list}/members`, { email_address, status: "subscribed", interests: { [theatre!.id]: true } });
    await act(page, "Theatre", "Make a segment");
    await page.getByText("The segment “Topics: Theatre” was made: 2 subscribers now").waitFor();
    const { body } = await server.mailchimp.get(`${list}/segments`, { type: "saved" });
    assert.deepEqual(body.segments.map(({ name, member_count }: Json) => [name, member_count]), [["Topics: Theatre", 2]]);
    await checkAccessible(page);
    await picture(page, "audience-interests");
    await page.reload(); // the same act at once would be a double click
    await act(page, "Theatre", "Make a segment");
    await page.getByText("A tag or segment is called “Topics: Theatre” already", { exact: false }).waitFor();
    await act(page, "Theatre", "Write a campaign to them");
    await page.getByRole("button", { name: "Send to at most 2 people" }).waitFor();
    assert.equal((await server.mailchimp.get(`${list}/segments`, { type: "saved" })).body.total_items, 1);
  });

  it("are deleted with how many it concerns, and by two at once", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/404/);
    await page.goto("/audience?tab=interests");
    await act(page, "Theatre", "Delete");
    await page.getByRole("button", { name: "Delete it for 2 subscribers" }).waitFor();
    await picture(page, "audience-delete");
    await page.getByRole("button", { name: "Cancel" }).click();
    // a second question, changed while somebody else removes it
    const { body } = await server.mailchimp.post(`${list}/interest-categories`, { title: "How often", type: "radio" });
    await page.reload();
    await page.getByRole("button", { name: "Move How often up" }).click();
    await page.getByRole("heading", { level: 2 }).first().getByText("How often").waitFor();
    assert.deepEqual((await categories()).map(({ title }) => title), ["How often", "Topics"]);
    await act(page, "How often", "Change the question");
    await page.getByRole("dialog").getByLabel("Question").fill("Frequency");
    await server.mailchimp.delete(`${list}/interest-categories/${body.id}`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else has removed it meanwhile").first().waitFor();
    await card(page, "How often").waitFor({ state: "detached" });
    await act(page, "Concerts", "Delete");
    await page.getByRole("button", { name: "Delete it for 0 subscribers" }).click();
    await page.getByText("“Concerts” was deleted").waitFor();
    await card(page, "Topics").getByText("Concerts").waitFor({ state: "detached" });
    assert.deepEqual(await names("Topics"), ["Theatre"]);
    await act(page, "Topics", "Delete");
    await page.getByRole("button", { name: "Delete it with 2 choices" }).waitFor();
    await checkAccessible(page);
  });

  it("are asked for permissions, which a member gives and takes back", async () => {
    const page = await browser.signIn("manager");
    await server.mailchimp.post(`${list}/members`, { email_address: "gdpr@example.org", status: "subscribed" });
    await page.goto("/audience?tab=interests");
    await page.getByRole("switch", { name: "Ask how people may be contacted" }).click({ force: true });
    const permissions = card(page, "Marketing permissions");
    await permissions.getByText("Direct Mail").waitFor();
    await page.getByRole("textbox", { name: "A new permission" }).fill("By telephone");
    await page.keyboard.press("Enter");
    await permissions.getByText("By telephone", { exact: true }).waitFor();
    await act(page, "Customized Online Advertising", "Delete");
    await page.getByRole("dialog").getByRole("button", { name: /^Delete/ }).click();
    await permissions.getByText("Customized Online Advertising").waitFor({ state: "hidden" });
    await page.goto("/audience");
    await page.getByRole("link", { name: "gdpr@example.org" }).click();
    await page.getByRole("checkbox", { name: "By telephone" }).click({ force: true });
    await page.getByText("Gave a permission").waitFor();
    await page.getByRole("checkbox", { name: "By telephone" }).and(page.locator(":checked")).waitFor();
    await checkAccessible(page);
    await picture(page, "audience-member-permissions");
  });

  it("are looked at in the dark, in German and on a phone, and only read by who does no marketing", async () => {
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience?tab=interests");
      await page.getByText("Theatre", { exact: true }).waitFor();
      await checkAccessible(page);
      await picture(page, `audience-interests-${name}`, { fullPage: true });
    }
    const page = await browser.signIn("user");
    await page.goto("/audience?tab=interests");
    await page.getByText("Theatre", { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: /What to do|New question|^Add$/ }).count(), 0);
  });
});

describe("the sign-up form", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let list: string;
  before(async () => {
    list = await masterList(server);
  });

  it("is written, coloured, looked at wide and narrow, and given away", async () => {
    const page = await browser.signIn("manager");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/audience?tab=form");
    await page.frameLocator("iframe").getByRole("button", { name: "Subscribe" }).waitFor();
    const confirms = page.getByRole("switch", { name: "Who signs up confirms by e-mail" });
    assert.ok(await confirms.isChecked());
    await confirms.click();
    await page.getByLabel("The form shows: Phone").check();
    await page.getByLabel("Must be filled in: Phone").check();
    assert.match((await page.getByRole("link", { name: "Open" }).getAttribute("href"))!, /subscribe/);
    await page.getByLabel("Above the fields").fill("Roses & more, <b>monthly</b>");
    await page.getByRole("textbox", { name: "Button", exact: true }).fill("#0b5d1e");
    await page.getByRole("textbox", { name: "Button", exact: true }).press("Tab");
    await page.getByRole("button", { name: "Change this text" }).click();
    await page.getByRole("textbox", { name: "Consent", exact: true }).fill("I like <i>roses</i>");
    // as it is typed, and not for others
    const shown = page.frameLocator("iframe");
    await shown.getByText("I like <i>roses</i>").waitFor();
    await shown.getByText("Roses & more, <b>monthly</b>").waitFor();
    await shown.getByLabel(/^Phone/).waitFor();
    const colour = () => shown.getByRole("button", { name: "Subscribe" }).evaluate((button) => (globalThis as Json).getComputedStyle(button).backgroundColor as string);
    assert.equal(await colour(), "rgb(11, 93, 30)");
    assert.deepEqual((await server.mailchimp.get(`${list}/signup-forms`)).body.signup_forms[0].contents, []);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The form was saved").waitFor();
    await shown.getByText("I like <i>roses</i>").waitFor();
    const { body } = await server.mailchimp.get(`${list}/signup-forms`);
    assert.deepEqual(body.signup_forms[0].contents, [{ section: "signup_message", value: "Roses & more, <b>monthly</b>" }]);
    assert.deepEqual(body.signup_forms[0].styles, [{ selector: "forms_buttons", options: [{ property: "background-color", value: "#0b5d1e" }] }]);
    assert.equal((await server.mailchimp.get(list)).body.double_optin, false);
    await page.frameLocator("iframe").getByLabel(/^Phone/).waitFor();
    await checkAccessible(page);
    await picture(page, "audience-form", { fullPage: true });
    await page.getByRole("radiogroup", { name: "Shown as" }).getByText("Phone").click();
    await page.getByRole("combobox", { name: "Language of the form" }).click();
    await page.getByRole("option", { name: "German" }).click();
    await page.frameLocator("iframe").getByRole("button", { name: "Anmelden" }).waitFor();
    await page.getByRole("button", { name: "Copy the HTML" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    assert.match(await page.evaluate("navigator.clipboard.readText()"), /lang="de"[^]*<form[^]*EMAIL/);
    await picture(page, "audience-form-narrow", { fullPage: true });
  });

  it("is changed by two at once, and nothing of either is lost", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    await page.goto("/audience?tab=form");
    await page.getByLabel("Thanks, once it is done").fill("Mine");
    await server.mailchimp.post(`${list}/signup-forms`, { contents: [{ section: "signup_message", value: "Theirs" }] });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The form was saved").waitFor();
    assert.equal(await page.getByLabel("Above the fields").inputValue(), "Theirs");
    await page.getByLabel("Above the fields").fill("Mine, too");
    await server.mailchimp.post(`${list}/signup-forms`, { contents: [{ section: "signup_message", value: "Theirs again" }] });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText("Theirs again").waitFor();
    const said = async () => (await server.mailchimp.get(`${list}/signup-forms`)).body.signup_forms[0].contents.map(({ value }: Json) => value).sort();
    assert.deepEqual(await said(), ["Mine", "Theirs again"]);
    await checkAccessible(page);
    await picture(page, "audience-form-two", { fullPage: true });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until("mine is saved", async () => (await said()).join() === "Mine,Mine, too");
    await page.getByRole("alert").getByText("Theirs again").waitFor({ state: "detached" });
  });

  it("is looked at in the dark, in German and on a phone; who does no marketing changes nothing", async () => {
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience?tab=form");
      await page.frameLocator("iframe").locator("button").waitFor();
      await checkAccessible(page);
      await picture(page, `audience-form-${name}`, { fullPage: true });
    }
    const page = await browser.signIn("user");
    await page.goto("/audience?tab=form");
    await page.frameLocator("iframe").locator("button").waitFor();
    assert.ok(await page.getByLabel("Above the fields").isDisabled());
  });
});

describe("what works on the audience", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("is an export that is made and downloaded, and batches with their answers", async () => {
    const page = await browser.signIn("administrator");
    browser.allow(/400/); // one in 24 hours
    await page.goto("/audience?tab=work");
    await page.getByText("No program has sent any.").waitFor();
    const list = await masterList(server);
    await server.mailchimp.post("/3.0/batches", { operations: [
      { method: "GET", path: list.slice(4) }, { method: "GET", path: "/lists/none" },
    ] });
    await page.getByRole("button", { name: "Make an export" }).click();
    const file = page.getByRole("link", { name: /Download the export of/ });
    await file.waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), file.click()]);
    assert.match(download.suggestedFilename(), /^export-\d+\.zip$/);
    await page.getByRole("checkbox", { name: "Files" }).click(); // the same once more is taken for a double click
    await page.getByRole("button", { name: "Make an export" }).click();
    await page.getByRole("alert").getByText("one account export in 24 hours").waitFor();
    await page.reload();
    const answers = page.getByRole("link", { name: /Download the answers/ });
    await answers.waitFor();
    await page.getByText("2 of 2 done").waitFor();
    await page.getByText("1 refused").waitFor();
    const [packed] = await Promise.all([page.waitForEvent("download"), answers.click()]);
    assert.match(packed.suggestedFilename(), /tar\.gz$/);
    await checkAccessible(page);
    await picture(page, "audience-work");
    await page.getByRole("button", { name: /Remove the batch of/ }).click();
    await page.getByRole("button", { name: "Forget the answers" }).click();
    await page.getByText("No program has sent any.").waitFor();
  });

  it("is looked at in the dark, in German and on a phone; exports are for administrators", async () => {
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("administrator", options);
      await page.goto("/audience?tab=work");
      await page.getByRole("link", { name: /export|Export/ }).waitFor();
      await checkAccessible(page);
      await picture(page, `audience-work-${name}`, { fullPage: true });
    }
    const page = await browser.signIn("manager");
    await page.goto("/audience?tab=work");
    await page.getByText("No program has sent any.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Make an export" }).count(), 0);
  });
});

const LETTER = `<!doctype html><html lang="en"><head><title>Letter</title></head><body><h1 mc:edit="heading">Hello</h1><div mc:edit="body"><p>Text</p></div></body></html>`;

describe("templates", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("are brought along as HTML, looked at, changed, found and deleted", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    const { body: folder } = await server.mailchimp.post("/3.0/template-folders", { name: "Club" });
    await page.goto("/audience?tab=templates");
    await page.getByText("There are no templates yet").waitFor();
    await page.getByRole("button", { name: "New template" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator("input[type=file]").setInputFiles({ name: "Letter.html", mimeType: "text/html", buffer: Buffer.from(LETTER) });
    await dialog.frameLocator("iframe").getByRole("heading", { name: "Hello" }).waitFor();
    assert.equal(await dialog.getByLabel("Name").inputValue(), "Letter");
    await checkAccessible(page);
    await picture(page, "audience-template-new", { fullPage: true });
    await dialog.getByRole("button", { name: "Add the template" }).click();
    await page.getByText("1 template").first().waitFor();
    await page.getByRole("button", { name: "Look at Letter" }).click();
    await page.getByRole("dialog").getByText("heading", { exact: true }).waitFor();
    await page.getByRole("dialog").frameLocator("iframe").getByRole("heading", { name: "Hello" }).waitFor();
    await checkAccessible(page);
    await picture(page, "audience-template");
    await page.keyboard.press("Escape");

    await act(page, "Letter", "Change the template");
    await page.getByRole("dialog").getByLabel("Name").fill("Letter to members");
    await page.getByRole("dialog").getByRole("combobox", { name: "Folder" }).click();
    await page.getByRole("option", { name: "Club" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Look at Letter to members" }).waitFor();
    const { body } = await server.mailchimp.get("/3.0/templates");
    assert.deepEqual(body.templates.map(({ name, folder_id }: Json) => [name, folder_id]), [["Letter to members", folder.id]]);
    await page.getByRole("searchbox", { name: "Search templates" }).fill("nothing");
    await page.getByText("0 templates fit").waitFor();
    await page.getByRole("searchbox", { name: "Search templates" }).fill("club");
    await page.getByText("1 template fits").waitFor();
    await checkAccessible(page);
    await picture(page, "audience-templates");
    await act(page, "Letter to members", "Delete");
    await page.getByRole("button", { name: "Delete the template" }).click();
    await page.getByText("There are no templates yet").waitFor();
  });

  it("are looked at in the dark, in German and on a phone", async () => {
    await server.mailchimp.post("/3.0/templates", { name: "Brief", html: LETTER });
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience?tab=templates");
      await page.getByText("Brief", { exact: true }).waitFor();
      await checkAccessible(page);
      await picture(page, `audience-templates-${name}`, { fullPage: true });
    }
  });
});
