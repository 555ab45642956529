/** First run: from the link that a new server prints to the list of people. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { useRelay, useServer, type Relay, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, PASSWORD, phone, picture, useBrowser } from "./browser.js";

/** A server whose options fix nothing. */
const bare = { env: { MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "", MUSTER_RELAY: "" } };

function linkOf(server: Server): string {
  const found = /\/setup\?token=[A-Za-z0-9_-]{43}/.exec(server.log.join("\n"))?.[0];
  assert.ok(found, "the server printed no link");
  return found;
}

async function steps(server: Server): Promise<Record<string, unknown>> {
  return (await server.admin.get("/api/v1/setup/steps")).body;
}

async function becomeAdministrator(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.keyboard.press("Enter");
}

async function tryRelay(page: Page, relay: Relay): Promise<void> {
  await page.getByRole("radio", { name: /Your mail server/ }).click();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByRole("textbox", { name: "Port" }).fill(String(relay.port));
  await page.getByRole("combobox", { name: "Encryption" }).click();
  await page.getByRole("option", { name: "Not required" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Port" }).inputValue(), String(relay.port), "one's own port stays");
}

async function sendTest(page: Page, heading: RegExp): Promise<void> {
  await page.getByRole("button", { name: "Send test mail" }).click();
  await page.getByRole("alert").getByText(heading).waitFor();
}

describe("a new server", () => {
  const server = useServer(bare);
  const browser = useBrowser(server);
  const relay = useRelay();

  it("asks who the administrator is, and says the rule of the password before", async () => {
    browser.allow(/40[0139]/);
    const page = await browser.open();
    await page.goto(linkOf(server));
    await page.getByText("At least 10 characters").waitFor();
    await checkAccessible(page);
    await picture(page, "setup-administrator");
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.keyboard.press("Enter");
    await page.getByText("needs at least 10 characters").waitFor();
    assert.equal((await server.admin.get("/api/v1/users")).body.total, 0);
    assert.equal(await page.getByLabel("Your name").inputValue(), "Ada Lovelace");
  });

  it("loses nothing when it cannot be reached, and goes on with the organisation", async () => {
    browser.allow(/40[13]|ERR_FAILED/);
    const page = await browser.open();
    await page.goto(linkOf(server));
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await intercept(page, "**/api/v1/setup", (route) => route.abort());
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    await page.unroute("**/api/v1/setup");
    await page.getByRole("button", { name: "Create account and go on" }).click();
    await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
    assert.equal(new URL(page.url()).search, "", "the token has left the address");
    const { items } = (await server.admin.get("/api/v1/users")).body;
    assert.deepEqual(items.map((user: { email: string; role: string }) => [user.email, user.role]), [["ada@example.org", "administrator"]]);
  });

  it("does not take the same link twice, and says what to do", async () => {
    browser.allow(/40[13]/);
    const page = await browser.open();
    await page.goto(linkOf(server));
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
    await page.getByText("Restart the server").waitFor();
    await checkAccessible(page);
    await picture(page, "setup-link-ended");
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("is resumed in another browser, where it was left", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await signIn(page);
    await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
    await page.getByRole("textbox", { name: "Organisation", exact: true }).fill("Verein für Kunst");
    await page.getByLabel("Postal address").fill("Hauptstraße 1\n10115 Berlin");
    await page.getByLabel("Sender’s name").fill("Kunstverein");
    await page.getByLabel("Sender’s address").fill("news@example.org");
    await page.getByText(/example\.org should be your own domain/).waitFor();
    await page.getByTestId("footer-preview").getByText("Hauptstraße 1, 10115 Berlin").waitFor();
    await page.getByTestId("footer-preview").getByText("Unsubscribe").waitFor();
    await page.getByRole("combobox", { name: "Language of mails" }).fill("German");
    await page.getByRole("option", { name: "German" }).click();
    await page.getByTestId("footer-preview").getByText("Abmelden").waitFor();
    await checkAccessible(page);
    await picture(page, "setup-organisation");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("heading", { name: "How do mails leave?" }).waitFor();
    const { body } = await server.admin.get("/api/v1/settings");
    assert.equal(body.organisation, "Verein für Kunst");
    assert.equal(body.sender_email, "news@example.org");
    assert.equal(body.mail_language, "de");
    assert.equal(body.timezone, await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone)); // suggested
    assert.equal((await steps(server)).organisation, "done");
    await page.reload();
    await page.getByRole("heading", { name: "How do mails leave?" }).waitFor();

    const other = await browser.open(phone);
    await signIn(other);
    await other.getByRole("heading", { name: "How do mails leave?" }).waitFor();
    await checkAccessible(other);
    await picture(other, "setup-relay-phone");
  });

  it("shows the relay's own words, and saves only what was tried", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await signIn(page);
    await tryRelay(page, relay);
    const save = page.getByRole("button", { name: "Save and go on" });
    assert.equal(await save.isDisabled(), true);

    relay.onRecipient = () => "550 5.7.1 Relaying denied for you";
    await sendTest(page, /not accepted/);
    await page.getByRole("alert").getByText(/Relaying denied for you/).first().waitFor();
    await picture(page, "setup-relay-refused");
    relay.onRecipient = () => undefined;

    await relay.goAway();
    await sendTest(page, /not accepted/);
    await page.getByRole("alert").getByText(/refused|connect/i).first().waitFor();
    await relay.comeBack();

    await page.getByLabel("Send a test mail to").fill("grace@example.org");
    await sendTest(page, /was accepted/);
    await page.getByRole("alert").getByText(/queued/).first().waitFor();
    assert.equal(relay.to("grace@example.org").length, 1);
    await checkAccessible(page);
    await picture(page, "setup-relay");
    assert.equal((await server.admin.get("/api/v1/settings")).body.relay.kind, "outbox", "a test saves nothing");

    await page.getByLabel("Server", { exact: true }).fill("localhost");
    assert.equal(await save.isDisabled(), true, "another relay was not tried");
    await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
    await save.click();
    await page.getByRole("heading", { name: "Your first people" }).waitFor();
    const { body } = await server.admin.get("/api/v1/settings");
    assert.deepEqual([body.relay.kind, body.relay.host, body.relay.port], ["smtp", "127.0.0.1", relay.port]);
  });

  it("makes demo data, and ends at the people", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await signIn(page);
    await page.getByRole("heading", { name: "Your first people" }).waitFor();
    await page.getByRole("button", { name: "Make demo data" }).click();
    await page.getByRole("heading", { name: "Everything is ready" }).waitFor();
    const demo = (await server.admin.get("/api/v1/demo")).body;
    assert.deepEqual([demo.present, demo.people, demo.campaigns], [true, 200, 2]);
    await checkAccessible(page);
    await picture(page, "setup-end");
    await page.getByRole("button", { name: "Go to your people" }).click();
    await page.waitForURL("**/people");
    assert.equal((await steps(server)).finished, true);
    assert.equal((await server.admin.get("/api/v1/people", { limit: 1 })).body.total, 200);
    assert.equal(relay.messages.filter((message) => !message.to.includes("grace@example.org")).length, 0);
    await page.goto("/");
    await page.waitForURL("**/people");
  });

  it("removes exactly the demo data, by one click and a question", async () => {
    browser.allow(/401/);
    await server.admin.post("/api/v1/people", { first_name: "Real", last_name: "Person" });
    const page = await browser.open();
    await signIn(page);
    await page.waitForURL("**/people");
    await page.goto("/settings?tab=demo");
    await page.getByRole("button", { name: "Remove the demo data" }).click();
    const dialog = page.getByRole("dialog");
    await checkAccessible(page);
    await picture(page, "demo-remove");
    await dialog.getByRole("button", { name: /Remove demo data/ }).click();
    await page.getByRole("button", { name: "Make demo data" }).waitFor();
    assert.notEqual(await page.evaluate("document.activeElement.tagName"), "BODY", "the focus is not lost");
    assert.equal((await server.admin.get("/api/v1/demo")).body.present, false);
    assert.equal((await server.admin.get("/api/v1/people", { limit: 5 })).body.total, 1);
  });
});

