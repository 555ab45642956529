/** The report of a campaign: figures, the people behind each, how it came about, and what is made of it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { addPeople, isSent, makeCampaign, makeGroup, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const SHOP = "https://shop.example/a";
const settled = (page: Page) => page.locator('table[aria-busy="false"]').first().waitFor();
const fit = (n: number) => (n === 1 ? "1 person fits the filter" : `${n} people fit the filter`);
/** A figure and its people: "Clicked: 2". */
const figure = (page: Page, what: string, n: number) => page.getByRole("link", { name: `${what}: ${n}`, exact: true });
const dialogOf = (page: Page) => page.getByRole("dialog");

describe("the report of a campaign", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } }); // quicker than people are
  const browser = useBrowser(server);
  let campaign: Json;

  const path = (rest = "") => `${v1}/campaigns/${campaign.id}${rest}`;
  const report = async (): Promise<Json> => (await server.admin.get(path("/report"))).body;
  const addresses = async (query: Json): Promise<string[]> =>
    ((await server.admin.get(path("/recipients"), { ...query, sort: "name", limit: 100 })).body.items as Json[]).map((one) => one.address);
  const shownAddresses = (page: Page) => page.locator("tr[data-row] td:nth-child(2)").allTextContents();
  const groups = async (q: string): Promise<Json[]> => (await server.admin.get(`${v1}/groups`, { q })).body.items;

  /** Where a link leads in the mail of somebody; that it opens a window there is outbox.test.ts'. */
  const linkOf = async (page: Page, name: string, link: string): Promise<string> => {
    await page.goto(`/outbox?q=${name}@`);
    await page.getByRole("link", { name: `Hello ${name}` }).click();
    return (await page.frameLocator("iframe").getByRole("link", { name: link, exact: true }).getAttribute("href"))!;
  };

  before(async () => {
    const people = await addPeople(server, ["ada@example.org", "bert@example.org", "cleo@other.example", "dora@other.example", "emil@example.org"]);
    await server.admin.patch(`${v1}/people/${people[4]!.id}`, { opted_out: true, reason: "by letter" });
    campaign = await makeCampaign(server, await makeGroup(server, "All"), "Spring");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
  });

  it("says what is missing before anybody did anything", async () => {
    const page = await browser.signIn("manager");
    await page.goto(`/campaigns/${campaign.id}`);
    await page.getByText("Nobody has opened or clicked it yet").waitFor();
    await figure(page, "Opted out", 1).waitFor();
    assert.match(await page.getByRole("table", { name: "Links" }).getByRole("row", { name: SHOP }).innerText(), /\s0\s+0$/);
    await checkAccessible(page);
    await picture(page, "report-quiet");
    await page.getByRole("tab", { name: "Recipients" }).click();
    await page.waitForURL(/tab=recipients/);
    await page.getByText("5 people", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "What they did" }).click();
    await page.getByRole("option", { name: "Clicked", exact: true }).click();
    await page.getByRole("heading", { name: "Nobody here" }).waitFor();
    await page.getByRole("button", { name: "Show everybody" }).click();
    await page.getByText("5 people", { exact: true }).waitFor();
  });

  it("follows what people do with the mail, and opens the people of each figure", async () => {
    const page = await browser.signIn("manager");
    await page.goto(`/campaigns/${campaign.id}`);
    await page.getByText("Nobody has opened or clicked it yet").waitFor();
    const other = await browser.signIn("manager");
    for (const name of ["ada", "cleo"]) {
      const shop = await other.context().request.get(await linkOf(other, name, "a"), { maxRedirects: 0 });
      assert.equal(shop.headers().location, SHOP);
    }
    const off = await linkOf(other, "cleo", "off");
    const leave = await other.context().newPage();
    await leave.goto(off);
    await leave.getByRole("button", { name: /unsubscribe/i }).click();
    await until("the campaign knows it", async () => {
      const { clicked, unsubscribed } = await report();
      return clicked.people === 2 && unsubscribed === 1;
    });
    // the page that was left open knows it by itself
    await figure(page, "Clicked", 2).waitFor();
    await page.getByRole("img", { name: /step by step/ }).waitFor();
    const now = await report();
    // what each number counts
    assert.ok(now.recipients > now.sent);
    await page.getByText(`of ${now.recipients} chosen`, { exact: true }).waitFor();
    await page.getByText(`${now.recipients} chosen, 1 not sent`, { exact: true }).waitFor();
    // nobody of them was mailed, and that is said
    assert.equal(now.caught, now.sent);
    await page.getByText(`${now.sent} mails were kept in the outbox: nobody was mailed.`).waitFor();
    await page.getByText(/ of those delivered or in the outbox$/).first().waitFor();
    for (const [what, n, query] of [
      ["Chosen", now.recipients, {}],
      ["Sent", now.sent, { state: "sent" }],
      ["In the outbox", now.caught, { state: "caught" }],
      ["Opened", now.opened.people, { response: "opened" }],
      ["Clicked", now.clicked.people, { response: "clicked" }],
      ["Unsubscribed", now.unsubscribed, { response: "unsubscribed" }],
      ["Not sent", 1, { state: "not_sent" }],
      ["Opted out", now.left_out.opted_out, { state: "left_out", reason: "opted_out" }],
      [SHOP, 2, { link: now.links.find((one: Json) => one.url === SHOP).id }],
      ["other.example, Sent", 2, { domain: "other.example", state: "sent" }],
      ["other.example, Clicked", 1, { domain: "other.example", response: "clicked" }],
    ] as [string, number, Json][]) {
      await figure(page, what, n).click();
      await page.getByText(what === "Chosen" ? `${n} people` : fit(n), { exact: true }).waitFor();
      const whose = await addresses(query);
      assert.equal(whose.length, n, what);
      await settled(page);
      assert.deepEqual(await shownAddresses(page), whose, what);
      await page.goBack();
      await page.getByRole("tab", { name: "Performance", selected: true }).waitFor();
    }
    await checkAccessible(page);
    await picture(page, "report-clicked");
    // who takes it back is both from now on
    await leave.getByRole("button", { name: "That was a mistake: subscribe me again" }).click();
    await until("the report knows it", async () => (await report()).taken_back === 1);
    const german_ = await browser.signIn("manager", { ...german, ...phone });
    for (const [one, words, name] of [[page, "Unsubscribed, took it back · Clicked", "report-took-back"],
      [german_, "Abgemeldet und zurückgenommen · Geklickt", "report-took-back-de-phone"]] as const) {
      await one.goto(`/campaigns/${campaign.id}?tab=recipients&response=unsubscribed`);
      await one.getByText(words).waitFor();
      await picture(one, name);
    }
  });

  it("stands in its address: what is shown can be reloaded, sent to somebody, and gone back from", async () => {
    const page = await browser.signIn("user");
    await page.goto(`/campaigns/${campaign.id}?tab=recipients&state=left_out&reason=opted_out`);
    await page.getByText(fit(1)).waitFor();
    await checkAccessible(page);
    await page.getByRole("button", { name: "Remove this filter" }).click();
    await page.waitForURL((url) => !url.search.includes("reason"));
    await page.getByRole("searchbox").fill("nobody at all");
    await page.getByRole("heading", { name: "Nobody here" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Nobody here" }).waitFor();
    await page.goBack();
    await page.getByText(fit(1)).waitFor();
    await page.goto(`/campaigns/${campaign.id}?tab=recipients`);
    await page.getByRole("columnheader", { name: "Clicks" }).getByRole("button").click();
    await page.waitForURL(/sort=clicks/);
    await page.getByRole("columnheader", { name: "Clicks" }).getByRole("button").click();
    await page.waitForURL(/sort=-clicks/);
    await page.getByRole("row", { name: /example/ }).first().getByText(/ada|cleo/).first().waitFor();
    // who may not market makes no groups, and the server would not let them
    assert.equal(await page.getByRole("button", { name: "Create group" }).count(), 0);
    const reader = server.admin.as(await server.createKey("reader", "user"));
    await reader.post(path("/recipients/group"), { name: "No", response: "clicked" }, { status: 403 });
    assert.deepEqual(await groups("No"), []);
  });

  it("becomes a group of those who clicked, though somebody took the name and the connection broke", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/409|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await page.goto(`/campaigns/${campaign.id}`);
    await figure(page, SHOP, 2).click();
    await page.getByText(fit(2)).waitFor();
    await page.getByRole("button", { name: "Create group" }).click();
    const name = dialogOf(page).getByLabel("Name of the group");
    assert.equal(await name.inputValue(), `Spring: Clicked ${SHOP}`);
    await name.fill("Clickers");
    await checkAccessible(page);
    await picture(page, "report-group");
    await makeGroup(server, "Clickers"); // a second user
    const make = dialogOf(page).getByRole("button", { name: "Create group" });
    await make.click();
    await dialogOf(page).getByText("There is a group of that name").waitFor();
    await name.fill("Clickers of spring");
    await page.context().setOffline(true);
    await make.click();
    await dialogOf(page).getByRole("alert").getByText("The server does not answer").waitFor();
    assert.deepEqual(await groups("Clickers of spring"), []);
    await page.context().setOffline(false);
    await make.click();
    await page.getByRole("heading", { name: "Clickers of spring" }).waitFor();
    const [group] = await groups("Clickers of spring");
    const members = (await server.admin.get(`${v1}/people`, { group_id: group!.id })).body.items as Json[];
    assert.deepEqual(members.map((one) => one.email).sort(), ["ada@example.org", "cleo@other.example"]);
    // a response alone: a group that keeps up
    await page.goto(`/campaigns/${campaign.id}?tab=recipients&response=not_clicked`);
    await page.getByRole("button", { name: "Create group" }).click();
    await dialogOf(page).getByLabel("Name of the group").fill("Quiet in spring");
    await dialogOf(page).getByLabel("These, and who comes to be one of them later").check();
    await dialogOf(page).getByRole("button", { name: "Create group" }).click();
    await page.getByRole("heading", { name: "Quiet in spring" }).waitFor();
    assert.equal((await groups("Quiet in spring"))[0]!.kind, "dynamic");
  });

  it("keeps what is shown when the connection breaks, and says so", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await page.goto(`/campaigns/${campaign.id}?tab=recipients&response=clicked`);
    await page.getByText(fit(2)).waitFor();
    await intercept(page, "**/recipients?*", (route) => route.abort());
    await page.getByRole("searchbox").fill("cleo");
    await page.getByRole("alert").waitFor();
    await page.unroute("**/recipients?*");
    await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
    await page.getByText(fit(1)).waitFor();
  });
});

