/** A reader opens the preferences page behind a mail's link, changes what they get, and leaves. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { caughtMail, hrefs, parseMail, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, picture, useBrowser } from "./browser.js";

describe("a reader's preferences", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let list: string;
  let link: string;

  before(async () => {
    const api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, {
      name: "News from the garden", email_type_option: true,
      campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "" },
    });
    for (const [tag, name, type] of [["BORN", "Birthday", "birthday"], ["SIZE", "Size of your garden", "number"]])
      await api.post(`/3.0/lists/${list}/merge-fields`, { tag, name, type, public: true });
    const chosen: Json = {};
    for (const [title, type, names] of [["Topics", "checkboxes", ["Roses", "Vegetables", "خضروات"]], ["How often", "radio", ["Weekly", "Monthly"]]] as const) {
      const { body } = await api.post(`/3.0/lists/${list}/interest-categories`, { title, type });
      for (const name of names)
        chosen[(await api.post(`/3.0/lists/${list}/interest-categories/${body.id}/interests`, { name })).body.id] = name === "Roses" || name === "Monthly";
    }
    await api.post(`/3.0/lists/${list}/members`, {
      email_address: "zoe@example.org", status: "subscribed", merge_fields: { FNAME: "Zoë", BORN: "07/09" }, interests: chosen,
    });
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, settings: { subject_line: "News", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { html: '<p><a href="*|UPDATE_PROFILE|*">Change</a> <a href="*|UNSUB|*">Leave</a></p>' });
    await api.post(`/3.0/campaigns/${body.id}/actions/send`);
    await until("it is sent", async () => (await api.get(`/3.0/campaigns/${body.id}`)).body.status === "sent");
    const caught = (await server.admin.get("/api/v1/outbox", { rcpt: "zoe@example.org" })).body.items[0];
    const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
    link = new URL(hrefs(mail.html!).find((url) => url.includes("/t/p/"))!).pathname;
  });

  const small: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  const looks: [string, BrowserContextOptions][] = [["light", {}], ["dark", { ...small, ...dark }], ["phone", { ...small, ...german }], ["arabic", { ...small, ...dark, locale: "ar" }]];

  it("are seen wherever they are", async () => {
    for (const [look, options] of looks) {
      const page = await browser.open(options);
      await page.goto(link);
      await checkAccessible(page);
      await picture(page, `preferences-${look}`);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, `${look} is as wide as the window`);
    }
  });

  it("are changed, once what is wrong is put right, and they leave", async () => {
    browser.allow(/400/);
    const page = await browser.open({ ...small, ...dark });
    await page.goto(link);
    assert.equal(await page.getByLabel("First Name").inputValue(), "Zoë");
    assert.equal(await page.getByLabel("Roses").isChecked(), true);
    await page.getByLabel("Vegetables").check();
    await page.getByLabel("Size of your garden").fill("huge");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Please enter a number").waitFor();
    assert.equal(await page.getByLabel("Vegetables").isChecked(), true);
    await checkAccessible(page);
    await picture(page, "preferences-wrong");
    await page.getByLabel("Size of your garden").fill("12");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your changes are saved.").waitFor();
    await checkAccessible(page);
    await picture(page, "preferences-saved");
    const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members/zoe@example.org`);
    assert.deepEqual([body.merge_fields.SIZE, Object.values(body.interests).filter(Boolean).length], [12, 3]);
    await page.getByLabel("New e-mail address").fill("zoe@");
    await page.getByRole("button", { name: "Change my address" }).click();
    await page.getByText("Please enter an e-mail address").waitFor();
    assert.equal(await page.evaluate("document.activeElement.name"), "address");
    await checkAccessible(page);
    await page.getByLabel("New e-mail address").fill("zoe.new@example.org");
    await page.getByRole("button", { name: "Change my address" }).click();
    await page.getByText("We have sent an e-mail").waitFor();
    await picture(page, "preferences-asked", { fullPage: true });
    const mail = await parseMail((await caughtMail(server, "zoe.new@example.org")).source);
    const confirm = await browser.open({ ...small, ...dark });
    await confirm.goto(new URL(hrefs(mail.html!).find((url) => url.includes("/t/m/"))!).pathname);
    await checkAccessible(confirm);
    await picture(confirm, "preferences-new-address");
    await page.getByLabel("They come too often").check();
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await page.getByText("You are unsubscribed.").waitFor();
    await until("she has left", async () => (await server.mailchimp.get(`/3.0/lists/${list}/members/zoe@example.org`)).body.status === "unsubscribed");
    await page.goto(link);
    await checkAccessible(page);
    await picture(page, "preferences-left");
  });
});
