/** Campaigns as a list and a page: watched while they are sent, stopped, copied, deleted, and their figures. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { addPeople, isSent, makeCampaign, makeGroup, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, enter, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const PEOPLE = 300;
const settled = (page: Page) => page.locator('table[aria-busy="false"]').first().waitFor();
const rowOf = (page: Page, name: string | RegExp) => page.getByRole("row", { name });
const dialogOf = (page: Page) => page.getByRole("dialog");

describe("campaigns", () => {
  const server = useServer({ env: { MUSTER_SEND_RATE: "2" } });
  const browser = useBrowser(server);
  let group: Json;

  const of = async (campaign: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${campaign.id}`)).body;
  const is = (campaign: Json, status: string) => until(`it is ${status}`, async () => (await of(campaign)).status === status);
  const act = (campaign: Json, action: string) => runJob(server, `${v1}/campaigns/${campaign.id}/${action}`);

  before(async () => {
    const people = await addPeople(server, Array.from({ length: PEOPLE }, (_one, i) => `p${i}@example.org`));
    await server.admin.patch(`${v1}/people/${people[0]!.id}`, { opted_out: true, reason: "by letter" });
    group = await makeGroup(server, "All");
  });

  it("begin with a name, and are found by name and status", async () => {
    const page = await browser.signIn("manager");
    await enter(page);
    await page.getByRole("navigation").getByRole("link", { name: "Campaigns" }).click();
    await page.getByRole("heading", { name: "No campaigns yet" }).waitFor();
    await checkAccessible(page);
    await picture(page, "campaigns-empty");
    await page.getByRole("button", { name: "New campaign" }).first().click();
    await dialogOf(page).getByLabel("Name").fill("Frühling");
    await checkAccessible(page);
    await dialogOf(page).getByRole("button", { name: "Create campaign" }).press("Enter");
    await page.waitForURL(/\/campaigns\/\d+\/edit$/);
    const { items } = (await server.admin.get(`${v1}/campaigns`)).body;
    assert.deepEqual(items.map(({ name, status }: Json) => [name, status]), [["Frühling", "draft"]]);
    await makeCampaign(server, group, "עלון");
    await page.goto("/campaigns");
    await page.getByText("2 campaigns", { exact: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("rühl");
    await page.getByText("1 campaign fits").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByText("2 campaigns", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Status" }).click();
    await page.getByRole("option", { name: "Sent" }).click();
    await page.getByRole("heading", { name: "No campaign fits" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Show all campaigns" }).click();
    await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
    await page.waitForURL(/sort=name/);
  });

  it("are watched while they are sent: paused, resumed, canceled with the number", async () => {
    const campaign = await makeCampaign(server, group, "Slow");
    const page = await browser.signIn("manager", {}, true);
    await act(campaign, "send");
    await page.goto("/campaigns");
    await rowOf(page, /Slow/).getByText("Sending").waitFor();
    await until("somebody was sent it", async () => (await of(campaign)).figures?.sent > 0);
    await rowOf(page, /Slow/).getByText(/a minute/).waitFor();
    await checkAccessible(page);
    await picture(page, "campaigns-sending");
    await rowOf(page, /Slow/).getByRole("link", { name: "Slow" }).click();
    const sending = page.getByRole("region", { name: "It is being sent" });
    await sending.getByText(/\d+ sent, \d+ waiting/).waitFor();
    await checkAccessible(page);
    await picture(page, "campaign-sending");
    await sending.getByRole("button", { name: "Pause" }).press("Enter");
    const paused = page.getByRole("region", { name: "It is paused" });
    await paused.waitFor();
    assert.equal((await of(campaign)).status, "paused");
    await picture(page, "campaign-paused");
    await paused.getByRole("button", { name: "Resume" }).click();
    await sending.waitFor();
    assert.equal((await of(campaign)).status, "sending");
    await sending.getByRole("button", { name: "Cancel" }).click();
    await dialogOf(page).getByText("cannot be called back").waitFor();
    await checkAccessible(page);
    await picture(page, "campaign-cancel");
    await dialogOf(page).getByRole("button", { name: /Stop sending to \d+ people/ }).click();
    await is(campaign, "canceled");
    const reasons = page.getByRole("table", { name: "Why it was not sent to all" });
    await reasons.getByText("Opted out").waitFor();
    await reasons.getByText("stopped before their turn").waitFor();
    const { figures } = await of(campaign);
    assert.equal(figures.recipients, figures.sent + figures.waiting + figures.left_out);
    await checkAccessible(page);
    await picture(page, "campaign-canceled");
  });

  it("meet what a second user did: refused, said, and shown as it is by then", async () => {
    const campaign = await makeCampaign(server, group, "Twice");
    const page = await browser.signIn("manager", {}, true);
    browser.allow(/409/);
    await act(campaign, "send");
    await page.goto(`/campaigns/${campaign.id}`);
    const sending = page.getByRole("region", { name: "It is being sent" });
    await sending.waitFor();
    await sending.getByRole("button", { name: "Cancel" }).click();
    // what the page sees of it meanwhile is late
    let release = (): void => {};
    const late = new Promise<void>((done) => (release = done));
    await intercept(page, /\/api\/v1\/campaigns\/\d+$/, async (route) => {
      await late;
      await route.continue().catch(() => {}); // nobody waits for it any more
    });
    await act(campaign, "cancel");
    await is(campaign, "canceled");
    await dialogOf(page).getByRole("button", { name: /Stop sending to/ }).click();
    await dialogOf(page).getByRole("alert").waitFor();
    release();
    await page.getByRole("main").getByText("Canceled", { exact: true }).first().waitFor();
  });

  it("show who watches a paused one that somebody else goes on with it", async () => {
    const campaign = await makeCampaign(server, group, "Shared");
    await act(campaign, "send");
    await act(campaign, "pause");
    const list = await browser.signIn("manager", {}, true);
    await list.goto("/campaigns?q=Shared");
    await rowOf(list, /Shared/).getByText("Paused").waitFor();
    const page = await browser.signIn("manager", {}, true);
    await page.goto(`/campaigns/${campaign.id}`);
    await page.getByRole("region", { name: "It is paused" }).waitFor();
    await act(campaign, "resume");
    await page.getByRole("region", { name: "It is being sent" }).waitFor();
    await rowOf(list, /Shared/).getByText("Sending").waitFor();
    assert.equal((await of(campaign)).status, "sending");
    await act(campaign, "cancel");
  });

  it("keep their figures when the connection breaks, and say so", async () => {
    const campaign = await makeCampaign(server, group, "Tunnel");
    const page = await browser.signIn("manager", {}, true);
    browser.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await act(campaign, "send");
    await page.goto(`/campaigns/${campaign.id}`);
    const sending = page.getByRole("region", { name: "It is being sent" });
    await sending.getByText(/\d+ sent/).waitFor();
    await page.context().setOffline(true);
    await sending.getByRole("button", { name: "Pause" }).click();
    await sending.getByRole("alert").getByText("The server does not answer").waitFor();
    await sending.getByText(/\d+ sent/).waitFor();
    assert.equal((await of(campaign)).status, "sending");
    await page.context().setOffline(false);
    await sending.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("region", { name: "It is paused" }).waitFor();
    await act(campaign, "cancel");
  });

  it("are copied and deleted from their row; who may not send sees figures and no pause", async () => {
    const campaign = await makeCampaign(server, group, "Quiet");
    await act(campaign, "send");
    const manager = await browser.signIn("manager");
    await manager.goto(`/campaigns/${campaign.id}`);
    await manager.getByRole("region", { name: "What became of it" }).waitFor();
    assert.equal(await manager.getByRole("button", { name: "Pause" }).count(), 0);
    await manager.goto("/campaigns?q=Quiet");
    await manager.getByRole("button", { name: "What to do with Quiet" }).click();
    assert.deepEqual(await manager.getByRole("menuitem").allTextContents(), ["Replicate"]);
    await manager.getByRole("menuitem", { name: "Replicate" }).click();
    await manager.waitForURL(/\/campaigns\/\d+\/edit$/);
    const copies = () => server.admin.get(`${v1}/campaigns`, { q: "Quiet", status: "draft" }).then(({ body }) => body.items as Json[]);
    const [copy] = await copies();
    assert.ok(copy);
    await manager.goto("/campaigns?q=Quiet");
    await manager.getByRole("button", { name: `What to do with ${copy.name}` }).click();
    await manager.getByRole("menuitem", { name: "Delete" }).click();
    await dialogOf(manager).getByRole("button", { name: "Delete the draft" }).click();
    await until("it is gone", async () => (await copies()).length === 0);
    const reader = await browser.signIn("user");
    await reader.goto("/campaigns?q=Quiet");
    await rowOf(reader, /Quiet/).waitFor();
    assert.equal(await reader.getByRole("button", { name: /What to do/ }).count(), 0);
    await act(campaign, "cancel");
  });

  it("are scheduled: the time is changed and taken back", async () => {
    const campaign = await makeCampaign(server, group, "Later");
    await server.admin.post(`${v1}/campaigns/${campaign.id}/schedule`, { at: "2099-05-01T08:00:00Z" });
    const page = await browser.signIn("manager", {}, true);
    await page.goto(`/campaigns/${campaign.id}`);
    await page.getByText("Subject: Hello [First name]").waitFor();
    await page.getByText(/^It goes 1 May 2099, 08:00 \(UTC\)$/).waitFor();
    const { goes } = (await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients-estimate`)).body;
    await page.getByText(new RegExp(`^${goes} (person|people) would get it now$`)).waitFor();
    await checkAccessible(page);
    await picture(page, "campaign-scheduled");
    const abroad = await browser.signIn("manager", { ...german, ...phone, timezoneId: "Europe/Vienna" }, true);
    await abroad.goto(`/campaigns/${campaign.id}`);
    await abroad.getByText(/^Sie geht 01\.05\.2099, 10:00 \(Europe\/Vienna\)$/).waitFor();
    await abroad.getByText(new RegExp(`^${goes} (Person würde|Personen würden) sie jetzt bekommen$`)).waitFor();
    await picture(abroad, "campaign-scheduled-de-phone");
    await page.getByRole("button", { name: "Change the time" }).click();
    await dialogOf(page).getByLabel("When").fill("2099-06-02T09:30");
    await dialogOf(page).getByRole("button", { name: "Save the time" }).click();
    await page.getByText(/It goes 2 Jun 2099/).first().waitFor();
    assert.match((await of(campaign)).schedule_at, /^2099-06-02T09:30/);
    await page.getByRole("button", { name: "Take the schedule back" }).first().click();
    await dialogOf(page).getByRole("button", { name: "Take it back" }).click();
    await is(campaign, "draft");
    await page.waitForURL(/\/edit$/);
    // at the time that was chosen: nothing goes at once by one click
    await page.getByText(/2 Jun 2099/).first().waitFor();
    const another = await browser.signIn("administrator", {}, true);
    await another.goto(`/campaigns/${campaign.id}/edit`);
    await another.getByText(/2 Jun 2099/).first().waitFor();
    assert.equal(await another.getByRole("button", { name: /^Send to/ }).count(), 0);
    await picture(another, "composer-taken-back");
  });

  it("say why they were not sent, in the list and where they are written", async () => {
    server.allowLog(/job failed/);
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, {
      name: "Empty", group_id: group.id, subject: "Hello", from_name: "Us", from_email: "us@example.org",
      html: `${"*|IF:FNAME|*".repeat(33)}x`,
    });
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`, undefined, { state: "failed" });
    const page = await browser.signIn("manager", {}, true);
    await page.goto("/campaigns?q=Empty");
    await rowOf(page, /Empty/).getByText("It was not sent").waitFor();
    await picture(page, "campaigns-not-sent");
    await rowOf(page, /Empty/).getByRole("link", { name: "Empty" }).click();
    await page.waitForURL(/\/edit$/);
    await page.getByRole("status").getByText("nested deeper than 32").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-not-sent");
  });

  it("are accessible in German, dark and on a phone", async () => {
    server.setEnv({ MUSTER_SEND_RATE: "1000" });
    await server.restart();
    const campaign = await makeCampaign(server, group, "Überall");
    await act(campaign, "send");
    await isSent(server, campaign);
    for (const [name, options] of Object.entries({ english: {}, german, dark, phone })) {
      const page = await browser.signIn("manager", options, true);
      await page.goto("/campaigns");
      await settled(page);
      await checkAccessible(page);
      await picture(page, `campaigns-${name}`);
      await page.goto(`/campaigns/${campaign.id}`);
      await page.frameLocator("iframe").getByText(/Hello/).waitFor();
      await picture(page, `campaign-${name}`);
      await page.goto("/campaigns"); // axe does not look into the mail
    }
  });
});