describe("the report of a campaign to many", () => {
  const server = useServer({});
  const browser = useBrowser(server);
  let campaign: Json;
  let report: Json;

  before(async () => {
    await runJob(server, `${v1}/demo`);
    campaign = (await server.admin.get(`${v1}/campaigns`, { sort: "-sent_at" })).body.items[0];
    report = (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body;
  });

  it("opens as many people as each number says", async () => {
    const page = await browser.signIn("user");
    await page.goto(`/campaigns/${campaign.id}`);
    const figures = page.getByRole("region", { name: "What became of it" });
    await figures.getByText(/on average/).first().waitFor();
    await page.getByRole("region", { name: "Domains" }).getByRole("link").first().waitFor();
    // all there are, in all tables
    await page.getByRole("button", { name: "Show the numbers" }).click();
    const numbers = page.getByRole("main").locator('a[href*="tab=recipients"]');
    const hrefs = await numbers.evaluateAll((links) => links.map((link) => [link.getAttribute("href")!, link.textContent!]));
    assert.ok(hrefs.length > 20 + report.links.length, String(hrefs.length));
    for (const [href, text] of hrefs) {
      const query = Object.fromEntries(new URL(href!, server.url).searchParams) as Json;
      delete query.tab;
      const { total } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients`, query)).body;
      assert.equal(total, Number(text!.replaceAll(",", "").match(/\d+/)![0]), href!);
    }
    // and as they are shown, for some
    for (const what of ["Bounced", "Opened", "Complaints"]) {
      const link = figures.getByRole("link", { name: new RegExp(`^${what}: `) });
      if ((await link.count()) === 0) continue;
      const n = Number((await link.textContent())!.replaceAll(",", ""));
      await link.click();
      await page.getByText(fit(n), { exact: true }).waitFor();
      await page.goBack();
      await link.waitFor();
    }
  });

  it("tells how it came about, and where people clicked", async () => {
    const page = await browser.signIn("user");
    await page.goto(`/campaigns/${campaign.id}`);
    const time = page.getByRole("region", { name: "Over time" });
    await time.getByText("Hours", { exact: true }).click();
    await time.getByText("Days", { exact: true }).click();
    await page.waitForURL(/by=day/);
    const { items } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/report/series`, { by: "day" })).body;
    const busy = (items as Json[]).filter((one) => one.sent + one.opened + one.clicked + one.unsubscribed + one.bounced > 0);
    await time.getByRole("button", { name: "Show the numbers" }).click();
    await until("each day is told", async () => (await time.getByRole("row").count()) === busy.length + 1);
    const sum = (await time.getByRole("row").locator("td:nth-child(3)").allTextContents()).reduce((all, n) => all + Number(n), 0);
    assert.equal(sum, report.opened.people);
    await checkAccessible(page);
    await picture(page, "report-days");
    // a step of the picture opens its people
    const step = (items as Json[]).find((one) => one.opened > 0)!;
    await time.locator("rect[data-people]").first().click();
    await page.waitForURL(/response=opened.*from=/);
    await page.getByText(fit(step.opened), { exact: true }).waitFor();
    await checkAccessible(page);
    await picture(page, "report-step");
    await page.goBack();
    const map = page.frameLocator('iframe[src*="click-map"]');
    await map.getByText(/\d+ · \d+ %/).first().waitFor();
    await page.getByText("As it was sent", { exact: true }).click();
    await page.locator('iframe[src*="/preview"]').waitFor();
  });

  it("is accessible in German, dark and on a phone", async () => {
    for (const [name, options] of Object.entries({ english: {}, german, dark, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto(`/campaigns/${campaign.id}`);
      await page.locator('a[href*="domain="]').first().waitFor();
      await page.frameLocator("iframe").getByText(/\d+ · \d+ %/).first().waitFor();
      await checkAccessible(page);
      await picture(page, `report-${name}`);
      for (const part of ["over-time", "domains", "mail-as-sent"]) {
        await page.locator(`#${part}`).scrollIntoViewIfNeeded();
        await page.locator(`#${part}`).evaluate((head) => head.scrollIntoView());
        await picture(page, `report-${part}-${name}`);
      }
      await page.goto(`/campaigns/${campaign.id}?tab=recipients&response=clicked&domain=example.org`);
      await settled(page);
      await checkAccessible(page);
      await picture(page, `report-people-${name}`);
    }
  });
});
