/** Campaigns written in the browser: whom to, from whom, what about; blocks, checked, tested, sent. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, caughtMail, makeGroup, runJob, until, useDns, useReceiver, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, phone, picture, useBrowser } from "./browser.js";
import { block, blocks, edit, line, open, openContent, PNG, saved, useCampaigns, writingIn } from "./composer.js";

const v1 = "/api/v1";

describe("the composer", () => {
  const env: Record<string, string> = { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon", MUSTER_WEBHOOKS_PRIVATE: "true" };
  const site = useReceiver();
  useDns(env);
  const server = useServer({ env });
  const browser = useBrowser(server);
  let group: Json, people: Json[];
  const { of: campaignOf, designOf, make: makeCampaign, put: putDesign } = useCampaigns(server);
  /** All but its content. */
  const ready = (fields: Json = {}) => makeCampaign({ to: { kind: "group", id: group.id }, subject: "News", from_name: "Us", from_email: "us@example.org", ...fields });

  before(async () => {
    people = await addPeople(server, ["ann@example.org", "ben@example.org", "cleo@example.org", "dan@example.org"]);
    await server.admin.patch(`${v1}/people/${people[3]!.id}`, { opted_out: true, reason: "by letter" });
    await server.admin.patch(`${v1}/people/${people[0]!.id}`, { first_name: "Ann" });
    group = await makeGroup(server, "Friends");
  });

  it("makes a mail of blocks, checks it, tests it, sends it", async () => {
    const page = await browser.signIn("administrator");
    const campaign = await makeCampaign();
    await open(page, campaign);
    const send = page.getByRole("button", { name: "Send", exact: true });
    assert.ok(await send.isDisabled());
    await checkAccessible(page);
    await picture(page, "composer-new");

    await page.getByLabel("Name of the campaign").fill("Spring news");
    await edit(page, "To").click();
    await page.getByRole("combobox", { name: "Group" }).fill("Fri");
    await page.getByRole("option", { name: "Friends" }).click();
    await page.getByText("3 people would get it now").waitFor();
    await page.getByText("Opted out: 1").waitFor();
    await picture(page, "composer-to");
    await edit(page, "From").click();
    await line(page, "From").getByLabel("Name", { exact: true }).fill("Ada’s shop");
    await line(page, "From").getByLabel("E-mail address", { exact: true }).fill("ada@example.org");
    await page.keyboard.press("Tab");
    await edit(page, "Subject").click();
    await line(page, "Subject").getByLabel("Subject", { exact: true }).fill("Hello ");
    await line(page, "Subject").getByRole("button", { name: "Merge tag into: Subject" }).click();
    await page.getByLabel("If nothing is known").fill("friend");
    await page.getByRole("button", { name: "Insert" }).click();
    await line(page, "Subject").getByLabel("Preview text", { exact: true }).fill("What is new in spring");
    await line(page, "Subject").getByRole("combobox", { name: "Language of the mail" }).fill("German");
    await page.getByRole("option", { name: "German" }).click();
    await saved(page);
    const set = await campaignOf(campaign);
    assert.deepEqual([set.name, set.to.id, set.from_name, set.from_email, set.preview_text, set.language],
      ["Spring news", group.id, "Ada’s shop", "ada@example.org", "What is new in spring", "de"]);
    assert.equal(set.subject, "Hello *|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|*");
    await line(page, "Subject").getByText("Hello Ann").waitFor(); // the first who gets it
    await line(page, "Subject").getByText(/^As Ann.* gets it$/).waitFor();
    await picture(page, "composer-subject");

    await line(page, "Content").getByRole("link", { name: /^Content: / }).click();
    await page.getByRole("heading", { name: "Templates", exact: true }).waitFor();
    await page.getByRole("button", { name: "Use Newsletter" }).waitFor();
    await checkAccessible(page);
    await picture(page, "composer-start");
    await page.getByRole("button", { name: "Empty page: Begin" }).click();

    await writingIn(block(page, /^Heading, 1/)).click();
    await page.keyboard.type("Hello ");
    await block(page, /^Heading, 1/).getByRole("button", { name: /^Merge tag into/ }).click();
    await page.getByRole("button", { name: "Insert" }).click();
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.type("Spring is ");
    await page.keyboard.press("Control+b");
    await page.keyboard.type("here");
    await page.keyboard.press("Control+b");
    await page.keyboard.type(".");
    // what nobody writes in is read as names
    assert.equal((await writingIn(block(page, /^Heading, 1/)).innerText()).trim(), "Hello First name");
    await block(page, /^Text, 2/).getByRole("button", { name: "Add a block below" }).click();
    await page.getByRole("menuitem", { name: "Picture" }).click();
    await block(page, /^Picture, 3/).waitFor();
    await page.locator('input[type="file"]').setInputFiles({ name: "flowers.png", mimeType: "image/png", buffer: PNG });
    await block(page, /^Picture, 3/).locator("img").waitFor();
    await saved(page);
    await block(page, /^Picture, 3/).getByText("no words for who does not see it").waitFor();
    await picture(page, "composer-blocks");
    await page.getByLabel("Alternative text").fill("Flowers");
    await block(page, /^Picture, 3/).getByRole("button", { name: "Add a block below" }).click();
    await page.getByRole("menuitem", { name: "Button" }).click();
    await page.getByLabel("Label", { exact: true }).fill("To the shop");
    await page.getByLabel("Leads to", { exact: true }).fill(`${site.url}/shop`);
    await saved(page);
    const { design, html, problems } = await designOf(campaign);
    assert.deepEqual(design.blocks.map((b: Json) => b.type), ["heading", "text", "image", "button", "footer"]);
    assert.equal(design.blocks[0].text, "Hello *|FNAME|*");
    assert.equal(design.blocks[1].html, "<p>Spring is <strong>here</strong>.</p>");
    assert.match(design.blocks[2].src, /\/files\//);
    assert.equal(design.blocks[2].alt, "Flowers");
    assert.deepEqual(problems.map((p: Json) => p.code), ["http_link"], "of the shop of this test; our own picture is no fault");
    assert.match(html, /To the shop/);
    await checkAccessible(page);
    await picture(page, "composer-blocks-done");

    // as it arrives
    await page.getByText("Preview", { exact: true }).click();
    await page.frameLocator("iframe").getByText("Hello Ann").waitFor(); // nobody is chosen
    await page.getByText(/^As Ann.* gets it$/).waitFor();
    await page.getByRole("combobox", { name: "As this person" }).fill("Ann");
    await page.getByRole("option", { name: /Ann/ }).click();
    await page.frameLocator("iframe").getByText("Hello Ann").waitFor();
    await page.getByText("Hello Ann", { exact: true }).first().waitFor();
    await picture(page, "composer-preview");

    await page.getByRole("link", { name: "Back to the campaign" }).click();
    await page.getByRole("region", { name: "Check" }).getByText(/not encrypted|http, not https/).first().waitFor();
    await page.getByRole("button", { name: "Try the links and the sender’s domain" }).click();
    await page.getByText("1 link was tried, and leads somewhere.").waitFor();
    await page.getByText("1 picture was looked for, and is there.").waitFor();
    await page.getByText("SPF: missing.").waitFor();
    await picture(page, "composer-check");
    await page.getByRole("button", { name: "Send a test" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).fill("test@example.org,");
    await dialog.getByRole("combobox", { name: "As this person" }).fill("Ann");
    await dialog.getByRole("option", { name: /Ann/ }).click();
    await checkAccessible(page);
    await picture(page, "composer-test");
    await dialog.getByRole("button", { name: "Send the test" }).click();
    await dialog.getByText("are in the outbox").waitFor();
    assert.equal((await caughtMail(server, "test@example.org")).subject, "[Test] Hello Ann");
    await page.keyboard.press("Escape");

    await picture(page, "composer-ready");
    await page.getByRole("button", { name: "Send to 3 people" }).click();
    await page.getByRole("dialog").getByText("Hello").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-send");
    await page.getByRole("dialog").getByRole("button", { name: "Send to 3 people" }).click();
    await page.waitForURL(new RegExp(`/campaigns/${campaign.id}\\?job=\\d+$`));
    await until("it is sent", async () => (await campaignOf(campaign)).status === "sent");
    const mail = (await server.admin.get(`${v1}/outbox`, { rcpt: "ann@example.org" })).body.items[0];
    assert.equal(mail.subject, "Hello Ann");
    const whole = (await server.admin.get(`${v1}/outbox/${mail.id}`)).body;
    assert.match(whole.html, /Spring is <strong[^>]*>here<\/strong>/);
    assert.equal((await server.admin.get(`${v1}/outbox`, { rcpt: "dan@example.org" })).body.total, 0, "who opted out gets none");
  });

  it("is looked at as those whom it reaches, says who gets none, and how an inbox shows its words", async () => {
    const campaign = await ready();
    await putDesign(campaign, { version: 1, blocks: [{ id: "b1", type: "heading", text: "Spring news", level: 1 },
      { id: "b2", type: "text", html: '<p>Wine is here, see <a href="https://shop.example/">the shop</a>.</p>' },
      { id: "b9", type: "footer", html: '<p><a href="*|UNSUB|*">Unsubscribe</a></p>' }] });
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    await page.getByText("Preview", { exact: true }).click();
    const inbox = page.getByRole("region", { name: "How an inbox shows it" });
    await inbox.getByText(/^Spring news Wine is here, see the shop\. Unsubscribe/).waitFor();
    const as = page.getByRole("combobox", { name: "As this person" });
    await as.click();
    await page.getByRole("option", { name: "ben" }).waitFor(); // before anything is typed
    assert.equal(await page.getByRole("option").count(), 3);
    await picture(page, "composer-preview-as");
    await as.fill("example");
    await page.getByText("Gets none of it").waitFor();
    await checkAccessible(page);
    assert.match((await page.getByRole("option").last().innerText()), /^dan/);
    await page.getByRole("option", { name: "dan" }).click();
    await inbox.getByText("dan Example gets no mail of this campaign: Opted out").waitFor();
    assert.equal(await inbox.getByText(/^As dan/).count(), 0);
    await checkAccessible(page);
    await picture(page, "composer-preview-none");
    const german_ = await browser.signIn("manager", { ...german, ...phone });
    await german_.goto(`/campaigns/${campaign.id}/edit`);
    await german_.getByRole("button", { name: "Test senden" }).click();
    await german_.getByRole("combobox", { name: "Als diese Person" }).fill("dan");
    await german_.getByRole("option", { name: "dan" }).click();
    await german_.getByText("dan Example bekommt von dieser Kampagne keine E-Mail: Abgemeldet").waitFor();
    await picture(german_, "composer-test-none-de-phone");
  });

  it("offers merge tags in the reader's language, in a list that opens when asked and stays in the window", async () => {
    const campaign = await ready();
    await runJob(server, `${v1}/bridge/fields/read`, {});
    for (const [name, options] of [["de", german], ["de-phone", { ...german, ...phone }]] as const) {
      const page = await browser.signIn("manager", options);
      await page.goto(`/campaigns/${campaign.id}/edit`);
      await page.getByRole("button", { name: /^Betreff: / }).click();
      await page.getByRole("button", { name: "Platzhalter in: Betreff" }).click();
      const which = page.getByRole("combobox", { name: "Was soll dort stehen?" });
      await which.and(page.locator(":focus")).waitFor();
      assert.equal(await which.getAttribute("aria-expanded"), "false");
      assert.equal(await which.inputValue(), "Vorname");
      await which.click();
      const list = page.getByRole("listbox");
await list.getByRole("option", { name: "Firma", exact: true }).waitFor();
      assert.deepEqual(await list.getByRole("option").allInnerTexts(), ["Anschrift", "Geburtstag", "Ort", "Firma", "Vorname", "Nachname",
        "Telefon", "Titel", "E-Mail-Adresse", "Name Ihrer Organisation", "Ihre Postanschrift", "Datum des Versands", "Dieses Jahr"]);
      await checkAccessible(page);
      const { top, bottom } = await list.evaluate((box) => box.getBoundingClientRect());
      assert.ok(top >= 0 && bottom <= page.viewportSize()!.height, `${name}: ${top} to ${bottom}`);
      await picture(page, `composer-tags-${name}`);
    }
  });

  it("keeps blocks that it does not know, and what others do to other blocks", async () => {
    const campaign = await ready();
    const unknown = { id: "b3", type: "carousel", slides: [{ of: null }], "größe": 1 };
    await putDesign(campaign, { ...blocks([unknown]), later: { kept: true } });
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    await openContent(page, campaign);
    await block(page, /^Unknown block, 3/).waitFor();
    await writingIn(block(page, /^Heading, 1/)).click();
    await page.keyboard.press("End");
    // somebody else writes the text meanwhile
    const theirs = (await designOf(campaign)).design;
    theirs.blocks[1].html = "<p>Theirs</p>";
    await putDesign(campaign, theirs);
    await page.keyboard.type(" there");
    await until("both are saved", async () => {
      const { design } = await designOf(campaign);
      return design.blocks[0].text === "Hello there" && design.blocks[1].html === "<p>Theirs</p>";
    });
    await block(page, /^Text, 2/).getByText("Theirs").waitFor();
    const { design } = await designOf(campaign);
    assert.deepEqual(design.blocks[2], unknown);
    assert.deepEqual(design.later, { kept: true });

    // the same block: both are shown
    await putDesign(campaign, { ...design, blocks: [{ ...design.blocks[0], text: "Other" }, ...design.blocks.slice(1)] });
    await writingIn(block(page, /^Heading, 1/)).click();
    await page.keyboard.press("End");
    await page.keyboard.type(", you");
    await page.getByRole("alert").getByText("Somebody else has saved meanwhile").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-meeting");
    assert.equal((await designOf(campaign)).design.blocks[0].text, "Other");
    await page.getByRole("button", { name: "Keep mine" }).click();
    await until("mine is saved", async () => (await designOf(campaign)).design.blocks[0].text === "Hello there, you");
  });

  it("meets a second user, who changed the subject", async () => {
    const campaign = await ready();
    const page = await browser.signIn("manager");
    browser.allow(/412/);
    await open(page, campaign);
    await edit(page, "Subject").click();
    await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { subject: "Theirs", from_name: "Them" });
    await line(page, "Subject").getByLabel("Subject", { exact: true }).fill("Mine");
    const alert = page.getByRole("alert");
    await alert.getByRole("cell", { name: "Theirs" }).waitFor();
    await alert.getByRole("cell", { name: "Mine" }).waitFor();
    assert.equal((await campaignOf(campaign)).subject, "Theirs");
    await line(page, "From").getByText("Them <us@example.org>").waitFor();
    await alert.getByRole("button", { name: "Take what was saved" }).click();
    assert.equal(await line(page, "Subject").getByLabel("Subject", { exact: true }).inputValue(), "Theirs");
    await saved(page);
  });

  it("keeps what is typed while there is no connection", async () => {
    const campaign = await ready();
    await putDesign(campaign, blocks());
    const page = await browser.signIn("manager");
    browser.allow(/ERR_|Failed to fetch/);
    await openContent(page, campaign);
    await intercept(page, /\/api\/v1\/campaigns\//, (route) => route.abort());
    await writingIn(block(page, /^Text, 2/)).click();
    await page.keyboard.press("End");
    await page.keyboard.type(", two");
    await page.getByText("What you typed is kept here").waitFor();
    await checkAccessible(page);
    await picture(page, "composer-offline");
    // leaving would lose it
    await page.getByRole("link", { name: "Back to the campaign" }).click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay here" }).click();
    await page.keyboard.press("Escape");
    await page.unroute(/\/api\/v1\/campaigns\//);
    await saved(page);
    assert.equal((await designOf(campaign)).design.blocks[1].html, "<p>One, two</p>");
  });

  it("says what the server refuses: an address, a picture, a campaign that is gone", async () => {
    const campaign = await ready();
    await putDesign(campaign, blocks([{ id: "b3", type: "image", src: "", alt: "x" }]));
    const page = await browser.signIn("administrator");
    browser.allow(/400|404|409|412/);
    await open(page, campaign);
    await edit(page, "From").click();
    await line(page, "From").getByLabel("E-mail address", { exact: true }).fill("nobody");
    await page.keyboard.press("Tab");
    await page.getByRole("alert").getByText("not saved").waitFor();
    assert.equal((await campaignOf(campaign)).from_email, "us@example.org");
    assert.ok(await page.getByRole("button", { name: /^Send to/ }).isDisabled());
    await picture(page, "composer-refused");
    await line(page, "From").getByLabel("E-mail address", { exact: true }).fill("ada@example.org");
    await page.keyboard.press("Tab");
    await saved(page);

    await openContent(page, campaign);
    await block(page, /^Picture, 3/).getByRole("button", { name: /^Picture, 3/ }).focus();
    await page.locator('input[type="file"]').setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("<svg/>") });
    await page.getByRole("alert").getByText("The picture was not taken").waitFor();
    await picture(page, "composer-no-picture");

    // somebody else changes it, and then sends it, while it is open here
    await page.goto(`/campaigns/${campaign.id}/edit`);
    const send = page.getByRole("button", { name: "Send to 3 people" });
    await send.click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await server.admin.patch(`${v1}/campaigns/${campaign.id}`, { subject: "Theirs" });
    await dialog.getByRole("button", { name: "Send to 3 people" }).click();
    await dialog.getByRole("alert").getByText("It has been changed since you looked").waitFor();
    await dialog.getByRole("cell", { name: "Theirs" }).waitFor();
    await checkAccessible(page);
    await picture(page, "composer-send-changed");
    assert.equal((await campaignOf(campaign)).status, "draft");
    await server.job((await server.admin.post(`${v1}/campaigns/${campaign.id}/send`, undefined, { status: 202 })).body.job_id);
    await dialog.getByRole("button", { name: "Send to 3 people" }).click();
    await page.getByText("This campaign is no draft any more").waitFor();
    await page.goto("/campaigns/9999/edit");
    await page.getByRole("heading", { name: /nothing here|could not be shown/ }).waitFor();
  });

  it("is written by who may not send, and refused to who may not write", async () => {
    const campaign = await ready({ html: "<p>Hello</p>" });
    const page = await browser.signIn("manager");
    await open(page, campaign);
    await page.getByText("You may write campaigns, but not send them.").waitFor();
    assert.ok(await page.getByRole("button", { name: "Send to 3 people" }).isDisabled());
    await checkAccessible(page);
    await picture(page, "composer-may-not-send");
    const reader = await browser.signIn("user");
    await reader.goto(`/campaigns/${campaign.id}/edit`);
    await reader.getByText("Campaigns are written by marketing managers").waitFor();
  });

  it("is scheduled for a time to come", async () => {
    const campaign = await ready({ html: "<p>Hello</p>" });
    const page = await browser.signIn("manager", {}, true);
    await open(page, campaign);
    await edit(page, "When").click();
    await page.getByLabel("At a time of your choice").check();
    await page.getByLabel("Date and time").fill("2020-01-01T09:00");
    await page.getByText("This time is past").waitFor();
    assert.ok(await page.getByRole("button", { name: "Schedule for 3 people" }).isDisabled());
    await page.getByLabel("Date and time").fill("2099-01-01T09:00");
    await saved(page);
    assert.equal(Date.parse((await campaignOf(campaign)).send_at), Date.parse("2099-01-01T09:00Z"));
    await picture(page, "composer-when");
    await page.getByRole("button", { name: "Schedule for 3 people" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Schedule for 3 people" }).click();
    await page.waitForURL(new RegExp(`/campaigns/${campaign.id}$`));
    const { status, schedule_at } = await campaignOf(campaign);
    assert.deepEqual([status, Date.parse(schedule_at)], ["scheduled", Date.parse("2099-01-01T09:00Z")]);
  });

  it("begins with a template, another campaign, HTML or plain text; and becomes a template", async () => {
    const page = await browser.signIn("manager");
    const campaign = await makeCampaign();
    await openContent(page, campaign);
    await page.getByRole("button", { name: "Use Newsletter" }).click();
    await block(page, "Heading, 2 of 12").waitFor();
    const starter = (await server.admin.get(`${v1}/templates/starter-newsletter`, { lang: "en" })).body;
    assert.deepEqual((await designOf(campaign)).design, starter.design, "nothing changes by being opened");
    await picture(page, "composer-newsletter");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Save as a template" }).click();
    await page.getByRole("dialog").getByLabel("Name of the template").fill("Our newsletter");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("“Our newsletter” is a template now.").waitFor();
    const [own] = (await server.admin.get(`${v1}/templates`)).body.items.filter((one: Json) => !one.built_in);
    assert.deepEqual([own.name, own.design], ["Our newsletter", starter.design]);

    const other = await makeCampaign({ name: "Other" });
    await openContent(page, other);
    await page.getByRole("button", { name: "HTML: Begin" }).click();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("<p>Raw</p>");
    await saved(page);
    await until("the HTML is saved", async () => (await campaignOf(other)).html?.includes("<p>Raw</p>"));
    for (const tag of ["E-mail address", "Unsubscribe link"]) {
      await page.getByRole("button", { name: "Merge tag into: HTML" }).click();
      await page.getByRole("combobox", { name: "What is to stand there?" }).fill(tag);
      await page.getByRole("option", { name: tag }).click();
      await page.getByRole("button", { name: "Insert" }).click();
    }
    await until("tags stand where the caret was", async () =>
      (await campaignOf(other)).html?.includes('*|EMAIL|*<a href="*|UNSUB|*">Unsubscribe</a>'));
    await checkAccessible(page);
    await picture(page, "composer-html");
    await page.getByText("Preview", { exact: true }).click();
    await page.frameLocator("iframe").getByText("Raw").waitFor();

    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Begin with something else" }).click();
    await page.getByRole("button", { name: "Another campaign: Choose" }).click();
    await page.getByRole("dialog").getByLabel("Search by name").fill("Spring");
    await page.getByRole("dialog").getByRole("button", { name: "Use Spring", exact: true }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Replace the content" }).click();
    await block(page, "Heading, 2 of 12").waitFor();
    assert.deepEqual((await designOf(other)).design, starter.design);

    await openContent(page, other);
    await page.goto(`/campaigns/${other.id}/edit/content?begin=true`);
    await page.getByRole("button", { name: "Plain text: Begin" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replace the content" }).click();
    await page.getByRole("textbox", { name: "Plain text", exact: true }).fill("Only words");
    await saved(page);
    const plain = await campaignOf(other);
    assert.deepEqual([plain.content, plain.html, plain.plain_text], ["plain", null, "Only words"]);
    await checkAccessible(page);
  });

  it("moves, copies, removes and takes back blocks by keyboard alone", async () => {
    const campaign = await ready();
    await putDesign(campaign, blocks([{ id: "b3", type: "divider" }]));
    const page = await browser.signIn("manager");
    await openContent(page, campaign);
    const order = async () => (await designOf(campaign)).design.blocks.map((b: Json) => b.type).join(" ");
    const becomes = (wanted: string) => until(wanted, async () => (await order()) === wanted);
    await page.getByRole("button", { name: /^Line, 3/ }).focus();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("Tab", "Enter");
    await becomes("heading divider text footer");
    await page.getByRole("button", { name: /^Line, 2/ }).focus();
    await press("Tab", "Tab", "Tab", "Enter");
    await becomes("heading divider divider text footer");
    assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), "Line, 3 of 5", "on the copy");
    await press("Control+z");
    await becomes("heading divider text footer");
    await press("Control+z");
    await becomes("heading text divider footer");
    await page.getByRole("button", { name: "Redo" }).focus();
    await press("Enter");
    await becomes("heading divider text footer");
    await page.getByRole("button", { name: /^Line, 2/ }).focus();
    await press("Tab", "Tab", "Tab", "Tab", "Enter");
    await becomes("heading text footer");
    assert.equal(await page.evaluate("document.activeElement !== document.body"), true, "the focus is somewhere");
  });

  it("is accessible in light, dark, German and on a phone", async () => {
    const campaign = await ready({ name: "نشرة الربيع" });
    await putDesign(campaign, blocks([
      { id: "b3", type: "columns", ratio: "1:1", columns: [[{ id: "c1", type: "text", html: "<p>Left</p>" }], []] },
      { id: "b4", type: "button", label: "", href: "" }, { id: "b5", type: "social", links: [{ network: "Mastodon", href: "https://m.example" }] },
    ]));
    for (const [name, options] of Object.entries({ light: {}, dark, phone, german })) {
      const page = await browser.signIn("manager", options, true);
      await page.goto(`/campaigns/${campaign.id}/edit`);
      await page.locator('[role="toolbar"], .mantine-Badge-root').first().waitFor();
      await checkAccessible(page);
      await picture(page, `composer-page-${name}`, { fullPage: true });
      await page.goto(`/campaigns/${campaign.id}/edit/content?block=b4`);
      await page.locator('[data-selected]').waitFor();
      await checkAccessible(page);
      await picture(page, `composer-content-${name}`, { fullPage: true });
      await page.locator('[data-block="b2"] [role="textbox"]').click();
      await page.locator('[data-block="b2"] [role="toolbar"]').first().waitFor();
      await checkAccessible(page);
      await picture(page, `composer-text-${name}`);
    }
  });
});
