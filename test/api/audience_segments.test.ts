/** Segments while they are made: who would be in them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const vip = { condition_type: "VIP", field: "gmonkey", op: "member" };
const named = (name: string) => ({ condition_type: "TextMerge", field: "FNAME", op: "is", value: name });

describe("a segment that is being made", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  const preview = (body: Json, expected: Json = {}) => server.admin.post(`${v1}/audience${list}/segment-preview`, body, expected);

  before(async () => {
    api = server.mailchimp;
    list = `/lists/${(await api.get("/3.0/lists", { fields: "lists.id" }, { unpublished: true })).body.lists[0].id}`;
    const members = Array.from({ length: 12 }, (_none, n) => ({
      email_address: `m${n}@example.org`, status: n < 11 ? "subscribed" : "unsubscribed", vip: n < 2,
      merge_fields: { FNAME: n % 2 ? "Ada" : "أحمد", LNAME: "O'Hara <b>" },
    }));
    assert.equal((await api.post(`/3.0${list}`, { members })).body.total_created, 12);
  });

  it("counts subscribers and shows the first, as the saved one will", async () => {
    const all = (await preview({ conditions: [] })).body;
    assert.deepEqual([all.count, all.sample.length], [11, 8]);
    const options = { match: "any", conditions: [vip, { match: "all", conditions: [named("Ada"), { field: "EMAIL", op: "starts", value: "m5" }] }] };
    const { count, sample } = (await preview(options)).body;
    assert.equal(count, 3);
    assert.deepEqual(sample.map((one: Json) => [one.email_address, one.full_name]),
      [["m0@example.org", "أحمد O'Hara <b>"], ["m1@example.org", "Ada O'Hara <b>"], ["m5@example.org", "Ada O'Hara <b>"]]);
    assert.equal((await api.post(`/3.0${list}/segments`, { name: "Some", options }, { unpublished: true })).body.member_count, count);
    await api.patch(`/3.0${list}/members/m5@example.org`, { status: "unsubscribed" });
    assert.equal((await preview(options)).body.count, 2, "as they are now");
    assert.deepEqual((await preview({ match: "all", conditions: [named("Nobody")] })).body, { count: 0, sample: [] });
  });

  it("says which condition is wrong, and where there is none", async () => {
    const wrong = async (body: Json) => (await preview(body, { status: 400 })).body.errors?.map(({ field }: Json) => field);
    const at = "options.conditions.item:1";
    assert.deepEqual(await wrong({ conditions: [vip, { ...vip, op: "is" }] }), [`${at}.op`]);
    assert.deepEqual(await wrong({ conditions: [vip, { match: "any", conditions: [named("x"), { field: "GONE", op: "is", value: "x" }] }] }),
      [`${at}.conditions.item:1.field`]);
    assert.deepEqual(await wrong({ conditions: [vip, { conditions: [{ conditions: [vip] }] }] }), [`${at}.conditions.item:0.conditions`]);
    for (const body of [{ conditions: null }, { conditions: [null] }, { conditions: [7] }, { match: "some", conditions: [] }, [], {}, { conditions: [], other: 1 }])
      await preview(body as Json, { status: 400 });
    assert.deepEqual(await wrong({ conditions: Array.from({ length: 101 }, () => vip) }), ["options.conditions"]);
    await server.admin.post(`${v1}/audience/lists/0123456789/segment-preview`, { conditions: [] }, { status: 404 });
    await server.anonymous.post(`${v1}/audience${list}/segment-preview`, { conditions: [] }, { status: 401 });
  });

  it("is listed with nobody in it, once what its conditions name is deleted", async () => {
    const tag = (await api.post(`/3.0${list}/segments`, { name: "Gone", static_segment: [] })).body;
    const options = { match: "all", conditions: [{ condition_type: "StaticSegment", field: "static_segment", op: "static_not", value: tag.id }] };
    const made = (await api.post(`/3.0${list}/segments`, { name: "Of a tag", options })).body;
    assert.equal(made.member_count, 10);
    await api.delete(`/3.0${list}/segments/${tag.id}`);
    const { body } = await api.get(`/3.0${list}/segments`, {}, { unpublished: true });
    assert.deepEqual(body.segments.map(({ name, member_count }: Json) => [name, member_count]), [["Some", 2], ["Of a tag", 0]]);
    assert.deepEqual((await api.get(`/3.0${list}/segments/${made.id}`)).body.options, options);
  });

  it("can be what a campaign goes to at once", async () => {
    const targets = async (query: Json = {}): Promise<Json> => (await server.admin.get(`${v1}/audience/targets`, query)).body;
    const first = await targets();
    if (first.job_id) await server.job(first.job_id);
    const { id } = (await api.post(`/3.0${list}/segments`, { name: "New", options: { match: "all", conditions: [vip] } })).body;
    const campaign = { name: "To new ones", to: { kind: "segment", id } };
    await server.admin.post(`${v1}/campaigns`, campaign, { status: 400 });
    assert.equal((await targets()).job_id, null, "it is not a minute old");
    await server.job((await targets({ segment_id: id })).job_id);
    assert.equal((await server.admin.post(`${v1}/campaigns`, campaign, { status: 201 })).body.to.name, "New");
  });
});
