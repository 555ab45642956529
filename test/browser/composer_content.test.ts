/** What a mail is made of: its look, blocks moved by the mouse, pictures, templates, and whatever people paste. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { caughtMail, until, useReceiver, useServer, type Json } from "../harness/index.js";
import { checkAccessible, intercept, picture, useBrowser } from "./browser.js";
import { block, blocks, edit, line, open, openContent, PNG, saved, useCampaigns, writingIn } from "./composer.js";

const v1 = "/api/v1";

/** Of an element, in pixels of the window. */
async function middle(at: Locator): Promise<{ x: number; y: number }> {
  await at.scrollIntoViewIfNeeded();
  const box = (await at.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** By the mouse, its middle to that of `to`; put down once the page says where it would go. */
async function drag(page: Page, name: RegExp, to: Locator, over: RegExp): Promise<void> {
  const handle = await middle(page.getByRole("button", { name }).and(page.locator("[data-handle]")));
  const [from, target] = [await middle(block(page, name)), await middle(to)];
  await page.mouse.move(handle.x, handle.y);
  await page.mouse.down();
  await page.mouse.move(handle.x, handle.y + 8, { steps: 2 });
  await page.locator("[data-moving]").waitFor();
  await page.mouse.move(handle.x + target.x - from.x, handle.y + target.y - from.y, { steps: 12 });
  await page.getByText(over).waitFor({ state: "attached" });
  await page.mouse.up();
}

/** Into the text that is written now. */
async function paste(page: Page, html: string, text: string): Promise<void> {
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData("text/html", ${JSON.stringify(html)});
    data.setData("text/plain", ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  })()`);
}

describe("the content of a mail", () => {
  const site = useReceiver();
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });
  const browser = useBrowser(server);
  const { of, designOf, make, designed, become } = useCampaigns(server);
  const test = async (campaign: Json, to: string): Promise<Json> => {
    await server.job((await server.admin.post(`${v1}/campaigns/${campaign.id}/test`, { to: [to] }, { status: 202 })).body.job_id);
    return caughtMail(server, to);
  };

  it("takes what is typed once a block is added", async () => {
    const page = await browser.signIn("manager");
    const campaign = await designed(blocks());
    await openContent(page, campaign);
    await page.getByRole("button", { name: "Add a block", exact: true }).click();
    await page.getByRole("menuitem", { name: "Text", exact: true }).click();
    await page.locator("[role=textbox]:focus").waitFor();
    await page.keyboard.type("Gleich los, schöne Welt");
    await until("it is saved", async () => JSON.stringify(await designOf(campaign)).includes("Gleich los, schöne Welt"));
    // a link to a page of each reader has words, whatever was marked
    await page.getByRole("button", { name: "Link", exact: true }).click();
    await page.getByRole("button", { name: "Link to send it to friends" }).click();
    await until("words lead there", async () =>
      (await designOf(campaign)).design.blocks.some(({ html }: Json) => html?.includes('<a href="*|FORWARD|*">Send to a friend</a>')));
    await saved(page);
    // a field that may be empty gets words to stand in its place
    await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { to: { kind: "audience" }, subject: "For *|FNAME|*" });
    await open(page, campaign);
    await page.getByLabel("Where nothing is known: First name").fill("you");
    await page.getByRole("button", { name: "Say this instead" }).click();
    await page.getByText("First name, else: you").waitFor();
    await until("it is said", async () => (await of(campaign)).subject === "For *|IF:FNAME|**|FNAME|**|ELSE:|*you*|END:IF|*");
  });

  it("has the colours and the font that are set for all of it", async () => {
    const campaign = await designed(blocks([{ id: "b3", type: "button", label: "Go", href: "https://example.org" }]));
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    await page.getByRole("tab", { name: "Look of the mail" }).click();
    const look = page.getByRole("tabpanel", { name: "Look of the mail" });
    await look.getByLabel("Behind everything").fill("#102030");
    await look.getByLabel("Buttons and lines").fill("#b00020");
    await look.getByLabel("Text", { exact: true }).fill("#334455");
    await page.keyboard.press("Escape");
    await look.getByRole("combobox", { name: "Font" }).click();
    await page.getByRole("option", { name: "Serif", exact: true }).click();
    await look.getByLabel("Width").fill("500");
    await page.keyboard.press("Tab");
    await until("the look is saved", async () => (await designOf(campaign)).design.style?.width === 500);
    await saved(page);
    await checkAccessible(page);
    await picture(page, "composer-look");
    assert.deepEqual((await designOf(campaign)).design.style, { background: "#102030", accent: "#b00020", text: "#334455", font: "serif", width: 500 });
    const { html } = await test(campaign, "look@example.org");
    for (const part of [/background-color:#102030/, /background-color:#b00020/, /color:#334455/, /font-family:Georgia/, /max-width:500px/]) assert.match(html, part);
    // what is no colour is not taken, what is emptied is as usual
    await look.getByLabel("Behind everything").fill("#10");
    await look.getByLabel("Buttons and lines").fill("");
    await until("one is as usual", async () => !("accent" in (await designOf(campaign)).design.style));
    await saved(page);
    assert.equal((await designOf(campaign)).design.style.background, "#102030");
  });

  it("is put in order by the mouse: among neighbours, and into a column", async () => {
    const campaign = await designed(blocks([
      { id: "b3", type: "divider" },
      { id: "b4", type: "columns", ratio: "1:1", columns: [[{ id: "c1", type: "text", html: "<p>Left</p>" }], []] },
    ]));
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    await drag(page, /^Line, 3/, block(page, /^Heading, 1/), /It would take the place of Heading/);
    await become(campaign, "b3 b1 b2 b4 b9");
    await picture(page, "composer-dragged");
    await page.getByRole("button", { name: "Undo" }).click();
    await become(campaign, "b1 b2 b3 b4 b9");
    await drag(page, /^Line, 3/, page.getByRole("button", { name: "Add to column 2" }).locator(".."), /It would go into column 2/);
    await until("it is in the column", async () => {
      const { design } = await designOf(campaign);
      return JSON.stringify(design.blocks[2]?.columns?.map((column: Json[]) => column.map(({ id }) => id))) === '[["c1"],["b3"]]';
    });
  });

  it("shows a picture that was given before, and one that is given again is the same", async () => {
    const page = await browser.signIn("manager");
    const [first, second] = [await designed(blocks([{ id: "b3", type: "image", src: "", alt: "Tree" }])), await designed(blocks([{ id: "b3", type: "image", src: "", alt: "Tree" }]))];
    browser.allow(/ERR_FAILED|Failed to load/);
    await openContent(page, first);
    const select = () => page.getByRole("button", { name: /^Picture, 3/ }).and(page.locator("[data-handle]")).focus();
    const give = () => page.locator('input[type="file"]').setInputFiles({ name: "tree.png", mimeType: "image/png", buffer: PNG });
    await select();
    // the connection breaks in the middle of it
    await intercept(page, /\/api\/v1\/images\?/, (route) => route.abort());
    await give();
    await page.getByRole("alert").getByText("The picture was not taken").waitFor();
    await picture(page, "composer-picture-offline");
    assert.equal((await server.admin.get(`${v1}/images`)).body.total, 0);
    assert.equal((await designOf(first)).design.blocks[2].src, "");
    await page.unroute(/\/api\/v1\/images\?/);
    // it comes to its block also if another one is selected by then
    let answer = (): void => {};
    const late = new Promise<void>((done) => (answer = done));
    await intercept(page, /\/api\/v1\/images\?/, async (route) => {
      await late;
      await route.continue();
    });
    await give();
    await writingIn(block(page, /^Text, 2/)).click();
    answer();
    await until("it is in the mail", async () => (await designOf(first)).design.blocks[2].src || undefined);
    const [image] = (await server.admin.get(`${v1}/images`)).body.items;
    assert.equal((await designOf(first)).design.blocks[2].src, image.url);

    await openContent(page, second);
    await select();
    await page.getByRole("button", { name: "Choose from pictures" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Search by name").fill("nothing like it");
    await dialog.getByText("There are no pictures yet.").waitFor();
    await dialog.getByLabel("Search by name").fill("TREE");
    await dialog.getByRole("button", { name: "tree.png" }).waitFor();
    await checkAccessible(page);
    await picture(page, "composer-library");
    await dialog.getByRole("button", { name: "tree.png" }).click();
    await dialog.waitFor({ state: "detached" });
    await until("it is in the other mail", async () => (await designOf(second)).design.blocks[2].src === image.url);
    await give();
    await saved(page);
    assert.equal((await server.admin.get(`${v1}/images`)).body.total, 1);
    const { html } = await test(second, "tree@example.org");
    assert.ok(html.includes(image.url), "the mail shows it");
  });

  it("begins with each of the six templates, which look as they promise", async () => {
    const page = await browser.signIn("manager");
    const { items } = (await server.admin.get(`${v1}/templates`, { lang: "en" })).body;
    const starters = (items as Json[]).filter((one) => one.built_in);
    assert.equal(starters.length, 6);
    for (const { id, name, design } of starters) {
      const campaign = await make({ name, subject: "News", from_name: "Us", from_email: "us@example.org" });
      await openContent(page, campaign);
      await page.getByRole("button", { name: `Use ${name}` }).click();
      await page.locator("[data-block]").first().waitFor();
      const made = await designOf(campaign);
      assert.deepEqual(made.design, design, id);
      assert.deepEqual(made.problems.filter((p: Json) => !["missing_src", "missing_href"].includes(p.code)), [], `${id}: nothing is wrong but what has to be chosen`);
      await page.getByText("Preview", { exact: true }).click();
      const words = (made.plain_text as string).split("\n").find((one) => /^[A-Z][a-z ]+$/.test(one));
      if (words) await page.frameLocator("iframe").getByText(words).first().waitFor();
      await page.frameLocator("iframe").getByRole("link", { name: /unsubscribe/i }).first().waitFor();
      await picture(page, `composer-${id}`);
      const mail = await test(campaign, `${id}@example.org`);
      assert.match(mail.html, /unsubscribe/i);
      assert.ok(!/\*\||\|\*/.test(mail.html), `${id}: no merge tag is left`);
    }
    // in the mail's language, whatever the app's is
    const german = (await server.admin.get(`${v1}/templates`, { lang: "de" })).body.items.find((one: Json) => one.built_in);
    await openContent(page, await make({ name: "Neues", language: "de-AT" }));
    await page.getByRole("button", { name: `Use ${german.name}` }).waitFor();
    await page.getByRole("button", { name: "Plain text: Begin" }).click();
    assert.equal(await page.getByRole("textbox", { name: "Plain text" }).inputValue(), "Guten Tag,\n\n");
  });

  it("begins with a template of HTML, which stays as it is", async () => {
    const html = '<html><body><h1 mc:edit="title">Dear *|FNAME|*</h1><p>All the news</p><p><a href="*|UNSUB|*">Unsubscribe</a></p></body></html>';
    await server.mailchimp.post("/3.0/templates", { name: "Letter <b>of</b> HTML", html });
    for (let i = 2; i <= 8; i++) await server.mailchimp.post("/3.0/templates", { name: `HTML ${i}`, html });
    const page = await browser.signIn("manager");
    const campaign = await make({ subject: "News", from_name: "Us", from_email: "us@example.org" });
    await openContent(page, campaign);
    await page.getByRole("heading", { name: "HTML templates" }).waitFor();
    await page.getByRole("button", { name: "Use HTML 8" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Use Letter <b>of</b> HTML" }).count(), 0, "six are enough at first");
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByRole("button", { name: "Look at Letter <b>of</b> HTML" }).click();
    await page.getByRole("dialog").frameLocator("iframe").getByText("All the news").waitFor();
    await picture(page, "composer-html-template-look");
    await page.keyboard.press("Escape");
    await checkAccessible(page);
    await picture(page, "composer-html-templates", { fullPage: true });
    await page.getByRole("button", { name: "Use Letter <b>of</b> HTML" }).click();
    await page.getByText("Preview", { exact: true }).click();
    await page.frameLocator("iframe").getByText("All the news").waitFor();
    assert.equal((await of(campaign)).html, html.replace(' mc:edit="title"', ""));
    const mail = await test(campaign, "of.html@example.org");
    assert.ok(mail.html.includes("All the news") && !mail.html.includes("mc:edit"));
    // and in the place of what is there, which it asks about first
    await page.goto(`/campaigns/${campaign.id}/edit/content?begin=true`);
    await page.getByRole("button", { name: "Use HTML 8" }).click();
    await page.getByRole("button", { name: "Replace the content" }).click();
    await page.getByText("Preview", { exact: true }).waitFor();
  });

  it("keeps what is typed beside a block's handle, or while it is picked up", async () => {
    const campaign = await designed(blocks());
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    const text = block(page, /^Text, 2/);
    const handle = text.getByRole("button", { name: /^Text, 2/ }).and(page.locator("[data-handle]"));
    const htmlOf = async (): Promise<string> => (await designOf(campaign)).design.blocks[1].html;
    await handle.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("Liebe*r Ada, viele Grüße!");
    await until("it is in the text", async () => (await htmlOf()) === "<p>Liebe*r Ada, viele Grüße!</p>");
    await handle.focus();
    await page.keyboard.press("Space");
    await page.getByText("It would take the place of Text, 2 of 3.").waitFor({ state: "attached" });
    await page.keyboard.press("ArrowDown");
    await writingIn(text).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("A second one, with blanks");
    await until("that is, too", async () => (await htmlOf()) === "<p>A second one, with blanks</p>");
    await handle.focus();
    await page.keyboard.press("Space");
    await page.getByText("It would take the place of Text, 2 of 3.").waitFor({ state: "attached" });
    await page.keyboard.press("ArrowUp");
    await page.getByText("It would take the place of Heading").waitFor({ state: "attached" });
    await page.keyboard.press("Space");
    await until("it is moved by the keyboard", async () => (await designOf(campaign)).design.blocks[0].type === "text");
    await block(page, /^Text, 1/).locator("[data-handle]:focus").waitFor();
  });

  it("takes what Word puts into the clipboard, and leaves out what mails cannot have", async () => {
    const campaign = await designed(blocks());
    const page = await browser.signIn("manager");
    browser.allow(/Executing inline event handler violates/); // and does not run
    await openContent(page, campaign);
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.press("Control+a");
    await paste(page, `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body>
      <!--StartFragment--><p class=MsoNormal style='mso-margin-top-alt:auto'><b style='mso-bidi-font-weight:normal'>Dear</b> *|FNAME|*,<o:p></o:p></p>
      <p class=MsoNormal><a href="javascript:alert(1)">bad</a> <a href="https://good.example/?a=1&amp;b=2">good</a><script>alert(1)</script><img src=x onerror=alert(1)></p><!--EndFragment--></body></html>`, "Dear");
    const text = await until("it is saved", async () => {
      const { html } = (await designOf(campaign)).design.blocks[1];
      return html.includes("good") ? (html as string) : undefined;
    });
    assert.match(text, /<strong>Dear<\/strong> \*\|FNAME\|\*,/);
    assert.match(text, /<a href="https:\/\/good\.example\/\?a=1&amp;b=2">good<\/a>/);
    assert.doesNotMatch(text, /mso|Mso|<o:p|javascript|script|onerror|<img|class=/);
    // typed by hand, a tag is a tag
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("Dear *|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|* and ~~all~~");
    await until("the tag is saved", async () =>
      (await designOf(campaign)).design.blocks[1].html === "<p>Dear *|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|* and ~~all~~</p>");
    // and is read as one thing, which can be changed
    await block(page, /^Text, 2/).getByRole("button", { name: "Change: First name, else: friend" }).click();
    await page.getByLabel("If nothing is known").fill("reader");
    await page.getByRole("button", { name: "Apply" }).click();
    await until("what is said instead is saved", async () =>
      (await designOf(campaign)).design.blocks[1].html === "<p>Dear *|IF:FNAME|**|FNAME|**|ELSE:|*reader*|END:IF|* and ~~all~~</p>");
    // into a line of its own: one line stays one
    await writingIn(block(page, /^Heading, 1/)).click();
    await page.keyboard.press("Control+a");
    await paste(page, "<h1>Big</h1><p>and <i>small</i></p>", "Big and small");
    const heading = await until("the heading is saved", async () => {
      const { text: words } = (await designOf(campaign)).design.blocks[0];
      return words === "Hello" ? undefined : (words as string);
    });
    assert.doesNotMatch(heading, /<p|<h1/);
    const { html } = await test(campaign, "word@example.org");
    assert.doesNotMatch(html, /javascript|onerror|<script/);
  });

  it("says emoji, quotes and other scripts as they were typed", async () => {
    const campaign = await designed(blocks());
    const page = await browser.signIn("manager");
    await open(page, campaign);
    await edit(page, "Subject").click();
    await line(page, "Subject").getByLabel("Subject", { exact: true }).fill("🎉 50 % 👩‍👩‍👧 für ");
    await line(page, "Subject").getByRole("button", { name: "Merge tag into: Subject" }).click();
    await page.getByLabel("If nothing is known").fill(`"Freund" & 'Co' |* <b>`);
    await page.getByRole("button", { name: "Insert" }).click();
    await line(page, "Subject").getByLabel("Preview text", { exact: true }).fill("שלום");
    await line(page, "Subject").getByRole("combobox", { name: "Language of the mail" }).fill("Hebrew");
    await page.getByRole("option", { name: "Hebrew" }).click();
    await until("all is saved", async () => (await of(campaign)).language === "he");
    await saved(page);
    await openContent(page, campaign);
    await writingIn(block(page, /^Text, 2/)).click();
    await block(page, /^Text, 2/).getByRole("button", { name: /^Merge tag into/ }).click();
    await page.getByLabel("If nothing is known").fill(`"Freund" & 'Co' <b>`);
    await page.getByRole("button", { name: "Insert" }).click();
    await until("the tag is there", async () => (await designOf(campaign)).design.blocks[1].html.includes("FNAME"));
    await saved(page);
    const mail = await test(campaign, "emoji@example.org");
    assert.equal(mail.subject, `[Test] 🎉 50 % 👩‍👩‍👧 für "Freund" & 'Co' <b>`);
    assert.match(mail.html, /&lt;b&gt;/);
    assert.match(mail.html, /<html lang="he" dir="rtl"/);
    assert.match(mail.html, /שלום/);
    await page.getByText("Preview", { exact: true }).click();
    await page.frameLocator("iframe").locator('[dir="rtl"]').first().waitFor();
    await picture(page, "composer-rtl");
  });

  it("is looked at as somebody gets it, also if it is plain text alone", async () => {
    const { id } = (await server.admin.post(`${v1}/people`, { first_name: "Zoë", last_name: "Plain", email: "zoe@plain.example" }, { status: 201 })).body;
    const campaign = await make({ subject: "News", from_name: "Us", from_email: "us@example.org", plain_text: "Hello *|FNAME|*" });
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    await page.getByRole("textbox", { name: "Plain text" }).fill("Dear *|FNAME|*, it is spring.");
    await page.getByText("Preview", { exact: true }).click();
    await page.getByRole("combobox", { name: "As" }).fill("Plain");
    await page.getByRole("option", { name: /Zoë Plain/ }).click();
    await page.frameLocator("iframe").getByText("Dear Zoë, it is spring.").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-plain-preview");
    await server.admin.delete(`${v1}/people/${id}`, { status: 204 });
  });

  it("is led to by what the check finds: the block of a dead link, of a picture, of a tag", async () => {
    site.answer = ({ path }) => (path === "/there" ? 200 : 404);
    const campaign = await designed(blocks([
      { id: "b3", type: "text", html: `<p>*|NOPE|* <a href="${site.url}/there">there</a></p>` },
      { id: "b4", type: "button", label: "Go", href: `${site.url}/gone` },
      { id: "b5", type: "image", alt: "Tree", src: `${site.url}/tree.png` },
    ]));
    const page = await browser.signIn("manager");
    await open(page, campaign);
    const check = page.getByRole("region", { name: "Check" });
    await check.getByRole("listitem").filter({ hasText: `${site.url}/gone` }).first().waitFor();
    await check.getByRole("button", { name: "Try the links" }).click();
    await check.getByText("1 link should be looked at").waitFor();
    await check.getByText("1 picture should be looked at").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-dead-links");
    const leads = async (to: string, from: Locator) => {
      await from.getByRole("link", { name: "Show the block" }).click();
      await page.locator(`[data-block="${to}"][data-selected]`).waitFor();
      await page.getByRole("link", { name: "Back to the campaign" }).click();
    };
    const found = (words: string | RegExp) => check.getByRole("listitem").filter({ hasText: words });
    await leads("b5", found(/tree\.png – cannot be loaded/));
    await leads("b3", found(/Merge tags.*NOPE/));
    await check.getByRole("button", { name: "Try the links" }).click();
    await leads("b4", found(/gone – leads nowhere/));
  });
});
