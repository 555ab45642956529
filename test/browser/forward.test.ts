/** A reader sends a mail on to friends, and strangers see what they may: a copy of it, the archive, the page behind its links. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { caughtMail, hrefs, parseMail, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, picture, useBrowser } from "./browser.js";

const HTML = '<html lang="en"><head><title>News</title></head><body><h1>Hello *|FNAME|*</h1><p>All the news from the garden.</p>' +
  '<p><a href="*|FORWARD|*">Send it to a friend</a> <a href="*|UNSUB|*">Leave</a></p></body></html>';

describe("a mail that is sent on", () => {
  const server = useServer();
  const browser = useBrowser(server);
  const links: Record<string, string> = {};
  let archive: string;
  let copy: string;
  const small: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  const looks: [string, BrowserContextOptions][] = [["light", {}], ["dark", { ...small, ...dark }], ["phone", { ...small, ...german }], ["arabic", { ...small, ...dark, locale: "ar" }]];

  before(async () => {
    const api = server.mailchimp;
    const list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, {
      name: "News from the garden", visibility: "pub", campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "" },
    });
    // colours that nobody could read
    await api.post(`/3.0/lists/${list}/signup-forms`, {
      styles: [
        { selector: "page_background", options: [{ property: "background-color", value: "#102040" }] },
        { selector: "forms_buttons", options: [{ property: "background-color", value: "#ffee00" }, { property: "color", value: "#ffffff" }] },
      ],
    });
    archive = `/archive?u=${(await api.get("/3.0/")).body.account_id}&id=${list}`;
    for (const address of ["zoe@example.org", "yan@example.org"])
      await api.post(`/3.0/lists/${list}/members`, { email_address: address, status: "subscribed", merge_fields: { FNAME: "Zoë" } });
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, settings: { subject_line: "The garden in May", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { html: HTML.replace(' lang="en"', "") });
    await api.post(`/3.0/campaigns/${body.id}/actions/send`);
    await until("it is sent", async () => (await api.get(`/3.0/campaigns/${body.id}`)).body.status === "sent");
    copy = new URL((await api.get(`/3.0/campaigns/${body.id}`)).body.archive_url).pathname;
    const caught = (await server.admin.get("/api/v1/outbox", { rcpt: "zoe@example.org" })).body.items[0];
    const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
    for (const url of hrefs(mail.html!).filter((one) => one.includes("/t/"))) links[new URL(url).pathname.split("/")[2]!] = new URL(url).pathname;
  });

  it("has pages that can be read anywhere, whatever colours were chosen", async () => {
    for (const [look, options] of looks)
      for (const [name, path] of Object.entries({ forward: links.w!, unsubscribe: links.u!, archive })) {
        const page = await browser.open(options);
        await page.goto(path);
        await checkAccessible(page);
        await picture(page, `${name}-${look}`, { fullPage: true });
        assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, `${name} in ${look} is as wide as the window`);
        assert.equal(await page.locator("script").count(), 0);
      }
  });

  it("goes out once what is wrong is put right", async () => {
    browser.allow(/400/);
    const page = await browser.open({ ...small, ...dark });
    await page.goto(links.w!);
    await page.getByLabel("Your name").fill("Zoë <b>");
    await page.getByLabel("Addresses of your friends").fill("friend@f.example\nfriend2@");
    await page.getByLabel("A few words of your own").fill("Have a look at the roses!");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Please enter an e-mail address").waitFor();
    assert.equal(await page.evaluate("document.activeElement.name"), "to");
    assert.equal(await page.getByLabel("Your name").inputValue(), "Zoë <b>");
    await checkAccessible(page);
    await picture(page, "forward-wrong", { fullPage: true });
    await page.getByLabel("Addresses of your friends").fill("friend@f.example");
    const send = page.getByRole("button", { name: "Send", exact: true });
    await until("it is sent on", async () => {
      await send.click();
      return (await page.getByText("Thank you.").count()) > 0;
    });
    await checkAccessible(page);
    await picture(page, "forward-done");
    const mail = await parseMail((await caughtMail(server, "friend@f.example")).source);
    assert.match(mail.html!, /Have a look at the roses!/);
    const friend = await browser.open(small);
    await friend.setContent(mail.html!);
    await friend.getByText("You are subscribed to nothing by this").waitFor();
    await picture(friend, "forward-mail", { fullPage: true });
  });

  it("is a copy of nobody's in the archive", async () => {
    const page = await browser.open({});
    await page.goto(archive);
    await page.getByRole("link", { name: "The garden in May" }).click();
    await page.getByText("All the news from the garden.").waitFor();
    assert.equal(new URL(page.url()).pathname, copy);
    await page.getByRole("link", { name: "Leave" }).click();
    await page.getByText("This copy of the e-mail is nobody’s").waitFor();
    await checkAccessible(page);
    await picture(page, "copy-unsubscribe");
    const member = (await server.mailchimp.get("/3.0/search-members", { query: "zoe@example.org" })).body as Json;
    assert.equal(member.exact_matches.members[0].status, "subscribed");
  });
});
