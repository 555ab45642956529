/** Whom a mail goes to: a tag, a saved segment, everybody; and the number that is typed before many get it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addPeople, makeGroup, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, picture, useBrowser } from "./browser.js";
import { edit, line, open, saved, useCampaigns } from "./composer.js";

const v1 = "/api/v1";
const READY = { subject: "News", from_name: "Us", from_email: "us@example.org", html: "<p>Hello</p>" };

describe("a mail to what the audience has", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon" } });
  const browser = useBrowser(server);
  const { of, make } = useCampaigns(server);
  let targets: Json;

  /** Those in the engine's own list of whom it was sent to. */
  const sentTo = async (campaign: Json): Promise<string[]> => {
    const { marketing_campaign_id: id } = await of(campaign);
    const { body } = await server.mailchimp.get(`/3.0/reports/${id}/sent-to`, { count: "1000" });
    return (body.sent_to as Json[]).map((one) => one.email_address.split("@")[0]).sort();
  };

  before(async () => {
    const people = await addPeople(server, ["ann", "ben", "cleo", "dan"].map((name) => `${name}@example.org`));
    await server.admin.patch(`${v1}/people/${people[3]!.id}`, { opted_out: true, reason: "by letter" });
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    for (const name of ["ann", "ben", "cleo", "dan", "stranger"])
      await server.mailchimp.post(`/3.0/lists/${list}/members`,
        { email_address: `${name}@example.org`, status: "subscribed", tags: name === "ann" || name === "dan" ? ["VIP"] : [] });
    await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "Of B & C", options: { match: "any", conditions: [
      { condition_type: "EmailAddress", field: "EMAIL", op: "starts", value: "ben" },
      { condition_type: "EmailAddress", field: "EMAIL", op: "starts", value: "cleo" }] } });
    const first = (await server.admin.get(`${v1}/audience/targets`)).body;
    if (first.job_id !== null) await server.job(first.job_id);
    targets = (await server.admin.get(`${v1}/audience/targets`)).body;
  });

  for (const [kind, name, to] of [
    ["tag", "VIP", ["ann"]],
    ["segment", "Of B & C", ["ben", "cleo"]],
    ["audience", null, ["ann", "ben", "cleo", "stranger"]],
  ] as const)
    it(`goes to ${kind === "audience" ? "all of it" : `a ${kind}`}, and to nobody who opted out`, async () => {
      const campaign = await make({ ...READY, name: `To ${kind}`, subject: `News for the ${kind}` });
      const page = await browser.signIn("administrator");
      await open(page, campaign);
      await edit(page, "To").click();
      const words = { tag: "Tag", segment: "Segment", audience: "Whole audience" }[kind];
      await line(page, "To").getByText(words, { exact: true }).click();
      if (name) {
        await line(page, "To").getByRole("combobox", { name: kind === "tag" ? "Or a tag of the audience" : words }).fill(name);
        await page.getByRole("option", { name }).click();
      } else await line(page, "To").getByRole("button", { name: "Choose the whole audience" }).click();
      await saved(page);
      const among = (kind === "tag" ? targets.tags : targets.segments) as Json[];
      const id = name ? among.find((one) => one.name === name)!.id : undefined;
      const chosen = await until("it is chosen", async () => (await of(campaign)).to);
      assert.deepEqual([chosen.kind, chosen.id ?? undefined], [kind, id]);
      // of a tag: as many as it had when it was looked at; who is barred, the sending finds
      await page.getByText(/\d (person|people) would get it now/).waitFor();
      await picture(page, `composer-to-${kind}`);
      const act = kind === "audience" ? /^Send to \d/ : /^Send to at most \d/;
      await page.getByRole("button", { name: act }).click();
      await page.getByRole("dialog").getByRole("button", { name: act }).click();
      await page.waitForURL(new RegExp(`/campaigns/${campaign.id}\\?job=\\d+$`));
      await until("it is sent", async () => (await of(campaign)).status === "sent");
      assert.deepEqual(await sentTo(campaign), [...to]);
      for (const who of to)
        assert.equal((await server.admin.get(`${v1}/outbox`, { rcpt: `${who}@example.org` })).body.items[0].subject, `News for the ${kind}`);
      assert.equal((await server.admin.get(`${v1}/outbox`, { rcpt: "dan@example.org" })).body.total, 0);
    });

  it("goes to those whom somebody gave a tag, as one group", async () => {
    const people = await addPeople(server, ["tagged@example.org"]);
    const tagged = people.find((one) => one.email === "tagged@example.org") ?? people.at(-1)!;
    await server.admin.patch(`${v1}/people/${tagged.id}`, { tags: ["Stammkunde"] });
    const page = await browser.signIn("administrator");
    for (let i = 0; i < 2; i++) {
      const campaign = await make({ ...READY, name: `To the tagged ${i}` });
      await open(page, campaign);
      await edit(page, "To").click();
      await line(page, "To").getByText("Tag", { exact: true }).click();
      await line(page, "To").getByRole("combobox", { name: "Tag", exact: true }).fill("Stamm");
      await page.getByRole("option", { name: "Stammkunde (1)" }).click();
      await saved(page);
      await until("it goes to them", async () => (await of(campaign)).to?.name === "Tag: Stammkunde");
    }
    const { items } = (await server.admin.get(`${v1}/groups`, { q: "Stammkunde" })).body;
    assert.equal(items.length, 1);
    assert.equal((await server.admin.get(`${v1}/groups/${items[0].id}`)).body.count, 1);
  });
});

/** One more than is sent without a number. */
const MANY = 10_001;

describe("a mail to very many", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St\nLondon" } });
  const browser = useBrowser(server);
  const { of, make } = useCampaigns(server);

  before(async () => {
    const rows = Array.from({ length: MANY }, (_row, i) => `First${i},Last,person${i}@example.org`);
    await runJob(server, `${v1}/imports`, ["First name,Last name,E-mail", ...rows].join("\r\n"), { headers: { "content-type": "text/csv" } });
  });

  it("goes once their number is typed", async () => {
    const group = await makeGroup(server, "All");
    const campaign = await make({ ...READY, to: { kind: "group", id: group.id } });
    const page = await browser.signIn("administrator");
    await open(page, campaign);
    await edit(page, "When").click();
    await page.getByLabel("At a time of your choice").check();
    await page.getByLabel("Date and time").fill("2099-01-01T09:00");
    await page.getByRole("button", { name: "Schedule for 10,001 people" }).click();
    const dialog = page.getByRole("dialog");
    const act = dialog.getByRole("button", { name: "Schedule for 10,001 people" });
    const typed = dialog.getByLabel("Type 10,001 to confirm");
    assert.ok(await act.isDisabled());
    await typed.fill("10000");
    assert.ok(await act.isDisabled());
    assert.equal((await of(campaign)).status, "draft");
    await checkAccessible(page);
    await picture(page, "composer-typed-number");
    await typed.fill("10,001");
    await act.click();
    await page.waitForURL(new RegExp(`/campaigns/${campaign.id}$`));
    assert.equal((await of(campaign)).status, "scheduled");
    assert.equal((await server.admin.get(`${v1}/campaigns/${campaign.id}/recipients-estimate`)).body.goes, MANY);
  });
});
