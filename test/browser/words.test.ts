/** What a new user meets: words are explained, numbers say of whom, nothing typed is lost. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, isSent, makeCampaign, makeGroup, runJob, useServer, type Json } from "../harness/index.js";
import { checkAccessible, checkNothingCut, german, intercept, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";

describe("a new user", () => {
  const server = useServer();
  const browser = useBrowser(server);
  let people: Json[];
  let group: Json;
  let campaign: Json;

  before(async () => {
    people = await addPeople(server, ["ada@example.org", "bert@example.org", "cleo@example.org"]);
    await server.admin.patch(`${v1}/people/${people[2]!.id}`, { opted_out: true, reason: "by letter" });
    group = await makeGroup(server, "All");
    campaign = await makeCampaign(server, group, "Spring");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
  });

  it("reads how many of a group may get mail, and opens them", async () => {
    const page = await browser.signIn("manager");
    await page.goto(`/groups/${group.id}`);
    await page.getByText("3 people", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "2 of them may get mail" }).click();
    await page.getByText("2 people fit the filter").waitFor();
    assert.deepEqual(await page.locator("tr[data-row]").count(), 2);
    await checkAccessible(page);
    await picture(page, "group-reachable");
    const none = await makeGroup(server, "None", [{ field: "opted_out", op: "is", value: true }]);
    await page.goto(`/groups/${none.id}`);
    await page.getByText("0 of them may get mail").waitFor();
  });

  it("is told what a word means, by keyboard and by touch", async () => {
    const page = await browser.signIn("manager");
    const told = page.locator("p").filter({ hasText: "Takes the people of a group into the audience" });
    await page.goto(`/groups/${group.id}`);
    const mark = page.getByRole("button", { name: "What is this? Push, Audience" });
    await mark.focus();
    assert.match((await page.locator(`[id="${await mark.getAttribute("aria-describedby")}"]`).textContent())!, /No mail is sent/);
    await page.keyboard.press("Enter");
    await told.waitFor();
    await checkAccessible(page);
    await picture(page, "explain");
    await page.keyboard.press("Escape");
    await told.waitFor({ state: "hidden" });
    const small = await browser.signIn("manager", { ...phone, ...german });
    for (const [path, words] of Object.entries({
      [`/people/${people[0]!.id}`]: "Schlagwort", [`/groups/${group.id}`]: "Übertragung, Zielgruppe", [`/groups/${group.id}/push`]: "Übertragung, Zielgruppe",
    })) {
      await small.goto(path);
      await small.getByRole("button", { name: `Was ist das? ${words}` }).tap();
      await small.getByText(/^(Schlagwort|Übertragung):/).first().waitFor();
      await checkNothingCut(small, path);
    }
    await checkAccessible(small);
    await picture(small, "explain-phone");
  });

  it("loses nothing that is typed at once after Ctrl K", async () => {
    const page = await browser.signIn("user");
    let release = () => {};
    const typed = new Promise<void>((done) => { release = done; });
    await intercept(page, /\/Search-[^/]*\.js/, async (route) => {
      await typed;
      await route.continue();
    });
    await page.goto("/groups");
    await page.getByRole("heading", { name: "Groups" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("Axda"); // the field is not even loaded
    for (let i = 0; i < 3; i++) await page.keyboard.press("Backspace");
    await page.keyboard.type("da");
    release();
    const field = page.getByRole("dialog").getByRole("searchbox").or(page.getByRole("dialog").getByRole("textbox"));
    await page.getByRole("dialog").getByText("ada@example.org").waitFor();
    assert.equal(await field.inputValue(), "Ada");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.keyboard.type("bert");
    await page.getByRole("dialog").getByText("bert@example.org").waitFor();
    assert.equal(await field.inputValue(), "bert");
  });

  it("reads where a list came from that somebody is in", async () => {
    const made = (await server.admin.post(`${v1}/campaigns/${campaign.id}/recipients/group`, { name: "Got it", state: "sent" }, { status: 201 })).body;
    const page = await browser.signIn("manager");
    await page.goto(`/people/${people[0]!.id}`);
    await page.getByText("from a campaign").waitFor();
    assert.equal((await server.admin.get(`${v1}/groups/${made.id}`)).body.campaign_id, campaign.id);
    await picture(page, "person-groups");
  });

  for (const [language, options] of Object.entries({ English: {}, German: german }))
    it(`reads whole heads of lists at a desk, in ${language}`, async () => {
      const page = await browser.signIn("administrator", options);
      for (const path of ["/people", "/groups", "/campaigns", `/campaigns/${campaign.id}?tab=recipients`, `/groups/${group.id}?tab=pushes`, "/outbox", "/imports", "/settings?tab=users"]) {
        await page.goto(path);
        await page.locator('table, [role="grid"]').first().waitFor();
        await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
        await picture(page, `desk-${path.replaceAll(/\W+/g, "-")}-${language}`);
        await checkNothingCut(page, path);
      }
    });
});
