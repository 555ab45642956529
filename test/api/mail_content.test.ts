/** What arrives: merge tags, links, footer, for people with difficult names. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, header, hrefs, parseMail, until, useServer } from "../harness/index.js";

describe("the mail of a campaign", () => {
  const server = useServer();
  let list: string;

  const people = {
    "ada@example.org": { FNAME: "Ada", LNAME: "Lovelace" },
    "evil@example.org": { FNAME: '"><script>alert(1)</script>', LNAME: "*|EMAIL|*" },
    "rtl@example.org": { FNAME: "גרמ", LNAME: "محمد" },
    "none@example.org": {},
  };

  const html = `<html><head><title>x</title></head><body>
<p title='*|FNAME|*'>Dear *|IF:FNAME|**|UPPER:FNAME|**|ELSE:|*friend*|END:IF|*, *|LNAME|*</p>
<a href='https://a.example/?q=1&amp;n=%20x&eacute;="'>first</a>
<A HREF=https://b.example/*|EMAIL_UID|*?n=*|FNAME|*>second</A>
<a href="mailto:*|EMAIL|*">write</a> <img src=https://img.example/a.png alt=x>
<p>*|DATE:Y|* *|LIST:ADDRESSLINE|* *|NOSUCH|*</p>
</body></html>`;

  async function send(body: object, settings = {}): Promise<string> {
    const made = await server.mailchimp.post("/3.0/campaigns", {
      type: "html" in body ? "regular" : "plaintext",
      recipients: { list_id: list },
      settings: {
        subject_line: "Für *|FNAME|* 🎉", from_name: "Ann Åberg", reply_to: "ann@example.org",
        to_name: "*|FNAME|* *|LNAME|*", ...settings,
      },
    });
    await server.mailchimp.put(`/3.0/campaigns/${made.body.id}/content`, body);
    await server.mailchimp.post(`/3.0/campaigns/${made.body.id}/actions/send`);
    await until("it is sent", async () =>
      (await server.mailchimp.get(`/3.0/campaigns/${made.body.id}`)).body.status === "sent");
    return made.body.id;
  }

  async function mailTo(address: string) {
    const { body: page } = await server.admin.get("/api/v1/outbox", { rcpt: address });
    const { body } = await server.admin.get(`/api/v1/outbox/${page.items[0].id}`);
    return { source: body.source as string, mail: await parseMail(body.source) };
  }

  async function target(url: string): Promise<string> {
    const reply = await server.anonymous.get(new URL(url).pathname, {}, { status: 302 });
    // fetch reads header bytes as Latin-1
    return Buffer.from(reply.headers.get("location")!, "latin1").toString("utf8");
  }

  before(async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    list = body.lists[0].id;
    for (const [email_address, merge_fields] of Object.entries(people))
      await server.mailchimp.post(`/3.0/lists/${list}/members`,
        { email_address, status: "subscribed", merge_fields });
    // from before such characters were refused
    execute(server, "audience", ["UPDATE member SET merge = REPLACE(merge, 'גרמ', '\u202eגרמ\u202c')"]);
  });

  it("is made for each recipient, in HTML and text", async () => {
    await send({ html });
    const { mail } = await mailTo("ada@example.org");
    assert.equal(mail.subject, "Für Ada 🎉");
    assert.equal(mail.from!.name, "Ann Åberg");
    assert.deepEqual(mail.to, [{ name: "Ada Lovelace", address: "ada@example.org" }]);
    assert.match(mail.html!, /title='Ada'>Dear ADA, Lovelace</);
    assert.match(mail.text!, /Dear ADA, Lovelace/);
    assert.match(mail.html!, new RegExp(`<p>${new Date().getUTCFullYear()} Example Organisation, 1 Example Street, 12345 Example Town \\*\\|NOSUCH\\|\\*<`)); // as written
    const none = await mailTo("none@example.org");
    assert.match(none.mail.html!, /title=''>Dear friend, </);
    assert.match(header(mail, "list-unsubscribe")!, /^<http/);
  });

  it("keeps values from becoming markup, headers or tags", async () => {
    const { mail, source } = await mailTo("evil@example.org");
    assert.doesNotMatch(mail.html!, /<script>/i);
    assert.match(mail.html!, /title='&quot;&gt;&lt;script&gt;/);
    assert.match(mail.html!, /, \*\|EMAIL\|\*</);
    assert.doesNotMatch(source.split("\r\n\r\n")[0]!, /<script>$/m);
    const rtl = await mailTo("rtl@example.org");
    assert.match(rtl.mail.html!, /title='גרמ'/);
    assert.doesNotMatch(rtl.mail.subject!, /\u202e/);
    assert.deepEqual(rtl.mail.to![0]!.name, "גרמ محمد");
  });

  it("has its links in the author's order; a click leads to the very target", async () => {
    const { mail } = await mailTo("evil@example.org");
    const links = hrefs(mail.html!);
    assert.equal(await target(links[0]!), 'https://a.example/?q=1&n=%20x%C3%A9=%22');
    const second = await target(links[1]!);
    assert.match(second, /^https:\/\/b\.example\/[0-9a-f]{10}\?n=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E$/);
    assert.equal(links[2], "mailto:evil@example.org");
    assert.doesNotMatch(mail.html!, /(href|src)\s*=\s*[^"\s]/i);
    assert.match(mail.html!, /src="https:\/\/img\.example\/a\.png"/);
    const other = hrefs((await mailTo("ada@example.org")).mail.html!);
    assert.match(await target(other[1]!), /\?n=Ada$/);
  });

  it("always has an unsubscribe link and the postal address, once", async () => {
    const { mail } = await mailTo("ada@example.org");
    const ways = hrefs(mail.html!).filter((url) => url.includes("/t/u/"));
    assert.equal(ways.length, 1);
    assert.match(mail.text!, /\/t\/u\//);
    await send({ html: '<p>*|LIST:ADDRESSLINE|*</p><a href="*|UNSUB|*">stop</a>' });
    const own = await mailTo("ada@example.org");
    assert.equal(hrefs(own.mail.html!).filter((url) => url.includes("/t/u/")).length, 1);
    assert.equal(own.mail.html!.match(/1 Example Street/g)!.length, 1);
  });

  it("may be plain text alone", async () => {
    await send({ plain_text: "Hi *|FNAME|*: https://a.example/?a=1&b=2\n" });
    const { mail } = await mailTo("ada@example.org");
    assert.equal(mail.html, undefined);
    assert.match(mail.text!, /Hi Ada: /);
    assert.match(mail.text!, /\/t\/u\//);
    assert.match(mail.text!, /1 Example Street/);
  });
});
