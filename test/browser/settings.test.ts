/** Organisation, relay, users: what an administrator changes later. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { caughtMail, until, useRelay, useServer, type Json, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, PASSWORD, phone, picture, useBrowser } from "./browser.js";

const bare = { env: { MUSTER_ORGANISATION: "", MUSTER_POSTAL_ADDRESS: "", MUSTER_RELAY: "" } };

async function settings(server: Server): Promise<Json> {
  return (await server.admin.get("/api/v1/settings")).body;
}

/** What a campaign that is sent now says to this address. */
async function mailTo(server: Server, address: string): Promise<string> {
  const { body: lists } = await server.mailchimp.get("/3.0/lists");
  const list = lists.lists[0].id;
  await server.mailchimp.post(`/3.0/lists/${list}/members`, { email_address: address, status: "subscribed" });
  const { body } = await server.mailchimp.post("/3.0/campaigns", {
    type: "regular", recipients: { list_id: list },
    settings: { subject_line: "s", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
  });
  await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html: "<p>Hello</p>" });
  await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
  return (await caughtMail(server, address)).source;
}

/** What the audience tells other programs, once it was told. */
async function untilAudienceSays(server: Server, text: string): Promise<void> {
  await until(`the audience says ${text}`, async () =>
    (await server.mailchimp.get("/3.0/lists")).text.includes(text));
}

