/** What hangs on members beside their row: interests, places, and what filters ask of them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { anotherList, Receiver, rowCounts, Server, stopAll, useServer, type Client, type Json } from "../harness/index.js";

const NOBODY = "0123456789";

/** A category of that type, and the ids of its interests. */
async function category(api: Client, list: string, title: string, type: string, names: string[]) {
  const { body } = await api.post(`${list}/interest-categories`, { title, type });
  const path = `${list}/interest-categories/${body.id}/interests`;
  const ids: string[] = [];
  for (const name of names) ids.push((await api.post(path, { name })).body.id);
  return { id: body.id as string, path, ids };
}

const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("interests of members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let topics: Awaited<ReturnType<typeof category>>;
  let sizes: Awaited<ReturnType<typeof category>>;
  const add = async (address: string, more: Json = {}) =>
    (await api.post(`${list}/members`, { email_address: address, status: "subscribed", ...more })).body;
  const chosen = (member: Json) => Object.keys(member.interests).filter((id) => member.interests[id]);

  before(async () => {
    api = server.mailchimp;
    list = await anotherList(api);
    assert.deepEqual((await add("before@example.org")).interests, {});
    topics = await category(api, list, "Topics", "checkboxes", ["Cats", "Dogs, big", "أحمر"]);
    sizes = await category(api, list, "Size", "radio", ["S", "M"]);
  });

  it("are shown of each interest there is", async () => {
    const { body } = await api.get(`${list}/members/before@example.org`);
    assert.deepEqual(body.interests, Object.fromEntries([...topics.ids, ...sizes.ids].map((id) => [id, false])));
  });

  it("are given by POST, PUT, PATCH and the batch", async () => {
    const [cats, dogs, red] = topics.ids as [string, string, string];
    assert.deepEqual(chosen(await add("i@example.org", { interests: { [cats]: true, [dogs]: false } })), [cats]);
    const path = `${list}/members/i@example.org`;
    assert.deepEqual(chosen((await api.patch(path, { interests: { [dogs]: true } })).body), [cats, dogs]);
    assert.deepEqual(chosen((await api.put(path, { interests: { [cats]: false, [red]: true } })).body), [dogs, red]);
    // what says nothing of them leaves them
    assert.deepEqual(chosen((await api.patch(path, { language: "de", interests: {} })).body), [dogs, red]);
    assert.deepEqual(chosen((await api.patch(path, { interests: null }, { unchecked: true })).body), [dogs, red]);
    const { body } = await api.post(list, {
      update_existing: true,
      members: [
        { email_address: "i@example.org", status: "subscribed", interests: { [red]: false } },
        { email_address: "j@example.org", status: "subscribed", interests: { [red]: true } },
        { email_address: "j@example.org", status: "subscribed", interests: { [cats]: true } },
        { email_address: "k@example.org", status: "subscribed", interests: { [NOBODY]: true } },
      ],
    });
    assert.deepEqual(body.updated_members.map((m: Json) => [m.email_address, chosen(m)]),
      [["i@example.org", [dogs]], ["j@example.org", [cats, red]]]);
    assert.equal(body.errors[0].email_address, "k@example.org");
    assert.equal(body.errors[0].error, `Invalid interest ID: '${NOBODY}'.`);
    assert.deepEqual(chosen((await api.get(`${list}/members/j@example.org`)).body), [cats, red]);
    const page = (await api.get(`${list}/members`, { count: 100 })).body.members;
    assert.deepEqual(chosen(page.find((m: Json) => m.email_address === "j@example.org")), [cats, red]);
  });

  it("change when a member was changed, and the counts", async () => {
    const [cats] = topics.ids as [string];
    const count = async () => (await api.get(`${topics.path}/${cats}`)).body.subscriber_count;
    const path = `${list}/members/i@example.org`;
    const at = async () => (await api.get(path, { fields: "changed_ms" }, { unchecked: true })).body.changed_ms;
    const before = await at();
    assert.equal(await count(), "1");
    await api.patch(path, { interests: { [cats]: true } });
    assert.ok((await at()) > before);
    assert.equal(await count(), "2");
    const same = await at();
    await api.patch(path, { interests: { [cats]: true } });
    assert.equal(await at(), same);
    await api.patch(path, { status: "unsubscribed" });
    assert.equal(await count(), "1");
    await api.patch(path, { status: "subscribed" });
    const { body } = await api.get(topics.path);
    assert.deepEqual(body.interests.map((i: Json) => i.subscriber_count), ["2", "1", "1"]);
  });

  it("are one at most of a radio category", async () => {
    const [s, m] = sizes.ids as [string, string];
    await add("r@example.org", { interests: { [s]: true } });
    const path = `${list}/members/r@example.org`;
    assert.deepEqual(chosen((await api.patch(path, { interests: { [m]: true } })).body), [m]);
    const { body } = await api.patch(path, { interests: { [s]: true, [m]: true } }, { status: 400 });
    assert.deepEqual(body.errors, [{ field: "interests", message: "A radio or dropdown category takes only one of its interests." }]);
    assert.deepEqual(chosen((await api.get(path)).body), [m]);
    assert.deepEqual(chosen((await api.patch(path, { interests: { [m]: false } })).body), []);
  });

  it("are refused if there are none such", async () => {
    const other = await anotherList(api);
    const foreign = await category(api, other, "Topics", "checkboxes", ["Cats"]);
    for (const id of [NOBODY, foreign.ids[0]!, "", "x".repeat(100_000), topics.id]) {
      const { body } = await api.post(`${list}/members`,
        { email_address: "no@example.org", status: "subscribed", interests: { [id]: true } }, { status: 400 });
      assert.equal(body.title, "Invalid Resource");
      assert.equal(body.detail, `Invalid interest ID: '${id.slice(0, 40)}'.`);
      assert.equal(body.errors[0].field, "interests");
    }
    for (const interests of [[], "x", 7, { [topics.ids[0]!]: "yes" }, { [topics.ids[0]!]: null }, { [topics.ids[0]!]: 1 }])
      assert.equal(field(await api.post(`${list}/members`,
        { email_address: "no@example.org", status: "subscribed", interests }, { status: 400 })), "interests");
    await api.get(`${list}/members/no@example.org`, {}, { status: 404 });
  });

  it("select members", async () => {
    const [cats, dogs, red] = topics.ids as [string, string, string];
    const found = async (ids: string[], match: string, more = {}) => {
      const { body } = await api.get(`${list}/members`,
        { interest_category_id: topics.id, interest_ids: ids.join(","), interest_match: match, count: 100, ...more });
      assert.equal(body.total_items, body.members.length);
      return body.members.map((m: Json) => m.email_address[0]).join("");
    };
    assert.equal(await found([cats], "any"), "ij");
    assert.equal(await found([cats, red], "all"), "j");
    assert.equal(await found([dogs, red], "any"), "ij");
    assert.equal(await found([cats, red], "none"), "br");
    assert.equal(await found([cats], "any", { status: "unsubscribed" }), "");
    // sets and rows say the same, and pages are of them
    for (const match of ["any", "all", "none"])
      assert.equal(await found([cats, dogs], match, { sort_dir: "DESC" }), [...await found([cats, dogs], match)].reverse().join(""));
    assert.equal(await found([cats], "any", { email_type: "html" }), "ij");
    const second = (await api.get(`${list}/members`, { interest_category_id: topics.id, interest_ids: cats, interest_match: "any", count: 1, offset: 1 })).body;
    assert.deepEqual([second.members[0].email_address, second.total_items], ["j@example.org", 2]);
    const last = (await api.get(`${list}/members`, { interest_category_id: topics.id, interest_ids: cats, interest_match: "any", offset: 9 })).body;
    assert.deepEqual([last.members, last.total_items], [[], 2]);
    const wrong = async (query: Record<string, string>) => field(await api.get(`${list}/members`, query, { status: 400 }));
    assert.equal(await wrong({ interest_ids: cats }), "interest_ids");
    assert.equal(await wrong({ interest_category_id: topics.id, interest_ids: cats }), "interest_ids");
    assert.equal(await wrong({ interest_category_id: topics.id, interest_ids: NOBODY, interest_match: "any" }), "interest_ids");
    assert.equal(await wrong({ interest_category_id: topics.id, interest_ids: sizes.ids[0]!, interest_match: "any" }), "interest_ids");
    assert.equal(await wrong({ interest_category_id: NOBODY, interest_ids: cats, interest_match: "any" }), "interest_category_id");
    assert.equal(await wrong({ interest_category_id: topics.id, interest_ids: cats, interest_match: "some" }), "interest_match");
  });

  it("are conditions of segments", async () => {
    const [cats, dogs, red] = topics.ids as [string, string, string];
    const found = async (op: string, value: string[], more: Json = { condition_type: "Interests" }) => {
      const options = { match: "all", conditions: [{ field: `interests-${topics.id}`, op, value, ...more }] };
      const { body } = await api.post(`${list}/segments`, { name: `s ${Math.random()}`, options });
      const members = (await api.get(`${list}/segments/${body.id}/members`, { count: 100 })).body.members;
      assert.equal(body.member_count, members.length);
      return members.map((m: Json) => `${m.email_address[0]}${chosen(m).length}`).join("");
    };
    assert.equal(await found("interestcontains", [cats]), "i2j2");
    assert.equal(await found("interestcontains", [dogs, red]), "i2j2");
    assert.equal(await found("interestcontainsall", [cats, red]), "j2");
    assert.equal(await found("interestcontainsall", [cats, red], {}), "j2");
    assert.equal(await found("interestnotcontains", [dogs]), "b0j2r0");
    // An interest becomes a segment in one call.
    const one = { condition_type: "Interests", field: `interests-${topics.id}`, op: "interestcontains", value: [cats] };
    const { body } = await api.post(`${list}/segments`, { name: "Cats", options: { match: "all", conditions: [one] } });
    assert.deepEqual([body.type, body.member_count, body.options.conditions], ["saved", 2, [one]]);
    const wrong = async (condition: Json) => {
      const options = { match: "all", conditions: [{ field: `interests-${topics.id}`, op: "interestcontains", value: [cats], ...condition }] };
      return (await api.post(`${list}/segments`, { name: "wrong", options }, { status: 400 })).body.errors[0].field.split(".").pop();
    };
    assert.equal(await wrong({ value: [] }), "value");
    assert.equal(await wrong({ value: [NOBODY] }), "value");
    assert.equal(await wrong({ value: [7] }), "value");
    assert.equal(await wrong({ value: [sizes.ids[0]] }), "value");
    assert.equal(await wrong({ value: null }), "value");
    assert.equal(await wrong({ value: Array(61).fill(cats) }), "value");
    assert.equal(await wrong({ op: "is" }), "op");
    assert.equal(await wrong({ field: `interests-${NOBODY}` }), "field");
    assert.equal(await wrong({ condition_type: "TextMerge" }), "condition_type");
  });

  it("stay when a member is archived, comes back, and moves", async () => {
    const [cats, , red] = topics.ids as [string, string, string];
    await api.delete(`${list}/members/j@example.org`);
    assert.deepEqual(chosen((await api.get(`${list}/members/j@example.org`)).body), [cats, red]);
    assert.deepEqual(chosen(await add("j@example.org")), [cats, red]);
    await api.patch(`${list}/members/j@example.org`, { email_address: "j2@example.org" });
    assert.deepEqual(chosen((await api.get(`${list}/members/j2@example.org`)).body), [cats, red]);
    await api.get(`${list}/members/j@example.org`, {}, { status: 404 });
  });

  it("go with the interest, and with the member", async () => {
    const [cats, dogs, red] = topics.ids as [string, string, string];
    await api.delete(`${topics.path}/${red}`);
    const { body } = await api.get(`${list}/members/j2@example.org`);
    assert.deepEqual(Object.keys(body.interests), [cats, dogs, ...sizes.ids]);
    await api.patch(`${list}/members/j2@example.org`, { interests: { [red]: true } }, { status: 400 });
    const before = rowCounts(server)["audience.member_interest"]!;
    await api.post(`${list}/members/j2@example.org/actions/delete-permanent`);
    assert.equal(rowCounts(server)["audience.member_interest"], before - 1);
    assert.equal((await api.get(`${topics.path}/${cats}`)).body.subscriber_count, "1");
  });

  it("lose nothing if many write at once", async () => {
    const many = await category(api, list, "Many", "checkboxes", ["a", "b", "c", "d", "e", "f"]);
    await add("w@example.org");
    const path = `${list}/members/w@example.org`;
    await Promise.all(many.ids.map((id) => api.patch(path, { interests: { [id]: true } })));
    assert.deepEqual(chosen((await api.get(path)).body), many.ids);
    // removed while it is chosen: either way nothing is left of it
    await Promise.all([
      api.delete(`${many.path}/${many.ids[0]}`),
      ...Array.from({ length: 6 }, (_, n) => api.put(`${list}/members/w${n}@example.org`, {
        email_address: `w${n}@example.org`, status_if_new: "subscribed", interests: { [many.ids[0]!]: true },
      }, { status: [200, 400] })),
    ]);
    for (let n = 1; n < many.ids.length; n += 1) await api.delete(`${many.path}/${many.ids[n]}`);
    await api.delete(`${list}/interest-categories/${topics.id}`);
    await api.delete(`${list}/interest-categories/${sizes.id}`);
    assert.equal(rowCounts(server)["audience.member_interest"], 0);
  });

  it("go with their list", async () => {
    const other = await anotherList(api);
    const theirs = await category(api, other, "T", "checkboxes", ["a"]);
    await api.post(`${other}/members`,
      { email_address: "l@example.org", status: "subscribed", interests: { [theirs.ids[0]!]: true }, location: { latitude: 1, longitude: 2 } });
    await api.delete(other);
    const counts = rowCounts(server);
    assert.equal(counts["audience.member_interest"], 0);
    assert.equal(counts["audience.member_place"], 0);
  });
});

