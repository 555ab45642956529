/** Exports of the whole account: what is in them, and how often. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, readZip, until, useServer, type Client, type Json, type Server } from "../harness/index.js";

const exports = "/3.0/account-exports";

const ended = async (api: Client, id: number): Promise<Json> =>
  until(`export ${id} is finished`, async () => {
    const { body } = await api.get(`${exports}/${id}`);
    return body.finished !== "" && body;
  });
const filesOf = async (done: Json): Promise<Map<string, Buffer>> => {
  const reply = await fetch(done.download_url);
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get("content-type"), "application/zip");
  const zip = Buffer.from(await reply.arrayBuffer());
  assert.equal(zip.length, done.size_in_bytes);
  return readZip(zip);
};
/** As if a day had passed. */
const dayLater = (server: Server): void =>
  execute(server, "audience", ["UPDATE account_export SET started_ms = started_ms - 86400001"]);

describe("account exports", () => {
  const server = useServer();
  let api: Client;
  let list = "";
  const MEMBERS = 2_050;

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    for (let at = 0; at < MEMBERS; at += 500)
      await api.post(`/3.0/lists/${list}`, { members: Array.from({ length: Math.min(500, MEMBERS - at) }, (_, i) => ({
        email_address: `e${at + i}@b.example`, status: "subscribed", merge_fields: { FNAME: at + i === 0 ? "=cmd|' /C calc'!A0" : `محمد "${i}"`, LNAME: "O'Hara, J" } })) });
    await api.post(`/3.0/lists/${list}/members/e1@b.example/tags`, { tags: [{ name: "@SUM(1)", status: "active" }, { name: "VIP", status: "active" }] }, { status: 204 });
  });

  it("say what is wrong with what is asked for", async () => {
    for (const [body, field] of [
      [{}, "include_stages"], [{ include_stages: [] }, "include_stages"], [{ include_stages: "audiences" }, "include_stages"],
      [{ include_stages: ["all"] }, "include_stages"], [{ include_stages: [1, null] }, "include_stages"],
      [{ include_stages: ["audiences"], since_timestamp: "yesterday" }, "since_timestamp"],
      [{ include_stages: ["audiences"], since_timestamp: 5 }, "since_timestamp"],
    ] as const)
      assert.equal((await api.post(exports, body, { status: 400 })).body.errors[0].field, field, JSON.stringify(body));
    await api.post(exports, "{", { status: 400 });
    for (const id of ["1", "0", "-1", "x", "99999999999999999999"]) {
      await api.get(`${exports}/${id}`, {}, { status: 404 });
      await api.get(`${exports}/${id}/export.zip`, {}, { status: [403, 404] });
    }
    assert.equal((await api.get(exports)).body.total_items, 0);
    const manager = api.as(await server.createKey("m", "manager"));
    await manager.post(exports, { include_stages: ["audiences"] }, { status: 403 });
    await manager.get(exports, {}, { status: 403 });
  });

  it("are zip files of tables that no spreadsheet runs", async () => {
    const { body } = await api.post(exports, { include_stages: ["audiences", "campaigns", "reports", "events", "gallery_files", "templates"] });
    assert.equal(body.finished, "");
    assert.equal(body.download_url, "");
    const done = await ended(api, body.export_id);
    const files = await filesOf(done);
    const names = [...files.keys()];
    assert.match(names[0]!, new RegExp(`^lists/[^/]*-${list}\\.csv$`));
    assert.deepEqual(names.slice(1), ["campaigns.csv", "reports.csv"]);
    const lines = files.get(names[0]!)!.toString("utf8").split("\r\n");
    assert.equal(lines.length, MEMBERS + 2); // a header, and the end of the last line
    assert.match(lines[0]!, /^Email Address,ADDRESS,FNAME,LNAME,PHONE,STATUS,/);
    assert.match(lines[1]!, /^e0@b\.example,,"'=cmd\|' \/C calc'!A0","O'Hara, J",,subscribed,/);
    assert.match(lines[2]!, /^e1@b\.example,,"محمد ""1""","O'Hara, J",,.*,"'@SUM\(1\), VIP"$/);
    assert.match(files.get("campaigns.csv")!.toString(), /^Id,Title,Subject,/);
    assert.match(files.get("reports.csv")!.toString(), /Unique Opens/);
    assert.equal((await api.get(exports)).body.exports[0].size_in_bytes, done.size_in_bytes);
  });

  it("are one a day", async () => {
    const { body } = await api.post(exports, { include_stages: ["audiences"] }, { status: 400 });
    assert.equal(body.title, "Too Many Account Exports");
  });

  it("are one at a time, also if two ask at once", async () => {
    dayLater(server);
    const replies = await Promise.all([1, 2, 3, 4].map(() =>
      api.post(exports, { include_stages: ["audiences"] }, { status: [200, 400] })));
    const good = replies.filter((r) => r.status === 200);
    assert.equal(good.length, 1);
    for (const r of replies.filter((x) => x.status === 400))
      assert.match(r.body.title, /^(Account Export in Progress|Too Many Account Exports)$/);
    await ended(api, good[0]!.body.export_id);
  });

  it("are whole if the server is killed while they are made", async () => {
    dayLater(server);
    const { body } = await api.post(exports, { include_stages: ["audiences", "reports"], since_timestamp: "2020-01-01T00:00:00+00:00" });
    await server.kill();
    await server.run();
    const files = await filesOf(await ended(server.mailchimp, body.export_id));
    assert.deepEqual([...files.keys()].length, 2);
    assert.equal([...files.values()][0]!.toString().split("\r\n").length, MEMBERS + 2);
  });

  it("are gone when somebody is erased, and not made again that day", async () => {
    const [last] = (await server.mailchimp.get(exports, { count: 1 })).body.exports;
    await server.mailchimp.post(`/3.0/lists/${list}/members/e7@b.example/actions/delete-permanent`, undefined, { status: 204 });
    await until("the file is gone", async () =>
      (await server.mailchimp.get(`${exports}/${last.export_id}`)).body.download_url === "");
    assert.equal((await fetch(last.download_url)).status, 404);
    await server.mailchimp.post(exports, { include_stages: ["audiences"] }, { status: 400 });
    dayLater(server);
    const { body } = await server.mailchimp.post(exports, { include_stages: ["campaigns"] });
    dayLater(server);
    await ended(server.mailchimp, body.export_id);
    await ended(server.mailchimp, (await server.mailchimp.post(exports, { include_stages: ["reports"] })).body.export_id);
  });

  it("are fetched by their address only", async () => {
    const [last, first] = (await server.mailchimp.get(exports, { count: 2 })).body.exports;
    const url = new URL(last.download_url);
    const asked = Object.fromEntries(url.searchParams);
    await server.anonymous.get(url.pathname, asked);
    await server.mailchimp.get(url.pathname, {}, { status: 403 });
    await server.anonymous.get(`${exports}/${first.export_id}/export.zip`, asked, { status: 403 });
    await server.anonymous.get(url.pathname, { ...asked, until: `${Number(asked.until) + 1}` }, { status: 403 });
  });
});