describe("the set-up", () => {
  const server = useServer(bare);
  const browser = useBrowser(server);

  it("can be done by keyboard, all of it later", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await becomeAdministrator(page, linkOf(server));
    for (const next of ["How do mails leave?", "Your first people", "Everything is ready"]) {
      await page.getByRole("button", { name: "Do it later" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: next }).waitFor();
      assert.equal(await page.evaluate("document.activeElement.textContent"), next, "the focus is at the new step");
    }
    const { organisation, relay, people } = await steps(server);
    assert.deepEqual([organisation, relay, people], ["skipped", "skipped", "skipped"]);
    await page.getByRole("button", { name: "Go to your people" }).press("Enter");
    await page.waitForURL("**/people");
  });

  it("goes back to a step that was left, and is for administrators only", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await signIn(page);
    await page.waitForURL("**/people");
    await page.goto("/setup");
    await page.getByRole("button", { name: /Organisation.*later/ }).click();
    await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
    const manager = await browser.signIn("manager");
    await manager.goto("/setup");
    await manager.waitForURL("**/people");
  });

  it("shows what another administrator saved meanwhile, and keeps what was typed", async () => {
    browser.allow(/401|412/);
    const page = await browser.open();
    await signIn(page);
    await page.waitForURL("**/people");
    await page.goto("/setup");
    await page.getByRole("button", { name: /Organisation.*later/ }).click();
    await page.getByRole("textbox", { name: "Organisation", exact: true }).fill("Mine");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByText("Please give it.").waitFor(); // the address
    assert.equal((await server.admin.get("/api/v1/settings")).body.organisation, "");
    await page.getByLabel("Postal address").fill("1 Road");
    await server.admin.patch("/api/v1/settings", { organisation: "Theirs", sender_name: "Grace" });
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("cell", { name: "Theirs" }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Organisation", exact: true }).inputValue(), "Mine");
    assert.equal(await page.getByLabel("Sender’s name").inputValue(), "Grace");
    assert.equal((await server.admin.get("/api/v1/settings")).body.organisation, "Theirs");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("heading", { name: "Everything is ready" }).waitFor();
    const { body } = await server.admin.get("/api/v1/settings");
    assert.deepEqual([body.organisation, body.sender_name], ["Mine", "Grace"]);
  });
});

