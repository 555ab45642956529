/** The members of an audience as the app lists them: by status, tag, interest and words at once, and as a file. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { execute, runJob, until, useServer, type Json } from "../harness/index.js";

describe("the list of members", () => {
  const server = useServer();
  let list: string;
  let interest: string;
  const tags: Record<string, number> = {};

  const look = async (query: Record<string, string | number> = {}): Promise<Json> =>
    (await server.admin.get("/api/v1/audience/members", { list_id: list, ...query })).body;
  const names = async (query: Record<string, string | number>): Promise<string[]> =>
    (await look(query)).items.map(({ email }: Json) => email.split("@")[0]);
  const field = async (query: Record<string, string | number>) =>
    (await server.admin.get("/api/v1/audience/members", { list_id: list, ...query }, { status: 400 })).body.errors[0].field;

  before(async () => {
    const mc = server.mailchimp;
    list = (await mc.get("/3.0/lists")).body.lists[0].id;
    const category = (await mc.post(`/3.0/lists/${list}/interest-categories`, { title: "Topics", type: "checkboxes" })).body.id;
    interest = (await mc.post(`/3.0/lists/${list}/interest-categories/${category}/interests`, { name: "Art" })).body.id;
    const add = (name: string, body: Json) => mc.post(`/3.0/lists/${list}/members`, { email_address: `${name}@example.org`, status: "subscribed", ...body });
    await add("zoe", { tags: ["Fair", "Press, radio"], interests: { [interest]: true }, merge_fields: { FNAME: "Zoë", LNAME: "O'Neil" } });
    await add("anna", { status: "pending", tags: ["Fair"], merge_fields: { FNAME: "Anna Maria", LNAME: "Zoeller" } });
    await add("ahmad", { status: "unsubscribed", merge_fields: { FNAME: "أحمد", LNAME: "<b>x</b>" }, interests: { [interest]: true } });
    await add("gone", { tags: ["Fair"] });
    await add("bob", { merge_fields: { FNAME: "=1+1" } });
    await mc.delete(`/3.0/lists/${list}/members/bob@example.org`);
    const { body } = await mc.get(`/3.0/lists/${list}/segments`, { type: "static" });
    for (const { name, id } of body.segments) tags[name] = id;
  });

  it("is the newest first, page by page, with what is known of each", async () => {
    const first = await look({ limit: 3 });
    assert.deepEqual(first.items.map(({ name }: Json) => name), ["=1+1", "", "أحمد <b>x</b>"]);
    const second = await look({ limit: 3, cursor: first.next });
    assert.deepEqual(second.items.map(({ name }: Json) => name), ["Anna Maria Zoeller", "Zoë O'Neil"]);
    assert.equal(second.next, null);
    assert.deepEqual([second.total, second.total_is_least], [5, false]);
    const { id, hash, since, changed_at: changed, ...zoe } = second.items[1];
    assert.deepEqual(zoe, {
      email: "zoe@example.org", name: "Zoë O'Neil", status: "subscribed", tags: ["Fair", "Press, radio"], rating: 2,
      vip: false, language: "", source: "API - Generic",
    });
    assert.ok(id > 0 && since && changed);
    assert.equal((await server.mailchimp.get(`/3.0/lists/${list}/members/${hash}`)).body.email_address, "zoe@example.org");
    assert.deepEqual(await names({ sort: "joined", limit: 2 }), ["zoe", "anna"]);
    assert.deepEqual(await names({ sort: "joined", limit: 2, cursor: (await look({ sort: "joined", limit: 2 })).next }), ["ahmad", "gone"]);
  });

  it("holds what fits all that is asked, and counts each status of what fits else", async () => {
    assert.deepEqual(await names({ status: "pending" }), ["anna"]);
    assert.deepEqual(await names({ status: "pending,archived" }), ["bob", "anna"]);
    assert.deepEqual(await names({ segment_id: tags.Fair! }), ["gone", "anna", "zoe"]);
    assert.deepEqual(await names({ interest_id: interest }), ["ahmad", "zoe"]);
    assert.deepEqual(await names({ q: "ZOE" }), ["anna", "zoe"]);
    assert.deepEqual(await names({ q: "zoe", segment_id: tags.Fair!, interest_id: interest, status: "subscribed" }), ["zoe"]);
    assert.deepEqual(await names({ q: "%" }), []);
    assert.deepEqual(await names({ q: "x".repeat(5000) }), []);
    assert.deepEqual((await look({ q: "zoe", status: "archived" })).counts,
      { subscribed: 1, unsubscribed: 0, cleaned: 0, pending: 1, transactional: 0, archived: 0 });
    const saved = await server.mailchimp.post(`/3.0/lists/${list}/segments`, {
      name: "From Z", options: { match: "all", conditions: [{ condition_type: "TextMerge", field: "LNAME", op: "starts", value: "Zoe" }] },
    });
    assert.deepEqual(await names({ segment_id: saved.body.id, status: "pending" }), ["anna"]);
  });

  it("is in the order of addresses, or of what changed last", async () => {
    assert.deepEqual(await names({ sort: "email" }), ["ahmad", "anna", "bob", "gone", "zoe"]);
    assert.deepEqual(await names({ sort: "-email", limit: 2 }), ["zoe", "gone"]);
    const query = { sort: "-email", limit: 2, status: "subscribed,pending,unsubscribed" };
    assert.deepEqual(await names({ ...query, cursor: (await look(query)).next }), ["anna", "ahmad"]);
    await server.mailchimp.patch(`/3.0/lists/${list}/members/anna@example.org`, { language: "de" });
    const changed = { sort: "-changed_at", limit: 3 };
    assert.equal((await names(changed))[0], "anna");
    assert.equal((await names({ ...changed, sort: "changed_at", cursor: (await look({ ...changed, sort: "changed_at" })).next }))[1], "anna");
    const ids = (await look({ q: "zoe" })).items.map(({ id }: Json) => id);
    assert.deepEqual(await names({ ids: ids.join(), sort: "email" }), ["anna", "zoe"]);
    for (const cursor of ["x", "0.a@b.c", "7", "7.x"])
      assert.equal(await field({ sort: "changed_at", cursor }), "cursor");
    assert.equal(await field({ ids: "7,x" }), "ids");
  });

  it("says what is wrong with what is asked", async () => {
    assert.equal(await field({ status: "subscribed,vip" }), "status");
    assert.equal(await field({ interest_id: "0123456789" }), "interest_id");
    assert.equal(await field({ segment_id: -1 }), "segment_id");
    assert.equal(await field({ sort: "name" }), "sort");
    await server.admin.get("/api/v1/audience/members", { list_id: list, segment_id: 999 }, { status: 404 });
    await server.admin.get("/api/v1/audience/members", { list_id: "0123456789" }, { status: 404 });
    await server.admin.get("/api/v1/audience/members", {}, { status: 400 });
    const user = server.admin.as(await server.createKey("reads", "user"));
    await user.get("/api/v1/audience/members", { list_id: list });
    await server.anonymous.get("/api/v1/audience/members", { list_id: list }, { status: 401 });
  });

  it("is downloaded as it is narrowed, and no cell is a formula", async () => {
    const file = async (query: Json) => (await server.admin.get("/api/v1/audience/members.csv", { list_id: list, ...query })).text.split("\r\n").filter(Boolean);
    const lines = await file({ segment_id: tags["Press, radio"]! });
    assert.equal(lines[0], "email,name,status,tags,rating,language,source,since,changed_at");
    assert.match(lines[1]!, /^zoe@example\.org,Zoë O'Neil,subscribed,"Fair, Press, radio",2,,API - Generic,20/);
    assert.equal(lines.length, 2);
    assert.match((await file({ status: "archived", delimiter: "semicolon" }))[1]!, /^bob@example\.org;'=1\+1;archived;/);
    assert.equal((await file({ q: "nobody" })).length, 1);
    await server.admin.get("/api/v1/audience/members.csv", { list_id: list, status: "x" }, { status: 400 });
  });

  it("shows who is not in the CRM, and makes a file of people of them", async () => {
    const { admin, mailchimp: mc } = server;
    await mc.patch(`/3.0/lists/${list}/merge-fields/${(await mc.get(`/3.0/lists/${list}/merge-fields`)).body.merge_fields.find((one: Json) => one.tag === "FNAME").merge_id}`, { name: "First Name" });
    await mc.post(`/3.0/lists/${list}/members`, { email_address: "in@example.org", status: "subscribed", merge_fields: { FNAME: "In" } });
    await admin.post("/api/v1/leads", { last_name: "In", email: "IN@example.org" });
    await runJob(server, "/api/v1/sync"); // hooks may not be set up yet
    // anna has not confirmed, ahmad has left, bob was put away, and a lead has the last
    await until("the bridge has seen them", async () => (await names({ not_in_crm: "true" })).join() === "gone,zoe");
    assert.deepEqual(await names({ not_in_crm: "true", interest_id: interest }), ["zoe"]);
    assert.equal((await look({ not_in_crm: "true" })).total, 2);
    const file = async (query: Json) => (await admin.get("/api/v1/audience/people.csv", { list_id: list, ...query })).text;
    const csv = await file({});
    assert.deepEqual(csv.split("\r\n"), ["email,first_name,last_name,phone,language", "zoe@example.org,Zoë,O'Neil,,", "gone@example.org,,,,", ""]);
    const { hash } = (await look({ q: "gone" })).items[0];
    assert.equal((await file({ hash })).split("\r\n")[1], "gone@example.org,,,,");
    assert.equal((await file({ hash: "a" })).split("\r\n")[1], "");
    // an import as any other: nobody twice
    for (const created of [2, 0]) {
      const { body } = await admin.post("/api/v1/imports?entity=people", csv, { status: 202, headers: { "content-type": "text/csv" } });
      await until("it is imported", async () => (await admin.get(`/api/v1/imports/${body.import_id}`)).body.state === "done");
      assert.equal((await admin.get(`/api/v1/imports/${body.import_id}`)).body.created, created);
    }
    assert.deepEqual(await names({ not_in_crm: "true" }), []);
    assert.equal((await mc.get(`/3.0/lists/${list}/members/zoe@example.org`)).body.status, "subscribed");
    const user = admin.as(await server.createKey("only reads", "user"));
    await user.get("/api/v1/audience/people.csv", { list_id: list }, { status: 403 });
    await admin.get("/api/v1/audience/people.csv", { list_id: "0123456789" }, { status: 404 });
  });

  it("notes no consent of who was deleted for ever since the file was made", async () => {
    const { admin, mailchimp: mc } = server;
    for (const name of ["stays", "goes"]) await mc.post(`/3.0/lists/${list}/members`, { email_address: `${name}@late.example`, status: "subscribed" });
    await runJob(server, "/api/v1/sync", {});
    const csv = (await admin.get("/api/v1/audience/people.csv", { list_id: list })).text;
    assert.match(csv, /stays@[^]*goes@/);
    await mc.post(`/3.0/lists/${list}/members/goes@late.example/actions/delete-permanent`);
    const { body } = await admin.post("/api/v1/imports?entity=people&opted_in=signed+up", csv, { status: 202, headers: { "content-type": "text/csv" } });
    await server.job(body.job_id);
    const status = async (name: string) => {
      const { items } = (await admin.get("/api/v1/people", { email: `${name}@late.example` })).body;
      return items.map(({ mail_status: s }: Json) => s);
    };
    assert.deepEqual([await status("stays"), await status("goes")], [["agreed"], ["open"]]);
    await mc.post(`/3.0/lists/${list}/members/stays@late.example/actions/delete-permanent`);
  });

  it("has nobody who was deleted for ever", async () => {
    await look({ q: "gone" });
    await server.mailchimp.post(`/3.0/lists/${list}/members/gone@example.org/actions/delete-permanent`);
    for (const query of [{}, { q: "gone" }, { segment_id: tags.Fair! }, { q: "gone@example.org" }] as Record<string, string | number>[])
      assert.ok(!(await names(query)).includes("gone"));
    assert.equal((await look()).total, 5);
  });

  it("finds an address at once, and names once they are read, when very many were added", async () => {
    for (let batch = 0; batch < 5; batch++)
      await server.mailchimp.post(`/3.0/lists/${list}`, {
        members: Array.from({ length: 500 }, (_, i) => ({
          email_address: `m${batch * 500 + i}@example.net`, status: "subscribed", merge_fields: { FNAME: "Mia", LNAME: `Nr${batch * 500 + i}x` },
        })),
      });
    const first = await look({ q: "m2499@example.net" });
    assert.deepEqual([first.items.length, first.is_indexing], [1, true]);
    // whom the search does not know yet would be left out of an act on all whom it finds
    await server.admin.post("/api/v1/audience/members/bulk", { list_id: list, all: { q: "mia" }, act: "archive", expected: 0 }, { status: [409, 503] });
    await until("the names are read", async () => !(await look({ q: "nr2400x" })).is_indexing);
    assert.deepEqual(await names({ q: "nr2400x" }), ["m2400"]);
    const many = await look({ q: "mia", limit: 1 });
    assert.deepEqual([many.total, many.total_is_least, many.counts.subscribed], [2500, false, 2500]);
    const csv = (await server.admin.get("/api/v1/audience/members.csv", { list_id: list })).text.split("\r\n");
    assert.equal(csv.length, 2500 + 5 + 2, "each once, a head, and the end");
  });

  it("goes in order through very many, each once", async () => {
    for (const sort of ["email", "-email", "changed_at"]) {
      const seen: string[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const page: Json = await look({ sort, limit: 1000, ...(cursor && { cursor }) });
        seen.push(...page.items.map(({ email }: Json) => email));
        cursor = page.next;
      }
      assert.equal(new Set(seen).size, 2505);
      if (sort.endsWith("email")) assert.deepEqual(seen, sort === "email" ? [...seen].sort() : [...seen].sort().reverse());
    }
  });

  const bulk = async (body: Json): Promise<Json> => {
    const { body: begun } = await server.admin.post("/api/v1/audience/members/bulk", { list_id: list, ...body }, { status: 202 });
    return (await server.job(begun.job_id)).result;
  };
  const idsOf = async (q: string) => (await look({ q })).items.map(({ id }: Json) => id);

  it("gives many a tag, and takes it again", async () => {
    const tag = (await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "Many", static_segment: [] })).body.id;
    const count = async () => (await server.mailchimp.get(`/3.0/lists/${list}/segments/${tag}`)).body.member_count;
    const all = { all: { q: "mia" }, segment_id: tag, expected: 2500 };
    assert.deepEqual(await bulk({ ...all, act: "tag" }), { changed: 2500, unchanged: 0, refused: [], refused_count: 0 });
    assert.deepEqual(await bulk({ ...all, act: "tag" }), { changed: 0, unchanged: 2500, refused: [], refused_count: 0 });
    const ids = [...(await idsOf("m2499@example.net")), ...(await idsOf("zoe@")), 999_999];
    const taken = await bulk({ ids, act: "untag", segment_id: tag, expected: 3 });
    assert.deepEqual([taken.changed, taken.unchanged, taken.refused_count, taken.refused[0].why], [1, 1, 1, "is no member any more"]);
    assert.equal(await count(), 2499);
    await server.admin.post("/api/v1/audience/members/bulk", { list_id: list, ...all, act: "tag", expected: 2499 }, { status: 409 });
  });

  it("goes on after a kill, and nobody is counted twice; of what was deleted by then it tells", async () => {
    server.allowLog(/job failed/);
    const begin = async (body: Json) =>
      (await server.admin.post("/api/v1/audience/members/bulk", { list_id: list, ...body }, { status: 202 })).body.job_id;
    const [tag, short] = await Promise.all(["Killed", "Short"].map(async (name) =>
      (await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name, static_segment: [] })).body.id));
    const mia = { all: { q: "mia" }, act: "tag", expected: 2500 };
    const other = (await server.mailchimp.post("/3.0/lists", { name: "Short", permission_reminder: "r", email_type_option: false,
      contact: { company: "C", address1: "A", city: "B", country: "DE" }, campaign_defaults: { from_name: "F", from_email: "f@example.org", subject: "", language: "en" } })).body.id;
    await server.mailchimp.post(`/3.0/lists/${other}`,
      { members: Array.from({ length: 500 }, (_, i) => ({ email_address: `s${i}@example.net`, status: "subscribed" })) });
    const killed = await begin({ ...mia, segment_id: tag });
    await until("some are done", async () => (await server.admin.get(`/api/v1/jobs/${killed}`)).body.done > 0);
    const [tagless, listless] = await Promise.all([
      begin({ ...mia, segment_id: short }),
      begin({ list_id: other, all: { status: "subscribed" }, act: "unsubscribe", expected: 500 }),
    ]);
    await server.kill();
    execute(server, "audience", [`DELETE FROM segment WHERE id = ${short}`, `UPDATE list SET deleted_ms = 1 WHERE hex = '${other}'`]);
    await server.run();
    assert.deepEqual((await server.job(killed)).result, { changed: 2500, unchanged: 0, refused: [], refused_count: 0 });
    assert.equal((await server.mailchimp.get(`/3.0/lists/${list}/segments/${tag}`)).body.member_count, 2500);
    for (const [id, told] of [
      [tagless, /^the tag was deleted while this ran: \d+ of 2500 were done, .* another tag$/],
      [listless, /^the audience was deleted while this ran: \d+ of 500 were done; there is nothing left to do$/],
    ] as const) {
      const job = await until("it has ended", async () => {
        const { body: now } = await server.admin.get(`/api/v1/jobs/${id}`);
        return now.finished_at ? now : undefined;
      });
      assert.match(job.error, told);
      if (job.result?.changed) assert.equal(Number(/\d+/.exec(job.error)![0]), job.result.changed);
    }
  });

  it("unsubscribes and archives many, and brings nobody back", async () => {
    const ids = [...(await idsOf("an")), ...(await idsOf("zoe@")), ...(await idsOf("ahmad")), ...(await idsOf("bob"))];
    const left = await bulk({ ids, act: "unsubscribe", expected: 4 });
    assert.deepEqual([left.changed, left.unchanged, left.refused.map(({ why }: Json) => why)], [2, 1, ["is archived: gets no campaigns"]]);
    assert.deepEqual(await names({ status: "unsubscribed", sort: "email" }), ["ahmad", "anna", "zoe"]);
    await server.mailchimp.put(`/3.0/lists/${list}/members/wait@example.org`, { email_address: "wait@example.org", status: "pending" });
    const all = { list_id: list, all: { status: "subscribed,pending" }, act: "archive" };
    for (const expected of [2501, 2503]) await server.admin.post("/api/v1/audience/members/bulk", { ...all, expected }, { status: 409 });
    const away = await bulk({ ...all, expected: 2502 });
    assert.deepEqual([away.changed, away.unchanged, away.refused.map(({ why }: Json) => why)], [2501, 0, ["has not confirmed yet: cannot be archived"]]);
    assert.equal((await look({ status: "archived" })).total, 2502);
    assert.equal((await server.mailchimp.get(`/3.0/lists/${list}`)).body.stats.member_count, 0);
  });

  it("refuses an act that makes no sense, or whoever may not", async () => {
    const wrong = async (body: Json) =>
      (await server.admin.post("/api/v1/audience/members/bulk", { list_id: list, ids: [1], act: "tag", expected: 1, ...body }, { status: 400 })).body.errors[0].field;
    const saved = (await server.mailchimp.post(`/3.0/lists/${list}/segments`, { name: "Z", options: { match: "all", conditions: [{ field: "LNAME", op: "is", value: "Z" }] } })).body.id;
    assert.deepEqual([await wrong({}), await wrong({ segment_id: saved }), await wrong({ segment_id: 999_999 })], ["segment_id", "segment_id", "segment_id"]);
    assert.deepEqual([await wrong({ act: "subscribe" }), await wrong({ act: "archive", all: {} })], ["act", "ids"]);
    assert.equal(await wrong({ act: "archive", ids: null, all: { status: "vip" } }), "status");
    assert.equal(await wrong({ act: "archive", ids: [] }), "ids");
    const user = server.admin.as(await server.createKey("writes", "user"));
    await user.post("/api/v1/audience/members/bulk", { list_id: list, ids: [1], act: "archive", expected: 1 }, { status: 403 });
  });

  it("knows who was unsubscribed by hand, when and by whom", async () => {
    const more = async (hash: string) => (await server.admin.get(`/api/v1/audience/members/${hash}`, { list_id: list })).body;
    const zoe = await more("zoe@example.org");
    assert.ok(zoe.id > 0 && zoe.unsubscribed_at);
    assert.equal(zoe.unsubscribed_by, null, "a program did it");
    for (const name of ["hand", "hands"])
      await server.mailchimp.post(`/3.0/lists/${list}/members`, { email_address: `${name}@example.org`, status: "subscribed" });
    await server.admin.post("/api/v1/users", { email: "eve@example.test", name: "Eve <b>", role: "manager", password: "correct horse battery" }, { status: 201 });
    const signed = await server.anonymous.post("/api/v1/session", { email: "eve@example.test", password: "correct horse battery" });
    const cookie = signed.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
    const headers = { cookie, "x-csrf-token": signed.body.csrf_token };
    await server.anonymous.patch(`/3.0/lists/${list}/members/hand@example.org`, { status: "unsubscribed" }, { headers });
    const ids = await idsOf("hands@");
    const { body } = await server.anonymous.post("/api/v1/audience/members/bulk", { list_id: list, ids, act: "unsubscribe", expected: 1 }, { headers, status: 202 });
    await server.job(body.job_id);
    for (const name of ["hand", "hands"]) {
      const { unsubscribed_at: at, unsubscribed_by: by } = await more(`${name}@example.org`);
      assert.deepEqual([Boolean(at), by], [true, "Eve <b>"]);
    }
    await server.mailchimp.patch(`/3.0/lists/${list}/members/hand@example.org`, { status: "subscribed" });
    await server.mailchimp.patch(`/3.0/lists/${list}/members/hand@example.org`, { status: "unsubscribed" });
    assert.equal((await more("hand@example.org")).unsubscribed_by, null, "what a program said later is not hers");
    await server.admin.get("/api/v1/audience/members/nobody@example.org", { list_id: list }, { status: 404 });
  });
});
