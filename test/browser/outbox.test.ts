/** The mail catcher in the browser: found, read, its links followed, and what that makes of the campaign and the person. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { addPeople, caughtMail, isSent, makeCampaign, makeGroup, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, enter, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const settled = (page: Page) => page.locator('table[aria-busy="false"]').first().waitFor();
const frameOf = (page: Page): FrameLocator => page.frameLocator("iframe");

describe("the outbox", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } }); // quicker than people are
  const browser = useBrowser(server);
  let people: Json[];
  let campaign: Json;

  before(async () => {
    people = await addPeople(server, ["ada@example.org", "bert@example.org", "cleo@example.org"]);
    campaign = await makeCampaign(server, await makeGroup(server, "All"), "Spring");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
  });

  const report = async (): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;

  it("is searched by a part of the address, and a mail read in all its parts", async () => {
    const page = await browser.signIn("manager");
    await enter(page);
    await page.getByRole("navigation").getByRole("link", { name: "Outbox" }).click();
    await page.getByText("3 mails", { exact: true }).waitFor();
    await settled(page);
    await checkAccessible(page);
    await picture(page, "outbox");
    await page.getByRole("searchbox").fill("ert@exa");
    await page.getByText("1 mail fits").waitFor();
    await page.getByRole("searchbox").fill("nobody like this");
    await page.getByRole("heading", { name: "No mail fits" }).waitFor();
    await page.getByRole("button", { name: "Show all mails" }).click();
    await page.getByText("3 mails", { exact: true }).waitFor();
    // by keyboard: into the second mail, and back to its row
    await page.locator("tr[data-row]").first().focus();
    const subject = (await page.locator("tr[data-row]").nth(1).getByRole("link").textContent())!;
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/outbox\/\d+$/);
    await page.getByRole("heading", { name: subject }).waitFor();
    await frameOf(page).getByText(subject).waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByRole("tabpanel").getByText(new RegExp(subject)).waitFor();
    await page.getByRole("tab", { name: "Headers" }).click();
    await page.getByRole("row", { name: /List-Unsubscribe-Post/ }).waitFor();
    await checkAccessible(page);
    await page.getByRole("tab", { name: "Source" }).click();
    await page.getByRole("tabpanel").getByText(/Content-Type: multipart/).waitFor();
    await page.reload();
    await page.getByRole("tab", { name: "Source", selected: true }).waitFor();
    await page.getByRole("link", { name: "← Outbox" }).click();
    await page.waitForURL(/\/outbox$/);
  });

  it("opens, clicks and unsubscribes: the campaign and the person know it", async () => {
    const page = await browser.signIn("manager");
    await page.goto("/outbox?q=ada@");
    await page.getByRole("link", { name: "Hello ada" }).click();
    const frame = frameOf(page);
    const href = (await frame.getByRole("link", { name: "a", exact: true }).getAttribute("href"))!;
    assert.match(href, /\/t\/c\//);
    // the shop is not in the test: that it is asked for is enough
    await Promise.all([
      page.waitForEvent("popup"),
      page.context().waitForEvent("request", (request) => request.url().startsWith("https://shop.example/")),
      frame.getByRole("link", { name: "a", exact: true }).click(),
    ]);
    await picture(page, "outbox-mail");
    const [leave] = await Promise.all([page.waitForEvent("popup"), frame.getByRole("link", { name: "off" }).click()]);
    await leave.getByRole("button", { name: /unsubscribe/i }).click();
    await until("the campaign knows it", async () => {
      const { clicked, unsubscribed } = await report();
      return clicked.people === 1 && unsubscribed === 1;
    });
    await until("the person is opted out", async () => (await server.admin.get(`${v1}/people/${people[0]!.id}`)).body.opted_out === true);
    await page.goto(`/campaigns/${campaign.id}`);
    const figures = page.getByRole("region", { name: "What became of it" });
    await figures.getByText("Unsubscribed").locator("..").getByText("1", { exact: true }).waitFor();
    await figures.getByText("Clicked").locator("..").getByText("1", { exact: true }).waitFor();
    const opened = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, { response: "opened" })).body.items;
    assert.ok(opened.some((one: Json) => one.address === "ada@example.org"), "who clicks has opened");
    await page.getByRole("tab", { name: "Recipients" }).click();
    await page.getByRole("combobox", { name: "What they did" }).click();
    await page.getByRole("option", { name: "Clicked", exact: true }).click();
    await page.getByRole("row", { name: /ada@example.org/ }).waitFor();
    await page.getByText("1 person fits the filter").waitFor();
    await picture(page, "campaign-clicked");
    // exactly those become a group
    await page.getByRole("button", { name: "Create group" }).click();
    await checkAccessible(page);
    await page.getByRole("dialog").getByLabel("Name of the group").fill("Clicked in spring");
    await page.getByRole("dialog").getByRole("button", { name: "Create group" }).click();
    await page.getByRole("heading", { name: "Clicked in spring" }).waitFor();
    const made = (await server.admin.get(`${v1}/groups`, { q: "Clicked in spring" })).body.items[0];
    const members = (await server.admin.get(`${v1}/people`, { group_id: made.id })).body.items;
    assert.deepEqual(members.map((one: Json) => one.email), ["ada@example.org"]);
    // and her page tells it all
    await page.goto(`/people/${people[0]!.id}`);
    await page.getByText("Hello ada").first().waitFor();
  });

  it("says what is a test, and of what", async () => {
    await runJob(server, `${v1}/campaigns/${campaign.id}/test`, { to: ["me@example.org"] });
    await caughtMail(server, "me@example.org");
    const page = await browser.signIn("manager");
    await page.goto("/outbox?q=me@example.org");
    const row = page.getByRole("row", { name: /^\[Test\] Hello/ });
    await row.getByText("Test of Spring", { exact: true }).waitFor();
    await row.getByRole("link").click();
    await page.getByText("What it is: Test of Spring").waitFor();
    const mails = (await server.admin.get(`${v1}/outbox`, { q: "ada@example.org" })).body.items;
    assert.deepEqual(mails.map((m: Json) => [m.campaign_name, m.is_test]), [["Spring", false]]);
  });

  it("is not shown to who may not market", async () => {
    const reader = await browser.signIn("user");
    await enter(reader);
    assert.equal(await reader.getByRole("navigation").getByRole("link", { name: "Outbox" }).count(), 0);
    await reader.goto("/outbox");
    await reader.getByRole("heading", { name: "You may not do this" }).waitFor();
  });

  it("keeps what is shown when the connection breaks, and says so", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await page.goto("/outbox");
    await page.getByText("4 mails", { exact: true }).waitFor();
    await intercept(page, "**/api/v1/outbox?*", (route) => route.abort());
    await page.getByRole("searchbox").fill("cleo");
    await page.getByRole("alert").waitFor();
    await page.unroute("**/api/v1/outbox?*");
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
    await page.getByText("1 mail fits").waitFor();
  });

  it("is accessible in German, dark and on a phone", async () => {
    const { items } = (await server.admin.get(`${v1}/outbox`)).body;
    for (const [name, options] of Object.entries({ german, dark, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/outbox");
      await settled(page);
      await checkAccessible(page);
      await picture(page, `outbox-${name}`);
      await page.goto(`/outbox/${items[0].id}?part=headers`);
      await page.getByRole("row", { name: /List-Unsubscribe-Post/ }).waitFor();
      await checkAccessible(page);
      await page.goto(`/outbox/${items[0].id}`);
      await frameOf(page).getByText(/Hello/).waitFor();
      await picture(page, `outbox-mail-${name}`);
    }
  });
});

describe("the outbox of a server with a relay", () => {
  const server = useServer({ env: { MUSTER_RELAY: "smtp://127.0.0.1:1" } });
  const browser = useBrowser(server);

  it("is no room", async () => {
    const page = await browser.signIn("manager");
    await Promise.all([page.waitForResponse(/\/api\/v1\/outbox/), page.goto("/people")]);
    assert.equal((await server.admin.get(`${v1}/outbox`)).body.in_use, false);
    await page.getByRole("navigation").getByRole("link", { name: "Campaigns" }).waitFor();
    assert.equal(await page.getByRole("navigation").getByRole("link", { name: "Outbox" }).count(), 0);
  });
});
