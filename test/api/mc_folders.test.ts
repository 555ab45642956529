/** Folders of the Marketing API: of campaigns, templates and files. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

describe("folders of /3.0", () => {
  const server = useServer();
  let api: Client;
  let list: string;

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
  });

  const make = async (settings: Json = {}): Promise<Json> =>
    (await api.post("/3.0/campaigns", { type: "regular", recipients: { list_id: list }, settings })).body;
  const folder = async (name: string, kind = "campaign-folders"): Promise<Json> =>
    (await api.post(`/3.0/${kind}`, { name })).body;

  const kinds: [string, RegExp][] = [
    ["campaign-folders", /^[0-9a-f]{10}$/], ["template-folders", /^[0-9a-f]{10}$/], ["file-manager/folders", /^\d+$/],
  ];
  for (const [kind, id] of kinds)
    it(`${kind} are made, listed, renamed and removed`, async () => {
      const path = `/3.0/${kind}`;
      const made = await folder(" نشرة O'Neil ", kind);
      assert.match(String(made.id), id);
      assert.equal(made.name, "نشرة O'Neil");
      assert.equal(made.count ?? made.file_count, 0);
      const other = await folder("<b>x</b>", kind);
      assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
      const { body } = await api.get(path, { count: 1, offset: 1, fields: "folders.id,total_items" });
      assert.deepEqual(body, { folders: [{ id: other.id }], total_items: 2 });
      assert.equal((await api.patch(`${path}/${made.id}`, { name: "New" })).body.name, "New");
      assert.equal((await api.patch(`${path}/${made.id}`, {})).body.name, "New");
      await api.delete(`${path}/${made.id}`, { status: 204 });
      for (const gone of [made.id, "nonsense", "0", "-1", "99999999999999999999", "%00"]) {
        await api.get(`${path}/${gone}`, {}, { status: gone === "%00" ? 400 : 404 });
        if (gone === "%00") continue;
        await api.patch(`${path}/${gone}`, { name: "x" }, { status: 404 });
        await api.delete(`${path}/${gone}`, { status: 404 });
      }
      for (const body of [{}, { name: "" }, { name: null }, { name: 7 }, { name: "x".repeat(1 << 20) }, { name: "a\nb" }]) {
        const refused = await api.post(path, body, { status: 400 });
        assert.equal(refused.body.errors[0].field, "name");
      }
      await api.post(path, "[]", { status: 400 });
      await api.post(path, "{", { status: 400 });
      await api.delete(`${path}/${other.id}`);
    });

  it("hold campaigns, and count them", async () => {
    const f = await folder("May");
    const c = await make({ title: "In", folder_id: f.id });
    assert.equal(c.settings.folder_id, f.id);
    const outside = await make({ title: "Out" });
    assert.equal(outside.settings.folder_id, "");
    const path = `/3.0/campaigns/${outside.id as string}`;
    assert.equal((await api.patch(path, { settings: { folder_id: f.id } })).body.settings.folder_id, f.id);
    const listed = (await api.get("/3.0/campaigns", { folder_id: f.id })).body;
    assert.deepEqual(listed.campaigns.map((i: Json) => i.settings.title), ["In", "Out"]);
    assert.equal((await api.get(`/3.0/campaign-folders/${f.id as string}`)).body.count, 2);
    await api.patch(path, { settings: { folder_id: "" } });
    assert.equal((await api.get("/3.0/campaigns", { folder_id: f.id })).body.total_items, 1);
    assert.equal((await api.get("/3.0/campaigns", { folder_id: "ffffffffff" })).body.total_items, 0);
    const copy = (await api.post(`/3.0/campaigns/${c.id as string}/actions/replicate`)).body;
    assert.equal(copy.settings.folder_id, f.id);
    const refused = await api.patch(path, { settings: { folder_id: "ffffffffff" } }, { status: 400 });
    assert.equal(refused.body.errors[0].field, "settings.folder_id");
    await api.patch(path, { settings: { folder_id: 7 } }, { status: 400 });
    // a folder of templates is none of campaigns
    const other = await folder("T", "template-folders");
    await api.patch(path, { settings: { folder_id: other.id } }, { status: 400 });
  });

  it("are removed without what is in them", async () => {
    const f = await folder("Old");
    const c = await make({ folder_id: f.id });
    await api.delete(`/3.0/campaign-folders/${f.id as string}`);
    assert.equal((await api.get(`/3.0/campaigns/${c.id as string}`)).body.settings.folder_id, "");
  });

  it("take campaigns in that cannot be changed otherwise", async () => {
    const f = await folder("Sent");
    const c = await make({ subject_line: "S", title: "T", from_name: "F", reply_to: "f@example.org" });
    await api.post(`/3.0/lists/${list}/members`, { email_address: "ada@folders.example", status: "subscribed" });
    await api.put(`/3.0/campaigns/${c.id as string}/content`, { html: "<p>Hi *|UNSUB|* *|LIST:ADDRESS|*</p>" });
    await api.post(`/3.0/campaigns/${c.id as string}/actions/send`);
    const path = `/3.0/campaigns/${c.id as string}`;
    await api.patch(path, { settings: { folder_id: f.id, title: "New" } });
    await api.patch(path, { settings: { folder_id: f.id, subject_line: "New" } }, { status: 400 });
    assert.equal((await api.get(`/3.0/campaign-folders/${f.id as string}`)).body.count, 1);
  });

  it("keep who made folders of files, and when", async () => {
    const path = "/3.0/file-manager/folders";
    const f = await folder("Pictures", "file-manager/folders");
    assert.match(f.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    const total = async (query: Json): Promise<number> => (await api.get(path, query)).body.total_items;
    assert.equal(await total({ since_created_at: "2001-01-01T00:00:00+00:00" }), 1);
    assert.equal(await total({ before_created_at: "2001-01-01T00:00:00+00:00" }), 0);
    assert.equal(await total({ created_by: "nobody who is known" }), 0);
    await api.get(path, { since_created_at: "yesterday" }, { status: 400 });
    await api.get(path, { count: 1001 }, { status: 400 });
  });

  it("leave nothing behind in a folder that is removed meanwhile", async () => {
    const c = await make();
    for (let i = 0; i < 10; i++) {
      const f = await folder(`F${i}`);
      const [put] = await Promise.all([
        api.patch(`/3.0/campaigns/${c.id as string}`, { settings: { folder_id: f.id } }, { status: [200, 400] }),
        api.post(`/3.0/campaigns/${c.id as string}/actions/replicate`),
        api.delete(`/3.0/campaign-folders/${f.id as string}`),
      ]);
      const { body } = await api.get(`/3.0/campaigns/${c.id as string}`);
      assert.equal(body.settings.folder_id, "", `${i}: ${put.status}`);
    }
  });
});