describe("interests and webhooks", () => {
  const receiver = new Receiver();
  let server: Server;
  before(async () => {
    await receiver.start();
    server = new Server({ env: { MUSTER_PUBLIC_URL: receiver.url } });
    process.on("exit", () => server.killLeftover());
    await server.start();
  });
  after(() => stopAll(server, receiver));

  it("are told by name", async () => {
    const api = server.mailchimp;
    const list = await anotherList(api);
    const topics = await category(api, list, "Topics", "checkboxes", ["Cats", "Dogs", "Eels"]);
    await api.post(`${list}/webhooks`, { url: `${receiver.url}/hook` });
    const told = async (type: string) =>
      (await receiver.next((r) => r.method === "POST" && r.form.get("type") === type)).form.get("data[merges][INTERESTS]");
    const [cats, dogs, eels] = topics.ids as [string, string, string];
    await api.post(`${list}/members`, { email_address: "w@example.org", status: "subscribed", interests: { [eels]: true, [cats]: true } });
    assert.equal(await told("subscribe"), "Cats,Eels");
    await api.patch(`${list}/members/w@example.org`, { interests: { [cats]: false, [dogs]: true } });
    assert.equal(await told("profile"), "Dogs,Eels");
    await api.patch(`${list}/members/w@example.org`, { status: "unsubscribed" });
    assert.equal(await told("unsubscribe"), "Dogs,Eels");
  });
});

