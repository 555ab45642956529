/** Parts of the audience, what is known of its members, and whom it must not write to. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { useServer, type Json } from "../harness/index.js";
import { checkAccessible, checkNothingCut, dark, german, phone, picture, useBrowser } from "./browser.js";

const act = async (page: Page, name: string, what: string) => {
  await page.getByRole("button", { name: `What to do with ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: what }).click();
};
const choose = async (page: Page, at: Locator, box: string, option: string) => {
  await at.getByRole("combobox", { name: box, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
};

describe("the audience's segments, fields and blocked addresses", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let list: string;
  const get = async (path: string): Promise<Json> => (await server.mailchimp.get(`${list}${path}`, {}, { unpublished: true })).body;
  const segment = async (name: string): Promise<Json> => (await get("/segments?count=100")).segments.find((one: Json) => one.name === name);

  before(async () => {
    list = `/3.0/lists/${(await server.mailchimp.get("/3.0/lists", { fields: "lists.id" }, { unchecked: true })).body.lists[0].id}`;
    const members = ["Ada", "Ada", "Luis", "نور"].map((FNAME, n) => ({
      email_address: `m${n}@example.org`, status: "subscribed", vip: n > 1, merge_fields: { FNAME, LNAME: "O'Hara" },
    }));
    await server.mailchimp.post(list, { members });
  });

  it("are built of nested conditions with a live count, and open again as they were", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    await page.goto("/audience?tab=segments");
    await page.getByText("There are no segments and tags yet").waitFor();
    await page.getByRole("button", { name: "New tag" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Friends");
    await page.keyboard.press("Enter");
    await page.getByText("“Friends” was added").waitFor();
    await page.getByRole("link", { name: "New segment" }).click();
    await page.getByText("4 subscribers fit").waitFor();
    await page.getByLabel("Name").fill("Friends");
    const first = page.getByRole("group", { name: "Condition 1", exact: true });
    await choose(page, first, "Field", "First name");
    await first.getByRole("textbox", { name: "Value" }).fill("Luis");
    await page.getByText("1 subscriber fits").waitFor();
    await page.getByText("Any of these fits").first().click();
    await page.getByRole("button", { name: "Add a block" }).click();
    const second = page.getByRole("group", { name: "Condition 2.1", exact: true });
    await choose(page, second, "Field", "VIP");
    await second.getByText("No", { exact: true }).click();
    await page.getByText("3 subscribers fit").waitFor();
    await page.getByRole("list", { name: "Some of them" }).getByText("m0@example.org").waitFor();
    await checkAccessible(page);
    await picture(page, "audience-segment", { fullPage: true });
    await page.getByRole("button", { name: "Make the segment" }).click();
    await page.getByText("A tag or segment is called “Friends” already").waitFor();
    await page.getByLabel("Name").fill("Dear ones");
    await page.getByRole("button", { name: "Make the segment" }).click();
    await page.getByRole("link", { name: "Dear ones", exact: true }).waitFor();
    await page.getByRole("link", { name: "Dear ones: 3 subscribers" }).waitFor();
    const options = { match: "any", conditions: [
      { field: "FNAME", condition_type: "TextMerge", op: "is", value: "Luis" },
      { match: "all", conditions: [{ field: "gmonkey", condition_type: "VIP", op: "notmember" }] },
    ] };
    assert.deepEqual((await segment("Dear ones")).options, options);
    await page.getByRole("link", { name: "Dear ones", exact: true }).click();
    assert.equal(await first.getByRole("textbox", { name: "Value" }).inputValue(), "Luis");
    await page.getByText("3 subscribers fit").waitFor();
    assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled(), "nothing was changed");
  });

  it("keep what a program made, say what is wrong beside it, and are what a campaign goes to", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400|404|412/); // the list still has the tag that somebody else deletes
    const circle = { condition_type: "IPGeoIn", field: "ipgeo", op: "ipgeoin", value: 25, addr: "Bern", lat: "46.9", lng: "7.4" };
    const friends = await segment("Friends");
    const tag = { condition_type: "StaticSegment", field: "static_segment", op: "static_not", value: friends.id };
    const { body } = await server.mailchimp.post(`${list}/segments`, { name: "Of a program", options: { match: "all", conditions: [circle, tag] } });
    await page.goto(`/audience/segments/${body.id}`);
    await page.getByText("Is within 25 miles of Bern").waitFor();
    const row = page.getByRole("group", { name: "Condition 2", exact: true });
    await choose(page, row, "Condition", "is");
    await server.mailchimp.delete(`${list}/segments/${friends.id}`);
    await page.getByRole("button", { name: "Save" }).click();
    await row.getByText("This tag is not there any more").waitFor();
    await page.getByRole("button", { name: "Condition 2: remove" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Of a program", exact: true }).waitFor();
    assert.deepEqual((await segment("Of a program")).options, { match: "all", conditions: [circle] });
    // somebody else renames it meanwhile: it is told, and saved by a second word
    await page.getByRole("link", { name: "Of a program", exact: true }).click();
    await page.getByText("All of these fit").first().waitFor();
    await page.getByText("Any of these fits").first().click();
    await server.mailchimp.patch(`${list}/segments/${body.id}`, { name: "Of two programs" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const meeting = page.getByRole("alert").filter({ hasText: "Somebody else has saved meanwhile" });
    await meeting.getByText("Of two programs").waitFor();
    await meeting.getByText("Of a program", { exact: true }).waitFor();
    await meeting.getByText("Saving once more keeps both.").waitFor();
    await checkAccessible(page);
    await picture(page, "audience-segment-meeting");
    assert.equal((await segment("Of two programs")).options.match, "all", "nothing was saved yet");
    await page.getByLabel("Name").fill("Of a program");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("link", { name: "Of a program", exact: true }).waitFor();
    assert.equal((await segment("Of a program")).options.match, "any");
    await act(page, "Of a program", "Duplicate");
    await page.getByRole("button", { name: "Make the segment" }).click();
    await page.getByText("3 segments and tags").waitFor();
    await page.getByRole("searchbox", { name: "Search segments and tags" }).fill("program");
    await page.getByText("2 segments and tags").waitFor();
    await act(page, "Of a program", "Delete");
    await page.getByRole("button", { name: "Delete the segment of 0 subscribers" }).click();
    await page.getByText("1 segment or tag").waitFor();
    await page.getByRole("searchbox", { name: "Search segments and tags" }).fill("");
    await checkAccessible(page);
    await picture(page, "audience-segments", { fullPage: true });
    await act(page, "Dear ones", "Write a campaign to them");
    await page.getByRole("button", { name: "Create campaign" }).click();
    await page.getByText(/Dear ones · /).waitFor();
  });

  it("are fields with their choices, which are not deleted silently", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    await page.goto("/audience?tab=fields");
    await page.getByText("Filled with “First name” of your people").waitFor();
    await page.getByRole("button", { name: "New field" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: false }).first().fill("Team");
    await choose(page, page.locator("body"), "Type", "Drop-down menu");
    await dialog.getByLabel("Choices").fill("Red\n Blue \nRed");
    await dialog.getByLabel("Tag in mails").fill("fname");
    await dialog.getByRole("button", { name: "Add the field" }).click();
    await dialog.getByText(/FNAME.* already/).waitFor();
    await dialog.getByLabel("Tag in mails").fill("team");
    await dialog.getByRole("button", { name: "Add the field" }).click();
    await page.getByText("Red · Blue").waitFor();
    await server.mailchimp.patch(`${list}/members/m1@example.org`, { merge_fields: { TEAM: "Red" } });
    await act(page, "Team", "Change");
    await page.getByRole("dialog").getByLabel("Must be filled in").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("must be filled in", { exact: true }).waitFor();
    const team = (await get("/merge-fields?count=100")).merge_fields.find(({ tag }: Json) => tag === "TEAM");
    assert.deepEqual([team.type, team.required, team.options.choices], ["dropdown", true, ["Red", "Blue"]]);
    await checkAccessible(page);
    await picture(page, "audience-fields", { fullPage: true });
    await act(page, "Team", "Delete");
    await page.getByRole("button", { name: "Delete it for 1 subscriber" }).click();
    await page.getByText("Red · Blue").waitFor({ state: "detached" });
    await act(page, "Last name", "Delete");
    await page.getByRole("button", { name: "Delete it for 4 subscribers" }).click();
    await page.getByText("Tick this first").waitFor();
    await page.getByRole("checkbox", { name: "Delete it, and send it no more" }).click();
    await page.getByRole("button", { name: "Delete it for 4 subscribers" }).click();
    await page.getByText("*|LNAME|*").waitFor({ state: "detached" });
    const { body } = await server.admin.get("/api/v1/bridge/fields");
    assert.ok(!body.items.some((one: Json) => one.merge_tag === "LNAME" && one.person_field !== null));
  });

  it("are addresses that are blocked, asked for and lifted", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/400/);
    await server.mailchimp.patch(`${list}/members/m3@example.org`, { status: "unsubscribed" });
    await page.goto("/audience?tab=blocked");
    await page.getByText("No address is blocked by hand.").waitFor();
    const box = page.getByRole("textbox", { name: "One address" });
    await box.fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByText("Not an address").waitFor();
    await box.fill("Ada@Example.org");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing stands against mail to Ada@Example.org").waitFor();
    await page.getByRole("button", { name: "Block it" }).click();
    await page.getByText("Blocked by hand").waitFor();
    await page.getByRole("table", { name: "By hand" }).getByText("ada@example.org").waitFor();
    await checkAccessible(page);
    await picture(page, "audience-blocked", { fullPage: true });
    await page.getByText("Unsubscribed", { exact: true }).click();
    await page.getByText("By a user or a program").waitFor();
    await page.getByText("By hand", { exact: true }).click();
    await page.getByRole("button", { name: "Lift ada@example.org" }).click();
    await page.getByRole("button", { name: "Lift the block" }).click();
    await page.getByText("No address is blocked by hand.").waitFor();
    await page.getByText("Nothing stands against mail to Ada@Example.org").waitFor();
  });

  it("are looked at in the dark, in German and on a phone, and only read by who does no marketing", async () => {
    for (const [name, options] of Object.entries({ dark, phone: { ...phone, ...german } })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience?tab=segments");
      await page.getByRole("link", { name: "Dear ones", exact: true }).waitFor();
      await picture(page, `audience-segments-${name}`, { fullPage: true });
      if (name === "phone") await checkNothingCut(page, name);
      else await checkAccessible(page);
      await page.getByRole("link", { name: "Dear ones", exact: true }).click();
      await page.getByRole("status").filter({ hasText: "3" }).waitFor();
      if (name === "phone") await checkNothingCut(page, name);
      await picture(page, `audience-segment-${name}`, { fullPage: true });
    }
    const page = await browser.signIn("user");
    await page.goto("/audience?tab=segments");
    await page.getByRole("link", { name: "Dear ones", exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: /What to do|New / }).count() + await page.getByRole("link", { name: /New / }).count(), 0);
    await page.getByRole("link", { name: "Dear ones", exact: true }).click();
    await page.getByText("First name is Luis or VIP is No").waitFor();
    assert.equal(await page.getByRole("button", { name: "Save" }).count(), 0);
    await page.goto("/audience?tab=fields");
    await page.getByText("*|FNAME|*").waitFor();
    assert.equal(await page.getByRole("button", { name: /What to do|New |Move / }).count(), 0);
    await page.goto("/audience?tab=blocked");
    await page.getByRole("textbox", { name: "One address" }).fill("eve@example.org");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing stands against mail").waitFor();
    assert.equal(await page.getByRole("button", { name: "Block it" }).count(), 0);
  });
});
