/** Fields of people go into merge fields; what does not fit is dropped, and said. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { makeGroup, push, runJob, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

describe("fields of the bridge", () => {
  const server = useServer();
  let list = "";

  const put = (fields: Record<string, string>, status = 200) =>
    server.admin.put(`${v1}/bridge/fields`, {
      fields: Object.entries(fields).map(([merge_tag, person_field]) => ({ merge_tag, person_field })),
    }, { status });
  const addMergeField = (tag: string, type: string, options: Json = {}) =>
    server.mailchimp.post(`/3.0/lists/${list}/merge-fields`, { tag, name: tag, type, options });
  const merges = async (address: string): Promise<Json> =>
    (await server.mailchimp.get(`/3.0/lists/${list}/members/${address}`)).body.merge_fields;

  before(async () => {
    list = (await server.admin.get("/3.0/lists")).body.lists[0].id;
  });

  it("are read from the audience by a job", async () => {
    const first = (await server.admin.get(`${v1}/bridge/fields`)).body;
    assert.equal(first.read_at, null);
    await runJob(server, `${v1}/bridge/fields/read`, {});
    const { items, read_at } = (await server.admin.get(`${v1}/bridge/fields`)).body;
    assert.ok(read_at);
    const by = Object.fromEntries(items.map((f: Json) => [f.merge_tag, f]));
    assert.deepEqual([by.FNAME.person_field, by.FNAME.type], ["first_name", "text"]);
    assert.deepEqual([by.ADDRESS.person_field, by.ADDRESS.type], [null, "address"]);
  });

  it("are made by themselves for the salutation, the city, the birthday, the company and own fields, until somebody chooses", async () => {
    await addMergeField("HALL", "text");
    await server.admin.post(`${v1}/custom-fields`, { entity: "people", key: "hall", label: "Hall at the fair", type: "text" }, { status: 201 });
    assert.equal((await runJob(server, `${v1}/bridge/fields/read`, {})).result.created, 1);
    assert.equal((await runJob(server, `${v1}/bridge/fields/read`, {})).result.created, 0);
    const { items } = (await server.admin.get(`${v1}/bridge/fields`)).body;
    const by = Object.fromEntries(items.map((f: Json) => [f.merge_tag, f]));
    assert.deepEqual(["TITLE", "CITY", "BIRTHDAY", "COMPANY"].map((tag) => [by[tag].person_field, by[tag].type, by[tag].name]),
      [["title", "text", "Title"], ["city", "text", "City"], ["birthday", "date", "Birthday"], ["company", "text", "Company"]]);
    assert.deepEqual([by.HALL2.person_field, by.HALL2.name], ["custom.hall", "Hall at the fair"]);
    assert.equal(by.HALL.person_field, null, "what the audience had is left alone");
  });

  it("are refused where they cannot be", async () => {
    for (const [fields, field] of [
      [{ FNAME: "shoe_size" }, "person_field"], [{ FNAME: "id" }, "person_field"],
      [{ FNAME: "custom.none" }, "person_field"], [{ fname: "first_name" }, "merge_tag"],
      [{ EMAIL: "first_name" }, "merge_tag"], [{ ELEVENCHARS: "city" }, "merge_tag"],
    ] as [Record<string, string>, string][]) {
      const { body } = await put(fields, 400);
      assert.equal(body.errors[0].field, field, JSON.stringify(body));
    }
    await server.admin.put(`${v1}/bridge/fields`, { fields: [
      { merge_tag: "CITY", person_field: "city" }, { merge_tag: "CITY", person_field: "country" },
    ] }, { status: 400 });
    await server.admin.put(`${v1}/bridge/fields`, {}, { status: 400 });
    assert.ok((await server.admin.get(`${v1}/bridge/fields`)).body.items.length > 3);
  });

  it("that are missing over there are made", async () => {
    await server.admin.post(`${v1}/custom-fields`,
      { entity: "people", key: "shoe", label: "Shoe", type: "number" });
    await put({ FNAME: "first_name", CITY: "city", BORN: "birthday", SHOE: "custom.shoe",
      ADDRESS: "address" });
    const job = await runJob(server, `${v1}/bridge/fields/read`, { create: true });
    assert.equal(job.result.created, 2);
    const made = (await server.admin.get(`${v1}/bridge/fields`)).body.items;
    assert.deepEqual(["BORN", "SHOE"].map((tag) => made.find((f: Json) => f.merge_tag === tag).type), ["date", "number"]);
    const again = await runJob(server, `${v1}/bridge/fields/read`, { create: true });
    assert.equal(again.result.created, 0);
  });

  it("arrive, and what does not fit is dropped, never the person", async () => {
    await addMergeField("COLOUR", "dropdown", { choices: ["Red", "Green"] });
    await addMergeField("SITE", "url");
    await addMergeField("NUM", "number");
    await addMergeField("ZIP", "zip");
    await addMergeField("US", "phone", { phone_format: "US" });
    await put({ FNAME: "first_name", CITY: "city", BORN: "birthday", SHOE: "custom.shoe",
      ADDRESS: "address", COLOUR: "region", SITE: "title", NUM: "phone", ZIP: "postal_code",
      US: "phone" });
    await server.admin.post(`${v1}/people`, { first_name: "مريم", email: "fits@t.example",
      city: "O'Fallon", birthday: "1980-12-31", custom: { shoe: 42 }, region: "red",
      title: "https://t.example", phone: "4045550123", postal_code: "01067", street: "1 Main",
      country: "US" });
    await server.admin.post(`${v1}/people`, { first_name: "Bo", email: "not@t.example",
      region: "Blue", title: "Dr", phone: "+49 30 1", postal_code: "SW1A 1AA" });
    const group = await makeGroup(server, "All");
    const plan = await push(server, group, true);
    const result = await push(server, group);
    const dropped = { ADDRESS: 1, COLOUR: 1, NUM: 1, SITE: 1, US: 1, ZIP: 1 };
    assert.deepEqual(plan.dropped, dropped);
    assert.deepEqual([result.add, result.left_out, result.dropped], [2, {}, dropped]);
    const { body } = await server.admin.get(`${v1}/pushes/${result.push_id}/rows`);
    const row = body.items.find((r: Json) => r.address === "not@t.example");
    assert.deepEqual(row.dropped.sort(), Object.keys(dropped));
    assert.deepEqual([row.outcome, row.action], ["applied", "add"]);
    const m = await merges("fits@t.example");
    assert.deepEqual([m.FNAME, m.CITY, m.BORN, m.SHOE, m.COLOUR, m.SITE, m.NUM, m.ZIP, m.US],
      ["مريم", "O'Fallon", "1980-12-31", 42, "Red", "https://t.example", 4045550123, "01067",
        "404-555-0123"]);
    assert.equal(m.ADDRESS.addr1, "1 Main");
    const again = await push(server, group);
    assert.deepEqual([again.unchanged, again.update], [2, 0], JSON.stringify(again));
  });

  it("say the company, and another name of it with the next push", async () => {
    await put({ FNAME: "first_name", COMPANY: "company" });
    const company = (await server.admin.post(`${v1}/companies`, { name: "Bakery O'Neill" })).body;
    for (const who of ["one", "two"])
      await server.admin.post(`${v1}/people`, { first_name: who, last_name: "Baker", email: `${who}@t.example`, company_id: who === "one" ? company.id : undefined });
    const group = await makeGroup(server, "Bakers", [{ field: "last_name", op: "is", value: "Baker" }]);
    await push(server, group);
    assert.equal((await merges("one@t.example")).COMPANY, "Bakery O'Neill");
    assert.equal((await merges("two@t.example")).COMPANY, "");
    const campaign = (await server.admin.post(`${v1}/campaigns`, { name: "Bakers", group_id: group.id, subject: "For *|COMPANY|*", from_name: "Ann", from_email: "ann@t.example", html: "<p>Hi</p>" })).body;
    const path = `${v1}/campaigns/${campaign.id}`;
    assert.equal((await server.admin.get(`${path}/envelope`)).body.subject, "For Bakery O'Neill");
    const { items } = (await server.admin.get(`${path}/checklist`)).body;
    const gap = items.find((item: Json) => item.code === "empty_field");
    assert.match(gap.details, /\*\|COMPANY\|\* is empty for 1 of/);
    await server.admin.patch(`${v1}/companies/${company.id}`, { name: "شركة" });
    assert.deepEqual([(await push(server, group)).update, (await merges("one@t.example")).COMPANY], [1, "شركة"]);
    await server.admin.delete(`${v1}/companies/${company.id}`);
    await push(server, group);
    assert.equal((await merges("one@t.example")).COMPANY, "");
  });

  it("need not be any", async () => {
    await put({});
    await runJob(server, `${v1}/bridge/fields/read`, {});
    const { items } = (await server.admin.get(`${v1}/bridge/fields`)).body;
    assert.ok(items.every((f: Json) => f.person_field === null));
  });

  it("are shown and set on the command line", async () => {
    const set = await server.command(["field", "set", "FNAME=first_name, CITY=city"]);
    assert.equal(set.code, 0, set.stderr);
    assert.match(set.stdout, /CITY +city +text/);
    const wrong = await server.command(["field", "set", "FNAME"]);
    assert.equal(wrong.code, 2);
    const read = await server.command(["field", "read", "--create"]);
    assert.match(read.stdout, /FNAME +first_name +text/);
    const list_ = await server.command(["field", "list", "--json"]);
    assert.equal(JSON.parse(list_.stdout).items.find((f: Json) => f.merge_tag === "CITY").person_field,
      "city");
  });
});
