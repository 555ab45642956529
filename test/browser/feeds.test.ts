/** Campaigns from a feed, as who does the marketing uses them: looked at, made, started, paused, and what they sent. */
import assert from "node:assert/strict";
import { createServer, type Server as Http } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { execute, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, phone, picture, useBrowser } from "./browser.js";

async function act(page: Page, name: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `What to do with ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: what, exact: true }).click();
}

describe("campaigns from a feed", () => {
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const browser = useBrowser(server);
  let http: Http;
  let feed: string;
  before(async () => {
    http = createServer((message, reply) => {
      if (message.url !== "/feed") reply.writeHead(404).end();
      else reply.end("<rss><channel><title>The Mill</title><link>/</link><item><title>Rye &amp;amp; wheat</title><guid>1</guid>" +
        `<link>/rye</link><pubDate>${new Date().toUTCString()}</pubDate><description>Fresh</description></item></channel></rss>`);
    });
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    feed = `http://127.0.0.1:${(http.address() as AddressInfo).port}/feed`;
    server.allowLog(/feed cannot be mailed yet/);
    const { body } = await server.mailchimp.get("/3.0/lists", { fields: "lists.id" }, { unchecked: true });
    await server.mailchimp.post(`/3.0/lists/${body.lists[0].id}/members`, { email_address: "ada@feeds.example", status: "subscribed" });
    await server.mailchimp.patch(`/3.0/lists/${body.lists[0].id}`,
      { campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" } });
  });
  after(async () => {
    http.closeAllConnections();
    await new Promise((done) => http.close(done));
  });
  const campaigns = async (): Promise<Json[]> => (await server.mailchimp.get("/3.0/campaigns", { type: "rss" })).body.campaigns;

  it("are looked at, made, started and paused, and show what they sent", async () => {
    const page = await browser.signIn("manager", {}, true);
    browser.allow(/400/);
    await page.goto("/audience?tab=feeds");
    await page.getByText("There are no campaigns from a feed yet").waitFor();
    await checkAccessible(page);
    await picture(page, "feeds-empty");
    await page.getByRole("button", { name: "New campaign from a feed" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Blog");
    await dialog.getByLabel("Address of the feed").fill(`${feed}s`);
    await dialog.getByRole("button", { name: "Look at it" }).click();
    await dialog.getByText("There is no feed at this URL: HTTP Code: 404").waitFor();
    await dialog.getByLabel("Address of the feed").fill(feed);
    await dialog.getByRole("button", { name: "Look at it" }).click();
    await dialog.getByText("Subject: The Mill: Rye & wheat").waitFor();
    await dialog.getByLabel("How often").click();
    await page.getByRole("option", { name: "Every month" }).click();
    await dialog.getByLabel("On day").click();
    await page.getByRole("option", { name: "The last" }).click();
    await checkAccessible(page);
    await picture(page, "feeds-new");
    await dialog.getByRole("button", { name: "Add the campaign" }).click();
    await page.getByText("“Blog” was added").waitFor();
    await dialog.waitFor({ state: "detached" });
    const [made] = await campaigns();
    assert.equal(made!.rss_opts.frequency, "monthly");
    assert.equal(made!.rss_opts.schedule.monthly_send_date, 0);
    assert.equal(made!.settings.reply_to, "ann@example.org");
    assert.match((await server.mailchimp.get(`/3.0/campaigns/${made!.id}/content`)).body.html, /RSSITEMS:\[\$count=10\]/);

    await act(page, "Blog", "Start");
    await page.getByRole("dialog").getByRole("button", { name: "Start it for 1 subscriber" }).click();
    await page.getByText("“Blog” was started").waitFor();
    await page.getByText("Active", { exact: true }).waitFor();
    execute(server, "audience", ["UPDATE campaign_feed SET next_ms = 1000", "UPDATE job SET run_at_ms = 0 WHERE kind = 'rss'"]);
    await until("it has sent", async () => (await campaigns())[0]!.rss_opts.last_sent !== "");
    await page.reload();
    await act(page, "Blog", "What it has sent");
    await page.getByRole("dialog").getByText("The Mill: Rye & wheat").waitFor();
    await checkAccessible(page);
    await picture(page, "feeds-sent");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await act(page, "Blog", "Pause");
    await page.getByText("“Blog” is paused").waitFor();
    await act(page, "Blog", "Change the campaign");
    await page.getByRole("dialog").getByLabel("Subject").fill("News: *|RSSITEM:TITLE|*");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("“Blog” was saved").waitFor();
    assert.equal((await campaigns())[0]!.settings.subject_line, "News: *|RSSITEM:TITLE|*");
    await act(page, "Blog", "Go on");
    await page.getByText("“Blog” goes on").waitFor();
    await picture(page, "feeds");
  });

  it("are looked at in the dark, in German and on a phone, and only read by who does no marketing", async () => {
    for (const [name, options] of Object.entries({ dark, german, phone })) {
      const page = await browser.signIn("manager", options);
      await page.goto("/audience?tab=feeds");
      await page.getByText("Blog", { exact: true }).waitFor();
      await checkAccessible(page);
      await picture(page, `feeds-${name}`);
    }
    const page = await browser.signIn("user");
    await page.goto("/audience?tab=feeds");
    await page.getByText("Blog", { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: "New campaign from a feed" }).count(), 0);
  });

  it("are deleted", async () => {
    const page = await browser.signIn("manager", {}, true);
    await page.goto("/audience?tab=feeds");
    await act(page, "Blog", "Delete");
    await page.getByRole("button", { name: "Delete the campaign" }).click();
    await page.getByText("“Blog” was deleted").waitFor();
    await page.getByText("There are no campaigns from a feed yet").waitFor();
    assert.deepEqual(await campaigns(), []);
  });
});
