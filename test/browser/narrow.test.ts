/** Every screen on a phone: nothing is cut, and no list leaves out what a desk shows. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { addPeople, isSent, makeCampaign, makeGroup, push, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, checkNothingCut, german, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";
const FILE = ["First name,Last name,E-mail", "Ada,Lovelace,ada@example.org", "Bert,Broken,no address", "\"Cleo,broken"].join("\r\n");
const is = (field: string, value: string) => ({ field, op: "is", value });
const nested = {
  match: "all",
  conditions: [is("country", "ES"), { match: "any", conditions: [is("country", "PT"), { match: "all", conditions: [is("city", "Donaudampfschifffahrt"), is("tag", "vip")] }] }],
};

describe("a phone", () => {
  const server = useServer({ env: { MUSTER_TRACK_EARLY_S: "0" } });
  const browser = useBrowser(server);
  let campaign: Json;
  let paths: Record<string, string>;

  /** Loaded: nothing is awaited any more. */
  const settled = async (page: Page) => {
    await page.locator("main h1").first().waitFor();
    await page.waitForLoadState("networkidle");
    await page.locator('.mantine-Skeleton-root, [aria-busy="true"]').first().waitFor({ state: "detached" });
  };

  before(async () => {
    const people = await addPeople(server, Array.from({ length: 12 }, (_, i) => `somebody-with-a-long-address-${i}@subdomain.example.org`));
    await server.admin.patch(`${v1}/people/${people[0]!.id}`, { opted_out: true, reason: "by letter", tags: ["customer of many years", "vip", "Vienna"] });
    await server.admin.patch(`${v1}/people/${people[1]!.id}`, { first_name: "Maximiliane", last_name: "Müller-Lüdenscheidt von und zu Hohenlohe" });
    await runJob(server, `${v1}/imports`, FILE, { headers: { "content-type": "text/csv" } });
    const group = await makeGroup(server, "Friends of the house in Vienna and Lower Austria");
    const edited = (await server.admin.post(`${v1}/groups`, { name: "Nested", entity: "people", kind: "dynamic", criteria: nested }, { status: 201 })).body;
    const pushed = await push(server, group);
    campaign = await makeCampaign(server, group, "Invitation to the spring fair of the whole region");
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    const draft = await makeCampaign(server, group, "A draft");
    const mail = (await server.admin.get(`${v1}/outbox`)).body.items[0];
    const imported = (await server.admin.get(`${v1}/imports`)).body.items[0] as Json;
    paths = {
      people: "/people", person: `/people/${people[1]!.id}`, "opted out": `/people/${people[0]!.id}`, groups: "/groups", group: `/groups/${group.id}`,
      "group pushes": `/groups/${group.id}?tab=pushes`, "group new": "/groups/new", "group edit": `/groups/${edited.id}/edit`, "push plan": `/groups/${group.id}/push`,
      push: `/pushes/${pushed.push_id}`, campaigns: "/campaigns", report: `/campaigns/${campaign.id}`, recipients: `/campaigns/${campaign.id}?tab=recipients`,
      composer: `/campaigns/${draft.id}/edit`, content: `/campaigns/${draft.id}/edit/content`, outbox: "/outbox", mail: `/outbox/${mail.id}`,
      imports: "/imports", import: `/imports/${imported.id}`, refused: `/imports/${imported.id}?show=refused`, profile: "/profile", organisation: "/settings",
      relay: "/settings?tab=relay", users: "/settings?tab=users", apps: "/settings?tab=apps", demo: "/settings?tab=demo",
    };
  });

  for (const [language, options] of Object.entries({ English: phone, German: { ...phone, ...german } }))
    it(`shows every screen whole, in ${language}`, async () => {
      const page = await browser.signIn("administrator", options);
      const cut: string[] = [];
      for (const [what, path] of Object.entries(paths)) {
        await page.goto(path);
        await settled(page);
        await picture(page, `narrow-${what.replace(" ", "-")}-${language}`);
        await checkNothingCut(page, what).catch((error: Error) => cut.push(error.message));
        if (language === "English") await checkAccessible(page);
      }
      assert.equal(cut.join("\n"), "");
    });

  it("tells of campaigns and recipients what a desk tells", async () => {
    const page = await browser.signIn("manager", phone);
    await page.goto(paths.mail!); // whoever looks at the mail opens it
    await page.frameLocator("iframe").getByText(/Hello/).waitFor();
    await until("it is known to be opened", async () => (await server.admin.get(`${v1}/campaigns/${campaign.id}/report`)).body.opened.people > 0);
    await page.goto("/campaigns");
    const row = page.getByRole("row", { name: /Invitation/ });
    await row.getByText("When:").waitFor();
    assert.match((await row.innerText()).replace(/\s+/g, " "), /Sent 12 kept in the outbox To: Friends .*When: .* ago Recipients: 12 Opened: 1 .*% Clicked: 0 0%/);
    await page.goto(`${paths.recipients}&response=opened`);
    await page.locator('table[aria-busy="false"]').waitFor();
    assert.match((await page.locator("tr[data-row]").innerText()).replace(/\s+/g, " "), /In the outbox .*Opened Opens: \d/);
  });
});
