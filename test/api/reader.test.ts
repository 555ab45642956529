/** What readers of mails see of us - footer, pages, errors - is in their language. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { hrefs, parseMail, until, useServer, type Json } from "../harness/index.js";

const path = (url: string) => new URL(url).pathname;
const accepting = (language: string) => ({ headers: { "accept-language": language } });

describe("what a reader sees", () => {
  const server = useServer({ env: { MUSTER_POSTAL_ADDRESS: "1 High St, London" } });
  let list: string;
  let mails = 0;

  before(async () => {
    list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    await server.mailchimp.post(`/3.0/lists/${list}/members`, { email_address: "rosa@r.example", status: "subscribed" });
  });

  /** The mail that Rosa got of a campaign with that content, and where it unsubscribes. */
  async function mailOf(html: string) {
    const subject_line = `Mail ${++mails}`;
    const { body } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular",
      recipients: { list_id: list },
      settings: { subject_line, title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await server.mailchimp.put(`/3.0/campaigns/${body.id}/content`, { html });
    await server.mailchimp.post(`/3.0/campaigns/${body.id}/actions/send`);
    await until("it is sent", async () => (await server.mailchimp.get(`/3.0/campaigns/${body.id}`)).body.status === "sent");
    const { body: box } = await server.admin.get("/api/v1/outbox", { rcpt: "rosa@r.example" });
    const caught = box.items.find((item: Json) => item.subject === subject_line);
    assert.ok(caught, JSON.stringify(box));
    const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
    const leave = path(hrefs(mail.html!).find((url) => url.includes("/t/u/"))!);
    return { html: mail.html!, text: mail.text!, leave };
  }

  const tellLanguage = (language: string) => server.mailchimp.patch(`/3.0/lists/${list}`, {
    campaign_defaults: { from_name: "Ann", from_email: "ann@example.org", subject: "", language },
  });

  it("is in the language of the mail, whatever the browser likes", async () => {
    const mail = await mailOf('<!doctype html><html lang="de-AT"><body><p>Grüße</p></body></html>');
    assert.match(mail.html, /<div lang="de" dir="ltr" [^>]*>Diese E-Mail ging an rosa@r\.example\.<br>/);
    assert.match(mail.html, />Abmelden<\/a>/);
    assert.match(mail.text, /Diese E-Mail ging an rosa@r\.example\.[^]*\nAbmelden: http/);
    const page = await server.anonymous.get(mail.leave, {}, accepting("fr"));
    assert.match(page.text, /<html lang="de" dir="ltr">/);
    assert.match(page.text, /Möchten Sie diesen Newsletter nicht mehr bekommen\?/);
    assert.match(page.text, /<button [^>]*>Abmelden<\/button>/);
    assert.match(page.headers.get("cache-control")!, /no-store/);
  });

  it("runs from right to left where the language does", async () => {
    const mail = await mailOf('<html dir="rtl" lang="ar"><body><p>سلام</p></body></html>');
    assert.match(mail.html, /<div lang="ar" dir="rtl" /);
    assert.match(mail.html, />إلغاء الاشتراك<\/a>/);
    const page = await server.anonymous.get(mail.leave);
    assert.match(page.text, /<html lang="ar" dir="rtl">/);
    assert.match(page.text, /<strong><bdi>r\*\*\*@r\.example<\/bdi><\/strong>/);
  });

  it("is in that of the browser, where nobody said which the mail is in", async () => {
    const mail = await mailOf("<p>Nobody said</p>");
    assert.match(mail.html, /This e-mail was sent to rosa@r\.example\./);
    const page = await server.anonymous.get(mail.leave, {}, accepting("zz, nl;q=0.9, en;q=0.8"));
    assert.match(page.text, /<html lang="nl" dir="ltr">/);
    assert.match(page.text, />Uitschrijven</);
    assert.match((await server.anonymous.get(mail.leave)).text, /<html lang="en" dir="ltr">/);
  });

  it("is in that of the audience, where its owner said one", async () => {
    await tellLanguage("pt_PT");
    const mail = await mailOf("<p>Of the audience</p>");
    assert.match(mail.html, />Cancelar a inscrição<\/a>/);
    const page = await server.anonymous.get(mail.leave, {}, accepting("nl"));
    assert.match(page.text, /<html lang="pt" dir="ltr">/);
    const draft = (await server.admin.post("/api/v1/campaigns",
      { name: "Draft", subject: "s", from_name: "Us", from_email: "us@example.test", html: "<p>x</p>" })).body;
    const preview = async () => (await server.admin.get(`/campaigns/${draft.id}/preview`)).text;
    assert.match(await preview(), />Cancelar a inscrição<\/a>/);
    await server.admin.patch(`/api/v1/campaigns/${draft.id}`, { html: '<p lang="it">x</p>' });
    assert.match(await preview(), />Annulla l’iscrizione<\/a>/);
    await tellLanguage("");
  });

  it("is in their own language, where one is known", async () => {
    const hash = createHash("md5").update("rosa@r.example").digest("hex");
    const speak = (language: string) => server.mailchimp.patch(`/3.0/lists/${list}/members/${hash}`, { language });
    const german = '<!doctype html><html lang="de"><body><p>Grüße</p></body></html>';
    for (const [language, leave, prefer] of [
      ["fr_CA", "Se désabonner", "Modifier vos préférences"], ["nl", "Uitschrijven", "Voorkeuren wijzigen"], ["zh", "Abmelden", "Einstellungen ändern"],
    ] as const) {
      await speak(language);
      const mail = await mailOf(german);
      assert.match(mail.html, new RegExp(`/t/p/[^>]*>${prefer}</a> &middot; <a [^>]*/t/u/[^>]*>${leave}</a>`));
      assert.match(mail.text, new RegExp(`\n${leave}\\s?: http[^]*\n${prefer}\\s?: http`));
      const page = await server.anonymous.get(mail.leave, {}, accepting("it"));
      assert.match(page.text, new RegExp(`<button [^>]*>${leave}</button>`));
      assert.doesNotMatch(page.text, /\/p\//); // there is nothing to choose
    }
    await speak("es");
    const { leave, html } = await mailOf(german.replace("</body>", '<a href="*|ARCHIVE|*">a</a></body>'));
    const archive = path(hrefs(html).find((url) => url.includes("/t/a/"))!);
    assert.match((await server.anonymous.get(archive)).text, />Darse de baja<\/a>/);
    const interests = `/3.0/lists/${list}/interest-categories`;
    const { body: topics } = await server.mailchimp.post(interests, { title: "Topics", type: "hidden" });
    assert.doesNotMatch((await server.anonymous.get(leave)).text, /\/p\//);
    for (const asks of [true, false]) {
      await server.mailchimp.patch(`/3.0/lists/${list}`, { marketing_permissions: asks });
      assert.equal((await server.anonymous.get(leave)).text.includes("Prefiero elegir lo que recibo"), asks);
    }
    await server.mailchimp.patch(`${interests}/${topics.id}`, { title: "Topics", type: "checkboxes" });
    const instead = (await server.anonymous.get(leave)).text.match(/href="\.\.(\/p\/[^"]+)">Prefiero elegir lo que recibo</)![1];
    assert.match((await server.anonymous.get(`/t${instead}`)).text, /<option value="es" selected>Español/);
    await speak("");
  });

  it("is the same of links that are not valid", async () => {
    for (const link of ["/t/u/nonsense", "/t/c/nonsense", "/t/a/nonsense", "/t/p/nonsense", "/t/zz"]) {
      const page = await server.anonymous.get(link, {}, {
        status: 404, headers: { accept: "text/html", "accept-language": "es-MX,es;q=0.9" },
      });
      assert.match(page.text, /<html lang="es" dir="ltr">/);
      assert.match(page.text, /<h1>Este enlace no es válido<\/h1>/);
      assert.doesNotMatch(page.text, /href=/);
    }
  });
});
