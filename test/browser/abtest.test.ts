/** A/B tests in the browser: tried, checked, sent, decided, and told how it went. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, isSent, makeGroup, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, checkNothingCut, dark, german, phone, picture, useBrowser } from "./browser.js";
import { block, blocks, edit, line, open, openContent, saved, useCampaigns, writingIn } from "./composer.js";

const v1 = "/api/v1";

describe("an A/B test", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon" } });
  const browser = useBrowser(server);
  const { of, designed } = useCampaigns(server);
  let group: Json;
  const ready = (fields: Json = {}) => designed(blocks(), { to: { kind: "group", id: group.id }, subject: "Hello", ...fields });
  const report = async (c: Json): Promise<Json> => (await server.admin.get(`${v1}/campaigns/${c.id}/report`)).body;

  before(async () => {
    await addPeople(server, Array.from({ length: 20 }, (_, i) => `p${i}@example.org`));
    group = await makeGroup(server, "Friends");
  });

  it("of two subjects is written, checked, sent and decided", async () => {
    const page = await browser.signIn("administrator");
    const campaign = await ready();
    await open(page, campaign);
    await edit(page, "A/B test").click();
    const test = line(page, "A/B test");
    await test.getByRole("radio", { name: "Subject" }).check();
    await page.getByText("A/B test", { exact: true }).first().waitFor();
    await page.getByText("variant B has no subject").first().waitFor();
    await test.getByRole("textbox", { name: "Subject of variant B" }).fill("Good morning ");
    await test.getByLabel("How many try it").fill("40");
    await test.getByRole("radio", { name: "I decide myself" }).check();
    await test.getByText("4 people get A and 4 people get B; the one that you choose goes to the other 12.").last().waitFor();
    await saved(page);
    assert.deepEqual((await of(campaign)).ab_test, {
      what: "subject", sample: 40, wait_hours: 4, winner: "manual",
      variants: [{ subject: "Good morning", from_name: null, from_email: null, send_at: null }],
    });
    await test.getByText("Too few to tell much: a variant goes to 4 people only").waitFor();
    await test.getByRole("button", { name: "Preview variant B" }).click();
    await page.getByRole("dialog").getByText("Good morning", { exact: true }).waitFor();
    await picture(page, "abtest-preview");
    await page.getByRole("dialog").getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("dialog").getByText("All", { exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send a test of each" }).click();
    await page.getByRole("dialog").getByText("2 tests are in the outbox.").waitFor();
    await page.keyboard.press("Escape");
    const { items } = (await server.admin.get(`${v1}/outbox`)).body;
    assert.deepEqual(items.slice(0, 2).map(({ subject }: Json) => subject).sort(), ["[Test] Good morning", "[Test] Hello"]);
    await test.getByRole("button", { name: "Add a third variant" }).click();
    await test.getByRole("textbox", { name: "Subject of variant C" }).waitFor();
    await test.getByRole("button", { name: "Remove variant C" }).click();
    await checkAccessible(page);
    await picture(page, "abtest-composer");

    await test.getByRole("button", { name: "Change it under Subject" }).click();
    await line(page, "Subject").getByRole("textbox", { name: "Preview text" }).waitFor();
    const checks = page.getByRole("region", { name: "Check" });
    await checks.getByText("B", { exact: true }).click();
    await checks.getByRole("button").first().waitFor();

    await page.getByRole("button", { name: "Send to 20 people" }).click();
    await page.getByRole("dialog").getByText(/4 people get A and 4 people get B/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Send to 20 people" }).click();
    await page.getByText("Waiting for you to choose the better one").first().waitFor();
    await page.getByText("each variant must have been delivered to 20 people at least").waitFor();
    await page.getByText("Subject: A: Hello · B: Good morning").waitFor();
    await checkAccessible(page);
    await picture(page, "abtest-waiting");
    await page.getByRole("button", { name: "Send B to the rest now" }).click();
    await page.getByRole("button", { name: "Send B to 12 people" }).click();
    await isSent(server, campaign);
    await page.getByText("Went to the rest", { exact: true }).waitFor();
    assert.deepEqual((await report(campaign)).ab_test.variants.map((one: Json) => one.sent), [4, 4], "of those who tried it");
    await picture(page, "abtest-report");
  });

  it("of contents has a page of blocks for each", async () => {
    const page = await browser.signIn("administrator");
    const campaign = await ready({ ab_test: { what: "content" } });
    await openContent(page, campaign);
    await page.getByRole("link", { name: "Variant B" }).click();
    await writingIn(block(page, /^Heading, 1/)).click();
    await page.keyboard.press("End");
    await page.keyboard.type(" again");
    await saved(page);
    const { body } = await server.admin.get(`${v1}/campaigns/${campaign.id}/design`, { variant: "B" });
    assert.equal(body.design.blocks[0].text, "Hello again");
    await checkAccessible(page);
    await picture(page, "abtest-content");
    await page.getByText("Preview", { exact: true }).click();
    await page.frameLocator("iframe").getByText("Hello again").waitFor();
    await page.getByRole("link", { name: "Variant A" }).click();
    await until("A is as it was", async () => (await block(page, /^Heading, 1/).innerText()).includes("Hello"));
    assert.equal((await server.admin.get(`${v1}/campaigns/${campaign.id}/design`)).body.design.blocks[0].text, "Hello");
  });

  it("of times is sent, and waits", async () => {
    const page = await browser.signIn("administrator");
    const campaign = await ready({ send_at: "2100-01-01T10:00:00Z", ab_test: { what: "send_time" } });
    await open(page, campaign);
    await edit(page, "A/B test").click();
    await page.getByLabel("When variant B goes").fill("2100-01-01T18:00");
    await line(page, "When").getByText("At the times of its A/B test").waitFor();
    await saved(page);
    assert.equal((await of(campaign)).ab_test.variants[0].send_at, "2100-01-01T18:00:00+00:00");
    await page.getByRole("button", { name: "Send to 20 people" }).click();
    await page.getByRole("dialog").getByText("10 people get A and 10 people get B. Nobody waits for the better one.").waitFor();
  });

  it("is written on a phone, in the dark, in German", async () => {
    const campaign = await ready({ ab_test: { what: "from", variants: [{ from_name: "Ada", from_email: "ada@example.org" }, {}] } });
    const page = await browser.signIn("administrator", { ...phone, ...dark, ...german });
    await page.goto(`/campaigns/${campaign.id}/edit`);
    await page.getByRole("button", { name: /^A\/B-Test: / }).click();
    await page.getByLabel("Absendername von Variante B").waitFor();
    await checkNothingCut(page, "an A/B test on a phone");
    await checkAccessible(page);
    await picture(page, "abtest-phone");
  });
});
