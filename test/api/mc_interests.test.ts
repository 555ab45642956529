/** Interests of an audience, their categories, and who has chosen what. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { anotherList, masterList, useServer, type Client, type Json } from "../harness/index.js";

const NOBODY = "0123456789";

const field = (reply: { body: Json }) => reply.body.errors[0].field;

describe("interest categories", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let path: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
    path = `${list}/interest-categories`;
  });

  it("are none at first", async () => {
    const { body } = await api.get(path);
    assert.deepEqual(body.categories, []);
    assert.equal(body.total_items, 0);
  });

  it("are added, read, changed and removed", async () => {
    const made = (await api.post(path, { title: " Topics ", type: "checkboxes" })).body;
    assert.match(made.id, /^[0-9a-f]{10}$/);
    assert.equal(made.title, "Topics");
    assert.equal(made.display_order, 0);
    assert.equal(`/3.0/lists/${made.list_id}`, list);
    assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
    const changed = (await api.patch(`${path}/${made.id}`, { title: "Themen", type: "radio", display_order: 7 })).body;
    assert.deepEqual([changed.title, changed.type, changed.display_order], ["Themen", "radio", 7]);
    // nothing given: nothing changes
    assert.equal((await api.patch(`${path}/${made.id}`, {})).body.title, "Themen");
    // a name that is its own is no other's
    await api.patch(`${path}/${made.id}`, { title: "THEMEN" });
    await api.delete(`${path}/${made.id}`);
    for (const call of [
      api.get(`${path}/${made.id}`, {}, { status: 404 }),
      api.patch(`${path}/${made.id}`, { title: "x" }, { status: 404 }),
      api.delete(`${path}/${made.id}`, { status: 404 }),
    ])
      assert.equal((await call).body.title, "Resource Not Found");
  });

  it("stand in their order, page by page, and by type", async () => {
    for (const [title, type, display_order] of [["C", "radio", 3], ["A", "hidden", 1], ["B", "radio", 2]])
      await api.post(path, { title, type, display_order });
    const titles = async (query: Record<string, string | number>) => {
      const { body } = await api.get(path, query);
      return [body.categories.map((c: Json) => c.title).join(""), body.total_items];
    };
    assert.deepEqual(await titles({}), ["ABC", 3]);
    assert.deepEqual(await titles({ count: 1, offset: 1 }), ["B", 3]);
    assert.deepEqual(await titles({ offset: 9 }), ["", 3]);
    assert.deepEqual(await titles({ type: "radio" }), ["BC", 2]);
    assert.deepEqual(await titles({ type: "nonsense" }), ["", 0]);
    const { body } = await api.get(path, { fields: "categories.title" });
    assert.deepEqual(body, { categories: [{ title: "A" }, { title: "B" }, { title: "C" }] });
  });

  it("need a title and a known type", async () => {
    assert.equal(field(await api.post(path, {}, { status: 400 })), "title");
    assert.equal(field(await api.post(path, { title: "x" }, { status: 400 })), "type");
    assert.equal(field(await api.post(path, { title: "x", type: "slider" }, { status: 400 })), "type");
    assert.equal(field(await api.post(path, { title: " \u00a0 ", type: "radio" }, { status: 400 })), "title");
    assert.equal(field(await api.post(path, { title: 7, type: "radio" }, { status: 400 })), "title");
    assert.equal(field(await api.post(path, { title: "x".repeat(256), type: "radio" }, { status: 400 })), "title");
    assert.equal(field(await api.post(path, { title: "x", type: "radio", display_order: "1" }, { status: 400 })), "display_order");
    assert.equal(field(await api.post(path, { title: "x", type: "radio", display_order: 1.5 }, { status: 400 })), "display_order");
    await api.post(path, "[]", { status: 400 });
    await api.post(path, { title: "x".repeat(1_000_000), type: "radio" }, { status: 400 });
    await api.post(path, '{"title":"a\\u0000b","type":"radio"}', { status: 400 });
  });

  it("have names of their own in a list, whatever the case", async () => {
    await api.post(path, { title: "Größe أحجام", type: "radio" });
    const { body } = await api.post(path, { title: "GRÖSSE أحجام", type: "radio" }, { status: 400 });
    assert.equal(body.detail, 'Cannot add "GRÖSSE أحجام" because it already exists on the list.');
    assert.equal(body.title, "Invalid Resource");
    const b = (await api.get(path)).body.categories.find((c: Json) => c.title === "B");
    await api.patch(`${path}/${b.id}`, { title: "größe أحجام" }, { status: 400 });
    const other = await anotherList(api);
    await api.post(`${other}/interest-categories`, { title: "größe أحجام", type: "radio" });
  });

  it("are of their list alone", async () => {
    const other = await anotherList(api);
    const b = (await api.get(path)).body.categories[0];
    for (const base of [other, `/3.0/lists/${NOBODY}`]) {
      const url = `${base}/interest-categories/${b.id}`;
      await api.get(url, {}, { status: 404 });
      await api.patch(url, { title: "stolen" }, { status: 404 });
      await api.delete(url, { status: 404 });
      await api.get(`${url}/interests`, {}, { status: 404 });
      await api.post(`${url}/interests`, { name: "x" }, { status: 404 });
    }
    await api.get(`/3.0/lists/${NOBODY}/interest-categories`, {}, { status: 404 });
    await api.post(`/3.0/lists/${NOBODY}/interest-categories`, { title: "x", type: "radio" }, { status: 404 });
    assert.equal((await api.get(`${path}/${b.id}`)).body.title, b.title);
  });

  it("are not changed by plain users", async () => {
    const user = api.as(await server.createKey("u", "user"));
    await user.get(path);
    await user.post(path, { title: "x", type: "radio" }, { status: 403 });
  });

  it("are one if two add the same at once, and no more than a list may have", async () => {
    const list2 = `${await anotherList(api)}/interest-categories`;
    const same = await Promise.all([1, 2, 3, 4].map(() =>
      api.post(list2, { title: "Same", type: "radio" }, { status: [200, 400] })));
    assert.deepEqual(same.map((r) => r.status).sort(), [200, 400, 400, 400]);
    for (let n = 1; n < 98; n += 1) await api.post(list2, { title: `T${n}`, type: "hidden" });
    const last = await Promise.all([1, 2, 3, 4].map((n) =>
      api.post(list2, { title: `Last ${n}`, type: "radio" }, { status: [200, 400] })));
    assert.deepEqual(last.map((r) => r.status).sort(), [200, 200, 400, 400]);
    assert.match(last.find((r) => r.status === 400)!.body.detail, /^Cannot have more than 100 interest categories/);
    assert.equal((await api.get(list2, { count: 1 })).body.total_items, 100);
  });
});

describe("interests", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  let category: string;
  let path: string;

  before(async () => {
    api = server.mailchimp;
    list = await masterList(api);
    const { body } = await api.post(`${list}/interest-categories`, { title: "Topics", type: "checkboxes" });
    category = `${list}/interest-categories/${body.id}`;
    path = `${category}/interests`;
  });

  it("are added, read, changed and removed", async () => {
    assert.deepEqual((await api.get(path)).body.interests, []);
    const made = (await api.post(path, { name: "Gärten <b>" })).body;
    assert.match(made.id, /^[0-9a-f]{10}$/);
    assert.equal(made.name, "Gärten <b>");
    assert.equal(made.subscriber_count, "0");
    assert.equal(made.display_order, 1);
    assert.equal(`${list}/interest-categories/${made.category_id}`, category);
    assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
    const changed = (await api.patch(`${path}/${made.id}`, { name: "Gardens", display_order: 4 })).body;
    assert.deepEqual([changed.name, changed.display_order], ["Gardens", 4]);
    assert.equal((await api.patch(`${path}/${made.id}`, {})).body.name, "Gardens");
    await api.delete(`${path}/${made.id}`);
    await api.get(`${path}/${made.id}`, {}, { status: 404 });
    await api.patch(`${path}/${made.id}`, { name: "x" }, { status: 404 });
    await api.delete(`${path}/${made.id}`, { status: 404 });
  });

  it("are refused if they are wrong", async () => {
    for (const body of [{}, { name: "" }, { name: null }, { name: 1 }, { name: "x".repeat(256) }])
      assert.equal(field(await api.post(path, body, { status: 400 })), "name");
    assert.equal(field(await api.post(path, { name: "x", display_order: {} }, { status: 400 })), "display_order");
    await api.post(path, "", { status: 400 });
  });

  it("have names of their own in a category", async () => {
    await api.post(path, { name: "Cats" });
    const { body } = await api.post(path, { name: "CATS" }, { status: 400 });
    assert.equal(body.detail, 'Cannot add "CATS" because it already exists on the list.');
    const second = (await api.post(`${list}/interest-categories`, { title: "Pets", type: "radio" })).body;
    const there = `${list}/interest-categories/${second.id}/interests`;
    const cats = (await api.post(there, { name: "Cats" })).body;
    // and are of their category alone
    await api.get(`${path}/${cats.id}`, {}, { status: 404 });
    await api.patch(`${path}/${cats.id}`, { name: "x" }, { status: 404 });
    await api.delete(`${path}/${cats.id}`, { status: 404 });
    assert.equal((await api.get(`${there}/${cats.id}`)).body.name, "Cats");
  });

  it("are at most 60 a category, however many add at once", async () => {
    const { body } = await api.post(`${list}/interest-categories`, { title: "Many", type: "hidden" });
    const many = `${list}/interest-categories/${body.id}/interests`;
    for (let n = 0; n < 59; n += 1) await api.post(many, { name: `I${n}` });
    const last = await Promise.all([1, 2, 3].map((n) => api.post(many, { name: `L${n}` }, { status: [200, 400] })));
    assert.deepEqual(last.map((r) => r.status).sort(), [200, 400, 400]);
    assert.equal(last.find((r) => r.status === 400)!.body.detail, "Cannot have more than 60 interests per list");
    const page = (await api.get(many, { count: 100 })).body;
    assert.equal(page.interests.length, 60);
    assert.equal(page.interests[0].name, "I0");
    assert.equal((await api.get(many, { count: 5, offset: 58 })).body.interests.length, 2);
    assert.deepEqual((await api.get(many, { offset: 99 })).body.interests, []);
  });

  it("go with their category", async () => {
    const { body } = await api.post(`${list}/interest-categories`, { title: "Gone", type: "hidden" });
    const gone = `${list}/interest-categories/${body.id}`;
    await api.post(`${gone}/interests`, { name: "x" });
    await api.delete(gone);
    await api.get(`${gone}/interests`, {}, { status: 404 });
    await api.post(`${list}/interest-categories`, { title: "gone", type: "radio" });
  });
});
