/** Members by how their address or name begins. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { until, useServer, type Client, type Json } from "../harness/index.js";

const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("search for members", () => {
  const server = useServer();
  let api: Client;
  let first: string;
  let second: string;

  const find = async (query: string, more: Record<string, string> = {}) => {
    const { body } = await api.get("/3.0/search-members", { query, ...more });
    const addresses = (part: Json) => part.members.map((m: Json) => m.email_address);
    assert.ok(body.exact_matches.total_items >= body.exact_matches.members.length);
    return { exact: addresses(body.exact_matches), full: addresses(body.full_search), total: body.full_search.total_items };
  };

  before(async () => {
    api = server.mailchimp;
    first = (await api.get("/3.0/lists")).body.lists[0].id;
    second = (await api.post("/3.0/lists", {
      name: "Second",
      contact: { company: "Acme", address1: "1 Road", city: "Town", state: "", zip: "1", country: "DE" },
      permission_reminder: "You asked.",
      campaign_defaults: { from_name: "A", from_email: "a@example.org", subject: "", language: "en" },
      email_type_option: true,
    })).body.id;
    const add = (list: string, email_address: string, FNAME: string, LNAME: string) =>
      api.post(`/3.0/lists/${list}/members`, { email_address, status: "subscribed", merge_fields: { FNAME, LNAME } });
    await add(first, "zoe@example.org", "Zoë", "O'Neil");
    await add(first, "anna@example.org", "Anna Maria", "Zoeller");
    await add(second, "zoe@example.org", "Zoé", "Müller");
    await add(second, "ahmad@example.org", "أحمد", "<b>x</b>");
  });

  it("finds addresses, first and last names, without case and accents", async () => {
    assert.deepEqual(await find("ZOE@example.org"), { exact: ["zoe@example.org", "zoe@example.org"], full: ["zoe@example.org", "zoe@example.org"], total: 2 });
    assert.deepEqual((await find("zoe")).full, ["zoe@example.org", "anna@example.org", "zoe@example.org"]);
    assert.deepEqual((await find("ZOÉ")).exact, ["zoe@example.org", "zoe@example.org"]);
    assert.deepEqual((await find("zoe muller")).exact, ["zoe@example.org"]);
    assert.deepEqual((await find("MULLER")).exact, ["zoe@example.org"]);
    assert.deepEqual((await find("maria")).full, ["anna@example.org"]);
    assert.deepEqual((await find("أحم")).full, ["ahmad@example.org"]);
    assert.deepEqual((await find("o'n")).full, ["zoe@example.org"]);
    assert.deepEqual((await find("<b>")).full, ["ahmad@example.org"]);
    for (const nobody of ["%", "_oe", "oeller", "zoe@example.orgx", "x".repeat(5000)])
      assert.deepEqual(await find(nobody), { exact: [], full: [], total: 0 });
  });

  it("finds in one list, or in all", async () => {
    assert.deepEqual((await find("zoe", { list_id: second })).full, ["zoe@example.org"]);
    const { body } = await api.get("/3.0/search-members", { query: "zoe", list_id: second });
    assert.equal(body.full_search.members[0].list_id, second);
    assert.equal(body.full_search.members[0].full_name, "Zoé Müller");
    assert.deepEqual((await find("ahmad", { list_id: first })).full, []);
    await api.get("/3.0/search-members", { query: "zoe", list_id: "0123456789" }, { status: 404 });
  });

  it("needs something to look for", async () => {
    assert.equal(field(await api.get("/3.0/search-members", {}, { status: 400 })), "query");
    assert.equal(field(await api.get("/3.0/search-members", { query: " " }, { status: 400 })), "query");
    const partial = await api.get("/3.0/search-members", { query: "maria", fields: "full_search.members.status,full_search.members.tags_count" });
    assert.deepEqual(partial.body, { full_search: { members: [{ status: "subscribed", tags_count: 0 }] } });
    const user = api.as(await server.createKey("u", "user"));
    await user.get("/3.0/search-members", { query: "zoe" });
  });

  it("follows what changes", async () => {
    const member = `/3.0/lists/${first}/members/anna@example.org`;
    await api.patch(member, { merge_fields: { LNAME: "Smith" }, email_address: "hanna@example.org" });
    assert.deepEqual((await find("zoeller")).full, []);
    assert.deepEqual((await find("anna@")).full, []);
    assert.deepEqual((await find("smith")).full, ["hanna@example.org"]);
    await api.delete(`/3.0/lists/${first}/members/hanna@example.org`);
    assert.deepEqual((await find("smith")).full, ["hanna@example.org"], "archived ones are there");
    await api.post(`/3.0/lists/${first}/members/hanna@example.org/actions/delete-permanent`);
    assert.deepEqual(await find("smith"), { exact: [], full: [], total: 0 });
    await api.delete(`/3.0/lists/${second}`);
    assert.deepEqual((await find("zoe")).full, ["zoe@example.org"]);
  });

  it("shows a hundred, and leaves many to a job", async () => {
    for (let call = 0; call < 5; call += 1)
      await api.post(`/3.0/lists/${first}`, {
        members: Array.from({ length: 500 }, (_, n) =>
          ({ email_address: `many${call * 500 + n}@example.org`, status: "subscribed", merge_fields: { FNAME: "Many" } })),
      });
    assert.deepEqual((await find("many7@example.org")).exact, ["many7@example.org"], "known without the index");
    await until("the job is through", async () => (await find("many")).total === 1000);
    assert.equal((await find("many")).full.length, 100);
    assert.deepEqual((await find("many249")).full.length, 11);
  });
});