for (const [name, options] of Object.entries({ dark, phone, german })) {
  describe(`the set-up, ${name}`, () => {
    const server = useServer(bare);
    const browser = useBrowser(server);

    it("is accessible at each step", async () => {
      browser.allow(/401/);
      const page = await browser.open(options);
      await page.goto(linkOf(server));
      await page.locator("input[type=email]").waitFor();
      await checkAccessible(page);
      await picture(page, `setup-1-${name}`);
      await page.locator("input[autocomplete=name]").fill("אדה לאבלייס");
      await page.locator("input[type=email]").fill("ada@example.org");
      await page.locator("input[autocomplete=new-password]").fill(PASSWORD);
      await page.locator("button[type=submit]").click();
      for (const [i, seen] of ["textarea", "[role=radiogroup]", "section, .mantine-Paper-root"].entries()) {
        await page.locator(seen).first().waitFor();
        await checkAccessible(page);
        await picture(page, `setup-${i + 2}-${name}`);
        const before = await page.getByRole("heading", { level: 2 }).textContent();
        await page.getByRole("button", { name: /Do it later|Später erledigen/ }).click();
        await page.getByRole("heading", { level: 2 }).filter({ hasNotText: before! }).waitFor();
      }
      await checkAccessible(page);
      await picture(page, `setup-5-${name}`);
      assert.equal((await server.admin.get("/api/v1/users")).body.items[0].name, "אדה לאבלייס");
    });
  });
}

describe("a set-up that was left", () => {
  const server = useServer(bare);
  const browser = useBrowser(server);

  it("is not offered again once there are people, and is found in the settings while steps are open", async () => {
    browser.allow(/401/);
    const page = await browser.open();
    await becomeAdministrator(page, linkOf(server));
    await page.getByRole("link", { name: "Continue another time" }).click();
    await page.waitForURL("**/people");
    await page.getByRole("link", { name: "Muster", exact: true }).click();
    await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
    await page.getByRole("link", { name: "Continue another time" }).click();
    await page.getByRole("link", { name: "Groups", exact: true }).click();
    await page.waitForURL("**/groups");
    await server.admin.post("/api/v1/people", { first_name: "First" }, { status: 201 });
    assert.equal((await steps(server)).finished, true);
    await page.getByRole("link", { name: "Muster", exact: true }).click();
    await page.waitForURL("**/people");
    await page.goto("/settings");
    await page.getByText("2 steps of the set-up were left for later: Organisation, Mail.").waitFor();
    await checkAccessible(page);
    await picture(page, "settings-open-steps");
    await page.getByRole("link", { name: "Open the set-up" }).click();
    await page.getByRole("heading", { name: "Who sends the mails?" }).waitFor();
    await server.admin.patch("/api/v1/setup/steps", { organisation: "done", relay: "done" });
    await page.goto("/settings");
    await page.getByRole("tab", { name: "Organisation" }).waitFor();
    await page.getByLabel("Postal address").waitFor();
    assert.equal(await page.getByRole("link", { name: "Open the set-up" }).count(), 0);
  });
});
