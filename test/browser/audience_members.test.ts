/** The members of the audience, as who does the marketing uses them: found, looked at, changed, and let go. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, phone, picture, useBrowser } from "./browser.js";

async function act(page: Page, what: string): Promise<void> {
  await page.getByRole("button", { name: "What can be done" }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

const row = (page: Page, address: string) => page.getByRole("row", { name: new RegExp(address) });
const panel = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

describe("members", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let list: string;
  const member = async (address: string): Promise<Json> => (await server.mailchimp.get(`${list}/members/${address}`)).body;

  before(async () => {
    const mc = server.mailchimp;
    list = `/3.0/lists/${(await mc.get("/3.0/lists")).body.lists[0].id}`;
    const category = (await mc.post(`${list}/interest-categories`, { title: "Topics", type: "checkboxes" })).body.id;
    const art = (await mc.post(`${list}/interest-categories/${category}/interests`, { name: "Art" })).body.id;
    await mc.post(`${list}/interest-categories/${category}/interests`, { name: "Dance" });
    const add = (name: string, body: Json = {}) => mc.post(`${list}/members`, { email_address: `${name}@example.org`, status: "subscribed", ...body });
    await add("ana", { tags: ["Fair"], interests: { [art]: true }, merge_fields: { FNAME: "Ana", LNAME: "O'Neil" }, ip_signup: "192.0.2.7", timestamp_signup: "2026-01-02T03:04:05+00:00" });
    await add("ahmad", { tags: ["Fair"], merge_fields: { FNAME: "أحمد", LNAME: "<b>x</b>" } });
    await add("rest");
    await add("left");
    await mc.patch(`${list}/members/left@example.org`, { status: "unsubscribed" });
    await server.admin.post("/api/v1/people", { first_name: "Ana", last_name: "O'Neil", emails: [{ address: "ana@example.org" }] }, { status: 201 });
  });

  it("are found by status, tag, answer and words, all of which the address says", async () => {
    const page = await browser.signIn("manager");
    await page.goto("/people");
    await page.getByRole("link", { name: "Audience" }).click();
    await row(page, "ana@example.org").waitFor();
    await page.getByText("4 members", { exact: true }).waitFor();
    await checkAccessible(page);
    await picture(page, "members");
    await page.getByText("Subscribed 3", { exact: true }).click();
    await page.getByText("3 members fit", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Any tag or segment" }).click();
    await page.getByRole("option", { name: "Fair" }).click();
    await page.getByRole("combobox", { name: "Any interest" }).click();
    await page.getByRole("option", { name: "Art" }).click();
    await page.getByText("1 member fits", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("O'n");
    await page.waitForURL(/q=O%27n/);
    assert.match(page.url(), /status=subscribed.*tag=\d+.*interest=[0-9a-f]{10}/);
    await page.reload();
    await row(page, "ana@example.org").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    assert.equal((await download).suggestedFilename(), "members.csv");
    await page.getByRole("searchbox").fill("nobody");
    await page.getByText("Nobody fits").waitFor();
    await page.getByRole("button", { name: "Show all members" }).click();
    await page.getByText("4 members", { exact: true }).waitFor();
    await row(page, "ahmad@example.org").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "أحمد <b>x</b>", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Members" }).click();
    await row(page, "ahmad@example.org").and(page.locator(":focus")).waitFor();
  });

  it("have a page that tells all, on which each thing is changed", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    await page.goto("/audience");
    await row(page, "ana@example.org").getByRole("link").click();
    await page.getByRole("heading", { name: "Ana O'Neil", level: 1 }).waitFor();
    await panel(page, "Status").getByText("from 192.0.2.7").waitFor();
    await panel(page, "Tags").getByRole("combobox").fill("Press");
    await page.keyboard.press("Enter");
    await panel(page, "Tags").getByText("Press", { exact: true }).waitFor();
    await panel(page, "Tags").getByRole("button", { name: /Fair/ }).click();
    await panel(page, "Tags").getByText("Fair", { exact: true }).waitFor({ state: "detached" });
    await panel(page, "Interests").getByRole("checkbox", { name: "Dance" }).check();
    await panel(page, "Interests").getByRole("checkbox", { name: "Dance" }).and(page.locator(":checked:enabled")).waitFor();
    await panel(page, "Notes").getByRole("textbox").fill("Met at the fair");
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.getByRole("button", { name: "Change the note" }).click();
    await page.getByRole("textbox", { name: "Change the note" }).fill("Met at the fair, twice");
    await panel(page, "Notes").getByRole("button", { name: "Save" }).click();
    await page.getByText("Met at the fair, twice").waitFor();
    await checkAccessible(page);
    await picture(page, "member");
    await page.getByRole("button", { name: "Delete the note" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Met at the fair, twice").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("These fields come from the CRM").waitFor();
    await page.getByLabel("Phone").fill("x".repeat(300));
    await page.getByLabel("First name").fill("Anna");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByLabel("Phone").and(page.locator("[aria-invalid=true]")).waitFor();
    await picture(page, "member-fields");
    await page.getByLabel("Phone").fill("+44 1");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Anna O'Neil", level: 1 }).waitFor();
    const now = await member("ana@example.org");
    assert.deepEqual([now.status, now.tags.map(({ name }: Json) => name), Object.values(now.interests), now.merge_fields.PHONE],
      ["subscribed", ["Press"], [true, true], "+44 1"]);
    await panel(page, "In the CRM").getByRole("link", { name: "Ana O'Neil" }).click();
    await page.getByRole("button", { name: "What to do with ana@example.org" }).or(page.getByRole("button", { name: /ana@example\.org/ })).first().click();
    await page.getByRole("menuitem", { name: "Show in the audience" }).click();
    await page.waitForURL(/\/audience\/members\/[0-9a-f]{32}/);
  });

  it("are let go with a question before, and subscribed only by themselves", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/404/);
    await page.goto("/audience/members/ahmad@example.org");
    await act(page, "Unsubscribe");
    await picture(page, "member-unsubscribe");
    await page.getByRole("dialog").getByRole("button", { name: "Unsubscribe them" }).click();
    await page.getByText("ahmad@example.org was unsubscribed").waitFor();
    await page.getByRole("button", { name: "What can be done" }).click();
    // the CRM keeps the no, and whoever is asked would be taken out again
    await page.getByRole("menuitem", { name: "Archive" }).waitFor();
    assert.deepEqual(await page.getByRole("menuitem").allInnerTexts(), ["Archive", "Delete for ever"]);
    await page.goto("/audience/members/rest@example.org");
    await act(page, "Archive");
    await page.getByRole("dialog").getByRole("button", { name: "Archive them" }).click();
    await page.getByText("rest@example.org was archived").waitFor();
    assert.equal((await member("rest@example.org")).status, "archived");
    await act(page, "Ask by mail");
    await page.getByRole("button", { name: "Send the mail" }).click();
    await page.getByText("rest@example.org was asked by mail").waitFor();
    assert.equal((await member("rest@example.org")).status, "pending");
    await page.goto("/audience/members/left@example.org");
    await act(page, "Delete for ever");
    await checkAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: "Delete for ever" }).click();
    await page.getByText("left@example.org was deleted for ever").waitFor();
    await page.getByText("3 members", { exact: true }).waitFor();
    await page.goto("/audience/members/left@example.org");
    await page.getByText("This member is not there").waitFor();
  });

  it("are added by hand: asked, or subscribed if they have agreed, and never if they are there", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/40[04]/);
    await page.goto("/audience");
    await page.getByRole("button", { name: "Add a member" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail address").fill("ahmad@example.org");
    await dialog.getByRole("button", { name: "Ask them by mail" }).click();
    await dialog.getByText("This address is there already").waitFor();
    assert.equal((await member("ahmad@example.org")).status, "unsubscribed");
    await dialog.getByLabel("E-mail address").fill("left@example.org");
    await dialog.getByRole("button", { name: "Ask them by mail" }).click();
    await dialog.getByText(/was permanently deleted/).waitFor();
    await dialog.getByLabel("E-mail address").fill("new@example.org");
    await dialog.getByRole("radio", { name: "Subscribe them now" }).check();
    await dialog.getByRole("button", { name: "Subscribe them" }).click();
    await dialog.getByText("Only who has agreed may be subscribed").waitFor();
    await checkAccessible(page);
    await picture(page, "member-new");
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name: "Subscribe them" }).click();
    await page.getByRole("heading", { name: "new@example.org", level: 1 }).waitFor();
    assert.equal((await member("new@example.org")).status, "subscribed");
  });

  it("who are not in the CRM are taken in by an import", async () => {
    const page = await browser.signIn("manager");
    await runJob(server, "/api/v1/sync"); // hooks may not be set up yet
    await until("the bridge has seen her", async () =>
      (await server.admin.get("/api/v1/audience/members", { list_id: list.slice("/3.0/lists/".length), not_in_crm: "true" })).body.total === 1);
    await page.goto("/audience");
    await page.getByRole("button", { name: "Show them" }).click();
    await row(page, "new@example.org").waitFor();
    await page.getByText("1 member fits", { exact: true }).waitFor();
    await checkAccessible(page);
    await picture(page, "members-not-in-crm");
    await page.getByRole("link", { name: "Look at the columns first" }).click();
    await page.getByRole("heading", { name: "New import" }).waitFor();
    await page.getByText("new@example.org").waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Add 1 person to the CRM" }).click();
    await page.waitForURL(/\/imports\/\d+/);
    await page.getByRole("link", { name: "Make a group of 1 new person" }).waitFor();
    await page.getByRole("button", { name: "Undo this import" }).waitFor();
    await until("she is in the CRM", async () => (await server.admin.get("/api/v1/people", { email: "new@example.org" })).body.total === 1);
    assert.equal((await server.admin.get("/api/v1/people", { email: "new@example.org" })).body.items[0].mail_status, "agreed");
    await page.goto("/audience");
    await row(page, "new@example.org").waitFor();
    assert.equal(await page.getByText("not in the CRM").count(), 0);
  });

  it("are many: put in order, tagged, unsubscribed, with who was refused and why", async () => {
    const page = await browser.signIn("manager");
    await page.goto("/audience");
    await page.getByRole("button", { name: "E-mail address" }).click();
    await page.waitForURL(/sort=email/);
    await row(page, "ahmad@example.org").waitFor();
    const order = async () => (await page.getByRole("row").getByRole("link", { name: /@example\.org$/ }).allInnerTexts());
    assert.deepEqual(await order(), ["ahmad@example.org", "ana@example.org", "new@example.org", "rest@example.org"]);
    for (const name of ["ana", "rest"]) await page.getByRole("checkbox", { name: `Select ${name}@example.org` }).check();
    await page.getByRole("button", { name: "Add a tag" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("2 members get the tag").waitFor();
    await dialog.getByLabel("Tag", { exact: true }).fill("press");
    await dialog.getByText("“Press” is there already, and is used.").waitFor();
    await dialog.getByLabel("Tag", { exact: true }).fill("Guests");
    await dialog.getByText("“Guests” is new: the tag is made.").waitFor();
    await checkAccessible(page);
    await picture(page, "members-many");
    await page.keyboard.press("Enter");
    await page.getByText("2 changed").waitFor();
    assert.deepEqual((await member("ana@example.org")).tags.map(({ name }: Json) => name).sort(), ["Guests", "Press"]);
    await page.getByRole("checkbox", { name: "Select all rows that are loaded" }).check();
    await page.getByRole("button", { name: "Archive" }).click();
    await dialog.getByText("4 members are put away").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("checkbox", { name: "Select ana@example.org" }).uncheck();
    await page.getByRole("button", { name: "Archive" }).click();
    await dialog.getByRole("button", { name: "Archive 3 members" }).click();
    await page.getByText("2 changed").waitFor();
    await page.getByRole("button", { name: "1 refused" }).click();
    await page.getByText("has not confirmed yet: cannot be archived").waitFor();
    await checkAccessible(page);
    await picture(page, "members-refused");
    await page.goto("/audience/members/ahmad@example.org");
    await panel(page, "Status").getByText(/^By .*, by hand$/).waitFor();
  });

  it("are looked at in the dark, in German and on a phone, and only read by who does no marketing", async () => {
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience");
      await page.getByText("ana@example.org").first().waitFor();
      await checkAccessible(page);
      await picture(page, `members-${name}`);
      await page.goto("/audience/members/ana@example.org");
      await page.getByRole("heading", { name: "Anna O'Neil", level: 1 }).waitFor();
      await checkAccessible(page);
      await picture(page, `member-${name}`);
      await page.context().close();
    }
    const page = await browser.signIn("user");
    await page.goto("/audience");
    await row(page, "ana@example.org").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add a member" }).count(), 0);
    await page.goto("/audience/members/ana@example.org");
    await panel(page, "Tags").getByText("Press", { exact: true }).waitFor();
    await panel(page, "Interests").getByText("Art, Dance").waitFor();
    await panel(page, "Notes").getByText("There are no notes").waitFor();
    assert.deepEqual(await page.locator("main").getByRole("button").allInnerTexts(), ["Members", ""], "back, and what a tag is");
    await picture(page, "member-reader");
  });
});
