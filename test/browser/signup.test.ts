/** Somebody signs up by the hosted form of an audience, is told what is wrong, and confirms by the button behind the mail's link. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { caughtMail, hrefs, parseMail, until, useServer } from "../harness/index.js";
import { checkAccessible, dark, german, picture, useBrowser } from "./browser.js";

describe("somebody who signs up", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let form: string;
  let list: string;

  before(async () => {
    const api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    await api.patch(`/3.0/lists/${list}`, {
      double_optin: true, name: "News from the garden",
      campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language: "en" },
    });
    for (const [tag, type, more] of [["BIRTHDAY", "birthday", {}], ["HEARD", "dropdown", { options: { choices: ["A friend", "The web"] } }]])
      await api.post(`/3.0/lists/${list}/merge-fields`, { tag, name: tag === "HEARD" ? "How did you hear of us?" : "Birthday", type, public: true, required: tag === "HEARD", help_text: "We ask everybody.", ...(more as object) });
    const { body } = await api.post(`/3.0/lists/${list}/interest-categories`, { title: "Topics", type: "checkboxes" });
    for (const name of ["Roses", "Vegetables", "خضروات"])
      await api.post(`/3.0/lists/${list}/interest-categories/${body.id}/interests`, { name });
    await api.post(`/3.0/lists/${list}/signup-forms`, {
      header: { text: "Written by hand, once a month." }, contents: [{ section: "signup_message", value: "Tell us what you grow." }],
      styles: [{ selector: "forms_buttons", options: [{ property: "background-color", value: "#0b5d1e" }] }],
    });
    form = new URL((await api.get(`/3.0/lists/${list}/signup-forms`)).body.signup_forms[0].signup_form_url).pathname +
      new URL((await api.get(`/3.0/lists/${list}/signup-forms`)).body.signup_forms[0].signup_form_url).search;
  });

  /** Who is as quick as a program is asked to press once more. */
  const press = (page: Page, name: string, then: string) => until(`the page says ${then}`, async () => {
    if (await page.getByRole("heading", { name: then }).count()) return true;
    await page.getByRole("button", { name }).click();
    return (await page.getByRole("heading", { name: then }).count()) > 0;
  });

  const small: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  const looks: [string, BrowserContextOptions][] = [["light", {}], ["dark", dark], ["phone", { ...small, ...german }], ["arabic", { ...small, ...dark, locale: "ar" }]];

  it("sees it wherever they are", async () => {
    for (const [look, options] of looks) {
      const page = await browser.open(options);
      await page.goto(form);
      await checkAccessible(page);
      await picture(page, `signup-form-${look}`);
      const width = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
      assert.equal(width, true, `${look} is as wide as the window`);
    }
  });

  it("is told what is wrong, puts it right, and confirms", async () => {
    browser.allow(/400/);
    const page = await browser.open();
    await page.goto(form);
    await page.getByLabel("First Name").fill("Zoë O'Neill");
    await page.getByLabel("E-mail address").fill("zoe");
    await page.getByLabel("Roses").check();
    await page.getByRole("button", { name: "Subscribe" }).click();
    await page.getByText("Please correct what is marked.").waitFor();
    assert.equal(await page.evaluate("document.activeElement.name"), "EMAIL");
    assert.equal(await page.getByLabel("First Name").inputValue(), "Zoë O'Neill");
    assert.equal(await page.getByLabel("Roses").isChecked(), true);
    await checkAccessible(page);
    await picture(page, "signup-wrong");
    await page.emulateMedia({ colorScheme: "dark" });
    await checkAccessible(page);
    await picture(page, "signup-wrong-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.getByLabel("E-mail address").fill("zoe@example.org");
    await page.getByLabel("How did you hear of us?").selectOption("A friend");
    await press(page, "Subscribe", "Almost finished");
    await checkAccessible(page);
    await picture(page, "signup-almost");
    const mail = await parseMail((await caughtMail(server, "zoe@example.org")).source);
    await page.goto(new URL(hrefs(mail.html!).find((url) => url.includes("/subscribe/confirm/"))!).pathname);
    await checkAccessible(page);
    await picture(page, "signup-confirm");
    await page.getByRole("button", { name: "Yes, subscribe me" }).click();
    await page.getByText("You are subscribed.").waitFor();
    await picture(page, "signup-confirmed");
    const { body } = await server.mailchimp.get(`/3.0/lists/${list}/members/zoe@example.org`);
    assert.deepEqual([body.status, body.merge_fields.FNAME, body.merge_fields.HEARD], ["subscribed", "Zoë O'Neill", "A friend"]);
    assert.equal(Object.values(body.interests).filter(Boolean).length, 1);
  });
});
