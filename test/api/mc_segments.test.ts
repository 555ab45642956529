/** Batch subscribe, tags, segments: what a push is made of. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { masterList, useServer, type Client, type Json } from "../harness/index.js";

const person = (n: number, more: Json = {}) => ({
  email_address: `p${n}@example.org`,
  status: "subscribed",
  merge_fields: { FNAME: `First${n % 10}`, LNAME: `Last${n}` },
  ...more,
});

describe("a batch of members", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
  });

  it("tells of each what became of it", async () => {
    const members = [person(1), person(2), { email_address: "bad", status: "subscribed" }, person(1)];
    const first = (await api.post(list, { members })).body;
    assert.equal(first.total_created, 2);
    assert.equal(first.total_updated, 0);
    assert.equal(first.error_count, 2);
    assert.deepEqual(first.errors.map((e: Json) => [e.email_address, e.error_code]), [
      ["bad", "ERROR_GENERIC"],
      ["p1@example.org", "ERROR_CONTACT_EXISTS"],
    ]);
    const again = (await api.post(list, { members: [person(1), person(2)] })).body;
    assert.equal(again.error_count, 2);
    assert.equal(again.errors[0].error_code, "ERROR_CONTACT_EXISTS");
  });

  it("updates, adds tags, or replaces them", async () => {
    const change = (more: Json) => api.post(list, { members: [person(1, more)], update_existing: true });
    await change({ tags: ["a", "b"] });
    const added = (await change({ tags: ["c"] })).body;
    assert.equal(added.total_updated, 1);
    assert.equal(added.updated_members[0].tags_count, 3);
    const synced = (await api.post(list, { members: [person(1, { tags: ["c", "d"] })], update_existing: true, sync_tags: true })).body;
    assert.deepEqual(synced.updated_members[0].tags.map((t: Json) => t.name).sort(), ["c", "d"]);
  });

  it("does not bring back who may not come back", async () => {
    await api.post(list, { members: [person(3, { status: "cleaned" })] });
    const { body } = await api.post(list, { members: [person(3)], update_existing: true });
    assert.equal(body.error_count, 1);
    assert.match(body.errors[0].error, /compliance state/);
  });

  it("keeps the first of a repeated address if asked", async () => {
    const { body } = await api.post(`${list}?skip_duplicate_check=true`, {
      members: [person(9, { merge_fields: { FNAME: "One" } }), person(9, { merge_fields: { FNAME: "Two" } })],
    });
    assert.equal(body.error_count, 0);
    assert.equal(body.new_members.length, 1);
    assert.equal(body.new_members[0].merge_fields.FNAME, "One");
  });

  it("gives a tag to whoever it writes", async () => {
    const tag = (await api.post(`${list}/segments`, { name: "pushed", static_segment: [] })).body;
    await api.post(list, { members: [person(80), person(81)] });
    const { body } = await api.post(list, { members: [person(81), person(82), { email_address: "bad", status: "subscribed" }], segment_id: tag.id });
    assert.equal(body.error_count, 2, "81 was there, and is left alone");
    const tagged = async () =>
      (await api.get(`${list}/segments/${tag.id}/members`)).body.members.map((m: Json) => m.email_address).sort();
    assert.deepEqual(await tagged(), ["p82@example.org"]);
    for (let twice = 0; twice < 2; twice++)
      await api.post(list, { members: [person(80), person(82)], update_existing: true, segment_id: tag.id });
    assert.deepEqual(await tagged(), ["p80@example.org", "p82@example.org"]);
    await api.post(list, { members: [person(83)], segment_id: 999999 }, { status: 404 });
    await api.get(`${list}/members/p83@example.org`, {}, { status: 404 });
  });

  it("tells when each changed, to the millisecond, if that is asked for", async () => {
    const fields = "new_members.changed_ms,new_members.id,updated_members.changed_ms";
    const send = async (name: string) =>
      (await api.post(`${list}?fields=${fields}`, { members: [person(70, { merge_fields: { FNAME: name } })], update_existing: true })).body;
    const made = (await send("One")).new_members[0];
    assert.deepEqual(Object.keys(made).sort(), ["changed_ms", "id"]);
    const changed = (await send("Two")).updated_members[0].changed_ms;
    assert.ok(changed > made.changed_ms, "no two changes have the same");
    assert.equal((await send("Two")).updated_members[0].changed_ms, changed, "nothing changed");
    const whole = (await api.get(`${list}/members/${made.id}`)).body;
    assert.equal(whole.changed_ms, undefined, "Mailchimp has no such member");
  });

  it("holds 500 at most", async () => {
    const many = Array.from({ length: 501 }, (_, n) => person(1000 + n));
    const { body } = await api.post(list, { members: many }, { status: 400 });
    assert.equal(body.errors[0].field, "members");
    assert.equal((await api.post(list, { members: many.slice(1) })).body.total_created, 500);
  });

  it("may be one of several at once, with one and the same new tag", async () => {
    const calls = Array.from({ length: 4 }, (_, call) =>
      api.post(list, {
        members: Array.from({ length: 200 }, (_, n) => person(5000 + n + call * 100, { tags: ["parallel"] })),
        update_existing: true,
      }),
    );
    for (const { body } of await Promise.all(calls)) assert.equal(body.error_count, 0);
    const { body } = await api.get(`${list}/segments`, { type: "static", count: 100 });
    const tags = body.segments.filter((s: Json) => s.name === "parallel");
    assert.equal(tags.length, 1);
    assert.equal(tags[0].member_count, 500);
  });
});

describe("segments", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
    await api.post(list, { members: Array.from({ length: 100 }, (_, n) => person(n, n % 4 ? {} : { tags: ["fourth"], status: n % 8 ? "subscribed" : "unsubscribed" })) });
  });

  const saved = async (conditions: Json[], match = "all") =>
    (await api.post(`${list}/segments`, { name: `s${Math.random()}`, options: { match, conditions } })).body;

  it("that are static are tags", async () => {
    const tag = (await api.post(`${list}/segments`, { name: "vips", static_segment: ["p1@example.org", "P2@example.org", "nobody@example.org"] })).body;
    assert.equal(tag.type, "static");
    assert.equal(tag.member_count, 2);
    const member = (await api.get(`${list}/members/p1@example.org`)).body;
    assert.deepEqual(member.tags, [{ id: tag.id, name: "vips" }]);
    const path = `${list}/segments/${tag.id}`;
    const change = (await api.post(path, { members_to_add: ["p3@example.org", "p2@example.org", "who@example.org"], members_to_remove: ["p1@example.org", "p9@example.org"] })).body;
    assert.equal(change.total_added, 1);
    assert.equal(change.total_removed, 1);
    assert.equal(change.error_count, 1);
    assert.deepEqual(change.errors[0].email_addresses, ["who@example.org"]);
    await api.post(`${path}/members`, { email_address: "p5@example.org" });
    await api.post(`${path}/members`, { email_address: "who@example.org" }, { status: 404 });
    await api.delete(`${path}/members/p2@example.org`);
    const { body } = await api.get(`${path}/members`, { fields: "members.email_address,total_items" }, { unpublished: true });
    assert.deepEqual(body, { members: [{ email_address: "p3@example.org" }, { email_address: "p5@example.org" }], total_items: 2 });
    assert.equal((await api.patch(path, { name: "VIPs", static_segment: [] })).body.member_count, 0);
    await api.delete(path);
    await api.get(path, {}, { status: 404 });
    await api.delete(path, { status: 404 });
  });

  it("have one name each", async () => {
    await api.post(`${list}/segments`, { name: "fourth", static_segment: [] }, { status: 400 });
    await api.post(`${list}/segments`, { static_segment: [] }, { status: 400 });
    await api.post(`${list}/segments`, { name: "both", static_segment: [], options: { match: "all", conditions: [] } }, { status: 400 });
  });

  it("count the subscribed ones, and others when asked", async () => {
    const { body } = await api.get(`${list}/segments`, { type: "static" });
    const tag = body.segments.find((s: Json) => s.name === "fourth");
    assert.equal(tag.member_count, 12);
    const more = await api.get(`${list}/segments/${tag.id}`, { include_unsubscribed: true });
    assert.equal(more.body.member_count, 25);
    const page = await api.get(`${list}/segments/${tag.id}/members`, { include_unsubscribed: true, count: 3, offset: 24 });
    assert.equal(page.body.members.length, 1);
    assert.equal(page.body.total_items, 25);
  });

  it("are read page by page, and changes are seen at once", async () => {
    const { body } = await api.get(`${list}/segments`, { type: "static" });
    const path = `${list}/segments/${body.segments.find((s: Json) => s.name === "fourth").id}`;
    const read = async (count: number, offset: number) =>
      (await api.get(`${path}/members`, { count, offset, fields: "members.email_address,total_items" }, { unpublished: true })).body;
    const all = await read(100, 0);
    const pages: Json[] = [];
    for (let offset = 0; offset < 15; offset += 5) pages.push(...(await read(5, offset)).members);
    assert.deepEqual(pages, all.members);
    const last = all.members[11].email_address;
    await api.post(path, { members_to_remove: [last] });
    assert.deepEqual(await read(5, 10), { members: all.members.slice(10, 11), total_items: 11 });
    assert.equal((await api.get(path)).body.member_count, 11);
    await api.post(path, { members_to_add: [last] });
    assert.deepEqual(await read(5, 10), { members: all.members.slice(10, 12), total_items: 12 });
  });

  it("are read by cursor, each member once", async () => {
    const { body } = await api.get(`${list}/segments`, { type: "static" });
    const tag = body.segments.find((s: Json) => s.name === "fourth");
    const all = { include_unsubscribed: true, include_cleaned: true };
    const byOffset = (await api.get(`${list}/segments/${tag.id}/members`, { ...all, count: 1000 })).body;
    const ids: string[] = [];
    let cursor: string | undefined = "";
    for (let pages = 0; cursor !== undefined; pages++) {
      assert.ok(pages < 10, "there is an end");
      const page: Json = (await api.get(`${list}/segments/${tag.id}/members`, { ...all, count: 4, cursor })).body;
      assert.equal(page.total_items, 25);
      ids.push(...page.members.map((m: Json) => m.id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(ids, byOffset.members.map((m: Json) => m.id));
    const brief = await api.get(`${list}/segments/${tag.id}/members`, { ...all, count: 2, cursor: "", fields: "members.id,next_cursor" });
    assert.deepEqual(brief.body.members, ids.slice(0, 2).map((id) => ({ id })));
    assert.deepEqual(Object.keys(brief.body).sort(), ["members", "next_cursor"]);
    for (const wrong of [{ cursor: "x" }, { cursor: "1.2" }, { cursor: "", offset: 5 }, { cursor: "", count: 10001 }])
      await api.get(`${list}/segments/${tag.id}/members`, { ...wrong }, { status: 400 });
  });

  it("tell by a digest whether the same members have a tag, if it is asked for", async () => {
    const tag = (await api.post(`${list}/segments`, { name: "same", static_segment: ["p1@example.org", "p2@example.org"] })).body;
    const path = `${list}/segments/${tag.id}`;
    const digest = async () => (await api.get(path, { fields: "members_digest" }, { unpublished: true })).body.members_digest;
    const before = await digest();
    assert.match(before, /^[0-9a-f]{64}$/);
    assert.equal((await api.get(path)).body.members_digest, undefined);
    await api.patch(`${list}/members/p1@example.org`, { status: "unsubscribed" });
    assert.equal(await digest(), before); // who left has it still
    await api.post(path, { members_to_add: ["p3@example.org"] });
    assert.notEqual(await digest(), before);
    await api.post(path, { members_to_remove: ["p3@example.org"] });
    assert.equal(await digest(), before);
    await api.delete(`${list}/members/p2@example.org`); // archived: in no tag
    assert.notEqual(await digest(), before);
    await api.put(`${list}/members/p1@example.org`, { status: "subscribed" });
    await api.put(`${list}/members/p2@example.org`, { email_address: "p2@example.org", status: "subscribed" });
    await api.delete(path);
  });

  it("that are saved are evaluated when used", async () => {
    const tags = (await api.get(`${list}/segments`, { type: "static" })).body.segments;
    const fourth = tags.find((s: Json) => s.name === "fourth").id;
    const first5 = { condition_type: "TextMerge", field: "FNAME", op: "is", value: "first5" };
    const segment = await saved([first5]);
    assert.equal(segment.type, "saved");
    assert.equal(segment.member_count, 10);
    assert.deepEqual(segment.options.conditions, [first5]);
    await api.post(`${list}/members`, person(105));
    assert.equal((await api.get(`${list}/segments/${segment.id}`)).body.member_count, 11);
    const both = await saved([{ field: "static_segment", op: "static_is", value: fourth }, { field: "EMAIL", op: "starts", value: "P4" }]);
    const { body } = await api.get(`${list}/segments/${both.id}/members`, { fields: "members.email_address" }, { unpublished: true });
    assert.deepEqual(body.members.map((m: Json) => m.email_address), ["p4@example.org", "p44@example.org"]);
    const recent = await saved([{ field: "timestamp_opt", op: "greater", value: "date", extra: "2001-01-01" }, { field: "aim", op: "nosent", value: "any" }]);
    assert.equal(recent.member_count, 88);
    const any = await saved([{ field: "LNAME", op: "is", value: "Last7" }, { field: "LNAME", op: "ends", value: "t9" }], "any");
    assert.equal(any.member_count, 2);
    const changed = await api.patch(`${list}/segments/${any.id}`, { options: { match: "all", conditions: [{ field: "LNAME", op: "blank" }] } });
    assert.equal(changed.body.member_count, 0);
  });

  it("are changed only as they were read, by who says how that was", async () => {
    const { id } = await saved([{ field: "LNAME", op: "blank" }]);
    const path = `${list}/segments/${id}`;
    const etag = (await api.get(path, { fields: "name" })).headers.get("etag")!;
    const first = await api.patch(path, { name: "First" }, { headers: { "if-match": etag } });
    assert.equal((await api.patch(path, { name: "Second" }, { status: 412, headers: { "if-match": etag } })).body.title, "Precondition Failed");
    await api.patch(path, { name: "Third" }, { headers: { "if-match": first.headers.get("etag")! } });
    assert.equal((await api.patch(path, { name: "Whatever it was" })).body.name, "Whatever it was");
  });

  it("know capital letters of all languages", async () => {
    const name = async (op: string, value: string, field = "LNAME"): Promise<number> => (await saved([{ field, op, value }])).member_count;
    await api.post(`${list}/members`, person(190, { merge_fields: { LNAME: "KÖLN-Élysée Ω" } }));
    for (const [op, value] of [["is", "köln-élysée ω"], ["contains", "Ö"], ["contains", "-É"], ["starts", "Kö"], ["ends", "Ω"]])
      assert.equal(await name(op!, value!), 1, `${op} ${value}`);
    assert.equal(await name("is", "koln-elysee ω"), 0);
    assert.equal(await name("is", "P190@EXAMPLE.ORG", "MERGE0"), 1);
    await api.delete(`${list}/members/p190@example.org`);
  });

  it("refuse conditions that make no sense", async () => {
    const wrong: Json[] = [
      { field: "NOSUCH", op: "is", value: "x" },
      { field: "FNAME", op: "smells", value: "x" },
      { condition_type: "EcommSpent", field: "ecomm_spent_one", op: "greater", value: 1 },
      { field: "static_segment", op: "static_is", value: 987654 },
    ];
    for (const condition of wrong) {
      const { body } = await api.post(`${list}/segments`, { name: "wrong", options: { match: "all", conditions: [condition] } }, { status: 400 });
      assert.match(body.errors[0].field, /^options\.conditions/);
    }
    const many = Array.from({ length: 101 }, () => ({ field: "FNAME", op: "blank" }));
    await api.post(`${list}/segments`, { name: "wrong", options: { match: "all", conditions: many } }, { status: 400 });
    const long = { field: "FNAME", op: "is", value: "x".repeat(70_000) };
    await api.post(`${list}/segments`, { name: "wrong", options: { match: "all", conditions: [long] } }, { status: 400 });
    const named = await api.post(`${list}/segments`, { name: "wrong", options: { match: "all", conditions: [wrong[2]] } }, { status: 400 });
    assert.match(named.body.errors[0].message, /EcommSpent/);
    assert.equal(named.body.errors[0].field, "options.conditions.item:0.condition_type");
  });

  it("take groups of conditions, as campaigns do", async () => {
    const name = (value: string) => ({ condition_type: "TextMerge", field: "LNAME", op: "is", value });
    const either = { match: "any", conditions: [name("Last1"), name("Last2"), name("Last3")] };
    const or = { match: "any", conditions: [name("Last2"), name("Last3"), name("Last4")] };
    const options = { match: "all", conditions: [either, or, { condition_type: "VIP", field: "gmonkey", op: "notmember" }] };
    const ours = { unpublished: true }; // the published schema has no groups
    const { body } = await api.post(`${list}/segments`, { name: "groups", options }, ours);
    assert.deepEqual(body.options, options);
    assert.equal(body.member_count, 2);
    assert.deepEqual((await api.get(`${list}/segments/${body.id}`, {}, ours)).body.options, options);
    const campaign = (await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list.split("/").pop(), segment_opts: options }, settings: { subject_line: "x" },
    }, ours)).body;
    assert.equal(campaign.recipients.recipient_count, 2);
    assert.deepEqual(campaign.recipients.segment_opts.conditions, options.conditions);
    const deep = { match: "all", conditions: [{ match: "any", conditions: [either] }] };
    const wrong = (await api.post(`${list}/segments`, { name: "deep", options: deep }, { status: 400 })).body.errors[0];
    assert.equal(wrong.field, "options.conditions.item:0.conditions.item:0.conditions");
    const within = { match: "all", conditions: [{ match: "any", conditions: [name("Last1"), { field: "LNAME", op: "glows", value: "x" }] }] };
    assert.equal((await api.post(`${list}/segments`, { name: "wrong", options: within }, { status: 400 })).body.errors[0].field,
      "options.conditions.item:0.conditions.item:1.op");
  });

  it("know where members said that they are, and of nothing else", async () => {
    await api.put(`${list}/members/p9@example.org`, { email_address: "p9@example.org", status_if_new: "subscribed", location: { latitude: 50.7, longitude: 7.1 } });
    const count = async (condition: Json) =>
      (await api.post(`${list}/segments`, { name: `place ${Math.random()}`, options: { match: "all", conditions: [condition] } })).body.member_count;
    const all = (await api.get(list)).body.stats.member_count;
    const bonn = { condition_type: "IPGeoIn", field: "ipgeo", value: 20, addr: "Bonn", lat: "50.73", lng: "7.1" };
    assert.equal(await count({ condition_type: "IPGeoUnknown", field: "ipgeo", op: "ipgeounknown" }), all - 1);
    assert.equal(await count({ ...bonn, op: "ipgeoin" }), 1);
    assert.equal(await count({ ...bonn, op: "ipgeonotin" }), all - 1);
    assert.equal(await count({ condition_type: "IPGeoCountryState", field: "ipgeo", op: "ipgeocountry", value: "US" }), 0);
    assert.equal(await count({ condition_type: "Automation", field: "automation", op: "not_started", value: "7" }), all);
    await api.put(`${list}/members/p9@example.org`, { email_address: "p9@example.org", status_if_new: "subscribed", location: { latitude: 0, longitude: 0 } });
    assert.equal(await count({ field: "ipgeo", op: "ipgeounknown" }), all);
  });
});

describe("a list of 20,000", () => {
  const server = useServer();
  const total = 20_000;

  it("is filled, tagged, walked and counted", async () => {
    const api = server.mailchimp;
    const list = await masterList(api);
    const tag = (await api.post(`${list}/segments`, { name: "all", static_segment: [] })).body.id;
    for (let at = 0; at < total; at += 500) {
      const members = Array.from({ length: 500 }, (_, n) => person(at + n));
      const { body } = await api.post(`${list}?fields=total_created`, { members }, { unpublished: true });
      assert.equal(body.total_created, 500);
      const added = await api.post(`${list}/segments/${tag}?fields=total_added`, { members_to_add: members.map((m) => m.email_address) }, { unpublished: true });
      assert.equal(added.body.total_added, 500);
    }
    const seen = new Set<string>();
    for (let offset = 0; ; offset += 1000) {
      const { body } = await api.get(`${list}/members`, { count: 1000, offset, fields: "members.id,total_items" }, { unpublished: true });
      assert.equal(body.total_items, total);
      if (body.members.length === 0) break;
      for (const member of body.members) seen.add(member.id);
    }
    assert.equal(seen.size, total);
    assert.equal((await api.get(`${list}/segments/${tag}`)).body.member_count, total);
    const { body } = await api.post(`${list}/segments`, {
      name: "fives",
      options: { match: "all", conditions: [{ field: "static_segment", op: "static_is", value: tag }, { field: "FNAME", op: "is", value: "First5" }] },
    });
    assert.equal(body.member_count, total / 10);
  });
});