describe("the organisation", () => {
  const server = useServer(bare);
  const browser = useBrowser(server);

  it("is changed, and the next campaign's footer says it without a restart", async () => {
    const page = await browser.signIn("administrator");
    await page.goto("/settings");
    await page.getByRole("textbox", { name: "Organisation", exact: true }).fill("Acme");
    await page.getByLabel("Postal address").fill("1 Old Street, Old Town");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("It takes effect at once").waitFor();
    await untilAudienceSays(server, "1 Old Street");
    assert.match(await mailTo(server, "one@example.org"), /1 Old Street/);
    await page.getByLabel("Postal address").fill("2 New Road, New Town");
    await page.getByRole("button", { name: "Save" }).click();
    await until("it is saved", async () => (await settings(server)).postal_address === "2 New Road, New Town");
    await untilAudienceSays(server, "2 New Road");
    const mail = await mailTo(server, "two@example.org");
    assert.match(mail, /2 New Road/);
    assert.doesNotMatch(mail, /1 Old Street/);
  });

  it("says at the field what the server refuses", async () => {
    browser.allow(/400/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings");
    const sender = page.getByLabel("Sender’s address");
    await sender.fill("no address");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("not an e-mail address").waitFor();
    await sender.and(page.locator(":focus")).waitFor();
    assert.equal((await settings(server)).sender_email, "");
  });

  it("says it in German, and in English once that is wanted", async () => {
    browser.allow(/400/);
    const page = await browser.signIn("administrator", german);
    await page.goto("/settings");
    const sender = page.getByLabel("Adresse des Absenders");
    await sender.fill("keine Adresse");
    await page.getByRole("button", { name: "Speichern" }).click();
    await page.getByText("Das ist keine E-Mail-Adresse").waitFor();
    await sender.and(page.locator(":focus")).waitFor();
    await checkAccessible(page);
    await picture(page, "settings-refused-german");
    await page.getByRole("button", { name: /Konto von/ }).click();
    await page.getByRole("menuitemradio", { name: "English" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("not an e-mail address").waitFor();
    assert.equal((await settings(server)).sender_email, "");
  });

  it("keeps what was typed when somebody else saved, and shows theirs", async () => {
    browser.allow(/412/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings");
    const name = page.getByRole("textbox", { name: "Organisation", exact: true });
    await name.fill("Mine");
    await server.admin.patch("/api/v1/settings", { organisation: "Theirs" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("Somebody else has saved meanwhile").waitFor();
    await page.getByRole("cell", { name: "Theirs" }).waitFor();
    await checkAccessible(page);
    await picture(page, "settings-meeting");
    assert.equal(await name.inputValue(), "Mine");
    assert.equal((await settings(server)).organisation, "Theirs");
    await page.getByRole("button", { name: "Take what was saved" }).click();
    assert.equal(await name.inputValue(), "Theirs");
  });

  it("keeps what was typed over a lost connection, and asks before it is left", async () => {
    browser.allow(/ERR_FAILED/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings");
    await page.getByLabel("Sender’s name").fill("Typed");
    await intercept(page, "**/api/v1/settings", (route) => route.abort());
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    await page.getByRole("tab", { name: "Users" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stay here" }).click();
    await page.unroute("**/api/v1/settings");
    await page.getByRole("button", { name: "Save" }).click();
    await until("it is saved", async () => (await settings(server)).sender_name === "Typed");
  });
});

describe("the relay", () => {
  const server = useServer(bare);
  const browser = useBrowser(server);
  const relay = useRelay({ user: "ada", password: "secret" });

  it("is tried and saved; its password is asked for again, never shown", async () => {
    browser.allow(/400/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=relay");
    await page.getByRole("radio", { name: /Your mail server/ }).click();
    await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
    await page.getByRole("textbox", { name: "Port" }).fill(String(relay.port));
    await page.getByRole("combobox", { name: "Encryption" }).click();
    await page.getByRole("option", { name: "Not required" }).click();
    await page.getByLabel("User name").fill("ada");
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Send test mail" }).click();
    await page.getByRole("alert").getByText(/Wrong user or password/).first().waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill("secret");
    assert.equal(await page.getByRole("button", { name: "Save", exact: true }).isDisabled(), true);
    await page.getByLabel("Save without a test").check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until("it is saved", async () => (await settings(server)).relay.kind === "smtp");
    const saved = (await settings(server)).relay;
    assert.equal(saved.has_password, true);
    assert.equal(JSON.stringify(saved).includes("secret"), false);
    await page.reload();
    await page.getByLabel("User name").waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Password" }).inputValue(), "");
    await page.getByLabel("User name").fill("eve");
    await page.getByRole("button", { name: "Send test mail" }).click();
    await page.getByText(/give the password again/).first().waitFor();
  });

  it("takes over what another administrator saved meanwhile", async () => {
    browser.allow(/412/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=relay");
    await page.getByRole("radio", { name: /Outbox on this server/ }).click();
    await server.admin.patch("/api/v1/settings", { organisation: "Saved meanwhile" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until("it is saved", async () => (await settings(server)).relay.kind === "outbox");
    assert.equal((await settings(server)).organisation, "Saved meanwhile");
  });
});

describe("settings that the server's options fix", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("are shown with the reason, and cannot be typed over", async () => {
    const page = await browser.signIn("administrator");
    await page.goto("/settings");
    await page.getByText(/MUSTER_POSTAL_ADDRESS/).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Organisation", exact: true }).isEditable(), false);
    assert.equal(await page.getByLabel("Postal address").isEditable(), false);
    await page.getByLabel("Sender’s name").fill("Ada");
    await page.getByRole("button", { name: "Save" }).click();
    await until("it is saved", async () => (await settings(server)).sender_name === "Ada");
    assert.equal((await settings(server)).organisation, "Example Organisation");
    await page.goto("/settings?tab=relay");
    await page.getByText(/MUSTER_RELAY/).waitFor();
    await page.getByLabel("Send a test mail to").fill("caught@example.org");
    await page.getByRole("button", { name: "Send test mail" }).click();
    await page.getByRole("alert").getByText("The mail was accepted").waitFor();
    assert.equal((await server.admin.get("/api/v1/outbox", { rcpt: "caught@example.org" })).body.items.length, 1);
    const deutsch = await browser.signIn("administrator", german);
    await deutsch.goto("/settings?tab=relay");
    await deutsch.getByLabel("Test-E-Mail senden an").fill("gefangen@example.org");
    await deutsch.getByRole("button", { name: "Test-E-Mail senden" }).click();
    await deutsch.getByRole("alert").getByText("Die E-Mail liegt im Postausgang. Sie ging an niemanden.").first().waitFor();
  });

  it("are an administrator's alone", async () => {
    const page = await browser.signIn("manager");
    await page.goto("/settings");
    await page.getByText("This page is for administrators").waitFor();
    await checkAccessible(page);
  });

  it("are accessible in light, dark, on a phone, in German", async () => {
    for (const [name, options] of Object.entries({ light: {}, dark, phone, german })) {
      const page = await browser.signIn("administrator", options);
      for (const tab of ["organisation", "relay", "users", "apps", "demo"]) {
        await page.goto(`/settings?tab=${tab}`);
        await page.getByRole("tabpanel").locator("button, input").first().waitFor();
        await checkAccessible(page);
        await picture(page, `settings-${tab}-${name}`);
      }
    }
  });
});

describe("programs of others", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("are made known, their secret shown once, and disconnected", async () => {
    browser.allow(/400/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=apps");
    await page.getByText("There are none yet.").waitFor();
    await page.getByRole("button", { name: "Add a program" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Tool <b>& Co");
    await dialog.getByLabel("Address it is sent back to").fill("ftp://x.example");
    await dialog.getByRole("button", { name: "Add a program" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    await dialog.getByLabel("Address it is sent back to").fill("https://x.example/back");
    await dialog.getByRole("button", { name: "Add a program" }).click();
    const secret = await dialog.getByLabel("Client secret", { exact: true }).inputValue();
    assert.ok(secret.length > 20);
    await checkAccessible(page);
    await picture(page, "settings-app-secret");
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("Tool <b>& Co").waitFor();
    await picture(page, "settings-apps");
    assert.equal((await server.admin.get("/api/v1/oauth-apps")).body.items.length, 1);
    await page.getByRole("button", { name: "Disconnect Tool <b>& Co" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect", exact: true }).click();
    await page.getByText("There are none yet.").waitFor();
    assert.equal((await server.admin.get("/api/v1/oauth-apps")).body.items.length, 0);
  });
});

describe("users", () => {
  const server = useServer();
  const browser = useBrowser(server);
  const find = async (email: string): Promise<Json> =>
    (await server.admin.get("/api/v1/users")).body.items.find((user: Json) => user.email === email);

  it("are added with a role and a suggested password, by which they sign in", async () => {
    browser.allow(/40[19]/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=users");
    await page.getByRole("button", { name: "Add a user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("מרים לוי");
    await dialog.getByLabel("E-mail address").fill("miriam@example.org");
    await dialog.getByRole("combobox", { name: "Role" }).click();
    await page.getByRole("option", { name: "Marketing manager" }).click();
    await dialog.getByLabel("May send campaigns").check({ force: true });
    await dialog.getByRole("button", { name: "Suggest one" }).click();
    const password = await dialog.getByRole("textbox", { name: "Password" }).inputValue();
    await checkAccessible(page);
    await picture(page, "user-new");
    await dialog.getByRole("button", { name: "Add a user" }).click();
    await page.getByRole("cell", { name: /miriam@example\.org/ }).waitFor();
    const user = await find("miriam@example.org");
    assert.deepEqual([user.name, user.role, user.may_send], ["מרים לוי", "manager", true]);
    await server.anonymous.post("/api/v1/session", { email: "miriam@example.org", password });

    await page.getByRole("button", { name: "Add a user" }).click();
    await dialog.getByLabel("Name").fill("Twice");
    await dialog.getByLabel("E-mail address").fill("miriam@example.org");
    await dialog.getByRole("button", { name: "Suggest one" }).click();
    await dialog.getByRole("button", { name: "Add a user" }).click();
    await dialog.getByRole("alert").waitFor();
    assert.equal(await dialog.getByLabel("Name").inputValue(), "Twice");
  });

  it("are disabled with a way back, get another password, and are removed", async () => {
    await server.admin.post("/api/v1/users", { email: "bo@example.org", name: "Bo", role: "user", password: PASSWORD });
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=users");
    const act = async (name: string) => {
      await page.getByRole("button", { name: "Actions for Bo" }).click();
      await page.getByRole("menuitem", { name }).click();
    };
    await act("Disable");
    await page.getByText("Bo can no longer sign in.").waitFor();
    assert.equal((await find("bo@example.org")).disabled, true);
    await page.getByRole("button", { name: "Undo" }).click();
    await until("Bo is back", async () => (await find("bo@example.org")).disabled === false);
    await act("New password");
    await page.getByRole("dialog").getByRole("textbox", { name: "Password" }).fill("a different password");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await server.anonymous.post("/api/v1/session", { email: "bo@example.org", password: "a different password" });
    await act("Remove");
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await until("Bo is gone", async () => !(await find("bo@example.org")));
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a user" }).and(page.locator(":focus")).waitFor();
  });

  it("are not overwritten when two administrators change one", async () => {
    browser.allow(/412/);
    await server.admin.post("/api/v1/users", { email: "cy@example.org", name: "Cy", role: "user", password: PASSWORD });
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=users");
    await page.getByRole("button", { name: "Actions for Cy" }).click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Cy Mine");
    const { id } = await find("cy@example.org");
    await server.admin.patch(`/api/v1/users/${id}`, { name: "Cy Theirs" });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").getByText(/Cy Theirs/).waitFor();
    assert.equal((await find("cy@example.org")).name, "Cy Theirs");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal((await find("cy@example.org")).name, "Cy Mine");
  });

  it("stay as they are when the server cannot be reached", async () => {
    browser.allow(/ERR_FAILED/);
    const page = await browser.signIn("administrator");
    await page.goto("/settings?tab=users");
    await page.getByRole("button", { name: "Add a user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Dee");
    await dialog.getByLabel("E-mail address").fill("dee@example.org");
    await dialog.getByRole("button", { name: "Suggest one" }).click();
    await intercept(page, "**/api/v1/users", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await dialog.getByRole("button", { name: "Add a user" }).click();
    await dialog.getByRole("alert").getByText("The server does not answer").waitFor();
    assert.equal(await find("dee@example.org"), undefined);
    await page.unroute("**/api/v1/users");
    await dialog.getByRole("button", { name: "Add a user" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal((await find("dee@example.org")).name, "Dee");
  });
});
