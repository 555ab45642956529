/** Addresses that an import holds, since nobody can tell whether they opted out: they are released only after a question. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, german, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const BROKEN = 'email,first name,opt out\n"lee@example.test"x,Lee,yes\n"mia@example.test"x,Mia,\n';

describe("addresses of which nobody knows whether they opted out", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("are released by a button that says how many, and not before", async () => {
    const csv = { headers: { "content-type": "text/csv" } };
    await runJob(server, `${v1}/imports`, "email,first name\nlee@example.test,Lee\nmia@example.test,Mia\n", csv);
    const { result } = await runJob(server, `${v1}/imports`, BROKEN, csv);
    const id = (result as Json).import_id;
    const decision = async () => (await server.admin.get(`${v1}/imports/${id}/unclear-opt-outs`)).body.decision;
    const page = await browser.signIn("manager");
    await page.goto(`/imports/${id}`);
    await page.getByText("Of 2 addresses it is unclear whether they opted out").waitFor();
    await page.getByRole("button", { name: "They may be mailed" }).click();
    const dialog = page.getByRole("dialog", { name: "Mail these addresses?" });
    await dialog.getByText("somebody in them may have said no").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).and(page.locator(":focus")).waitFor();
    await checkAccessible(page);
    await picture(page, "unclear-ask");
    await page.keyboard.press("Enter"); // the safe one has the focus
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await decision(), null);

    const phoned = await browser.signIn("manager", { ...german, ...phone });
    await phoned.goto(`/imports/${id}`);
    await phoned.getByRole("button", { name: "Sie dürfen angeschrieben werden" }).click();
    await phoned.getByRole("button", { name: "2 Adressen dürfen E-Mails bekommen" }).waitFor();
    await checkAccessible(phoned);
    await picture(phoned, "unclear-ask-de-phone");

    await page.getByRole("button", { name: "They may be mailed" }).click();
    await dialog.getByRole("button", { name: "2 addresses may be mailed" }).click();
    await page.getByText("2 addresses from broken rows may be mailed: so it was decided.").waitFor();
    assert.equal(await decision(), "release");
    await until("nothing holds them", async () =>
      (await server.admin.get(`${v1}/people`, { email: "lee@example.test" })).body.items[0].emails[0].held === false);
  });
});
