/** Lists, members and merge fields of the Marketing API, as clients use them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { masterList, useServer, type Client, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text.toLowerCase()).digest("hex");
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

describe("the account", () => {
  const server = useServer();

  it("has the organisation's name and counts its subscribers", async () => {
    const { body } = await server.mailchimp.get("/3.0/");
    assert.equal(body.account_name, "Example Organisation");
    assert.equal(body.total_subscribers, 0);
    assert.match(body.account_id, /^[0-9a-f]{25}$/);
  });

  it("may not be written by a plain user", async () => {
    const user = server.admin.as(await server.createKey("u", "user"));
    const list = await masterList(user);
    await user.post(`${list}/members`, {}, { status: 403 });
  });
});

describe("lists", () => {
  const server = useServer();
  const wanted = {
    name: "Second",
    contact: { company: "Acme", address1: "1 Road", city: "Town", state: "", zip: "1", country: "DE" },
    permission_reminder: "You asked.",
    campaign_defaults: { from_name: "A", from_email: "a@example.org", subject: "", language: "en" },
    email_type_option: true,
  };

  it("begin with the master audience, which stays", async () => {
    const { body } = await server.mailchimp.get("/3.0/lists");
    assert.equal(body.total_items, 1);
    assert.equal(body.lists[0].stats.merge_field_count, 4);
    assert.match(body.lists[0].date_created, DATE);
    assert.equal(body.lists[0].stats.campaign_last_sent, "");
    const gone = await server.mailchimp.delete(`/3.0/lists/${body.lists[0].id}`, { status: 405 });
    assert.ok(gone.headers.get("allow"));
  });

  it("are made, changed and removed", async () => {
    const api = server.mailchimp;
    const made = (await api.post("/3.0/lists", wanted)).body;
    assert.match(made.id, /^[0-9a-f]{10}$/);
    assert.equal(made.contact.company, "Acme");
    assert.equal(made._links.length, 10);
    const path = `/3.0/lists/${made.id}`;
    const changed = (await api.patch(path, { name: "Third", contact: { city: "Ulm" } })).body;
    assert.equal(changed.name, "Third");
    assert.equal(changed.contact.city, "Ulm");
    assert.equal(changed.contact.company, "Acme");
    await api.post(`${path}/members`, { email_address: "x@example.org", status: "subscribed" });
    const { body } = await api.get("/3.0/lists", { email: "X@example.org", fields: "lists.id,total_items" }, { unchecked: true });
    assert.deepEqual(body, { lists: [{ id: made.id }], total_items: 1 });
    const total = await api.get(path, { include_total_contacts: "TRUE" });
    assert.equal(total.body.stats.total_contacts, 1);
    await api.delete(path);
    await api.get(path, {}, { status: 404 });
  });

  it("need what Mailchimp asks for", async () => {
    for (const key of Object.keys(wanted)) {
      const { body } = await server.mailchimp.post("/3.0/lists", { ...wanted, [key]: undefined }, { status: 400 });
      assert.equal(body.errors[0].field, key);
      assert.equal(body.title, "Invalid Resource");
    }
  });
});

describe("members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  const problem = async (call: Promise<{ body: Json }>) => (await call).body;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
  });

  it("look as Mailchimp's do", async () => {
    const { body } = await api.post(`${list}/members`, {
      email_address: "Wx3@Example.org",
      status: "subscribed",
      merge_fields: { FNAME: "Zoë", LNAME: "O'\"Neil", NOSUCH: 1 },
      tags: ["blue", { name: "green", status: "active" }],
      vip: true,
      language: "de",
      ip_signup: "192.0.2.1",
    });
    assert.equal(body.id, md5("wx3@example.org"));
    assert.equal(body.full_name, "Zoë O'\"Neil");
    assert.deepEqual(body.merge_fields, { ADDRESS: "", FNAME: "Zoë", LNAME: "O'\"Neil", PHONE: "" });
    assert.deepEqual(body.tags.map((t: Json) => t.name).sort(), ["blue", "green"]);
    assert.equal(body.member_rating, 2);
    assert.equal(body.timestamp_signup, "");
    assert.match(body.timestamp_opt, DATE);
    assert.equal(body.ip_opt, "");
    assert.equal(body.source, "API - Generic");
    for (const key of [body.id, "WX3@example.org", body.contact_id])
      assert.equal((await api.get(`${list}/members/${key}`)).body.id, body.id);
    const rels = body._links.map((l: Json) => l.rel);
    for (const rel of ["self", "parent", "update", "upsert", "delete", "activity", "delete_permanent"])
      assert.ok(rels.includes(rel), rel);
  });

  it("are not added twice", async () => {
    const body = await problem(
      api.post(`${list}/members`, { email_address: "wx3@example.org", status: "subscribed" }, { status: 400 }),
    );
    assert.equal(body.title, "Member Exists");
    assert.equal(body.detail, "wx3@example.org is already a list member. Use PUT to insert or update list members.");
    assert.equal(body.type, undefined);
  });

  it("need a real address", async () => {
    const none = await problem(api.post(`${list}/members`, { status: "subscribed" }, { status: 400 }));
    assert.equal(none.detail, "Please provide a valid email address.");
    const bad = await problem(
      api.post(`${list}/members`, { email_address: "a@b", status: "subscribed" }, { status: 400 }),
    );
    assert.equal(bad.detail, "a@b looks fake or invalid, please enter a real email address.");
    const text = await problem(api.post(`${list}/members`, "{", { status: 400 }));
    assert.equal(text.title, "JSON Parse Exception");
  });

  it("tell which merge fields are wrong", async () => {
    await api.post(`${list}/merge-fields`, { name: "Value", type: "number", tag: "LTV" });
    const body = await problem(
      api.put(
        `${list}/members/${md5("n@example.org")}`,
        { email_address: "n@example.org", status_if_new: "subscribed", merge_fields: { LTV: "much", ADDRESS: { addr1: "x" } } },
        { status: 400 },
      ),
    );
    assert.equal(body.detail, "Your merge fields were invalid.");
    assert.deepEqual(body.errors, [
      { field: "ADDRESS", message: "Please enter a complete address" },
      { field: "LTV", message: "Please enter a number" },
    ]);
    await api.get(`${list}/members/${md5("n@example.org")}`, {}, { status: 404 });
  });

  it("are put by hash: made, changed, moved to another address", async () => {
    const old = `${list}/members/${md5("put@example.org")}`;
    const made = (await api.put(old, { email_address: "put@example.org", status: "subscribed", tags: ["keep"] })).body;
    assert.equal(made.status, "subscribed");
    const same = (await api.put(old, { email_address: "put@example.org", status_if_new: "pending" })).body;
    assert.equal(same.status, "subscribed");
    assert.equal(same.last_changed, made.last_changed);
    const moved = (await api.put(old, { email_address: "moved@example.org" })).body;
    assert.equal(moved.id, md5("moved@example.org"));
    assert.equal(moved.timestamp_opt, made.timestamp_opt);
    assert.equal(moved.tags[0].name, "keep");
    assert.equal(moved.contact_id, made.contact_id);
    await api.get(old, {}, { status: 404 });
    const taken = await problem(api.put(old, { email_address: "moved@example.org", status: "subscribed" }, { status: 400 }));
    assert.equal(taken.title, "Member Exists");
    const patched = (await api.patch(`${list}/members/moved@example.org`, { merge_fields: { FNAME: "M" } })).body;
    assert.equal(patched.merge_fields.FNAME, "M");
    await api.patch(old, {}, { status: 404 });
  });

  it("may be subscribed again by whom they were unsubscribed", async () => {
    const path = `${list}/members/back@example.org`;
    await api.put(path, { status_if_new: "subscribed" });
    const gone = (await api.put(path, { status: "unsubscribed" })).body;
    assert.equal(gone.unsubscribe_reason, "N/A (Unsubscribed by admin)");
    assert.equal((await api.put(path, { status: "subscribed" })).body.status, "subscribed");
  });

  it("may not be subscribed again when cleaned", async () => {
    const path = `${list}/members/clean@example.org`;
    await api.put(path, { status_if_new: "cleaned" });
    for (const call of [api.put(path, { status: "subscribed" }, { status: 400 }), api.patch(path, { status: "subscribed" }, { status: 400 })]) {
      const body = await problem(call);
      assert.equal(body.title, "Member In Compliance State");
      assert.match(body.detail, /^clean@example.org is in a compliance state due to unsubscribe, bounce/);
      assert.equal(body.type, undefined);
    }
    assert.equal((await api.patch(path, { status: "pending" })).body.status, "pending");
    await api.patch(path, { status: "transactional" }, { status: 400 });
  });

  it("are archived once, readable, and come back with a new opt-in", async () => {
    const path = `${list}/members/arch@example.org`;
    await api.put(path, { status_if_new: "subscribed", tags: ["old"] });
    await api.delete(path);
    assert.equal((await api.get(path)).body.status, "archived");
    const again = await api.delete(path, { status: 405 });
    assert.equal(again.headers.get("allow"), "GET, PUT");
    assert.match(again.body.detail, /^This list member cannot be removed/);
    await api.post(`${path}/tags`, { tags: [{ name: "new", status: "active" }] });
    const back = (await api.post(`${list}/members`, { email_address: "arch@example.org", status: "subscribed" })).body;
    assert.equal(back.status, "subscribed");
    assert.deepEqual(back.tags.map((t: Json) => t.name).sort(), ["new", "old"]);
  });

  it("are forgotten for good", async () => {
    const path = `${list}/members/forget@example.org`;
    await api.put(path, { status_if_new: "subscribed" });
    await api.post(`${path}/actions/delete-permanent`);
    await api.get(path, {}, { status: 404 });
    const body = await problem(api.put(path, { status: "subscribed" }, { status: 400 }));
    assert.equal(body.title, "Forgotten Email Not Subscribed");
    assert.match(body.detail, /^forget@example.org was permanently deleted and cannot be re-imported/);
  });

  it("have tags, by name", async () => {
    const path = `${list}/members/tags@example.org`;
    await api.put(path, { status_if_new: "subscribed" });
    await api.post(`${path}/tags`, { tags: [{ name: "one", status: "active" }, { name: "two", status: "active" }, { name: "no", status: "inactive" }] });
    await api.post(`${path}/tags`, { tags: [{ name: "one", status: "inactive" }] });
    await api.post(`${path}/tags`, { tags: [] });
    const { body } = await api.get(`${path}/tags`);
    assert.deepEqual(body.tags.map((t: Json) => t.name), ["two"]);
    assert.match(body.tags[0].date_added, DATE);
    await api.post(`${list}/members/nobody@example.org/tags`, { tags: [] }, { status: 404 });
    const found = await api.get(`${list}/tag-search`, { name: "TW" });
    assert.deepEqual(found.body.tags.map((t: Json) => t.name), ["two"]);
  });

  it("are listed by cursor, by id or by change", async () => {
    const all = (await api.get(`${list}/members`, { count: 1000 })).body.members.map((m: Json) => m.id);
    for (const order of [{}, { sort_field: "last_changed" }, { since_last_changed: "2000-01-01T00:00:00Z" }]) {
      const ids: string[] = [];
      let cursor: string | undefined = "";
      for (let pages = 0; cursor !== undefined; pages++) {
        assert.ok(pages <= all.length, "there is an end");
        const page: Json = (await api.get(`${list}/members`, { ...order, count: 3, cursor })).body;
        ids.push(...page.members.map((m: Json) => m.id));
        cursor = page.next_cursor;
      }
      const whole = (await api.get(`${list}/members`, { ...order, count: 1000 })).body.members;
      assert.deepEqual(ids, whole.map((m: Json) => m.id));
      assert.deepEqual([...ids].sort(), [...all].sort());
    }
    const since = "2020-01-01T00:00:00Z", begin = Date.parse(since), order = "subscribed unsubscribed cleaned pending transactional archived".split(" ");
    const told: Json = (await api.get(`${list}/members`, { since_last_changed: since, count: 1000, fields: "members.status,members.changed_ms,changes_digest" })).body;
    const sums = order.map((status, i) => {
      const of = told.members.filter((m: Json) => m.status === status);
      return of.length ? `${i + 1}:${of.length}:${of.reduce((sum: number, m: Json) => sum + m.changed_ms - begin, 0)} ` : "";
    });
    assert.equal(told.changes_digest, sums.join(""));
    for (const wrong of [{ sort_field: "timestamp_opt" }, { sort_field: "last_changed", sort_dir: "DESC" }])
      await api.get(`${list}/members`, { cursor: "", ...wrong }, { status: 400 });
    await api.get(`${list}/members`, { cursor: "5.5" }, { status: 400 });
  });

  it("are listed by what is asked", async () => {
    const all = (await api.get(`${list}/members`, { count: 1000 })).body;
    assert.equal(all.members.length, all.total_items);
    const first = (await api.get(`${list}/members`)).body;
    assert.equal(first.members.length, Math.min(10, all.total_items));
    const past = (await api.get(`${list}/members`, { offset: 5000 })).body;
    assert.deepEqual(past.members, []);
    assert.equal(past.total_items, all.total_items);
    const archived = (await api.get(`${list}/members`, { status: "cleaned,x" }, { status: 400 })).body;
    assert.equal(archived.errors[0].field, "status");
    for (const query of [{ vip_only: "1" }, { unique_email_id: all.members[0].unique_email_id }]) {
      const { body } = await api.get(`${list}/members`, query);
      assert.deepEqual(body.members.map((m: Json) => m.email_address), ["wx3@example.org"]);
    }
    const none = await api.get(`${list}/members`, { since_last_changed: "2099-01-01T00:00:00+00:00" });
    assert.equal(none.body.total_items, 0);
    const since = await api.get(`${list}/members`, { since_last_changed: "2000-01-01T00:00:00Z", count: 1000 });
    const times = since.body.members.map((m: Json) => m.last_changed);
    assert.deepEqual(times, [...times].sort());
    await api.get(`${list}/members`, { since_last_changed: "yesterday" }, { status: 400 });
    await api.get(`${list}/members`, { count: 1001 }, { status: 400 });
  });

  it("have what they got and did, empty at first", async () => {
    const path = `${list}/members/wx3@example.org`;
    for (const part of ["activity", "activity-feed"]) {
      const { body } = await api.get(`${path}/${part}`);
      assert.deepEqual(body.activity, []);
      assert.equal(body.total_items, 0);
      assert.equal(body.email_id, md5("wx3@example.org"));
      await api.get(`${list}/members/nobody@example.org/${part}`, {}, { status: 404 });
    }
  });

  it("show each field alone as in the whole, and the whole without it", async () => {
    const raw = { unchecked: true };
    const whole = (await api.get(`${list}/members`, { count: 1000 })).body;
    const one = whole.members[0];
    for (const field of Object.keys(one)) {
      const alone = await api.get(`${list}/members`, { count: 1000, fields: `members.${field}` }, raw);
      assert.deepEqual(alone.body, { members: whole.members.map((m: Json) => field in m ? { [field]: m[field] } : {}) });
      const without = await api.get(`${list}/members`, { count: 1000, exclude_fields: `members.${field}` }, raw);
      assert.deepEqual(without.body, { ...whole, members: whole.members.map(({ [field]: _, ...rest }: Json) => rest) });
      const single = await api.get(`${list}/members/${one.id}`, { fields: field }, raw);
      assert.deepEqual(single.body, { [field]: one[field] });
    }
    const counted = await api.get(`${list}/members`, { fields: "total_items" }, raw);
    assert.deepEqual(counted.body, { total_items: whole.total_items });
  });

  it("show the fields asked for, and no others", async () => {
    const some = await api.get(`${list}/members`, { count: 1, fields: "members.email_address,members.stats.avg_open_rate,total_items" }, { unchecked: true });
    assert.deepEqual(Object.keys(some.body), ["members", "total_items"]);
    assert.deepEqual(Object.keys(some.body.members[0]), ["email_address", "stats"]);
    const but = await api.get(`${list}/members`, { count: 1, exclude_fields: "members._links,_links" }, { unchecked: true });
    assert.equal(but.body._links, undefined);
    assert.equal(but.body.members[0]._links, undefined);
    const none = await api.get(`${list}/members`, { count: 1, fields: "members.nonsense" }, { unchecked: true });
    assert.deepEqual(none.body, { members: [{}] });
    await api.get(`${list}/members`, { fields: "members", exclude_fields: "members" }, { status: 400 });
  });
});

describe("merge fields", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
  });

  it("begin with four, sorted by tag", async () => {
    const { body } = await api.get(`${list}/merge-fields`);
    assert.deepEqual(body.merge_fields.map((f: Json) => f.tag), ["ADDRESS", "FNAME", "LNAME", "PHONE"]);
    assert.equal(body.merge_fields[1].options.size, 25);
    assert.equal(body.total_items, 4);
  });

  it("keep each type in one spelling", async () => {
    const types: [string, Json, unknown, unknown][] = [
      ["text", {}, 5, "5"],
      ["number", {}, "1.50", 1.5],
      ["date", {}, "31-12-2020", "2020-12-31"],
      ["birthday", {}, "2/9", "02/09"],
      ["radio", { choices: ["Red", "Blue"] }, "blue", "Blue"],
      ["url", {}, "https://example.org/", "https://example.org/"],
      ["zip", {}, "01234", "01234"],
      ["phone", {}, "+49 1", "+49 1"],
    ];
    for (const [type, options, given, kept] of types) {
      const field = (await api.post(`${list}/merge-fields`, { name: type, type, options })).body;
      assert.equal(field.tag, `MMERGE${field.merge_id}`);
      const path = `${list}/members/${type}@example.org`;
      const { body } = await api.put(path, { status_if_new: "subscribed", merge_fields: { [field.tag]: given } });
      assert.equal(body.merge_fields[field.tag], kept);
      const empty = await api.put(path, { merge_fields: { [field.tag]: "" } });
      assert.equal(empty.body.merge_fields[field.tag], "");
      await api.delete(`${list}/merge-fields/${field.merge_id}`);
      await api.get(`${list}/merge-fields/${field.merge_id}`, {}, { status: 404 });
    }
  });

  it("may be required, unless the check is skipped", async () => {
    const field = (await api.post(`${list}/merge-fields`, { name: "Must", type: "text", tag: "MUST", required: true })).body;
    const member = { email_address: "must@example.org", status: "subscribed" };
    const { body } = await api.post(`${list}/members`, member, { status: 400 });
    assert.deepEqual(body.errors, [{ field: "MUST", message: "Please enter a value" }]);
    await api.post(`${list}/members?skip_merge_validation=true`, member);
    const free = await api.patch(`${list}/merge-fields/${field.merge_id}`, { required: false, name: "May" });
    assert.equal(free.body.name, "May");
    assert.equal(free.body.tag, "MUST");
  });

  it("have tags of their own", async () => {
    await api.post(`${list}/merge-fields`, { name: "x", type: "text", tag: "FNAME" }, { status: 400 });
    await api.post(`${list}/merge-fields`, { name: "x", type: "text", tag: "no way" }, { status: 400 });
    await api.post(`${list}/merge-fields`, { name: "x", type: "colour" }, { status: 400 });
  });

  it("are at most 80", async () => {
    const { body } = await api.get(`${list}/merge-fields`);
    for (let n = body.total_items; n < 80; n++) await api.post(`${list}/merge-fields`, { name: `f${n}`, type: "text" });
    await api.post(`${list}/merge-fields`, { name: "one more", type: "text" }, { status: 400 });
  });
});
