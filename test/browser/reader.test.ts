/** What a reader of a mail does with its links: leaves, and takes it back, in the language of the mail. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { addPeople, hrefs, isSent, makeGroup, parseMail, runJob, until, useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";

describe("a reader", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St, London" } });
  const browser = useBrowser(server);
  let group: Json;

  before(async () => {
    await addPeople(server, ["rosa@example.org"]);
    group = await makeGroup(server, "All");
  });

  const isOut = (out: boolean) => until(`she is ${out ? "" : "not "}opted out`, async () =>
    (await server.admin.get(`${v1}/people`, { email: "rosa@example.org" })).body.items[0].opted_out === out);

  /** The mail of that content, and its link to unsubscribe. */
  async function mailOf(html: string): Promise<{ id: number; leave: string }> {
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, {
      name: `Mail of ${html.length}`, subject: `Mail of ${html.length}`, group_id: group.id, from_name: "Us", from_email: "us@example.test", html,
    }, { status: 201 });
    await runJob(server, `${v1}/campaigns/${campaign.id}/send`);
    await isSent(server, campaign);
    const { body } = await server.admin.get(`${v1}/outbox`, { rcpt: "rosa@example.org" });
    const { id } = body.items.find((item: Json) => item.subject === campaign.subject)!;
    const mail = await parseMail((await server.admin.get(`${v1}/outbox/${id}`)).body.source);
    return { id, leave: new URL(hrefs(mail.html!).find((url) => url.includes("/t/u/"))!).pathname };
  }

  const looks: [string, BrowserContextOptions][] = [["light", {}], ["dark", dark], ["phone", { ...phone, ...german }]];

  it("leaves and takes it back, in German, where the browser is English", async () => {
    const { leave } = await mailOf('<html lang="de"><body><p>Grüße</p></body></html>');
    const page = await browser.open();
    await page.goto(leave);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await checkAccessible(page);
    await picture(page, "reader-leave");
    await page.getByRole("button", { name: "Abmelden" }).click();
    await page.getByText("Sie sind abgemeldet").waitFor();
    await checkAccessible(page);
    await picture(page, "reader-has-left");
    await isOut(true);
    await page.getByRole("button", { name: "Das war ein Versehen: wieder anmelden" }).click();
    await page.getByText("Ihre Abmeldung ist zurückgenommen").waitFor();
    await checkAccessible(page);
    await picture(page, "reader-is-in");
    await isOut(false);
    await page.goto(leave);
    await page.getByRole("button", { name: "Abmelden" }).waitFor();
  });

  it("reads from right to left where the mail does", async () => {
    const { id, leave } = await mailOf('<html lang="ar" dir="rtl"><body><p>سلام عليكم</p></body></html>');
    for (const [look, options] of looks) {
      const page = await browser.open(options);
      await page.goto(leave);
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      await page.getByRole("button", { name: "إلغاء الاشتراك" }).waitFor();
      await checkAccessible(page);
      await picture(page, `reader-arabic-${look}`);
    }
    const page = await browser.signIn("manager");
    await page.goto(`/outbox/${id}`);
    await page.frameLocator("iframe").getByRole("link", { name: "إلغاء الاشتراك" }).waitFor();
    await picture(page, "reader-arabic-mail");
  });

  it("is told in the browser's language of a link that is not valid", async () => {
    browser.allow(/404/);
    const page = await browser.open({ ...phone, ...german });
    await page.goto("/t/u/nonsense");
    await page.getByRole("heading", { name: "Dieser Link ist nicht gültig" }).waitFor();
    await checkAccessible(page);
    await picture(page, "reader-no-link");
  });
});
