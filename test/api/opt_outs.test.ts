/**
 * The CRM and the audience stay of one mind about who wants no mail, whatever
 * way it was said; and nothing of ours ever brings anybody back.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { addPeople, makeGroup, muteWebhooks, push, runJob, unsubscribeLinkOf, until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

describe("opting out", () => {
  const server = useServer();
  const names = ["ann", "bob", "cem", "dag", "eva", "fay"];
  let list: string;
  let group: Json;
  let segment: number;

  const person = async (name: string): Promise<Json> =>
    (await server.admin.get(`${v1}/people`, { email: `${name}@a.example` })).body.items[0];
  const member = async (address: string, status?: number): Promise<Json> =>
    (await server.mailchimp.get(`/3.0/lists/${list}/members/${md5(address)}`, {}, { status })).body;
  const hasStatus = (address: string, status: string): Promise<boolean> =>
    until(`${address} is ${status}`, async () => (await member(address)).status === status);
  const sync = async (): Promise<Json> => (await runJob(server, `${v1}/sync`, {})).result;

  before(async () => {
    await addPeople(server, names.map((name) => `${name}@a.example`));
    group = await makeGroup(server, "All");
    const result = await push(server, group);
    list = result.audience_id;
    segment = result.segment_id;
    assert.equal(result.add, names.length);
  });

  it("in the CRM unsubscribes the member at once", async () => {
    const ann = await person("ann");
    await server.admin.patch(`${v1}/people/${ann.id}`, { opted_out: true, reason: "phoned" });
    await hasStatus("ann@a.example", "unsubscribed");
  });

  it("is found by the address, here and there", async () => {
    const find = async (address: string): Promise<string> =>
      (await server.command(["suppression", "find", address])).stdout;
    const found = await until("the mirror knows", async () => {
      const text = await find("ann@a.example");
      return /unsubscribed/.test(text) ? text : undefined;
    });
    assert.match(found, /^opted_out since 20.*\(api\): person \d+, who has the address/m);
    assert.match(found, /^unsubscribed since 20.*\(audience\)/m);
    for (const nobody of ["bob@a.example", "stranger@a.example"])
      assert.equal(await find(nobody), "nothing stands against it\n");
  });

  it("in the CRM stays so", async () => {
    const plan = await push(server, group);
    assert.deepEqual(plan.left_out, { opted_out: 1 });
    assert.equal((await member("ann@a.example")).status, "unsubscribed");
  });

  it("in the audience, by another program, is one in the CRM at once", async () => {
    const { body } = await server.admin.post(`${v1}/people`,
      { first_name: "Zoe", last_name: "Example", email: "zoe@a.example" });
    await push(server, group);
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("zoe@a.example")}`,
      { status: "unsubscribed" });
    await until("Zoe is opted out", async () => (await person("zoe")).opted_out);
    await server.admin.delete(`${v1}/people/${body.id}`);
  });

  it("in the audience, unseen by webhooks, is found by the sync", async () => {
    await muteWebhooks(server, list);
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("bob@a.example")}`,
      { status: "unsubscribed" });
    const result = await sync();
    assert.equal(result.opted_out, 1, JSON.stringify(result));
    assert.equal((await person("bob")).opted_out, true);
    assert.equal((await sync()).opted_out, 0);
  });

  it("of one opts out everybody with the address", async () => {
    const { body: other } = await server.admin.post(`${v1}/people`,
      { first_name: "Eva", last_name: "Second", email: "eva@a.example" });
    const plan = await push(server, group);
    assert.equal(plan.left_out.duplicate, 1, JSON.stringify(plan));
    await muteWebhooks(server, list);
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("eva@a.example")}`,
      { status: "unsubscribed" });
    const result = await sync();
    assert.equal(result.opted_out, 2, JSON.stringify(result));
    const { body } = await server.admin.get(`${v1}/people/${other.id}`);
    assert.equal(body.opted_out, true);
  });

  it("is not undone by the audience's old state: what the CRM says is repaired", async () => {
    await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5("ann@a.example")}`,
      { status: "subscribed" });
    const result = await sync();
    assert.equal(result.repaired, 1, JSON.stringify(result));
    assert.equal((await member("ann@a.example")).status, "unsubscribed");
    assert.equal((await person("ann")).opted_out, true);
  });

  it("is lifted, or done to many, only with a ground that can be read", async () => {
    const ann = await person("ann");
    const bob = await person("bob");
    for (const reason of ["", " ", "\u200b\u2060\u00ad", "\ufeff\u00a0", "\u2800\u3164"]) {
      const { body } = await server.admin.patch(`${v1}/people/${ann.id}`, { opted_out: false, reason }, { status: 400 });
      assert.equal(body.errors[0].field, "reason", JSON.stringify(body));
      const many = await server.admin.post(`${v1}/people/bulk`, { act: "opt_out", ids: [bob.id], expected: 1, reason }, { status: 400 });
      assert.equal(many.body.errors[0].field, "reason", JSON.stringify(many.body));
    }
    assert.equal((await person("ann")).opted_out, true);
    for (const [path, body, field] of [
      ["people", { last_name: "\u200b" }, "last_name"],
      ["companies", { name: "\u2060" }, "name"],
      ["groups", { entity: "people", name: "\u00ad", kind: "dynamic", criteria: { conditions: [] } }, "name"],
      ["notes", { entity: "people", record_id: ann.id, body: "\ufeff" }, "body"],
    ] as const)
      assert.equal((await server.admin.post(`${v1}/${path}`, body, { status: 400 })).body.errors[0].field, field);
  });

  it("moves with a changed address: the member keeps its tag", async () => {
    const cem = await person("cem");
    await server.admin.patch(`${v1}/people/${cem.id}`, { email: "cem.new@a.example" });
    const moved = await until("the member has moved", async () =>
      (await member("cem.new@a.example")) as Json);
    assert.equal(moved.status, "subscribed");
    assert.ok(moved.tags.some((tag: Json) => tag.id === segment), JSON.stringify(moved.tags));
    await member("cem@a.example", 404);
    const plan = await push(server, group);
    assert.equal(plan.add + plan.tag + plan.untag, 0, JSON.stringify(plan));
  });

  it("is not meant by whoever archives a member over there", async () => {
    await server.mailchimp.delete(`/3.0/lists/${list}/members/${md5("fay@a.example")}`,
      { status: 204 });
    await sync();
    assert.equal((await person("fay")).opted_out, false);
    const plan = await push(server, group);
    assert.equal(plan.left_out.suppressed, 1, JSON.stringify(plan));
  });

  it("leaves no member behind when the person is deleted", async () => {
    const { body } = await server.admin.post(`${v1}/people`,
      { first_name: "Gil", email: "gil@a.example" });
    await push(server, group);
    assert.equal((await member("gil@a.example")).status, "subscribed");
    await server.admin.delete(`${v1}/people/${body.id}`, { status: [200, 204] });
    await hasStatus("gil@a.example", "archived");
    assert.equal((await sync()).settled, 0);
  });

  it("does not follow the old address to its next owner", async () => {
    await server.admin.post(`${v1}/people`,
      { first_name: "New", last_name: "Owner", email: "cem@a.example" });
    const plan = await push(server, group);
    assert.equal(plan.add, 1, JSON.stringify(plan));
    assert.equal((await member("cem@a.example")).status, "subscribed");
  });

  it("is kept when the address is changed", async () => {
    const bob = await person("bob");
    await server.admin.patch(`${v1}/people/${bob.id}`, { email: "bob.new@a.example" });
    await push(server, group);
    const { status } = await server.mailchimp.get(
      `/3.0/lists/${list}/members/${md5("bob.new@a.example")}`, {}, { status: [200, 404] });
    if (status === 200)
      assert.equal((await member("bob.new@a.example")).status, "unsubscribed");
  });

  it("by a link covers the address that the message went to, if it was left since", async () => {
    const [first, second] = ["gus@a.example", "hal@a.example"];
    for (const address of [first, second]) {
      const { body } = await server.admin.post(`${v1}/people`, { last_name: "Left", email: address });
      await push(server, group);
      await server.admin.patch(`${v1}/people/${body.id}`, { email: `new-${address}` });
      await hasStatus(`new-${address}`, "subscribed");
      await server.mailchimp.patch(`/3.0/lists/${list}/members/${md5(`new-${address}`)}`,
        { status: "unsubscribed" });
    }
    await sync();
    const { body: again } = await server.admin.post(`${v1}/people`,
      { last_name: "Back", email: first });
    assert.equal(again.opted_out, true);
    await addPeople(server, [second]);
    assert.equal((await person("hal")).opted_out, true);
    await push(server, group);
    await member(first, 404);
    await member(second, 404);
  });

  it("covers the address that they had, whoever says it and when", async () => {
    const csv = async (text: string): Promise<void> => {
      const { body } = await server.admin.post(`${v1}/imports`, text, { headers: { "content-type": "text/csv" } });
      await server.job(body.job_id);
    };
    const ways: Record<string, (id: number, email: string) => Promise<unknown>> = {
      "with the new address": (id, email) => server.admin.patch(`${v1}/people/${id}`, { email, opted_out: true, reason: "by phone" }),
      "in a row of an import": (_id, email) => csv(`External key,E-mail,Opt out\nk-${email.slice(4)},${email},yes\n`),
      "later, by hand": async (id, email) => {
        await server.admin.patch(`${v1}/people/${id}`, { email });
        await server.admin.patch(`${v1}/people/${id}`, { opted_out: true, reason: "by phone" });
      },
      "later, of many": async (id, email) => {
        await server.admin.patch(`${v1}/people/${id}`, { email });
        await runJob(server, `${v1}/people/bulk`, { act: "opt_out", ids: [id], expected: 1, reason: "by phone" });
      },
    };
    for (const [i, [way, act]] of Object.entries(ways).entries()) {
      const before = `had${i}@a.example`, now = `new-had${i}@a.example`;
      const { body } = await server.admin.post(`${v1}/people`, { last_name: "Had", email: before, external_key: `k-had${i}@a.example` });
      await server.admin.post(`${v1}/people`, { last_name: "Shares", email: now });
      await act(body.id, now);
      const all = (await server.admin.get(`${v1}/people`, { email: now })).body.items as Json[];
      assert.deepEqual(all.map((one) => one.opted_out), [true, true], way);
      await addPeople(server, [before]);
      assert.equal((await person(`had${i}`)).opted_out, true, way);
    }
  });

  it("by erasure deletes the member for good; no import brings them back", async () => {
    const dag = await person("dag");
    await server.admin.post(`${v1}/people/${dag.id}/erase`, {}, { status: [200, 202, 204] });
    await until("the member is gone", async () => (await member("dag@a.example", 404)) as Json);
    const { result } = await runJob(server, `${v1}/imports`,
      "First name,Last name,E-mail\r\nDag,Again,dag@a.example\r\n",
      { headers: { "content-type": "text/csv" } });
    assert.equal(result.created, 0, JSON.stringify(result));
    assert.equal(result.refused, 1, JSON.stringify(result));
    assert.equal(await person("dag"), undefined);
    await push(server, group);
    await member("dag@a.example", 404);
  });
});

describe("an unsubscribe by a link", () => {
  const server = useServer();
  const click = async (link: string): Promise<void> => {
    await server.anonymous.post(link, "List-Unsubscribe=One-Click",
      { headers: { "content-type": "application/x-www-form-urlencoded" } });
  };

  it("counts again after a user has lifted the first", async () => {
    await addPeople(server, ["zoe@c.example"]);
    const zoe = async (): Promise<Json> =>
      (await server.admin.get(`${v1}/people`, { email: "zoe@c.example" })).body.items[0];
    const path = `${v1}/people/${(await zoe()).id}`;
    const link = await unsubscribeLinkOf(server, "zoe@c.example");
    await click(link);
    await until("she is opted out", async () => (await zoe()).opted_out);
    await server.admin.patch(path, { opted_out: false, reason: "she phoned" });
    await runJob(server, `${v1}/sync`, { full: true });
    assert.equal((await zoe()).opted_out, false); // the first, told again
    await until("she is opted out again", async () => {
      await click(link); // one within the second of the first is that one
      return (await zoe()).opted_out;
    });
    const { body } = await server.admin.get(`${path}/consent`);
    assert.deepEqual(body.items.map((c: Json) => [c.state, c.source]),
      [["opted_out", "audience"], ["opted_in", "api"], ["opted_out", "audience"]]);
  });

  it("is what they are listed by, once a user has lifted the opt-out alone", async () => {
    await addPeople(server, ["mia@c.example"]);
    const mia = async (): Promise<Json> =>
      (await server.admin.get(`${v1}/people`, { email: "mia@c.example" })).body.items[0];
    const names = async (status: string): Promise<string[]> => {
      const filter = JSON.stringify({ match: "all", conditions: [{ field: "mail_status", op: "is", value: status }] });
      return (await server.admin.get(`${v1}/people`, { filter })).body.items.map((one: Json) => one.email);
    };
    await click(await unsubscribeLinkOf(server, "mia@c.example"));
    await until("she is opted out", async () => (await mia()).mail_status === "opted_out");
    assert.deepEqual(await names("unsubscribed"), []);
    const path = `${v1}/people/${(await mia()).id}`;
    const { body } = await server.admin.patch(path, { opted_out: false, reason: "she phoned" });
    assert.equal(body.mail_status, "unsubscribed"); // nothing of ours subscribes her
    assert.deepEqual(await names("unsubscribed"), ["mia@c.example"]);
    assert.ok(!(await names("agreed")).includes("mia@c.example"));
    assert.match((await server.command(["people", "show", String(body.id)])).stdout, /^mail_status +unsubscribed$/m);
    const group = await makeGroup(server, "Mailed by nobody", [{ field: "mail_status", op: "is", value: "unsubscribed" }]);
    assert.deepEqual((await push(server, group)).left_out, { unsubscribed: 1 });
  });

  it("counts for all who have the address, which is said of them and listed", async () => {
    await addPeople(server, ["shared@c.example"]);
    const erika = (await server.admin.get(`${v1}/people`, { email: "shared@c.example" })).body.items[0];
    const { body: max } = await server.admin.post(`${v1}/people`, { last_name: "Max", email: "shared@c.example" }, { status: 201 });
    await server.admin.patch(`${v1}/people/${max.id}`, { opted_out: true });
    const lifted = await server.admin.patch(`${v1}/people/${erika.id}`, { opted_out: false, reason: "she phoned" });
    assert.deepEqual([lifted.body.opted_out, lifted.body.mail_status], [false, "shared_opt_out"]);
    const condition = { field: "mail_status", op: "is", value: "shared_opt_out" };
    const group = await makeGroup(server, "Opted out by others", [condition]);
    assert.deepEqual((await push(server, group)).left_out, { opted_out: 1 });
    await server.admin.patch(`${v1}/people/${max.id}`, { opted_out: false, reason: "he phoned, too" });
    assert.notEqual((await server.admin.get(`${v1}/people/${erika.id}`)).body.mail_status, "shared_opt_out");
  });

  for (const way of ["webhook", "sync"])
    it(`of somebody whose record is gone is carried by whoever brings the address back, told by a ${way}`, async () => {
      const address = `gone-${way}@c.example`;
      await addPeople(server, [address]);
      const { audience_id: list } = await push(server, await makeGroup(server, `Gone by ${way}`, [{ field: "email", op: "is", value: address }]));
      const link = await unsubscribeLinkOf(server, address);
      const member = async (): Promise<Json> => (await server.mailchimp.get(`/3.0/lists/${list}/members/${md5(address)}`)).body;
      const person = async (): Promise<Json> =>
        (await server.admin.get(`${v1}/people`, { email: address })).body.items[0];
      await server.admin.delete(`${v1}/people/${(await person()).id}`, { status: 204 });
      await until("the member is archived", async () => (await member()).status === "archived");
      if (way === "sync") await muteWebhooks(server, list);
      await click(link);
      await until("the audience knows", async () => Boolean((await member()).unsubscribe_reason));
      assert.equal((await member()).status, "archived");
      if (way === "sync") await runJob(server, `${v1}/sync`, {});
      await until("it is kept", async () =>
        /^opted_out .*\(audience\)/m.test((await server.command(["suppression", "find", address])).stdout));
      const { body: back } = await server.admin.post(`${v1}/people`, { last_name: "Back", email: address }, { status: 201 });
      assert.deepEqual([back.opted_out, back.mail_status], [true, "opted_out"]);
      const { body } = await server.admin.get(`${v1}/people/${back.id}/consent`);
      // the audience may be heard once more meanwhile
      assert.ok(body.items.every((c: Json) => c.state === "opted_out"));
      assert.ok(body.items.some((c: Json) => c.source === "carried"));
    });

  it("stays with the address when the member gets another", async () => {
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const members = `/3.0/lists/${list}/members`;
    await click(await unsubscribeLinkOf(server, "ida@c.example"));
    await until("she has left", async () =>
      (await server.mailchimp.get(`${members}/ida@c.example`)).body.status === "unsubscribed");
    await server.mailchimp.patch(`${members}/ida@c.example`, { email_address: "ida9@c.example" });
    const { body } = await server.mailchimp.post(members,
      { email_address: "ida@c.example", status: "subscribed" }, { status: 400 });
    assert.equal(body.title, "Member In Compliance State");
    await server.mailchimp.patch(`${members}/ida9@c.example`, { email_address: "ida@c.example" });
    await server.mailchimp.patch(`${members}/ida@c.example`, { status: "subscribed" }, { status: 400 });
  });
});

describe("a change of very many", () => {
  const server = useServer();
  const addresses = Array.from({ length: 100 }, (_, i) => `p${i}@b.example`);
  let list: string;
  let group: Json;

  const optedOut = async (): Promise<number> =>
    (await server.admin.get(`${v1}/people`, { opted_out: true })).body.total;

  before(async () => {
    await addPeople(server, addresses);
    group = await makeGroup(server, "All", [{ field: "last_name", op: "is", value: "Example" }]);
    list = (await push(server, group)).audience_id;
  });

  const setStatus = async (some: string[], status: string): Promise<void> => {
    await muteWebhooks(server, list);
    await server.mailchimp.post(`/3.0/lists/${list}`, {
      update_existing: true,
      members: some.map((email_address) => ({ email_address, status })),
    });
  };

  it("is never asked for when people left themselves", async () => {
    await setStatus(addresses.slice(0, 51), "unsubscribed");
    const { result } = await runJob(server, `${v1}/sync`, {});
    assert.equal(result.opted_out, 51, JSON.stringify(result));
    assert.equal(await optedOut(), 51);
  });

  it("is asked for before that many addresses are held", async () => {
    const more = Array.from({ length: 51 }, (_, i) => `r${i}@b.example`);
    await addPeople(server, more);
    assert.equal((await push(server, group)).add, 51);
    await setStatus(more, "cleaned");
    const asked = await runJob(server, `${v1}/sync`, {}, { state: "needs_confirmation" });
    assert.equal(asked.result.held, 51, JSON.stringify(asked));
    const plan = await push(server, group);
    assert.equal(plan.left_out.cleaned, 51, JSON.stringify(plan));
    await server.admin.post(`${v1}/jobs/${asked.id}/confirm`, undefined, { status: [200, 202] });
    const done = await until("it goes on", async () => {
      const { body } = await server.admin.get(`${v1}/jobs/${asked.id}`);
      return body.state === "done" ? body : undefined;
    });
    assert.equal(done.result.held, 51, JSON.stringify(done));
  });

  it("is not asked for when it is small", async () => {
    await setStatus(addresses.slice(51, 55), "unsubscribed");
    const { result } = await runJob(server, `${v1}/sync`, {});
    assert.equal(result.opted_out, 4);
  });

  it("is asked for before a tag loses its members", async () => {
    const more = Array.from({ length: 60 }, (_, i) => `q${i}@b.example`);
    await addPeople(server, more);
    assert.equal((await push(server, group)).add, 60);
    await server.admin.patch(`${v1}/groups/${group.id}`, {
      criteria: { match: "all", conditions: [{ field: "last_name", op: "is", value: "Nobody" }] },
    });
    const asked = await runJob(server, `${v1}/groups/${group.id}/push`, { dry_run: false },
      { state: "needs_confirmation" });
    assert.ok(asked.result.untag > 50, JSON.stringify(asked.result));
    const { body } = await server.mailchimp.get(
      `/3.0/lists/${list}/segments/${asked.result.segment_id}`);
    assert.ok(body.member_count > 100, JSON.stringify(body));
  });
});
