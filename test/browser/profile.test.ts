/** One's own name, address, password, language and look. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { useServer, type Server } from "../harness/index.js";
import { checkAccessible, dark, german, intercept, PASSWORD, phone, picture, useBrowser } from "./browser.js";

const OTHER = "another long password";

async function names(server: Server): Promise<string[]> {
  const { items } = (await server.admin.get("/api/v1/users")).body;
  return items.map((user: { name: string }) => user.name);
}

async function emails(server: Server): Promise<string[]> {
  const { items } = (await server.admin.get("/api/v1/users")).body;
  return items.map((user: { email: string }) => user.email);
}

async function fillPasswords(page: Page, current: string, next: string): Promise<void> {
  await page.getByLabel("Current password").fill(current);
  await page.getByLabel("New password", { exact: true }).fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
}

describe("the profile", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("changes the name by keyboard alone, and the page shows it at once", async () => {
    const page = await browser.signIn("user");
    await page.goto("/profile");
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Grace Hopper");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Account of Grace Hopper" }).waitFor();
    assert.ok((await names(server)).includes("Grace Hopper"));
  });

  it("asks for the password before the address changes", async () => {
    browser.allow(/40[09]/);
    const page = await browser.signIn("user");
    await page.goto("/profile");
    const email = page.getByLabel("E-mail address");
    await email.fill("new@example.org");
    const current = page.locator("form").filter({ has: email }).getByLabel("Current password");
    await current.fill("wrong");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    assert.ok(!(await emails(server)).includes("new@example.org"));
    await current.fill(PASSWORD);
    await page.getByRole("button", { name: "Save" }).click();
    await current.waitFor({ state: "detached" });
    assert.ok((await emails(server)).includes("new@example.org"));
  });

  it("refuses the address of somebody else, and keeps what was typed", async () => {
    browser.allow(/409/);
    await server.admin.post("/api/v1/users", { email: "taken@example.org", name: "Taken", role: "user", password: PASSWORD });
    const page = await browser.signIn("user");
    await page.goto("/profile");
    const email = page.getByLabel("E-mail address");
    await email.fill("taken@example.org");
    await page.locator("form").filter({ has: email }).getByLabel("Current password").fill(PASSWORD);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await email.inputValue(), "taken@example.org");
  });

  it("keeps what was typed over a lost connection, and asks before it is left", async () => {
    browser.allow(/ERR_FAILED/);
    const page = await browser.signIn("user");
    await page.goto("/profile");
    await page.getByLabel("Name", { exact: true }).fill("Offline Olga");
    await intercept(page, "**/api/v1/me", (route) => route.abort());
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Offline Olga");
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stay here" }).click();
    await page.unroute("**/api/v1/me");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Account of Offline Olga" }).waitFor();
    assert.ok((await names(server)).includes("Offline Olga"));
    await page.getByRole("link", { name: "People" }).click();
    await page.waitForURL("**/people");
  });

  it("changes the password, which ends the other sessions and not this one", async () => {
    browser.allow(/40[01]/);
    await server.admin.post("/api/v1/users", { email: "two@example.org", name: "Two Windows", role: "user", password: PASSWORD });
    const enter = async (password: string) => {
      const page = await browser.open();
      await page.goto("/sign-in?to=/profile");
      await page.getByLabel("E-mail address").fill("two@example.org");
      await page.getByRole("textbox", { name: "Password" }).fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Your profile" }).waitFor();
      return page;
    };
    const page = await enter(PASSWORD);
    const elsewhere = await enter(PASSWORD);
    await fillPasswords(page, "wrong password", OTHER);
    await page.locator("[aria-invalid=true]").waitFor();
    await fillPasswords(page, PASSWORD, "short");
    await page.getByText("needs at least 10 characters").waitFor();
    await server.anonymous.post("/api/v1/session", { email: "two@example.org", password: PASSWORD });
    await fillPasswords(page, PASSWORD, OTHER);
    await page.getByText("Your other sessions have ended").waitFor();
    await server.anonymous.post("/api/v1/session", { email: "two@example.org", password: OTHER });
    await page.reload();
    await page.getByRole("heading", { name: "Your profile" }).waitFor();
    await elsewhere.reload();
    await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("remembers language and look", async () => {
    const page = await browser.signIn("user");
    await page.goto("/profile");
    await page.getByRole("radiogroup", { name: "Look" }).getByText("Dark").click();
    await page.getByText("Deutsch").click();
    await page.getByRole("heading", { name: "Ihr Profil" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Ihr Profil" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.dataset.mantineColorScheme"), "dark");
  });

  it("is accessible in light, dark, on a phone, in German", async () => {
    for (const [name, options] of Object.entries({ light: {}, dark, phone, german })) {
      const page = await browser.signIn("user", options);
      await page.goto("/profile");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await checkAccessible(page);
      await picture(page, `profile-${name}`);
    }
  });
});
