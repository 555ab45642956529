/** Campaigns of the Marketing API: records, content, checklist, status. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { parseMail, until, useServer, type Json } from "../harness/index.js";

describe("campaigns of /3.0", () => {
  const server = useServer();
  let list: string;

  const settings = {
    subject_line: "News for *|FNAME|*",
    title: "May",
    from_name: "Ann",
    reply_to: "ann@example.org",
  };

  async function make(change: object = {}): Promise<Json> {
    const { body } = await server.mailchimp.post("/3.0/campaigns", {
      type: "regular",
      recipients: { list_id: list },
      settings,
      ...change,
    });
    return body;
  }

  async function ready(html = "<p>Hi *|FNAME|*</p>"): Promise<Json> {
    const campaign = await make();
    await server.mailchimp.put(`/3.0/campaigns/${campaign.id}/content`, { html });
    return campaign;
  }

  function act(id: string, action: string, body?: object, status?: number) {
    return server.mailchimp.post(`/3.0/campaigns/${id}/actions/${action}`, body, { status });
  }

  async function status(id: string): Promise<string> {
    return (await server.mailchimp.get(`/3.0/campaigns/${id}`)).body.status;
  }

  before(async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    list = body.lists[0].id;
    await server.mailchimp.post(`/3.0/lists/${list}/members`, {
      email_address: "ada@example.org",
      status: "subscribed",
      merge_fields: { FNAME: "Ada" },
    });
  });

  it("are made, read, changed, copied and removed", async () => {
    const made = await make();
    assert.match(made.id, /^[0-9a-f]{10}$/);
    assert.equal(made.status, "save");
    assert.equal(made.send_time, "");
    assert.equal(made.recipients.recipient_count, 1);
    assert.equal(made.settings.subject_line, settings.subject_line);

    const { body: changed } = await server.mailchimp.patch(`/3.0/campaigns/${made.id}`, {
      settings: { title: "June" },
    });
    assert.equal(changed.settings.title, "June");
    assert.equal(changed.settings.from_name, "Ann");

    const { body: copy } = await act(made.id, "replicate");
    assert.equal(copy.settings.title, "June (copy 01)");

    await server.mailchimp.delete(`/3.0/campaigns/${copy.id}`, { status: 204 });
    const { body: gone } = await server.mailchimp.get(`/3.0/campaigns/${copy.id}`, {}, { status: 404 });
    assert.equal(gone.title, "Resource Not Found");
  });

  it("give back the settings that they were given", async () => {
    const unset = (await make({ settings: {} })).settings;
    assert.deepEqual(
      [unset.to_name, unset.folder_id, unset.template_id, unset.auto_footer, unset.inline_css, unset.auto_tweet, unset.fb_comments,
        unset.auto_fb_post, unset.use_conversation, unset.authenticate, unset.timewarp, unset.drag_and_drop],
      ["", "", 0, false, false, false, true, [], false, true, false, false],
    );
    const given = {
      to_name: "*|FNAME|* *|LNAME|*", auto_footer: true, inline_css: true, auto_tweet: true, fb_comments: false,
      auto_fb_post: ["12", "O'Neil"], use_conversation: true, authenticate: false,
    };
    const made = await make({ settings: given });
    for (const [key, value] of Object.entries(given)) assert.deepEqual(made.settings[key], value, key);
    const path = `/3.0/campaigns/${made.id}`;
    // as clients do: what was read is written back
    const { body } = await server.mailchimp.patch(path, { settings: made.settings, tracking: made.tracking });
    assert.deepEqual(body.settings, made.settings);
    const { body: other } = await server.mailchimp.patch(path, { settings: { auto_footer: false, auto_fb_post: [] } });
    assert.deepEqual(other.settings, { ...made.settings, auto_footer: false, auto_fb_post: [] });
  });

  it("refuse what would make another mail of it, and is not done", async () => {
    const cases: [object, string][] = [
      [{ settings: { timewarp: "x" } }, "settings.timewarp"],
      [{ settings: { auto_fb_post: "12" } }, "settings.auto_fb_post"], [{ settings: { auto_fb_post: [12] } }, "settings.auto_fb_post"],
      [{ settings: { auto_footer: "yes" } }, "settings.auto_footer"], [{ settings: { template_id: "x" } }, "settings.template_id"],
      [{ settings: { template_id: -1 } }, "settings.template_id"], [{ settings: [] }, "settings"],
      [{ tracking: { google_analytics: "summer" } }, "tracking.google_analytics"],
      [{ tracking: { clicktale: "summer" } }, "tracking.clicktale"],
    ];
    const made = await make();
    for (const [change, field] of cases) {
      const body = { type: "regular", ...change };
      assert.equal((await server.mailchimp.post("/3.0/campaigns", body, { status: 400 })).body.errors[0].field, field);
      const refused = await server.mailchimp.patch(`/3.0/campaigns/${made.id}`, change, { status: 400 });
      assert.equal(refused.body.errors[0].field, field);
    }
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${made.id}`);
    assert.deepEqual(body.settings, made.settings);
  });

  it("are listed by type, status and audience, newest first if asked", async () => {
    const first = await make({ type: "plaintext" });
    const second = await make({ type: "plaintext" });
    const query = { type: "plaintext", status: "save", list_id: list, sort_dir: "DESC" };
    const { body } = await server.mailchimp.get("/3.0/campaigns", query);
    assert.deepEqual(body.campaigns.map((c: Json) => c.id), [second.id, first.id]);
    assert.equal(body.total_items, 2);
    const page = await server.mailchimp.get("/3.0/campaigns", {
      ...query, count: 1, offset: 5, fields: "campaigns.id,total_items",
    }, { unchecked: true });
    assert.deepEqual(page.body, { campaigns: [], total_items: 2 });
  });

  it("of other types and wrong fields are refused with a reason", async () => {
    for (const [field, change] of Object.entries({
      type: { type: "absplit" },
      "settings.reply_to": { settings: { reply_to: "nobody" } },
      "settings.subject_line": { settings: { subject_line: "a\nb" } },
      "recipients.list_id": { recipients: { list_id: "0000000000" } },
      "recipients.segment_opts.saved_segment_id": {
        recipients: { list_id: list, segment_opts: { saved_segment_id: 4711 } },
      },
    })) {
      const { body } = await server.mailchimp.post("/3.0/campaigns",
        { type: "regular", ...change }, { status: 400 });
      assert.equal(body.title, "Invalid Resource");
      assert.equal(body.errors[0].field, field);
    }
  });

  it("have HTML, and plain text made from it", async () => {
    const { id } = await ready("<p>Hi *|FNAME|*</p><a href='https://x.example/?a=1&amp;b=2'>x</a>");
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}/content`);
    assert.match(body.html, /^<p>Hi/);
    assert.equal(body.plain_text, "Hi *|FNAME|*\n\nx (https://x.example/?a=1&b=2)\n");
    await server.mailchimp.put(`/3.0/campaigns/${id}/content`, { archive: { archive_content: "UEs=" } }, { status: 400 });
  });

  it("are not sent before they are ready, and the checklist says why", async () => {
    const { id } = await make({ settings: { ...settings, subject_line: "" } });
    const { body: list } = await server.mailchimp.get(`/3.0/campaigns/${id}/send-checklist`);
    assert.equal(list.is_ready, false);
    const errors = list.items.filter((item: Json) => item.type === "error");
    assert.deepEqual(errors.map((item: Json) => item.heading), ["Subject", "Content"]);
    const { body } = await act(id, "send", undefined, 400);
    assert.equal(body.title, "Bad Request");
    assert.equal(body.detail, "Your Campaign is not ready to send.");
  });

  it("warn of what does not stop them", async () => {
    const { id } = await ready("*|NOSUCH|* <a href=http://x.example>x</a><img src='https://y/z.png'>");
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}/send-checklist`);
    assert.equal(body.is_ready, true);
    const warnings = body.items.filter((item: Json) => item.type === "warning");
    assert.deepEqual(warnings.map((item: Json) => item.heading),
      ["Merge tags", "Links", "Images", "Signature"]);
  });

  it("warn of what looks like a merge tag and is none, wherever it stands", async () => {
    const { id } = await make({ settings: { ...settings, subject_line: "Hi *|FNAME", preview_text: "*|фу|*",
      from_name: "*|FNAME|* & us" } });
    await server.mailchimp.put(`/3.0/campaigns/${id}/content`, { html: "<p>*&#124;FNAME&#124;* *|FN<b>AME</b>|*</p>", plain_text: "FNAME|*" });
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}/send-checklist`);
    assert.deepEqual(body.items.filter((item: Json) => item.heading === "Merge tags").map((item: Json) => item.details), [
      "From name, line 1, column 1: Merge tags are not replaced here: *|FNAME|*.",
      "Subject, line 1, column 4: It looks like a merge tag, is none, and stays as it is: *|FNAME (did you mean *|FNAME|*?).",
      "Preview text, line 1, column 1: It looks like a merge tag, is none, and stays as it is: *|фу|*.",
      "HTML, line 1, column 4: It looks like a merge tag, is none, and stays as it is: *&#124;FNAME&#124;* (did you mean *|FNAME|*?).",
      "Plain text, line 1, column 1: It looks like a merge tag, is none, and stays as it is: FNAME|* (did you mean *|FNAME|*?).",
    ]);
  });

  it("are scheduled on quarter hours only", async () => {
    const { id } = await ready();
    const day = new Date(Date.now() + 86400_000).toISOString().slice(0, 10);
    await act(id, "schedule", { schedule_time: `${day}T10:07:00+00:00` }, 400);
    await act(id, "schedule", { schedule_time: "2001-01-01T10:00:00+00:00" }, 400);
    await act(id, "schedule", { schedule_time: `${day}T10:15:00+00:00` }, 204);
    assert.equal(await status(id), "schedule");
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}`);
    assert.equal(body.send_time, `${day}T10:15:00+00:00`);
    await server.mailchimp.patch(`/3.0/campaigns/${id}`, { tracking: { opens: false } }, { status: 400 });
    await act(id, "unschedule", undefined, 204);
    assert.equal(await status(id), "save");
    await act(id, "unschedule", undefined, 400);
  });

  it("send tests that count nothing", async () => {
    const { id } = await ready();
    await act(id, "test", { test_emails: ["nobody"] }, 400);
    await act(id, "test", { test_emails: ["ada@example.org", "t@example.net"], send_type: "html" }, 204);
    const mail = await until("the test is in the outbox", async () => {
      const { body } = await server.admin.get("/api/v1/outbox", { rcpt: "ada@example.org" });
      return body.items[0];
    });
    assert.match(mail.subject, /News for Ada/);
    const { body } = await server.admin.get(`/api/v1/outbox/${mail.id}`);
    const parsed = await parseMail(body.source);
    assert.match(parsed.html!, /Hi Ada/);
    assert.equal(await status(id), "save");
  });

  it("are sent once, and removed only when done", async () => {
    const { id } = await ready();
    await act(id, "pause", undefined, 400);
    await act(id, "resume", undefined, 400);
    await act(id, "cancel-send", undefined, 400);
    await act(id, "send", undefined, 204);
    await act(id, "send", undefined, 400);
    await until("it is sent", async () => (await status(id)) === "sent");
    const { body } = await server.mailchimp.get(`/3.0/campaigns/${id}`);
    assert.equal(body.emails_sent, 1);
    assert.equal(body.delivery_status.status, "delivered");
    assert.equal(body.recipients.recipient_count, 1);
    const hash = createHash("md5").update("ada@example.org").digest("hex");
    const { body: found } = await server.mailchimp.get("/3.0/campaigns", { member_id: hash });
    assert.deepEqual(found.campaigns.map((c: Json) => c.id), [id]);
    await server.mailchimp.delete(`/3.0/campaigns/${id}`, { status: 204 });
    await server.mailchimp.get(`/3.0/campaigns/${id}`, {}, { status: 404 });
  });

  it("pause, resume and stop while they send", async () => {
    const { id } = await ready();
    await act(id, "send", undefined, 204);
    for (const action of ["pause", "resume", "cancel-send"])
      await act(id, action, undefined, 0 as never).catch((error) => {
        // It may be sent already: then it says so.
        assert.match(String(error), /: (204|400) /);
      });
    await server.mailchimp.delete(`/3.0/campaigns/${id}`, { status: [204, 405] });
  });
});
