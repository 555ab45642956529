/** Signing in, the shell around all pages, signing out. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useServer } from "../harness/index.js";
import type { Page } from "playwright-core";
import { checkAccessible, dark, enter, german, PASSWORD, phone, picture, useBrowser } from "./browser.js";

const csrf = async (page: Page) =>
  ({ "X-CSRF-Token": (await (await page.context().request.get("/api/v1/me")).json()).csrf_token as string });

describe("signing in", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("is asked for, and leads back to where somebody wanted to go", async () => {
    browser.allow(/40[13]/);
    await server.admin.post("/api/v1/users",
      { email: "ada@example.org", name: "Ada", role: "user", password: "correct horse battery staple" });
    const page = await browser.open();
    await page.goto("/profile");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("to"), "/profile");
    await checkAccessible(page);
    await picture(page, "sign-in");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Your e-mail address is missing").waitFor();
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("wrong address or password").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery staple");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/profile");
  });

  it("never leads to another site", async () => {
    const page = await browser.open();
    browser.allow(/401/);
    for (const to of ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "/\t/evil.example/"]) {
      await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.equal(new URL(page.url()).searchParams.get("to"), null, to);
    }
  });

  it("ends: the next page asks again, in every window", async () => {
    const page = await browser.signIn("user");
    await enter(page);
    const second = await page.context().newPage();
    await second.goto("/people");
    await second.getByRole("navigation").waitFor();
    await page.getByRole("button", { name: /Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await second.getByRole("link", { name: "People" }).click();
    await second.reload();
    await second.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

describe("a session that ends while somebody works", () => {
  const server = useServer();
  const browser = useBrowser(server);

  async function writeNote(page: Page, text: string): Promise<void> {
    await page.getByLabel("Write a note").fill(text);
  }
  const save = (page: Page) => page.getByRole("button", { name: "Add the note" }).click();
  const isWritten = (page: Page, text: string) => page.getByRole("region", { name: "What happened" }).getByText(text).waitFor();
  const notes = async (id: number) =>
    (await server.admin.get(`/api/v1/people/${id}/timeline?type=note`)).body.items.map((note: { body: string }) => note.body);

  it("asks for the password where they are, and keeps what they typed", async () => {
    browser.allow(/401/);
    const { body: person } = await server.admin.post("/api/v1/people", { first_name: "Ada", email: "ada@example.org" });
    const page = await browser.signIn("user");
    await page.goto(`/people/${person.id}`);
    await writeNote(page, "She phoned");
    await page.context().request.delete("/api/v1/session", { headers: await csrf(page) });
    await save(page);
    const dialog = page.getByRole("dialog", { name: "You were signed out" });
    await dialog.waitFor();
    await checkAccessible(page);
    await picture(page, "session-ended");
    await dialog.getByRole("button", { name: "Not now" }).click();
    assert.deepEqual(await notes(person.id), []);
    await save(page);
    await dialog.getByRole("textbox", { name: /Password of/ }).fill("wrong");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("wrong address or password").waitFor();
    await dialog.getByRole("textbox", { name: /Password of/ }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await isWritten(page, "She phoned");
    assert.deepEqual(await notes(person.id), ["She phoned"]);
  });

  it("goes on by itself if they signed in again in another tab", async () => {
    browser.allow(/403/);
    const { body: person } = await server.admin.post("/api/v1/people", { first_name: "Bo", email: "bo@example.org" });
    const page = await browser.signIn("user");
    await page.goto(`/people/${person.id}`);
    await writeNote(page, "He wrote");
    const me = await (await page.context().request.get("/api/v1/me")).json();
    await page.context().request.post("/api/v1/session", { data: { email: me.email, password: PASSWORD } });
    await save(page);
    await isWritten(page, "He wrote");
    assert.deepEqual(await notes(person.id), ["He wrote"]);
  });
});

describe("the shell", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("is in German for who reads German, and remembers another choice", async () => {
    const page = await browser.signIn("user", german);
    await enter(page);
    await page.getByRole("link", { name: "Personen" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.lang"), "de");
    await page.getByRole("button", { name: /Konto von/ }).click();
    await page.getByRole("menuitemradio", { name: "English" }).click();
    await page.getByRole("link", { name: "People" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "People" }).waitFor();
  });

  it("is accessible in light, dark and on a phone", async () => {
    for (const [name, options] of Object.entries({ light: {}, dark, phone })) {
      const page = await browser.signIn("administrator", options);
      await page.goto("/profile");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await checkAccessible(page);
      await picture(page, `shell-${name}`);
    }
  });

  it("finds people from anywhere, by keyboard, and its menus are accessible", async () => {
    const { body: person } = await server.admin.post("/api/v1/people",
      { first_name: "שרה", last_name: "כהן", email: "sara@example.org" });
    for (const [name, options] of Object.entries({ light: {}, dark })) {
      const page = await browser.signIn("user", options);
      await enter(page);
      await page.keyboard.press("Control+K");
      await page.getByRole("dialog").getByPlaceholder("Name, e-mail address, group or campaign").fill("sara");
      await page.getByRole("dialog").getByText("sara@example.org").waitFor();
      await checkAccessible(page);
      await picture(page, `search-${name}`);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/people/${person.id}`);
      await page.goto("/profile");
      await page.getByRole("button", { name: /Account of/ }).press("Enter");
      await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
      await checkAccessible(page);
      await picture(page, `menu-${name}`);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /running/ }).press("Enter");
      await page.getByText("Nothing is running.").waitFor();
      await checkAccessible(page);
    }
  });

  it("shows rooms that a role may enter", async () => {
    const user = await browser.signIn("user");
    await enter(user);
    assert.equal(await user.getByRole("link", { name: "Settings" }).count(), 0);
    const administrator = await browser.signIn("administrator");
    await enter(administrator);
    await administrator.getByRole("link", { name: "Settings" }).waitFor();
  });
});
