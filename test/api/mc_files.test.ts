/** The file manager of the Marketing API: what is taken, and what readers get of it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { useServer, type Client, type Json } from "../harness/index.js";

const GIF = "R0lGODlhCAAGAIAAAP8AAAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQECgAAACwAAAAACAAGAAACBoSPqct9BQAh+QQECgAAACwAAAAACAAGAA" +
  "ACBoyPqct9BQA7";
const base64 = (text: string | Buffer): string => Buffer.from(text as string).toString("base64");

describe("the file manager of /3.0", () => {
  const server = useServer();
  let api: Client;
  before(() => { api = server.mailchimp; });

  const files = "/3.0/file-manager/files";
  const give = async (name: string, file_data: string, more: Json = {}): Promise<Json> =>
    (await api.post(files, { name, file_data, ...more })).body;
  const fetchPath = async (url: string): Promise<Response> => fetch(server.url + new URL(url).pathname);

  it("keeps pictures, drawn anew", async () => {
    const f = await give("صورة O'Neil.html", GIF.replace(/(.{40})/g, "$1\r\n"));
    assert.equal(f.type, "image");
    assert.equal(f.name, "صورة O'Neil.html");
    assert.deepEqual([f.width, f.height, f.folder_id], [8, 6, 0]);
    assert.match(f.full_size_url, /\/files\/[0-9a-f]{40}\/[A-Za-z-]+\.gif$/);
    assert.equal(f.thumbnail_url, f.full_size_url);
    assert.match(f.created_at, /\+00:00$/);
    assert.deepEqual((await api.get(`${files}/${f.id as number}`)).body, f);
    const reply = await fetchPath(f.full_size_url);
    assert.equal(reply.headers.get("content-type"), "image/gif");
    assert.equal(reply.headers.get("content-disposition"), null);
    assert.equal((await reply.arrayBuffer()).byteLength, f.size);
    // the editor sees it, and a second one is a file of its own
    assert.ok((await server.admin.get("/api/v1/images")).body.items.some((i: Json) => i.id === f.id));
    assert.notEqual((await give("again.gif", GIF)).id, f.id);
  });

  it("keeps documents, which readers are given to save", async () => {
    const cases: [string, string | Buffer, string, RegExp][] = [
      ["a.html", "%PDF-1.4\n<script>alert(1)</script>", "application/pdf", /pdf$/],
      ["Terms & more.txt", "مرحبا", "text/plain; charset=utf-8", /terms-more\.txt$/i],
      ["a.csv", "name,age\nAda,36\n", "text/csv; charset=utf-8", /csv$/],
      ["when", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; charset=utf-8", /ics$/],
      ["letter", "PK\u0003\u0004....word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", /docx$/],
    ];
    for (const [name, bytes, type, ending] of cases) {
      const f = await give(name, base64(bytes));
      assert.equal(f.type, "file");
      assert.deepEqual([f.width, f.height, f.thumbnail_url, f.size], [0, 0, "", Buffer.byteLength(bytes)]);
      assert.match(f.full_size_url, ending);
      const reply = await fetchPath(f.full_size_url);
      assert.equal(reply.headers.get("content-type"), type);
      assert.match(reply.headers.get("content-disposition")!, /^attachment; filename="[A-Za-z0-9-]+\.[a-z]+"$/);
      assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
      assert.equal(reply.headers.get("content-security-policy"), "default-src 'none'; sandbox");
      assert.equal(Buffer.from(await reply.arrayBuffer()).toString(), bytes.toString());
      // whatever name somebody puts there
      const other = await fetchPath(f.full_size_url.replace(/[^/]+$/, "x%22%0d%0aa.html"));
      assert.match(other.headers.get("content-disposition")!, /^attachment; filename="file\.[a-z]+"$/);
      // no image of the editor
      await server.admin.get(`/api/v1/images/${f.id as number}`, {}, { status: 404 });
      await server.admin.delete(`/api/v1/images/${f.id as number}`, { status: 404 });
      assert.ok(!(await server.admin.get("/api/v1/images")).body.items.some((i: Json) => i.id === f.id));
    }
  });

  it("takes nothing that runs in a browser, and nothing else", async () => {
    const cases: [Json, string][] = [
      [{ name: "a.txt", file_data: base64("<html><script>alert(1)</script>") }, "file_data"],
      [{ name: "a.png", file_data: base64('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') }, "file_data"],
      [{ name: "a.xml", file_data: base64("x") }, "file_data"], [{ name: "a.js", file_data: base64("alert(1)") }, "file_data"],
      [{ name: "a.txt", file_data: base64("x <SCRIPT>alert(1)</SCRIPT>") }, "file_data"],
      [{ name: "a.exe", file_data: base64("MZ\u0001\u0002") }, "file_data"],
      [{ name: "a.zip", file_data: base64("PK\u0003\u0004 a.exe") }, "file_data"],
      [{ name: "a.gif", file_data: GIF.slice(0, 60) }, "file_data"],
      [{ name: "a.gif", file_data: "!!!" }, "file_data"], [{ name: "a.gif", file_data: "" }, "file_data"],
      [{ name: "a.gif" }, "file_data"], [{ name: "a.gif", file_data: 7 }, "file_data"], [{ name: "a.gif", file_data: null }, "file_data"],
      [{ file_data: GIF }, "name"], [{ name: " ", file_data: GIF }, "name"], [{ name: [1], file_data: GIF }, "name"],
      [{ name: "a.gif", file_data: GIF, folder_id: 999999 }, "folder_id"], [{ name: "a.gif", file_data: GIF, folder_id: "x" }, "folder_id"],
      [{ name: "a.gif", file_data: GIF, folder_id: -1 }, "folder_id"], [{ name: "a.gif", file_data: GIF, folder_id: 1.5 }, "folder_id"],
      [{ name: "a.txt", file_data: base64(Buffer.alloc((10 << 20) + 1, "x")) }, "file_data"], [{}, "name"],
    ];
    const total = (await api.get(files)).body.total_items;
    for (const [body, field] of cases) {
      const { body: refused } = await api.post(files, body, { status: 400 });
      assert.equal(refused.errors[0].field, field, JSON.stringify(body).slice(0, 80));
    }
    const large = await api.post(files, { name: "a.txt", file_data: base64(Buffer.alloc((10 << 20) + 1, "x")) }, { status: 400 });
    assert.match(large.body.errors[0].message, /too large: at most 10 MB/);
    await give("a.txt", base64(Buffer.alloc(10 << 20, "x")));
    assert.equal((await api.get(files)).body.total_items, total + 1);
  });

  it("files them in folders, and finds them", async () => {
    const folder = (await api.post("/3.0/file-manager/folders", { name: "F" })).body;
    const at = `/3.0/file-manager/folders/${folder.id as number}`;
    const a = await give("Zoo.gif", GIF, { folder_id: folder.id });
    const b = await give("apple.txt", base64("x"), { folder_id: folder.id });
    const names = async (path: string, query: Json): Promise<string[]> =>
      (await api.get(path, query)).body.files.map((f: Json) => f.name);
    assert.deepEqual(await names(`${at}/files`, {}), ["Zoo.gif", "apple.txt"]);
    assert.deepEqual(await names(`${at}/files`, { sort_field: "name" }), ["apple.txt", "Zoo.gif"]);
    assert.deepEqual(await names(`${at}/files`, { sort_field: "size", sort_dir: "DESC" }), ["Zoo.gif", "apple.txt"]);
    assert.deepEqual(await names(`${at}/files`, { type: "image" }), ["Zoo.gif"]);
    assert.deepEqual(await names(`${at}/files`, { type: "file" }), ["apple.txt"]);
    assert.deepEqual(await names(`${at}/files`, { count: 1, offset: 1 }), ["apple.txt"]);
    assert.deepEqual(await names(files, { created_by: "nobody" }), []);
    assert.deepEqual(await names(files, { before_created_at: "2001-01-01T00:00:00+00:00" }), []);
    assert.ok((await names(files, { since_created_at: "2001-01-01T00:00:00+00:00", count: 100 })).length > 2);
    await api.get(files, { type: "video" }, { status: 400 });
    await api.get(files, { sort_field: "colour" }, { status: 400 });
    assert.equal((await api.get(at)).body.file_count, 2);
    const all = (await api.get(files, { count: 1000 })).body;
    assert.equal(all.total_file_size, all.files.reduce((n: number, f: Json) => n + f.size, 0));

    const path = `${files}/${a.id as number}`;
    const { body } = await api.patch(path, { name: "New.gif", folder_id: 0 });
    assert.deepEqual([body.name, body.folder_id], ["New.gif", 0]);
    assert.equal((await fetchPath(a.full_size_url)).status, 200); // the old address still leads there
    assert.equal((await api.patch(path, {})).body.name, "New.gif");
    assert.equal((await api.patch(path, { name: "" }, { status: 400 })).body.errors[0].field, "name");
    await api.patch(path, { folder_id: 999999 }, { status: 400 });
    await api.delete(at, { status: 204 });
    assert.equal((await api.get(`${files}/${b.id as number}`)).body.folder_id, 0);
    await api.get(`${at}/files`, {}, { status: 404 });
  });

  it("removes what no campaign shows", async () => {
    const f = await give("gone.txt", base64(`only ${Date.now()}`));
    const c = (await api.post("/3.0/campaigns", { type: "regular", settings: { title: "Summer" } })).body;
    const path = `${files}/${f.id as number}`;
    await api.put(`/3.0/campaigns/${c.id as string}/content`, { html: `<a href="${f.full_size_url as string}">x</a>` });
    const refused = await api.delete(path, { status: 400 });
    assert.match(refused.body.detail, /Summer/);
    await api.delete(`/3.0/campaigns/${c.id as string}`);
    await api.delete(path, { status: 204 });
    assert.equal((await fetchPath(f.full_size_url)).status, 404);
    for (const id of [f.id, "x", "-1", "99999999999999999999"]) {
      await api.get(`${files}/${id}`, {}, { status: 404 });
      await api.patch(`${files}/${id}`, { name: "x" }, { status: 404 });
      await api.delete(`${files}/${id}`, { status: 404 });
    }
  });

  it("loses no change when two people change one", async () => {
    const f = await give("two.txt", base64("two"));
    const path = `${files}/${f.id as number}`;
    for (let i = 0; i < 8; i++) {
      const folder = (await api.post("/3.0/file-manager/folders", { name: `F${i}` })).body;
      await Promise.all([api.patch(path, { name: `n${i}.txt` }), api.patch(path, { folder_id: folder.id })]);
      const now = (await api.get(path)).body;
      assert.deepEqual([now.name, now.folder_id], [`n${i}.txt`, folder.id]);
      await Promise.all([api.patch(path, { folder_id: folder.id }, { status: [200, 400] }),
        api.delete(`/3.0/file-manager/folders/${folder.id as number}`)]);
      assert.equal((await api.get(path)).body.folder_id, 0);
    }
  });
});