describe("places and permissions", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  before(async () => {
    api = server.mailchimp;
    list = await anotherList(api);
  });

  it("are where the API said", async () => {
    const { body } = await api.post(`${list}/members`,
      { email_address: "p@example.org", status: "subscribed", location: { latitude: 51.5073509, longitude: -0.1277583 } });
    assert.deepEqual(body.location, { latitude: 51.5073509, longitude: -0.1277583, gmtoff: 0, dstoff: 0, country_code: "", timezone: "", region: "" });
    assert.deepEqual(body.marketing_permissions, []);
    const path = `${list}/members/p@example.org`;
    assert.equal((await api.patch(path, { location: { latitude: 1 } })).body.location.longitude, -0.1277583);
    const page = (await api.get(`${list}/members`)).body.members[0];
    assert.equal(page.location.latitude, 1);
    for (const latitude of [91, -90.5, "1", true, [], 1e300])
      assert.equal(field(await api.patch(path, { location: { latitude } }, { status: 400 })), "location.latitude");
    assert.equal(field(await api.patch(path, { location: { longitude: 181 } }, { status: 400 })), "location.longitude");
    for (const location of [[], 7, "here"])
      assert.equal(field(await api.patch(path, { location }, { status: 400 })), "location");
    assert.equal((await api.patch(path, { location: { latitude: 0, longitude: 0 } })).body.location.latitude, 0);
    await api.patch(path, { location: { latitude: 2, longitude: 3 } });
    await api.post(`${path}/actions/delete-permanent`);
    assert.equal(rowCounts(server)["audience.member_place"], 0);
  });

  it("refuse permissions that the list does not have", async () => {
    const member = { email_address: "q@example.org", status: "subscribed" };
    const given = [{ marketing_permission_id: "abc", enabled: true }];
    assert.equal(field(await api.post(`${list}/members`, { ...member, marketing_permissions: given }, { status: 400 })), "marketing_permissions");
    assert.equal(field(await api.post(`${list}/members`, { ...member, marketing_permissions: {} }, { status: 400 })), "marketing_permissions");
    await api.post(`${list}/members`, { ...member, marketing_permissions: [] });
  });

  it("give permissions that the list asks for, and tell when and who said so", async () => {
    const permissions = `/api/v1/audience/permissions/${list.split("/").at(-1)}`;
    const v1 = server.admin;
    assert.deepEqual((await v1.get(permissions)).body, { asked: false, category_id: null, items: [] });
    assert.equal((await v1.post(permissions, { name: "Too early" }, { status: 404 })).status, 404);
    assert.equal((await api.patch(list, { marketing_permissions: true })).body.marketing_permissions, true);
    const usual = (await v1.get(permissions)).body;
    assert.deepEqual(usual.items.map((p: Json) => [p.name, p.members]), [["Email", 0], ["Direct Mail", 0], ["Customized Online Advertising", 0]]);
    const [email, post] = usual.items.map((p: Json) => p.id) as [string, string];
    const path = `${list}/members/r@example.org`;
    const given = async () => (await api.get(path)).body.marketing_permissions.filter((p: Json) => p.enabled).map((p: Json) => p.text);
    const said = (marketing_permission_id: unknown, enabled: unknown) => ({ marketing_permissions: [{ marketing_permission_id, enabled }] });
    const { body } = await api.post(`${list}/members`, { email_address: "r@example.org", status: "subscribed", ...said(email, true) });
    assert.deepEqual(body.marketing_permissions[0], { marketing_permission_id: email, text: "Email", enabled: true });
    assert.equal(body.marketing_permissions.length, 3);
    // what is not named stays, and so do interests
    const topics = await category(api, list, "Marketing permissions", "checkboxes", ["Tea"]);
    await api.patch(path, { interests: { [topics.ids[0]!]: true } });
    await api.patch(path, said(post, true));
    assert.deepEqual(await given(), ["Email", "Direct Mail"]);
    assert.deepEqual((await api.patch(path, said(email, false))).body.interests, { [topics.ids[0]!]: true });
    assert.deepEqual(await given(), ["Direct Mail"]);
    // refused: no permission of this list, no boolean, an interest, no list
    for (const wrong of [said(NOBODY, true), said(email, "yes"), said(null, true), said(topics.ids[0], true), { marketing_permissions: [7] }, { marketing_permissions: "all" }])
      assert.equal(field(await api.patch(path, wrong, { status: 400 })), "marketing_permissions");
    assert.equal(field(await api.patch(path, { interests: { [email]: true } }, { status: 400 })), "interests");
    // no category of interests
    assert.deepEqual((await api.get(`${list}/interest-categories`)).body.categories.map((c: Json) => c.id), [topics.id]);
    assert.equal((await api.get(`${list}/interest-categories/${usual.category_id}`, {}, { status: 404 })).status, 404);
    const feed = (await api.get(`${path}/activity-feed`, { activity_filters: "marketing_permission" })).body;
    assert.deepEqual(feed.activity.map((a: Json) => [a.marketing_permisson_text, a.marketing_permission_opted_in, a.updated_by]),
      [["Email", false, "API"], ["Direct Mail", true, "API"], ["Email", true, "API"]]);
    assert.equal(feed.total_items, 3);
    assert.equal((await api.get(`${path}/activity`)).body.total_items, 0);
    // a segment of who gave it
    const conditions = [{ condition_type: "Interests", field: `interests-${usual.category_id}`, op: "interestcontains", value: [post] }];
    assert.equal((await api.post(`${list}/segments`, { name: "By post", options: { match: "all", conditions } })).body.member_count, 1);
    // another one, another name, and one less
    const added = (await v1.post(permissions, { name: "Télé\u200fphone" }, { status: 201 })).body;
    assert.equal((await v1.patch(`${permissions}/${added.id}`, { name: "Telephone" })).body.name, "Telephone");
    assert.equal(field(await v1.post(permissions, { name: " " }, { status: 400 })), "name");
    assert.equal((await v1.post(permissions, { name: "telephone" }, { status: 400 })).status, 400);
    await v1.delete(`${permissions}/${post}`);
    assert.equal((await v1.delete(`${permissions}/${post}`, { status: 404 })).status, 404);
    assert.deepEqual((await api.get(path)).body.marketing_permissions.map((p: Json) => p.text), ["Email", "Customized Online Advertising", "Telephone"]);
    // turned off, and on again: as it was
    await api.patch(path, said(email, true));
    await api.patch(list, { marketing_permissions: false });
    assert.deepEqual((await api.get(path)).body.marketing_permissions, []);
    await api.patch(path, { interests: { [topics.ids[0]!]: false } });
    await api.patch(list, { marketing_permissions: true });
    assert.deepEqual(await given(), ["Email"]);
    await api.post(`${path}/actions/delete-permanent`);
    assert.equal(rowCounts(server)["audience.permission_said"], 0);
    await api.patch(list, { marketing_permissions: false });
  });

  it("take addresses and times that are some", async () => {
    const path = `${list}/members/q@example.org`;
    const { body } = await api.patch(path, {
      ip_signup: "2001:db8::1", ip_opt: "192.0.2.7",
      timestamp_signup: "2020-01-02T03:04:05Z", timestamp_opt: "2020-01-02T05:04:05+02:00",
    });
    assert.deepEqual([body.ip_signup, body.ip_opt], ["2001:db8::1", "192.0.2.7"]);
    assert.equal(body.timestamp_signup, "2020-01-02T03:04:05+00:00");
    assert.equal(body.timestamp_opt, "2020-01-02T03:04:05+00:00");
    for (const key of ["ip_signup", "ip_opt"])
      for (const value of ["1.2.3", "::g", "192.0.2.256", 7, "x".repeat(10_000)])
        assert.equal(field(await api.patch(path, { [key]: value }, { status: 400 })), key);
    for (const key of ["timestamp_signup", "timestamp_opt"])
      for (const value of ["yesterday", "2020-13-01", 5])
        assert.equal(field(await api.patch(path, { [key]: value }, { status: 400 })), key);
  });

  it("select by what happened since a date or the last campaign", async () => {
    const names = async (query: Record<string, string | boolean>) =>
      (await api.get(`${list}/members`, query)).body.members.map((m: Json) => m.email_address);
    await api.post(`${list}/members`, { email_address: "u@example.org", status: "subscribed" });
    await api.patch(`${list}/members/u@example.org`, { status: "unsubscribed" });
    assert.deepEqual(await names({ unsubscribed_since: "2020-01-01T00:00:00Z" }), ["u@example.org"]);
    assert.deepEqual(await names({ unsubscribed_since: "2020-01-01T00:00:00Z", status: "unsubscribed" }), ["u@example.org"]);
    assert.deepEqual(await names({ unsubscribed_since: "2120-01-01T00:00:00Z" }), []);
    assert.equal(field(await api.get(`${list}/members`, { unsubscribed_since: "2020-01-01T00:00:00Z", status: "cleaned" }, { status: 400 })), "status");
    assert.equal(field(await api.get(`${list}/members`, { since_last_campaign: true }, { status: 400 })), "status");
    // none was sent: all of that status
    assert.deepEqual(await names({ since_last_campaign: true, status: "unsubscribed" }), ["u@example.org"]);
    assert.deepEqual(await names({ since_last_campaign: true, status: "subscribed" }), ["q@example.org"]);
  });
});
