/** The members of an audience as the app lists them: by status, tag, interest and words at once, and as a file. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useServer, type Json } from "../harness/index.js";

describe("the list of members", () => {
  const server = useServer();
  let list: string;
  let interest: string;
  const tags: Record<string, number> = {};

  const look = async (query: Record<string, string | number> = {}): Promise<Json> =>
    (await server.admin.get("/api/v1/audience/members", { list_id: list, ...query })).body;
  const names = async (query: Record<string, string | number>): Promise<string[]> =>
    (await look(query)).items.map(({ email }: Json) => email.split("@")[0]);
  const field = async (query: Record<string, string | number>) =>
    (await server.admin.get("/api/v1/audience/members", { list_id: list, ...query }, { status: 400 })).body.errors[0].field;

  before(async () => {
    const mc = server.mailchimp;
    list = (await mc.get("/3.0/lists")).body.lists[0].id;
    const category = (await mc.post(`/3.0/lists/${list}/interest-categories`, { title: "Topics", type: "checkboxes" })).body.id;
    interest = (await mc.post(`/3.0/lists/${list}/interest-categories/${category}/interests`, { name: "Art" })).body.id;
    const add = (name: string, body: Json) => mc.post(`/3.0/lists/${list}/members`, { email_address: `${name}@example.org`, status: "subscribed", ...body });
    await add("zoe", { tags: ["Fair", "Press, radio"], interests: { [interest]: true }, merge_fields: { FNAME: "Zoë", LNAME: "O'Neil" } });
    await add("anna", { status: "pending", tags: ["Fair"], merge_fields: { FNAME: "Anna Maria", LNAME: "Zoeller" } });
    await add("ahmad", { status: "unsubscribed", merge_fields: { FNAME: "أحمد", LNAME: "<b>x</b>" }, interests: { [interest]: true } });
    await add("gone", { tags: ["Fair"] });
    await add("bob", { merge_fields: { FNAME: "=1+1" } });
    await mc.delete(`/3.0/lists/${list}/members/bob@example.org`);
    const { body } = await mc.get(`/3.0/lists/${list}/segments`, { type: "static" });
    for (const { name, id } of body.segments) tags[name] = id;
  });

  it("is the newest first, page by page, with what is known of each", async () => {
    const first = await look({ limit: 3 });
    assert.deepEqual(first.items.map(({ name }: Json) => name), ["=1+1", "", "أحمد <b>x</b>"]);
    const second = await look({ limit: 3, cursor: first.next });
    assert.deepEqual(second.items.map(({ name }: Json) => name), ["Anna Maria Zoeller", "Zoë O'Neil"]);
    assert.equal(second.next, null);
    assert.deepEqual([second.total, second.total_is_least], [5, false]);
    const { id, hash, since, changed_at: changed, ...zoe } = second.items[1];
    assert.deepEqual(zoe, {
      email: "zoe@example.org", name: "Zoë O'Neil", status: "subscribed", tags: ["Fair", "Press, radio"], rating: 2,
      vip: false, language: "", source: "API - Generic",
    });
    assert.ok(id > 0 && since && changed);
    assert.equal((await server.mailchimp.get(`/3.0/lists/${list}/members/${hash}`)).body.email_address, "zoe@example.org");
    assert.deepEqual(await names({ sort: "joined", limit: 2 }), ["zoe", "anna"]);
    assert.deepEqual(await names({ sort: "joined", limit: 2, cursor: (await look({ sort: "joined", limit: 2 })).next }), ["ahmad", "gone"]);
  });

  it("holds what fits all that is asked, and counts each status of what fits else", async () => {
    assert.deepEqual(await names({ status: "pending" }), ["anna"]);
    assert.deepEqual(await names({ status: "pending,archived" }), ["bob", "anna"]);
    assert.deepEqual(await names({ segment_id: tags.Fair! }), ["gone", "anna", "zoe"]);
    assert.deepEqual(await names({ interest_id: interest }), ["ahmad", "zoe"]);
    assert.deepEqual(await names({ q: "ZOE" }), ["anna", "zoe"]);
    assert.deepEqual(await names({ q: "zoe", segment_id: tags.Fair!, interest_id: interest, status: "subscribed" }), ["zoe"]);
    assert.deepEqual(await names({ q: "%" }), []);
    assert.deepEqual(await names({ q: "x".repeat(5000) }), []);
    assert.deepEqual((await look({ q: "zoe", status: "archived" })).counts,
      { subscribed: 1, unsubscribed: 0, cleaned: 0, pending: 1, transactional: 0, archived: 0 });
    const saved = await server.mailchimp.post(`/3.0/lists/${list}/segments`, {
      name: "From Z", options: { match: "all", conditions: [{ condition_type: "TextMerge", field: "LNAME", op: "starts", value: "Zoe" }] },
    });
    assert.deepEqual(await names({ segment_id: saved.body.id, status: "pending" }), ["anna"]);
  });

  it("says what is wrong with what is asked", async () => {
    assert.equal(await field({ status: "subscribed,vip" }), "status");
    assert.equal(await field({ interest_id: "0123456789" }), "interest_id");
    assert.equal(await field({ segment_id: -1 }), "segment_id");
    assert.equal(await field({ sort: "name" }), "sort");
    await server.admin.get("/api/v1/audience/members", { list_id: list, segment_id: 999 }, { status: 404 });
    await server.admin.get("/api/v1/audience/members", { list_id: "0123456789" }, { status: 404 });
    await server.admin.get("/api/v1/audience/members", {}, { status: 400 });
    const user = server.admin.as(await server.createKey("reads", "user"));
    await user.get("/api/v1/audience/members", { list_id: list });
    await server.anonymous.get("/api/v1/audience/members", { list_id: list }, { status: 401 });
  });

  it("is downloaded as it is narrowed, and no cell is a formula", async () => {
    const file = async (query: Json) => (await server.admin.get("/api/v1/audience/members.csv", { list_id: list, ...query })).text.split("\r\n").filter(Boolean);
    const lines = await file({ segment_id: tags["Press, radio"]! });
    assert.equal(lines[0], "email,name,status,tags,rating,language,source,since,changed_at");
    assert.match(lines[1]!, /^zoe@example\.org,Zoë O'Neil,subscribed,"Fair, Press, radio",2,,API - Generic,20/);
    assert.equal(lines.length, 2);
    assert.match((await file({ status: "archived", delimiter: "semicolon" }))[1]!, /^bob@example\.org;'=1\+1;archived;/);
    assert.equal((await file({ q: "nobody" })).length, 1);
    await server.admin.get("/api/v1/audience/members.csv", { list_id: list, status: "x" }, { status: 400 });
  });

  it("has nobody who was deleted for ever", async () => {
    await look({ q: "gone" });
    await server.mailchimp.post(`/3.0/lists/${list}/members/gone@example.org/actions/delete-permanent`);
    for (const query of [{}, { q: "gone" }, { segment_id: tags.Fair! }, { q: "gone@example.org" }] as Record<string, string | number>[])
      assert.ok(!(await names(query)).includes("gone"));
    assert.equal((await look()).total, 4);
  });

  it("finds an address at once, and names once they are read, when very many were added", async () => {
    for (let batch = 0; batch < 5; batch++)
      await server.mailchimp.post(`/3.0/lists/${list}`, {
        members: Array.from({ length: 500 }, (_, i) => ({
          email_address: `m${batch * 500 + i}@example.net`, status: "subscribed", merge_fields: { FNAME: "Mia", LNAME: `Nr${batch * 500 + i}x` },
        })),
      });
    const first = await look({ q: "m2499@example.net" });
    assert.deepEqual([first.items.length, first.is_indexing], [1, true]);
    await until("the names are read", async () => !(await look({ q: "nr2400x" })).is_indexing);
    assert.deepEqual(await names({ q: "nr2400x" }), ["m2400"]);
    const many = await look({ q: "mia", limit: 1 });
    assert.deepEqual([many.total, many.total_is_least, many.counts.subscribed], [2500, false, 2500]);
    const csv = (await server.admin.get("/api/v1/audience/members.csv", { list_id: list })).text.split("\r\n");
    assert.equal(csv.length, 2500 + 4 + 2, "each once, a head, and the end");
  });
});
