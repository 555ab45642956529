/** Two people, or two tabs, write one mail: nobody's words are lost. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Request } from "playwright-core";
import { until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, intercept, picture, useBrowser } from "./browser.js";
import { block, blocks, edit, line, open, openContent, saved, useCampaigns, writingIn } from "./composer.js";

const v1 = "/api/v1";

describe("two who write one mail", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon" } });
  const browser = useBrowser(server);
  const { of, designOf, make, put, designed } = useCampaigns(server);
  const part = async (c: Json, id: string): Promise<Json | undefined> => (await designOf(c)).design.blocks.find((one: Json) => one.id === id);
  /** Somebody else changes it, as the server has it then. */
  const theirs = async (c: Json, change: (blocks: Json[]) => Json[]) => {
    const { design } = await designOf(c);
    await put(c, { ...design, blocks: change(design.blocks) });
  };
  const writes = (id: string, fields: Json) => (all: Json[]) => all.map((one) => (one.id === id ? { ...one, ...fields } : one));

  it("keep the caret where it is when the other's block comes in", async () => {
    const campaign = await designed(blocks());
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    await openContent(page, campaign);
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.press("End");
    await theirs(campaign, (all) => [{ id: "new", type: "divider" }, ...writes("b1", { text: "Theirs" })(all)]);
    await page.keyboard.type(" two");
    await block(page, /^Heading, 2/).getByText("Theirs").waitFor();
    await page.keyboard.type(" three");
    await until("both are saved", async () => (await part(campaign, "b2"))?.html === "<p>One two three</p>");
    assert.deepEqual((await designOf(campaign)).design.blocks.map((one: Json) => one.id), ["new", "b1", "b2", "b9"]);
    assert.equal((await part(campaign, "b1"))?.text, "Theirs");
    // taking back takes back one's own
    await page.keyboard.press("Control+z");
    await until("what was typed is taken back", async () => (await part(campaign, "b2"))?.html === "<p>One</p>");
    await saved(page);
    assert.equal((await part(campaign, "b1"))?.text, "Theirs");
    assert.equal((await designOf(campaign)).design.blocks.length, 4);
  });

  it("in two tabs each add a block, and both are there", async () => {
    const campaign = await designed(blocks());
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    await openContent(page, campaign);
    const other = await page.context().newPage();
    await openContent(other, campaign);
    for (const [tab, kind] of [[page, "Line"], [other, "Space"]] as const) {
      await block(tab, /^Text, 2/).getByRole("button", { name: /^Text, 2/ }).and(tab.locator("[data-handle]")).focus();
      await block(tab, /^Text, 2/).getByRole("button", { name: "Add a block below" }).click();
      await tab.getByRole("menuitem", { name: kind }).click();
    }
    await until("both blocks are saved", async () =>
      (await designOf(campaign)).design.blocks.map((one: Json) => one.type).sort().join(" ") === "divider footer heading spacer text");
    await saved(other);
    await block(other, /^Line/).waitFor();
  });

  it("are asked when one removes what the other writes in; nothing else is lost whatever they say", async () => {
    for (const [act, html] of [["Keep mine", "<p>One, mine</p>"], ["Take what was saved", undefined]] as const) {
      const campaign = await designed(blocks([{ id: "b3", type: "divider" }, { id: "b4", type: "text", html: "<p>Old</p>" }]));
      const page = await browser.signIn("manager");
      browser.allow(/412/);
      await openContent(page, campaign);
      await block(page, /^Line, 3/).getByRole("button", { name: /^Line, 3/ }).and(page.locator("[data-handle]")).focus();
      await intercept(page, /\/design$/, (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
      browser.allow(/ERR_FAILED/);
      await block(page, /^Line, 3/).getByRole("button", { name: "Remove" }).click();
      await writingIn(block(page, /^Text, 2/)).click();
      await page.keyboard.press("End");
      await page.keyboard.type(", mine");
      await page.getByText("What you typed is kept here").waitFor();
      await theirs(campaign, (all) => writes("b4", { html: "<p>Theirs</p>" })(all).filter((one) => one.id !== "b2"));
      await page.unroute(/\/design$/);
      const alert = page.getByRole("alert");
      await alert.getByText("Somebody else has saved meanwhile").waitFor();
      await alert.getByRole("row", { name: /^Text, 2 of 4 Removed One, mine$/ }).waitFor(); // which block, and its words
      await checkAccessible(page);
      await picture(page, "composer-removed-meanwhile");
      assert.equal(await part(campaign, "b2"), undefined, "not before it is decided");
      await alert.getByRole("button", { name: act }).click();
      await until("it is decided", async () => !(await part(campaign, "b3")));
      await saved(page);
      assert.deepEqual([(await part(campaign, "b2"))?.html, (await part(campaign, "b4"))?.html], [html, "<p>Theirs</p>"]);
    }
  });

  it("lose of their settings no more than they give up", async () => {
    const campaign = await make({ subject: "News", from_name: "Us" });
    const page = await browser.signIn("manager");
    browser.allow(/412|ERR_FAILED/);
    await open(page, campaign);
    await intercept(page, /\/campaigns\/\d+$/, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
    await page.getByLabel("Name of the campaign").fill("Mine");
    await edit(page, "Subject").click();
    await line(page, "Subject").getByLabel("Subject", { exact: true }).fill("Mine");
    await page.getByText("What you typed is kept here").waitFor();
    await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { subject: "Theirs" });
    await page.unroute(/\/campaigns\/\d+$/);
    await page.getByRole("alert").getByRole("button", { name: "Take what was saved" }).click();
    await until("the rest is saved", async () => (await of(campaign)).name === "Mine");
    assert.equal((await of(campaign)).subject, "Theirs");
  });

  it("write HTML: what is saved is not read again, and what takes its place takes nobody else's", async () => {
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    for (const theirs of [null, "<p>Theirs</p>"]) {
      const campaign = await make({ html: "<p>First</p>" });
      let reads = 0;
      const count = (request: Request) => void (reads += Number(request.method() === "GET" && request.url().endsWith(`/campaigns/${campaign.id}/design`)));
      page.on("request", count);
      await openContent(page, campaign);
      await page.locator(".cm-content").click();
      const before = reads;
      for (const word of ["one ", "two "]) {
        await page.keyboard.type(word);
        await until("it is saved", async () => (await of(campaign)).html?.includes(word));
        await saved(page);
      }
      assert.equal(reads, before);
      page.off("request", count);
      if (theirs) await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { html: theirs });
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Begin with something else" }).click();
      await page.getByRole("button", { name: "Empty page: Begin" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Replace the content" }).click();
      if (theirs) await page.getByRole("alert").getByText("Somebody else has begun meanwhile").waitFor();
      else await block(page, /^Footer/).waitFor();
      const { design, html } = await designOf(campaign);
      assert.deepEqual([design === null, html === theirs], [theirs !== null, theirs !== null]);
    }
  });

  it("write into what is being sent by then: it is said, the words can be taken along, and the mail is as it was", async () => {
    const campaign = await designed(blocks(), { to: { kind: "audience" } });
    const page = await browser.signIn("manager");
    browser.allow(/409/);
    await openContent(page, campaign);
    await server.admin.post(`${v1}/campaigns/${campaign.id}/schedule`, { at: "2099-01-01T09:00:00Z" });
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.type("late ");
    const alert = page.getByRole("alert");
    await alert.getByText("Your last words were too late").waitFor();
    assert.match(await alert.getByRole("textbox", { name: "Text" }).inputValue(), /late/);
    await page.getByText(/It is scheduled for .*2099/).waitFor();
    // who did it
    const { ordered_by } = await of(campaign);
    assert.ok(ordered_by);
    await page.getByText(`Scheduled by ${ordered_by}, `).waitFor();
    await checkAccessible(page);
    await picture(page, "composer-too-late");
    assert.equal((await part(campaign, "b2"))?.html, "<p>One</p>");
  });
});
