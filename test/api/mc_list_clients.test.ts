/** By which program members open their mails: read of their opens, counted, and asked for by segments. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { countOf, hrefs, parseMail, until, useServer, type Client, type Json } from "../harness/index.js";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const agents: Record<string, string> = {
  ann: "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
  ben: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  cat: "Mozilla/5.0",
  dan: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0 Safari/537.36",
  eve: "Mozilla/5.0 (Windows NT 10.0; rv:102.0) Gecko/20100101 Thunderbird/102.1",
  fay: "\u00ff<script>" + "x".repeat(600),
};

describe("the mail programs of members", () => {
  const server = useServer();
  let api: Client;
  let list: string;
  const addressOf = (name: string) => `${name}@c.example`;
  const pixels: Record<string, string> = {};
  const clientOf = async (name: string): Promise<string> => (await api.get(`/3.0/lists/${list}/members/${md5(addressOf(name))}`)).body.email_client;
  const open = (name: string, agent: string) => server.anonymous.get(pixels[name]!, {}, { headers: { "user-agent": agent } });
  const clients = async (query: Json = {}): Promise<Json> => (await api.get(`/3.0/lists/${list}/clients`, query)).body;
  const fitting = async (op: string, value: string): Promise<string[]> => {
    const { body } = await api.post(`/3.0/lists/${list}/segments`, {
      name: `${op} ${value}`, options: { match: "all", conditions: [{ condition_type: "EmailClient", field: "email_client", op, value }] },
    });
    const { members } = (await api.get(`/3.0/lists/${list}/segments/${body.id}/members`, { count: 100 })).body;
    assert.equal(body.member_count, members.length);
    return members.map((m: Json) => m.email_address.split("@")[0]).sort();
  };

  before(async () => {
    api = server.mailchimp;
    list = (await api.get("/3.0/lists")).body.lists[0].id;
    for (const name of Object.keys(agents)) await api.post(`/3.0/lists/${list}/members`, { email_address: addressOf(name), status: "subscribed" });
    const { body } = await api.post("/3.0/campaigns", {
      type: "regular", recipients: { list_id: list }, settings: { subject_line: "News", title: "t", from_name: "Ann", reply_to: "ann@example.org" },
    });
    await api.put(`/3.0/campaigns/${body.id}/content`, { html: '<p><a href="*|UNSUB|*">Leave</a></p>' });
    await api.post(`/3.0/campaigns/${body.id}/actions/send`);
    await until("it is sent", async () => (await api.get(`/3.0/campaigns/${body.id}`)).body.status === "sent");
    for (const name of Object.keys(agents)) {
      const caught = (await server.admin.get("/api/v1/outbox", { rcpt: addressOf(name) })).body.items[0];
      const mail = await parseMail((await server.admin.get(`/api/v1/outbox/${caught.id}`)).body.source);
      pixels[name] = new URL(mail.html!.match(/<img src="([^"]*\/t\/o\/[^"]*)"/)![1]!).pathname;
      assert.ok(hrefs(mail.html!).length > 0);
    }
  });

  it("are not known before anybody opens", async () => {
    assert.equal(await clientOf("ann"), "");
    assert.deepEqual((await clients()).clients, []);
    assert.deepEqual(await fitting("client_is", "Gmail"), []);
    assert.equal((await fitting("client_not", "Gmail")).length, 6);
  });

  it("are what the last open called itself", async () => {
    for (const [name, agent] of Object.entries(agents)) await open(name, Buffer.from(agent).toString("latin1"));
    await until("all are applied", async () => (await clientOf("eve")) === "Thunderbird" && (await clientOf("ann")) === "Gmail" && (await clientOf("cat")) === "Apple Mail");
    assert.deepEqual(await Promise.all(Object.keys(agents).map(clientOf)), ["Gmail", "iPhone", "Apple Mail", "", "Thunderbird", ""]);
    assert.deepEqual(await fitting("client_is", "gmail"), ["ann"]);
    assert.deepEqual(await fitting("client_not", "iPhone"), ["ann", "cat", "dan", "eve", "fay"]);
    assert.deepEqual(await fitting("client_is", "Nobody's"), []);
    for (const value of ["", ["Gmail"], 7, null])
      await api.post(`/3.0/lists/${list}/segments`, { name: "x", options: { match: "all", conditions: [{ condition_type: "EmailClient", field: "email_client", op: "client_is", value }] } }, { status: 400 });
    await open("ben", agents.ann!);
    await until("it is the later one", async () => (await clientOf("ben")) === "Gmail");
    assert.deepEqual(await fitting("client_is", "GMAIL"), ["ann", "ben"]);
  });

  it("are counted of who is subscribed", async () => {
    const body = await clients();
    assert.deepEqual(body.clients, [{ client: "Gmail", members: 2 }, { client: "Apple Mail", members: 1 }, { client: "Thunderbird", members: 1 }]);
    assert.deepEqual([body.list_id, body.total_items], [list, 3]);
    assert.deepEqual((await clients({ count: 1, offset: 1 })).clients, [{ client: "Apple Mail", members: 1 }]);
    await api.patch(`/3.0/lists/${list}/members/${md5(addressOf("cat"))}`, { status: "unsubscribed" });
    assert.deepEqual((await clients({ fields: "clients.client" })).clients, [{ client: "Gmail" }, { client: "Thunderbird" }]);
    for (const wrong of ["0000000000", "x"]) await api.get(`/3.0/lists/${wrong}/clients`, {}, { status: 404 });
  });

  it("go with who is deleted for good and do not come back", async () => {
    await api.post(`/3.0/lists/${list}/members/${md5(addressOf("eve"))}/actions/delete-permanent`, undefined, { status: 204 });
    assert.equal((await clients()).total_items, 1);
    assert.equal(await countOf(server, "audience", "SELECT COUNT(*) FROM member_client"), 3);
    await open("eve", agents.ann!);
    await open("ann", agents.ben!);
    await until("the later one is applied", async () => (await clientOf("ann")) === "iPhone");
    assert.equal(await countOf(server, "audience", "SELECT COUNT(*) FROM member_client"), 3);
  });
});
