/** Several people and programs write the same thing at the same moment. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { runJob, until, useServer, type Json, type Reply } from "../harness/index.js";

const v1 = "/api/v1";
const ROUNDS = 12;
const WRITERS = 6;
const PASSWORD = "correct horse battery";

const hash = (address: string) => createHash("md5").update(address).digest("hex");

function counted(replies: Reply[]): Record<number, number> {
  const out: Record<number, number> = {};
  for (const r of replies) out[r.status] = (out[r.status] ?? 0) + 1;
  return out;
}

describe("two writers at once", () => {
  const server = useServer();
  let list = "";
  let members = "";

  before(async () => {
    list = (await server.admin.get("/3.0/lists")).body.lists[0].id;
    members = `/3.0/lists/${list}/members`;
  });

  /** Each writer changes a field of its own; all must stand there afterwards. */
  async function everyFieldStays(
    path: string,
    fields: Json[],
    expected: (found: Json, field: Json) => void,
  ): Promise<void> {
    // on a busy machine one may be told to come back: nothing was done then
    await Promise.all(fields.map((f) =>
      until("it is written", async () => (await server.admin.patch(path, f, { status: [200, 503] })).status === 200)));
    const { body } = await server.admin.get(path);
    for (const f of fields) expected(body, f);
  }

  async function bulk(act: Json & { ids: number[] }): Promise<void> {
    const job = await runJob(server, `${v1}/people/bulk`, { expected: act.ids.length, ...act });
    assert.equal(job.result.changed, act.ids.length, JSON.stringify(job));
  }

  const stands = (found: Json, field: Json) => {
    for (const [key, value] of Object.entries(field)) assert.deepEqual(found[key], value, key);
  };

  const records: [string, Json, (i: number) => Json[]][] = [
    ["people", { last_name: "Ray" }, (i) => [
      { city: `Cork ${i}` }, { country: `Ireland ${i}` }, { phone: `+353 ${i}` },
      { job_title: `J${i}` }, { first_name: `F${i}` }, { tags: [`t${i}`] },
    ]],
    ["leads", { last_name: "Ray" }, (i) => [
      { city: `Cork ${i}` }, { country: `Ireland ${i}` }, { phone: `+353 ${i}` },
      { job_title: `J${i}` }, { source: `S${i}` }, { company_name: `C${i}` },
    ]],
    ["companies", { name: "Acme" }, (i) => [
      { city: `Cork ${i}` }, { country: `Ireland ${i}` }, { phone: `+353 ${i}` },
      { website: `https://${i}.example` }, { industry: `I${i}` }, { name: `Acme ${i}` },
    ]],
    ["campaigns", { name: "May" }, (i) => [
      { subject: `S${i}` }, { preview_text: `P${i}` }, { from_name: `F${i}` },
      { from_email: `us${i}@example.org` }, { html: `<p>${i}</p>` }, { name: `May ${i}` },
    ]],
  ];

  for (const [kind, first, fields] of records)
    it(`no change of one of the ${kind} is lost`, async () => {
      const { body } = await server.admin.post(`${v1}/${kind}`, first);
      for (let i = 0; i < ROUNDS; i++)
        await everyFieldStays(`${v1}/${kind}/${body.id}`, fields(i), stands);
    });

  it("no opt-out is lost while a person is edited", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const { body } = await server.admin.post(`${v1}/people`,
        { last_name: "L", email: `o${i}@example.org` });
      await everyFieldStays(`${v1}/people/${body.id}`,
        [{ opted_out: true }, { city: "Cork" }, { country: "Ireland" }, { phone: "1" }], stands);
    }
  });

  it("whoever takes an address while its owner opts out is opted out too", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const address = `shared${i}@example.org`;
      const a = (await server.admin.post(`${v1}/people`, { last_name: "A", email: address })).body;
      const b = (await server.admin.post(`${v1}/people`, { last_name: "B" })).body;
      await Promise.all([
        server.admin.patch(`${v1}/people/${a.id}`, { opted_out: true }),
        server.admin.patch(`${v1}/people/${b.id}`, { email: address }),
      ]);
      assert.equal((await server.admin.get(`${v1}/people/${b.id}`)).body.opted_out, true);
    }
  });

  it("people who get each other's addresses wait in turn, and nobody in a ring", async () => {
    const people: number[] = [];
    const address = (i: number) => `ring${i % WRITERS}@example.org`;
    for (let i = 0; i < WRITERS; i++)
      people.push((await server.admin.post(`${v1}/people`, { last_name: "R", email: address(i) })).body.id);
    const put = (i: number, more: number[], body: Json = {}) => server.admin.patch(`${v1}/people/${people[i]}`,
      { ...body, emails: [i, ...more].map((n) => ({ address: address(n) })) }, { status: 200 });
    for (const more of [[1, 2], [5], [3, 4], []])
      await Promise.all([
        ...people.map((_, i) => put(i, more.map((n) => i + n))),
        server.admin.post(`${v1}/people`, { last_name: "N", email: address(more.length) }),
      ]);
    await Promise.all(people.map((_, i) => put(i, [i + 1], i === 3 ? { opted_out: true } : {})));
    for (const i of [2, 3, 4])
      assert.equal((await server.admin.get(`${v1}/people/${people[i]}`)).body.opted_out, true);
  });

  it("whoever takes an address while its owner opts out among many is opted out too", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const address = `many${i}@example.org`;
      const ids: number[] = [];
      for (let n = 0; n < 3; n++)
        ids.push((await server.admin.post(`${v1}/people`,
          { last_name: "A", email: n === 1 ? address : `many${i}.${n}@example.org` })).body.id);
      const b = (await server.admin.post(`${v1}/people`, { last_name: "B" })).body;
      await Promise.all([
        bulk({ act: "opt_out", reason: "fair", ids }),
        server.admin.patch(`${v1}/people/${b.id}`, { email: address }),
      ]);
      for (const id of [...ids, b.id])
        assert.equal((await server.admin.get(`${v1}/people/${id}`)).body.opted_out, true);
    }
  });

  it("acts on the same people at once, and edits of one, lose nothing", async () => {
    const ids: number[] = [];
    for (let i = 0; i < 60; i++)
      ids.push((await server.admin.post(`${v1}/people`, { last_name: `M${i}` })).body.id);
    for (let i = 0; i < 3; i++) {
      await Promise.all([
        bulk({ act: "tag", tag: `one${i}`, ids }),
        bulk({ act: "tag", tag: `two${i}`, ids }),
        ...ids.slice(0, 6).map((id) => server.admin.patch(`${v1}/people/${id}`, { city: `Cork ${i}` }, { status: 200 })),
      ]);
      for (const id of ids) {
        const { body } = await server.admin.get(`${v1}/people/${id}`);
        assert.ok(body.tags.includes(`one${i}`) && body.tags.includes(`two${i}`), `${id}: ${body.tags}`);
        if (ids.indexOf(id) < 6) assert.equal(body.city, `Cork ${i}`);
      }
    }
  });

  it("whoever joins a company while it opts out is opted out too", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const c = (await server.admin.post(`${v1}/companies`, { name: `C ${i}` })).body;
      const p = (await server.admin.post(`${v1}/people`, { last_name: "P" })).body;
      await Promise.all([
        server.admin.patch(`${v1}/companies/${c.id}`, { opted_out: true }),
        server.admin.patch(`${v1}/people/${p.id}`, { company_id: c.id }),
      ]);
      assert.equal((await server.admin.get(`${v1}/people/${p.id}`)).body.opted_out, true);
    }
  });

  it("a new password does not let a disabled administrator in again", async () => {
    await server.admin.post(`${v1}/users`,
      { email: "root@example.org", name: "R", role: "administrator", password: PASSWORD });
    for (let i = 0; i < 4; i++) {
      const { body } = await server.admin.post(`${v1}/users`,
        { email: `u${i}@example.org`, name: "U", role: "administrator", password: PASSWORD });
      const path = `${v1}/users/${body.id}`;
      await Promise.all([
        server.admin.patch(path, { password: "another battery horse" }),
        server.admin.patch(path, { disabled: true, role: "user" }),
        server.admin.patch(path, { name: "V" }),
      ]);
      stands((await server.admin.get(path)).body, { disabled: true, role: "user", name: "V" });
    }
  });

  it("of administrators who remove each other one stays", async () => {
    const ids: number[] = (await server.admin.get(`${v1}/users`)).body.items
      .filter((u: Json) => u.role === "administrator" && !u.disabled)
      .map((u: Json) => u.id);
    for (let i = ids.length; i < 3; i++)
      ids.push((await server.admin.post(`${v1}/users`,
        { email: `admin${i}@example.org`, name: "A", role: "administrator", password: PASSWORD }))
        .body.id);
    const replies = await Promise.all(ids.map((id) =>
      server.admin.patch(`${v1}/users/${id}`, { role: "user" }, { status: [200, 409] })));
    assert.deepEqual(counted(replies), { 200: ids.length - 1, 409: 1 });
  });

  it("no field of a member and no unsubscribe is lost", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const address = `m${i}@example.org`;
      const path = `${members}/${hash(address)}`;
      await server.mailchimp.put(path, { email_address: address, status_if_new: "subscribed" });
      const changes: Json[] = [
        { merge_fields: { FNAME: "Ann" } }, { merge_fields: { LNAME: "Lee" } },
        { status: "unsubscribed" }, { language: "de" }, { vip: true },
        { merge_fields: { PHONE: "1234" } },
      ];
      await Promise.all(changes.map((c) => server.mailchimp.patch(path, c, { status: 200 })));
      const { body } = await server.mailchimp.get(path);
      stands(body, { status: "unsubscribed", language: "de", vip: true });
      stands(body.merge_fields, { FNAME: "Ann", LNAME: "Lee", PHONE: "1234" });
    }
  });

  it("one unknown address that several put at once is one member", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const address = `new${i}@example.org`;
      await Promise.all(Array.from({ length: WRITERS }, (_, n) =>
        server.mailchimp.put(`${members}/${hash(address)}`,
          { email_address: address, status_if_new: "subscribed", tags: [`tag ${i}`],
            merge_fields: n % 2 ? { FNAME: "Ann" } : { LNAME: "Lee" } }, { status: 200 })));
      const { body } = await server.mailchimp.get(`${members}/${hash(address)}`);
      stands(body.merge_fields, { FNAME: "Ann", LNAME: "Lee" });
      assert.equal(body.tags_count, 1);
    }
  });

  it("batches of members and changes of single ones do not shut each other out", async () => {
    const addresses = Array.from({ length: 100 }, (_, i) => `batch${i}@example.org`);
    const body = (order: string[]) => ({
      update_existing: true,
      members: order.map((a) => ({ email_address: a, status: "subscribed" })),
    });
    await Promise.all([
      server.mailchimp.post(`/3.0/lists/${list}`, body(addresses)),
      server.mailchimp.post(`/3.0/lists/${list}`, body([...addresses].reverse())),
      ...addresses.slice(0, 10).map((a) => server.mailchimp.put(`${members}/${hash(a)}`,
        { email_address: a, status_if_new: "subscribed", vip: true })),
    ]);
    const found = await server.mailchimp.get(members, { count: 1000, fields: "members.email_address" });
    const there = new Set(found.body.members.map((m: Json) => m.email_address));
    assert.ok(addresses.every((a) => there.has(a)));
  });

  it("no change of a merge field is lost", async () => {
    const { body } = await server.mailchimp.post(`/3.0/lists/${list}/merge-fields`,
      { tag: "COLOUR", name: "Colour", type: "text" });
    const path = `/3.0/lists/${list}/merge-fields/${body.merge_id}`;
    for (let i = 0; i < ROUNDS; i++) {
      const fields = [{ name: `N${i}` }, { help_text: `H${i}` }, { default_value: `D${i}` },
        { required: i % 2 === 0 }];
      await Promise.all(fields.map((f) => server.mailchimp.patch(path, f, { status: 200 })));
      const found = (await server.mailchimp.get(path)).body;
      for (const f of fields) stands(found, f);
    }
  });

  it("no setting of a campaign over there is lost", async () => {
    const { body } = await server.mailchimp.post("/3.0/campaigns",
      { type: "regular", recipients: { list_id: list } });
    const path = `/3.0/campaigns/${body.id}`;
    for (let i = 0; i < ROUNDS; i++) {
      const fields = [{ subject_line: `S${i}` }, { preview_text: `P${i}` }, { title: `T${i}` },
        { from_name: `F${i}` }];
      await Promise.all(fields.map((f) =>
        server.mailchimp.patch(path, { settings: f }, { status: 200 })));
      const found = (await server.mailchimp.get(path)).body.settings;
      for (const f of fields) stands(found, f);
    }
  });

  const unique: [string, string, (i: number) => Json, number[]][] = [
    ["the name of a group", `${v1}/groups`,
      (i) => ({ name: `Spain ${i}`, kind: i % 2 ? "static" : "dynamic",
        criteria: { match: "all", conditions: [] } }), [409]],
    ["the key of a person", `${v1}/people`, (i) => ({ last_name: "K", external_key: `k${i}` }), [409]],
    ["the key of a lead", `${v1}/leads`, (i) => ({ last_name: "K", external_key: `k${i}` }), [409]],
    ["the key of a company", `${v1}/companies`, (i) => ({ name: "K", external_key: `k${i}` }), [409]],
    ["the key of a custom field", `${v1}/custom-fields`,
      (i) => ({ entity: "people", key: `shoe${i}`, label: "Shoe", type: "number" }), [409]],
    ["the address of a user", `${v1}/users`,
      (i) => ({ email: `same${i}@example.org`, name: "S", role: "user" }), [409]],
  ];
  for (const [what, path, body, refused] of unique)
    it(`${what} is given once, whoever asks at the same time`, async () => {
      for (let i = 0; i < 4; i++) {
        const replies = await Promise.all(Array.from({ length: WRITERS }, () =>
          server.admin.post(path, body(i), { status: [201, ...refused] })));
        assert.deepEqual(counted(replies), { 201: 1, [refused[0]!]: WRITERS - 1 });
        for (const r of replies)
          if (r.status === 409) assert.doesNotMatch(r.body.detail, /UNIQUE|duplicate key|constraint/);
      }
    });

  it("a tag that several make at once is one", async () => {
    const replies = await Promise.all(Array.from({ length: WRITERS }, () =>
      server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "VIP", static_segment: [] },
        { status: [200, 400] })));
    assert.deepEqual(counted(replies), { 200: 1, 400: WRITERS - 1 });
  });

  it("a job of one key waits once", async () => {
    const replies = await Promise.all(Array.from({ length: WRITERS }, () =>
      server.admin.post(`${v1}/sync`, {}, { status: 202 })));
    const ids = new Set(replies.map((r) => r.body.job_id));
    assert.ok(ids.size <= 2, `${ids.size} jobs: one may run, one may wait`);
  });

  it("undoing an import loses no opt-out that is said meanwhile", async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const email = `u${i}@imports.example`;
      const { import_id } = (await runJob(server, `${v1}/imports`, `email\n${email}\n`,
        { headers: { "content-type": "text/csv" } })).result;
      const { items } = (await server.admin.get(`${v1}/people`, { email })).body;
      const [, said] = await Promise.all([
        runJob(server, `${v1}/imports/${import_id}/undo`),
        server.admin.patch(`${v1}/people/${items[0].id}`, { opted_out: true }, { status: [200, 404] }),
      ]);
      const { body } = await server.admin.post(`${v1}/people`, { last_name: "U", email });
      assert.equal(body.opted_out, said.status === 200);
    }
  });

  it("imports of the same people at once make each of them once", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `i${i}@imports.example,F${i},L${i},Co${i % 7}`);
    const file = ["email,first name,last name,company", ...rows].join("\n");
    const results = await Promise.all(Array.from({ length: 3 }, async () =>
      (await runJob(server, `${v1}/imports`, file, { headers: { "content-type": "text/csv" } })).result));
    assert.equal(results.reduce((sum, r) => sum + r.created, 0), rows.length);
    for (const i of [0, 150, 299]) {
      const { body } = await server.admin.get(`${v1}/people`, { email: `i${i}@imports.example` });
      assert.equal(body.total, 1);
    }
  });

  const shown: [string, () => Promise<Json>, Json][] = [
    ["people", () => server.admin.post(`${v1}/people`, { last_name: "E" }), { city: "Rome" }],
    ["leads", () => server.admin.post(`${v1}/leads`, { last_name: "E" }), { city: "Rome" }],
    ["companies", () => server.admin.post(`${v1}/companies`, { name: "E" }), { city: "Rome" }],
    ["users", () => server.admin.post(`${v1}/users`,
      { email: "etag@example.org", name: "E", role: "user" }), { name: "F" }],
    ["campaigns", () => server.admin.post(`${v1}/campaigns`, { name: "E" }), { subject: "F" }],
    ["groups", () => server.admin.post(`${v1}/groups`, { name: "E", kind: "dynamic",
      criteria: { match: "all", conditions: [] } }), { name: "F" }],
    ["communications", async () => {
      const p = (await server.admin.post(`${v1}/people`, { last_name: "E" })).body;
      return server.admin.post(`${v1}/communications`,
        { kind: "call", subject: "E", links: [{ entity: "people", record_id: p.id }] });
    }, { subject: "F" }],
  ];
  for (const [kind, make, change] of shown)
    it(`who read one of the ${kind} before it changed is told so`, async () => {
      const { body } = await make();
      const path = `${v1}/${kind}/${body.id}`;
      const first = (await server.admin.get(path)).headers.get("etag")!;
      assert.match(first, /^"[0-9a-f]{32}(\.[0-9a-f]{32})?"$/);
      assert.equal((await server.admin.get(path)).headers.get("etag"), first);
      const with_ = (etag: string) => ({ headers: { "if-match": etag } });
      const changed = await server.admin.patch(path, change, with_(first));
      const second = changed.headers.get("etag")!;
      assert.notEqual(second, first);
      assert.equal((await server.admin.get(path)).headers.get("etag"), second);
      await server.admin.patch(path, change, { ...with_(first), status: 412 });
      await server.admin.patch(path, change, { ...with_(`W/${second}`), status: 412 });
      await server.admin.delete(path, { ...with_(first), status: 412 });
      await server.admin.patch(path, change, with_("*"));
      const last = (await server.admin.get(path)).headers.get("etag")!;
      await server.admin.delete(path, { ...with_(`"x", ${last}`), status: 204 });
    });

  it("of several who read the same state one may change it", async () => {
    const { body } = await server.admin.post(`${v1}/people`, { last_name: "E" });
    const path = `${v1}/people/${body.id}`;
    const etag = (await server.admin.get(path)).headers.get("etag")!;
    const replies = await Promise.all(Array.from({ length: WRITERS }, (_, i) =>
      server.admin.patch(path, { city: `C${i}` },
        { headers: { "if-match": etag }, status: [200, 412] })));
    assert.deepEqual(counted(replies), { 200: 1, 412: WRITERS - 1 });
  });
});
