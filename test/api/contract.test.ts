/** What a request of /api/v1 may hold is said by openapi.json; all else is refused, and all of it at once. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, useServer } from "../harness/index.js";

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

describe("requests that are not as described", () => {
  const server = useServer();
  let document: Json;

  before(async () => {
    document = (await server.admin.get("/api/v1/openapi.json")).body;
  });

  const operations = (): [string, string, Json][] =>
    Object.entries(document.paths as Json).flatMap(([path, methods]) =>
      Object.entries(methods as Json).map(([method, op]): [string, string, Json] => [
        method.toUpperCase(), `/api/v1${path.replace(/\{\w+\}/g, "1")}`, op,
      ]));
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(server.url + path, {
      method,
      headers: { Authorization: `Bearer ${server.admin.key}`, "Content-Type": "application/json" },
      ...(body === undefined || method === "GET" ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: reply.status === 400 ? await reply.json() as Json : await reply.text() };
  };
  const resolve = (schema: Json): Json =>
    schema.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema;

  it("name the parameter that nobody knows, at every endpoint", async () => {
    for (const [method, path] of operations()) {
      const { status, body } = await call(method, `${path}?unheard_of=1`, {});
      assert.equal(status, 400, `${method} ${path}`);
      assert.ok(body.errors.some((e: Json) => e.field === "unheard_of" && /no such parameter/.test(e.message)), `${method} ${path}`);
    }
  });

  it("name each parameter that must be given, and is not", async () => {
    let n = 0;
    for (const [method, path, op] of operations()) {
      const names = ((op.parameters ?? []) as Json[]).filter((p) => p.in === "query" && p.required).map((p) => p.name);
      if (names.length === 0) continue;
      const { status, body } = await call(method, path);
      assert.equal(status, 400, `${method} ${path}`);
      assert.deepEqual(body.errors.map((e: Json) => [e.field, e.message]), names.map((name) => [name, "must be given"]), `${method} ${path}`);
      n++;
    }
    assert.ok(n > 5);
  });

  it("never are a server's fault, with nothing in them or with nonsense", async () => {
    for (const [method, path, op] of operations()) {
      if (method !== "GET") continue;
      const names = ((op.parameters ?? []) as Json[]).filter((p) => p.in === "query").map((p) => p.name);
      for (const value of ["", "%25", "-1", "%00"])
        for (const query of ["", ...names.map((name) => `?${name}=${value}`), `?${names.map((name) => `${name}=${value}`).join("&")}`]) {
          const { status } = await call(method, path + query);
          assert.ok(status < 500, `${method} ${path}${query}: ${status}`);
        }
    }
  });

  it("name the parameter that was meant", async () => {
    const { body } = await server.admin.get("/api/v1/people", { contry: "Spain", citty: "Bern" }, { status: 400 });
    assert.deepEqual(body.errors.map((e: Json) => e.message), [
      "there is no such parameter; did you mean country?",
      "there is no such parameter; did you mean city?",
    ]);
    await server.admin.get("/api/v1/people", { country: "Spain" });
    const { body: lists } = await server.mailchimp.get("/3.0/lists", { contry: "Spain" });
    assert.equal(lists.total_items, 1); // as Mailchimp does
  });

  it("take a parameter once: two answers are none", async () => {
    const { body } = await server.admin.get("/api/v1/people?limit=1&limit=2", undefined, { status: 400 });
    assert.match(JSON.stringify(body.errors), /is given twice/);
    await server.admin.post("/api/v1/imports?dry_run=false&dry_run=true", "email\nx@c.example\n",
      { status: 400, headers: { "content-type": "text/csv" } });
  });

  it("take no word for yes or no but those that they know: a trial must not become the deed", async () => {
    let n = 0;
    for (const [method, path, op] of operations())
      for (const { name } of ((op.parameters ?? []) as Json[]).filter((p) => p.in === "query" && p.schema.type === "boolean"))
        for (const value of ["yes", "", "TRUE ", "2"]) {
          const { status, body } = await call(method, `${path}?${name}=${encodeURIComponent(value)}`);
          assert.equal(status, 400, `${method} ${path} ${name}=${value}`);
          assert.ok(body.errors.some((e: Json) => e.field === name && e.message === "must be true or false"), `${method} ${path} ${name}`);
          n++;
        }
    assert.ok(n > 40);
    await server.admin.get("/api/v1/groups", { count: "False" });
    await server.admin.get("/api/v1/groups", { count: 1 });
  });

  it("take no word but those that a parameter lists", async () => {
    let n = 0;
    for (const [method, path, op] of operations())
      for (const { name, schema } of ((op.parameters ?? []) as Json[]).filter((p) => p.in === "query" && p.schema.enum))
        for (const value of ["unheard_of", `${schema.enum[0]} `, `${schema.enum[0]},${schema.enum.at(-1)}`]) {
          const { status, body } = await call(method, `${path}?${name}=${encodeURIComponent(value)}`);
          assert.equal(status, 400, `${method} ${path} ${name}=${value}`);
          assert.ok(body.errors.some((e: Json) => e.field === name && e.message === `not one of ${schema.enum.join(", ")}`), `${method} ${path} ${name}`);
          n++;
        }
    assert.ok(n > 80);
  });

  it("name every field of a body where none is taken", async () => {
    let n = 0;
    for (const [method, path, op] of operations()) {
      if (op.requestBody || method === "GET") continue;
      const asked = ((op.parameters ?? []) as Json[]).filter((p) => p.in === "query" && p.required).map((p) => `${p.name}=a%40b.example`).join("&");
      const { status, body } = await call(method, `${path}?${asked}`, { unheard_of: 1, "a/b": 2 });
      assert.equal(status, 400, `${method} ${path}`);
      assert.deepEqual(body.errors.map((e: Json) => e.pointer).sort(), ["#/a~1b", "#/unheard_of"], `${method} ${path}`);
      n++;
    }
    assert.ok(n > 20);
  });

  it("name every wrong field of a body, at every endpoint that takes one", async () => {
    let n = 0;
    for (const [method, path, op] of operations()) {
      const schema = op.requestBody?.content["application/json"]?.schema;
      if (!schema) continue;
      const { properties = {} } = resolve(schema);
      const fields = Object.keys(properties);
      const wrong = Object.fromEntries(fields.map((f) => {
        const types = [resolve(properties[f]).type].flat();
        return [f, types.includes("object") ? 7 : { not: "this" }];
      }));
      const { status, body } = await call(method, path, { ...wrong, unheard_of: 1 });
      assert.equal(status, 400, `${method} ${path}`);
      assert.deepEqual(new Set(body.errors.map((e: Json) => e.field)), new Set([...fields, "unheard_of"]), `${method} ${path}`);
      for (const e of body.errors) assert.equal(e.pointer, `#/${e.field}`);
      n++;
    }
    assert.ok(n > 25);
  });

  it("say what is wrong with values, and where", async () => {
    const { body } = await server.admin.post("/api/v1/people", {
      first_name: "x".repeat(201), email: "nobody", birthday: "soon", opted_out: "perhaps", frist_name: "A",
      emails: [{ address: "a@example.org" }, { address: "b@", primary: 1 }], tags: ["a", 7],
    }, { status: 400 });
    assert.deepEqual(new Map(body.errors.map((e: Json) => [e.pointer, e.message])), new Map([
      ["#/first_name", "longer than 200 characters"],
      ["#/email", "the address has no @"],
      ["#/birthday", "not a date (YYYY-MM-DD)"],
      ["#/opted_out", "must be true or false"],
      ["#/frist_name", "there is no such field; did you mean first_name?"],
      ["#/emails/1/address", "the domain of the address is not valid"],
      ["#/emails/1/primary", "must be true or false"],
      ["#/tags/1", "must be a string"],
    ]));
    assert.equal((await server.admin.get("/api/v1/people")).body.total, 0);
  });

  it("hold no text that would do elsewhere what nobody sees", async () => {
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    const mc = `/3.0/lists/${list}`;
    const texts: [string, string, string, (text: string) => Json, boolean?][] = [
      ["POST", "/api/v1/groups", "name", (name) => ({ name, kind: "static" })],
      ["POST", "/api/v1/views", "name", (name) => ({ name, entity: "people" })],
      ["POST", "/api/v1/people", "tags[1]", (tag) => ({ last_name: "Tagged", tags: ["a", tag] })],
      ["POST", "/api/v1/people", "last_name", (name) => ({ last_name: name }), true],
      ["PUT", `/api/v1/audience/forms/${list}`, "consent", (consent) => ({ consent }), true],
      ["PATCH", mc, "name", (name) => ({ name })],
      ["PATCH", mc, "campaign_defaults.subject", (subject) => ({ campaign_defaults: { subject } })],
      ["PATCH", mc, "permission_reminder", (text) => ({ permission_reminder: text }), true],
      ["POST", `${mc}/segments`, "name", (name) => ({ name, static_segment: [] })],
      ["POST", `${mc}/interest-categories`, "title", (title) => ({ title, type: "hidden" })],
      ["PUT", `${mc}/members/fields@example.org`, "FNAME", (FNAME) => ({ email_address: "fields@example.org", status_if_new: "subscribed", merge_fields: { FNAME } }), true],
      ["PUT", `${mc}/members/fields@example.org`, "ADDRESS", (addr1) => ({ email_address: "fields@example.org", status_if_new: "subscribed", merge_fields: { ADDRESS: { addr1, city: "C", state: "S", zip: "1" } } }), true],
      ["POST", "/3.0/templates", "name", (name) => ({ name, html: "<p>" })],
      ["POST", "/3.0/campaigns", "settings.from_name", (name) => ({ type: "regular", settings: { from_name: name } })],
    ];
    for (const [method, path, field, body, lines] of texts) {
      const client = path.startsWith("/3.0") ? server.mailchimp : server.admin;
      const send = async (text: string) => (await client.request(method, path, body(text), { status: [200, 201, 400] })) as Json;
      for (const bad of ["a\u001bb", "a\u007fb", "a\u0085b", "a\u202eb", "a\u2066b", ...(lines ? [] : ["a\nb"])]) {
        const { status, body: problem } = await send(bad);
        assert.equal(status, 400, `${path} ${field} ${JSON.stringify(bad)}`);
        assert.equal(problem.errors[0].field, field);
      }
      // Persian, Hindi, Hebrew with marks, and an emoji of several parts
      const good = `می\u200cخواهم क्\u200dष א\u200f 👩\u200d🚀${lines ? "\tb\r\nc" : ""}`;
      assert.ok((await send(good)).status < 300, `${path} ${field}`);
    }
    await server.admin.post("/api/v1/imports?file_name=a%E2%80%AEb.csv", "last_name\nA\n", { status: 400, headers: { "content-type": "text/csv" } });
    // one of many must not hold up the others
    const { body } = await server.mailchimp.post(mc, { members: [["a", "a"], ["b\u0085", "b"], ["c", "c\u202e"]].map(([tag, name], i) => ({ email_address: `m${i}@example.org`, status: "subscribed", tags: [tag, "ok"], merge_fields: { FNAME: name } })) });
    assert.deepEqual([body.total_created, body.errors.map(({ email_address, field }: Json) => [email_address, field])], [2, [["m2@example.org", "FNAME"]]]);
    assert.deepEqual((await server.mailchimp.get(`${mc}/members/m1@example.org`)).body.tags.map(({ name }: Json) => name), ["ok"]);
  });

  it("hold a text that stands there from before, as long as it is not changed", async () => {
    const { body: { id } } = await server.admin.post("/api/v1/people", { first_name: "Old", last_name: "Old", tags: ["vip"] });
    execute(server, "crm", [`UPDATE person SET first_name = 'O\u202eld', city = 'C\u0001' WHERE id = ${id}`]);
    const person = `/api/v1/people/${id}`;
    const { body: { first_name, city, tags } } = await server.admin.get(person);
    assert.equal(city, "C\u0001");
    const changed = (await server.admin.patch(person, { first_name, city, tags, last_name: "New" }, { status: 200 })).body;
    assert.deepEqual([changed.first_name, changed.city, changed.last_name], [first_name, city, "New"]);
    for (const [field, text] of [["city", "D\u0001"], ["last_name", first_name], ["first_name", city]])
      assert.equal((await server.admin.patch(person, { first_name, [field]: text }, { status: 400 })).body.errors[0].field, field);
    const list = (await server.mailchimp.get("/3.0/lists")).body.lists[0].id;
    execute(server, "audience", [`UPDATE list SET permission_reminder = 'R\u202e' WHERE hex = '${list}'`]);
    await server.mailchimp.patch(`/3.0/lists/${list}`, { permission_reminder: "R\u202e", name: "Kept" }, { status: 200 });
    const { body: refused } = await server.mailchimp.patch(`/3.0/lists/${list}`, { permission_reminder: "S\u202e" }, { status: 400 });
    assert.equal(refused.errors[0].field, "permission_reminder");
  });

  it("of /3.0 are of their types, also what is not heeded", async () => {
    const mc = server.mailchimp;
    const list = (await mc.get("/3.0/lists")).body.lists[0].id;
    const campaign = (await mc.post("/3.0/campaigns", { type: "regular", recipients: { list_id: list } })).body.id;
    await mc.post(`/3.0/lists/${list}/members`, { email_address: "typed@example.org", status: "subscribed" });
    const made = (name: string) => ({ name, static_segment: [] });
    const segment = (await mc.post(`/3.0/lists/${list}/segments`, made("Typed"))).body.id;
    const field = (await mc.post(`/3.0/lists/${list}/merge-fields`, { name: "Typed", type: "text" })).body.merge_id;
    const template = (await mc.post("/3.0/templates", { name: "Typed", html: "<p>" })).body.id;
    const { paths, components } = (await mc.get("/3.0/openapi.json")).body;
    const whole = (s: Json): Json => (s.$ref ? components.schemas[s.$ref.split("/").pop()] : s);
    const ids: Json = { list_id: list, campaign_id: campaign, subscriber_hash: "typed@example.org", segment_id: segment, merge_id: field, template_id: template };
    const wrong: Record<string, unknown[]> = { string: [7, [], {}], integer: ["x", [], {}], number: ["x", [], {}], boolean: [[], {}, "maybe"], array: ["x", {}], object: ["x", []] };
    let n = 0;
    const walk = async (send: (body: Json) => Promise<number>, schema: Json, within: (o: Json) => Json, at: string): Promise<void> => {
      for (const [name, one] of Object.entries(schema.properties ?? {}) as [string, Json][]) {
        const part = whole(one);
        const types = [part.type].flat();
        for (const value of types.length === 1 ? wrong[types[0]] ?? [] : []) {
          assert.equal(await send(within({ [name]: value })), 400, `${at}.${name} = ${JSON.stringify(value)}`);
          n++;
        }
        if (types[0] === "object" && !at.includes(".")) await walk(send, part, (o) => within({ [name]: o }), `${at}.${name}`);
      }
    };
    for (const path of ["/campaigns/{campaign_id}", "/lists/{list_id}", "/lists/{list_id}/members/{subscriber_hash}",
      "/lists/{list_id}/segments/{segment_id}", "/lists/{list_id}/merge-fields/{merge_id}", "/templates/{template_id}", "/campaigns/{campaign_id}/content"]) {
      const method = paths[path].patch ? "PATCH" : "PUT";
      const url = `/3.0${path.replace(/\{(\w+)\}/g, (_, id) => ids[id])}`;
      const schema = whole(paths[path][method.toLowerCase()].requestBody.content["application/json"].schema);
      await walk(async (body) => ((await mc.request(method, url, body, { status: [200, 400] })) as Json).status, schema, (o) => o, `${method} ${path}`);
    }
    assert.ok(n > 150);
    await mc.post(`/3.0/lists/${list}/members/typed@example.org/tags`, { tags: [], is_syncing: "maybe" }, { status: 400 });
  });

  it("never are a group of everybody", async () => {
    for (const [criteria, field] of [
      [undefined, "criteria"], [null, "criteria"], [{}, "criteria.conditions"], [{ match: "all" }, "criteria.conditions"],
      [{ match: "all", condition: [] }, "criteria"], [{ conditions: [{ match: "all" }] }, "criteria.conditions[0].field"],
      [{ conditions: [{ field: "birthday", op: "is", value: "soon" }] }, "criteria.conditions[0].value"],
    ] as [Json, string][])
      for (const [path, more] of [["/api/v1/groups", { name: "G", kind: "dynamic" }], ["/api/v1/groups/preview", {}]] as const) {
        const { body } = await server.admin.post(path, { ...more, kind: "dynamic", criteria }, { status: 400 });
        assert.equal(body.errors[0].field, field, `${path} ${JSON.stringify(criteria)}`);
      }
    await server.admin.post("/api/v1/groups", { name: "All", kind: "dynamic", criteria: { conditions: [] } }, { status: 201 });
    for (const value of ["7 days", "1 month"])
      await server.admin.post("/api/v1/groups/preview",
        { criteria: { conditions: [{ field: "created_at", op: "in_last", value }, { field: "birthday", op: "within", value }] } });
  });

  it("are told whole on the command line", async () => {
    const { code, stderr } = await server.command(["campaign", "create", "--name", "C", "--from-email", "nobody", "--group", "1",
      "--subject", "s", "--from-name", "x"]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /from_email: .*no @/);
  });
});
