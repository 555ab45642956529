/** What the account's lists tell of their members: countries, and what happened lately. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const home = (country: string) => ({ ADDRESS: { addr1: "Main St 1", city: "Town", state: "X", zip: "1", country } });

describe("countries of members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  const path = (name: string) => `/3.0/lists/${list}/members/${md5(`${name}@c.example`)}`;
  const add = (name: string, more: Json) => api.post(`/3.0/lists/${list}/members`, { email_address: `${name}@c.example`, status: "subscribed", ...more });
  const countryOf = async (name: string): Promise<string> => (await api.get(path(name))).body.location.country_code;
  const locations = async (query: Json = {}): Promise<Json> => (await api.get(`/3.0/lists/${list}/locations`, query)).body;
  const fitting = async (op: string, value: string): Promise<string[]> => {
    const { body } = await api.post(`/3.0/lists/${list}/segments`, {
      name: `${op} ${value}`, options: { match: "all", conditions: [{ condition_type: "IPGeoCountryState", field: "ipgeo", op, value }] },
    });
    const { members } = (await api.get(`/3.0/lists/${list}/segments/${body.id}/members`, { count: 100 })).body;
    assert.equal(body.member_count, members.length);
    return members.map((m: Json) => m.email_address.split("@")[0]).sort();
  };

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    const fields = (await api.get(`/3.0/lists/${list}/merge-fields`, { count: 100 })).body.merge_fields;
    if (!fields.some((f: Json) => f.tag === "ADDRESS")) await api.post(`/3.0/lists/${list}/merge-fields`, { name: "Home", tag: "ADDRESS", type: "address" });
  });

  it("are what the location or the address says, whichever was said last", async () => {
    assert.deepEqual((await locations()).locations, []);
    await add("ann", { merge_fields: home("DE") });
    await add("ben", { merge_fields: home("Österreich") });
    await add("cat", { location: { country_code: "at" } });
    await add("dan", { merge_fields: home("Atlantis") });
    await add("eve", { merge_fields: home("DE"), location: { country_code: "CH", latitude: 47, longitude: 8 } });
    assert.deepEqual(await Promise.all(["ann", "ben", "cat", "dan", "eve"].map(countryOf)), ["DE", "AT", "AT", "", "CH"]);
    await api.patch(path("eve"), { merge_fields: { FNAME: "Eve" } });
    assert.equal(await countryOf("eve"), "CH");
    await api.patch(path("dan"), { merge_fields: home("france") });
    assert.equal(await countryOf("dan"), "FR");
    await api.patch(path("dan"), { merge_fields: home("") });
    assert.equal(await countryOf("dan"), "");
    const { body } = await api.patch(path("dan"), { location: { country_code: "Narnia" } }, { status: 400 });
    assert.equal(body.errors[0].field, "location.country_code");
    await api.patch(path("dan"), { location: { country_code: 7 } }, { status: 400 });
  });

  it("are counted of who is subscribed", async () => {
    const body = await locations();
    assert.deepEqual(body.locations, [
      { country: "Austria", cc: "AT", percent: 40, total: 2 },
      { country: "Switzerland", cc: "CH", percent: 20, total: 1 },
      { country: "Germany", cc: "DE", percent: 20, total: 1 },
    ]);
    assert.deepEqual([body.list_id, body.total_items], [list, 3]);
    assert.deepEqual((await locations({ count: 1, offset: 1, fields: "locations.cc" })).locations, [{ cc: "CH" }]);
    await api.patch(path("ben"), { status: "unsubscribed" });
    assert.deepEqual((await locations()).locations[0], { country: "Austria", cc: "AT", percent: 25, total: 1 });
    await api.get("/3.0/lists/0000000000/locations", {}, { status: 404 });
  });

  it("are asked for by segments", async () => {
    assert.deepEqual(await fitting("ipgeocountry", "AT"), ["cat"]);
    assert.deepEqual(await fitting("ipgeocountry", "Germany"), ["ann"]);
    assert.deepEqual(await fitting("ipgeonotcountry", "ch"), ["ann", "cat", "dan"]);
    assert.deepEqual(await fitting("ipgeocountry", "Narnia"), []);
    await api.post(`${path("eve")}/actions/delete-permanent`, undefined, { status: 204 });
    assert.deepEqual(await fitting("ipgeocountry", "CH"), []);
    assert.deepEqual((await locations()).locations.map((l: Json) => l.cc), ["AT", "DE"]);
  });

  it("and who came and left stand in the account's feed", async () => {
    const feed = async (query: Json = {}): Promise<Json> => (await api.get("/3.0/activity-feed/chimp-chatter", query)).body;
    const lines = (body: Json) => body.chimp_chatter.map((c: Json) => [c.type, c.title, c.list_id]);
    const { name } = (await api.get(`/3.0/lists/${list}`)).body;
    const body = await feed();
    assert.deepEqual(lines(body), [
      ["lists:new-subscriber", `5 new subscribers to ${name}`, list],
      ["lists:unsubscribes", `1 unsubscribe from ${name}`, list],
    ]);
    assert.ok(Date.parse(body.chimp_chatter[0].update_time) <= Date.now());
    assert.equal(body.total_items, 2);
    assert.deepEqual(lines(await feed({ count: 1, offset: 1 })), lines(body).slice(1));
    await api.get("/3.0/activity-feed/chimp-chatter", { count: -1 }, { status: 400 });
    await server.anonymous.get("/3.0/activity-feed/chimp-chatter", {}, { status: 401 });
  });
});
