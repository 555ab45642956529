/** Imports and exports: CSV in, CSV out, undo, and imports that are killed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const csv = { headers: { "content-type": "text/csv" }, status: 202 };

/** People that meet each other: doubles, shared companies, bad rows. */
function people(n: number): string {
  const lines = ["First name;Last name;E-mail;Company;Stadt;Tags"];
  for (let i = 0; i < n; i++) {
    const k = i % 97 === 0 ? Math.max(0, i - 40) : i;
    const address = i % 211 === 5 ? "no address" : `person${k}@example${k % 50}.test`;
    lines.push(`F${k % 300};Läst${k % 7000};${address};Company ${k % 900};City ${k % 60};T${k % 5}`);
  }
  return lines.join("\r\n");
}

describe("imports", () => {
  const server = useServer();
  const run = async (body: string, query = ""): Promise<Json> => {
    const reply = await server.admin.post(`${v1}/imports${query}`, body, csv);
    const job = await server.job(reply.body.job_id);
    assert.equal(job.state, "done", JSON.stringify(job));
    return job.result as Json;
  };
  const total = async (entity: string): Promise<number> =>
    (await server.admin.get(`${v1}/${entity}`)).body.total;

  it("map columns, refuse what is wrong, and say why", async () => {
    const dry = await run("Vorname;E-Mail;Unbekannt\nAda;ada@example.test;x\nBob;bob;y\n", "?dry_run=true");
    assert.equal(dry.created, 1);
    assert.equal(await total("people"), 0);
    const result = await run("Vorname;E-Mail;Unbekannt\nAda;ada@example.test;x\nBob;bob;y\n");
    assert.equal(result.created, 1);
    assert.equal(result.refused, 1);
    assert.deepEqual(result.ignored_columns, ["Unbekannt"]);
    assert.equal(result.problems[0].reason, "invalid_address");
    const { body: list } = await server.admin.get(`${v1}/imports`);
    assert.equal(list.total, 2);
    assert.equal(list.items[0].id, result.import_id);
    const { body } = await server.admin.get(`${v1}/imports/${result.import_id}`);
    assert.equal(body.state, "done");
    const refused = await server.admin.get(`${v1}/imports/${result.import_id}/refused.csv`);
    assert.match(refused.text, /^Vorname;E-Mail;Unbekannt;import_row;import_reason;import_detail\r\nBob;bob;y;3;invalid_address;/);
  });

  it("tell how many rows were refused for which reason, and show them page by page", async () => {
    const result = await run("Vorname;E-Mail\nA;a\nB;b\n;\nC;c\nD;d@example.test\n\"x\n");
    const path = `${v1}/imports/${result.import_id}`;
    const reasons = (await server.admin.get(`${path}/reasons`)).body;
    assert.deepEqual(reasons.items[0], { reason: "invalid_address", count: 3 });
    assert.equal(reasons.items.reduce((sum: number, r: Json) => sum + r.count, 0), result.refused);
    const first = (await server.admin.get(`${path}/refusals`, { reason: "invalid_address", limit: 2 })).body;
    assert.equal(first.total, 3);
    assert.deepEqual(first.items.map((r: Json) => [r.row, r.text]), [[2, "A;a"], [3, "B;b"]]);
    const rest = (await server.admin.get(`${path}/refusals`, { reason: "invalid_address", limit: 2, cursor: first.next })).body;
    assert.deepEqual(rest.items.map((r: Json) => r.text), ["C;c"]);
    assert.equal(rest.next, null);
    assert.equal((await server.admin.get(`${path}/refusals`)).body.total, result.refused);
    await server.admin.get(`${v1}/imports/99999/refusals`, {}, { status: 404 });
    await server.admin.get(`${v1}/imports/99999/reasons`, {}, { status: 404 });
  });

  it("take a mapping, and remember it", async () => {
    const file = "A;B\nchur@example.test;Chur\n";
    await server.admin.post(`${v1}/imports`, file, { ...csv, status: 400 });
    const mapping = encodeURIComponent(JSON.stringify({ A: "email", B: "city" }));
    assert.equal((await run(file, `?mapping=${mapping}&mapping_name=mine`)).created, 1);
    assert.equal((await run(file)).unchanged, 1);
    await server.admin.post(`${v1}/imports?delimiter=xx`, file, { ...csv, status: 400 });
  });

  it("know what kind of address a column has, by its header or the mapping", async () => {
    const kinds = async (name: string): Promise<unknown> => {
      const [{ id }] = (await server.admin.get(`${v1}/people`, { q: name })).body.items;
      return (await server.admin.get(`${v1}/people/${id}`)).body.emails.map((e: Json) => [e.address, e.type]);
    };
    const of = (mapping: Json) => `?mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
    await run("Last name,E-Mail privat\nKindone,k1@kind.test\n");
    await run("Last name,Private e-mail,E-mail\nKindtwo,home@kind.test,k2@kind.test\n"); // one column of addresses
    await run("Last name,Mail\nKindthree,k3@kind.test\n", of({ Mail: "email_other" }));
    assert.deepEqual([await kinds("Kindone"), await kinds("Kindtwo"), await kinds("Kindthree")],
      [[["k1@kind.test", "home"]], [["k2@kind.test", "work"]], [["k3@kind.test", "other"]]]);
    await run("Last name,Mail\nKindfour,k4@kind.test\n"); // remembered
    assert.deepEqual(await kinds("Kindfour"), [["k4@kind.test", "other"]]);
    await server.admin.post(`${v1}/imports${of({ a: "email", b: "email_home" })}`, "a,b\nx@kind.test,y@kind.test\n",
      { headers: csv.headers, status: 400 });
  });

  it("are undone as a whole", async () => {
    const before = await total("people");
    const result = await run(people(3000));
    assert.equal(result.created + result.updated + result.unchanged + result.refused, 3000);
    const touched = (await server.admin.get(`${v1}/people`, { email: "person7@example7.test" })).body.items[0];
    await server.admin.patch(`${v1}/people/${touched.id}`, { city: "Elsewhere" });
    const path = `${v1}/imports/${result.import_id}/undo`;
    const { body: expected } = await server.admin.get(path);
    assert.deepEqual([expected.removed, expected.restored, expected.kept], [result.created - 1, result.updated, 1]);
    const { body } = await server.admin.post(path, undefined, { status: 202 });
    const undone = (await server.job(body.job_id)).result as Json;
    assert.equal(undone.companies_kept, 1);
    assert.equal(undone.removed - undone.companies_removed, expected.removed);
    assert.equal(undone.kept, 1 + 1); // the person, and the company they still have
    assert.equal(await total("people"), before + 1);
    await server.admin.post(`${v1}/imports/${result.import_id}/undo`, undefined, { status: 409 });
  });

  it("are undone as a whole, also where rows are about one person", async () => {
    const head = "External key,First name,Last name,E-mail,City,Tags,Opt out\n";
    await run(head + "t1,Ann,Lee,ann@twice.test,Rome,c,\n");
    const ann = async (): Promise<Json> => {
      const { body } = await server.admin.get(`${v1}/people`, { email: "ann@twice.test" });
      return (await server.admin.get(`${v1}/people/${body.items[0].id}`)).body;
    };
    const before = await ann();
    const fill = Array.from({ length: 3000 }, (_, i) => `,F${i},L,f${i}@twice.test,,,\n`).join("");
    const { import_id: id } = await run(head + ',Ann,Lee,ann@twice.test,Paris,"a,b",\nt2,Bob,Ray,bob@twice.test,,,\n' + fill +
      "t1,Ann,Lee,new@twice.test,Berlin,,\nt2,Bob,Ray,bob@twice.test,,,yes\n");
    const { body: expected } = await server.admin.get(`${v1}/imports/${id}`);
    const undo = await server.admin.post(`${v1}/imports/${id}/undo`, undefined, { status: 202 });
    const { result } = await server.job(undo.body.job_id) as Json;
    assert.deepEqual([result.removed, result.restored, result.kept, result.opt_outs_given_back], [3001, 1, 0, 1], JSON.stringify(expected));
    const after = await ann();
    for (const key of ["city", "tags", "opted_out"]) assert.deepEqual(after[key], before[key], key);
    assert.deepEqual(after.emails.map((e: Json) => [e.address, e.primary]), before.emails.map((e: Json) => [e.address, e.primary]));
  });

  it("of who is out tell nothing new the next time", async () => {
    const file = "External key,First name,Last name,E-mail,Opt out\no1,Ann,L1,u@out.test,\n,Bob,L2,u@out.test,\no1,Ann,L1,u@out.test,yes\n";
    assert.equal((await run(file)).opted_out, 1);
    assert.equal((await run(file)).opted_out, 0);
  });

  it("of an export change nothing", async () => {
    await run("key,First name,Last name,email,company,tags,opted out\n" +
      "1,'=Ada,\"O\"\"Hara\",a1@example.test,A,\"x, y\",\n2,Bob,,b1@example.test,B,,yes\n");
    for (const entity of ["people", "companies", "leads"]) {
      const { text } = await server.admin.get(`${v1}/export/${entity}.csv`);
      const lines = text.trim().split("\r\n").length - 1;
      if (lines === 0)
        continue;
      const result = await run(text, `?entity=${entity}`);
      assert.equal(result.unchanged, lines, JSON.stringify(result));
    }
    const { body: group } = await server.admin.post(`${v1}/groups`, { name: "Out",
      criteria: { conditions: [{ field: "opted_out", op: "is", value: true }] } }, { status: 201 });
    const { text } = await server.admin.get(`${v1}/export/people.csv`, { group_id: String(group.id) });
    assert.match(text, /b1@example\.test/);
    assert.doesNotMatch(text, /a1@example\.test/);
  });
});

describe("what Excel opens", () => {
  const server = useServer();
  /** Its bytes, since text() takes the mark away. */
  const marked = async (path: string): Promise<Buffer> => {
    await server.admin.get(v1 + path, { bom: "true" });
    const key = await server.createKey("excel", "user");
    const reply = await fetch(`${server.url}${v1}${path}?bom=true`, { headers: { authorization: `Bearer ${key}` } });
    const bytes = Buffer.from(await reply.arrayBuffer());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    return bytes;
  };

  it("comes back as it went out: marks, apostrophes, Arabic, what looks like a formula", async () => {
    const made = [
      { first_name: "Zoë", last_name: "Müller", email: "o'brien@example.test" },
      { first_name: "نور", last_name: "الدين", email: "nour@example.test" },
      { first_name: "=1+1", last_name: "-2+3", email: "formula@example.test", city: "@SUM(A1)" },
      { first_name: "'=quoted", last_name: "'Hara", email: "+plus@example.test" },
    ];
    for (const one of made) await server.admin.post(`${v1}/people`, one, { status: 201 });
    const before = (await server.admin.get(`${v1}/people`, { sort: "id" })).body.items;
    const bytes = await marked("/export/people.csv");
    const text = bytes.toString("utf8");
    assert.match(text, /'=1\+1/);
    assert.match(text, /'-2\+3/);
    assert.match(text, /'@SUM\(A1\)/);
    const post = { headers: { "content-type": "text/csv" } };
    const job = await server.job((await server.admin.post(`${v1}/imports`, new Uint8Array(bytes), post)).body.job_id);
    const result = job.result as Json;
    assert.deepEqual([result.unchanged, result.created, result.updated, result.refused], [4, 0, 0, 0], JSON.stringify(result));
    for (const { id } of before) await server.admin.delete(`${v1}/people/${id}`, { status: 204 });
    const csv = text.replace(/^\ufeffid,/, "\ufeffold number,");
    await server.job((await server.admin.post(`${v1}/imports`, csv, post)).body.job_id);
    const after = (await server.admin.get(`${v1}/people`, { sort: "id" })).body.items;
    const shown = (all: Json[]): Json[] => all.map((p) => [p.first_name, p.last_name, p.email, p.city]);
    assert.deepEqual(shown(after), shown(before));
    const refused = await server.admin.post(`${v1}/imports`, "email\nkeine\n", post);
    await server.job(refused.body.job_id);
    await marked(`/imports/${refused.body.import_id}/refused.csv`);
  });
});

describe("an import that is killed", () => {
  const server = useServer();
  const calm = useServer();
  const ROWS = 8000;

  it("ends with the same rows as one that was not", { timeout: 300000 }, async () => {
    server.allowLog(/last uses of keys and sessions are not written yet/); // they wait for the import on a busy machine
    const file = people(ROWS);
    const reply = await server.admin.post(`${v1}/imports`, file, csv);
    let last = 0;
    for (let kills = 0; kills < 4; kills++) {
      const seen = await until("progress", async () => {
        const { body } = await server.admin.get(`${v1}/jobs/${reply.body.job_id}`);
        return body.done > last || body.state === "done" ? body : null;
      });
      last = seen.done;
      if (seen.state === "done")
        break;
      await server.kill();
      await server.run();
    }
    const result = (await server.job(reply.body.job_id)).result as Json;
    const other = await calm.admin.post(`${v1}/imports`, file, csv);
    const expected = (await calm.job(other.body.job_id)).result as Json;
    for (const key of ["created", "updated", "unchanged", "refused"])
      assert.equal(result[key], expected[key], key);
    for (const entity of ["people", "companies"]) {
      // ids and times differ; everything else must not
      const rows = async (from: typeof server): Promise<string[]> => {
        const { text } = await from.admin.get(`${v1}/export/${entity}.csv`);
        return text.split("\r\n").map((line: string) =>
          line.replace(/^\d+,/, "").replace(/,\d+,(Company|$)/, ",,$1").replace(/\d{4}-\d\d-\d\dT[^,]*/g, "")).sort();
      };
      assert.deepEqual(await rows(server), await rows(calm));
    }
  });
});

describe("a look at a file", () => {
  const server = useServer();
  const look = async (text: string, query: Record<string, string> = {}) =>
    (await server.admin.post("/api/v1/imports/look", text, { query, headers: { "content-type": "text/csv" } })).body;

  it("shows columns, samples and what they are taken for, and keeps nothing", async () => {
    const body = await look("Vorname;Nachname;E-Mail;Newsletter;Farbe\nAda;L\u00f6we;ada@example.org;ja;rot\n"
      + "Bo;;bo@example.org;nein;rot\nCy;Moss;cy@example.org;vielleicht;\n");
    assert.equal(body.delimiter, ";");
    assert.equal(body.encoding, "utf-8");
    assert.equal(body.has_header, true);
    assert.equal(body.mapping, null);
    assert.equal(body.rows, 3);
    assert.deepEqual(body.columns.map((c: Json) => [c.column, c.field, c.by, c.filled]), [
      ["Vorname", "first_name", "guess", 3], ["Nachname", "last_name", "guess", 2], ["E-Mail", "email", "guess", 3],
      ["Newsletter", null, null, 3], ["Farbe", null, null, 2],
    ]);
    assert.deepEqual(body.columns[1].samples, ["L\u00f6we", "Moss"]);
    assert.deepEqual(body.columns[4].samples, ["rot"]);
    assert.ok(body.fields.includes("email") && body.fields.includes("tags") && body.fields.includes("birthday"));
    assert.deepEqual(body.questions.map((q: Json) => [q.kind, q.column]), [["column", "Newsletter"]]);
    assert.equal((await server.admin.get("/api/v1/imports")).body.total, 0);
  });

  it("takes answers and mappings, and knows those of an earlier import", async () => {
    const text = "Wer,Wo\nada@example.org,Bern\n";
    const unknown = await look(text);
    assert.deepEqual(unknown.columns.map((c: Json) => c.field), [null, null]);
    const mapping = JSON.stringify({ Wer: "email", Wo: "city" });
    const given = await look(text, { mapping });
    assert.deepEqual(given.columns.map((c: Json) => [c.field, c.by]), [["email", "given"], ["city", "given"]]);
    assert.equal((await look(text)).mapping, null, "a look saves nothing");
    await server.job((await server.admin.post("/api/v1/imports", text,
      { query: { mapping }, headers: { "content-type": "text/csv" } })).body.job_id);
    const saved = await look(text);
    assert.equal(saved.mapping, "saved");
    assert.deepEqual(saved.columns.map((c: Json) => [c.field, c.by]), [["email", "saved"], ["city", "saved"]]);
    const answered = await look("E-Mail;Newsletter\nbo@example.org;vielleicht\n",
      { consent: JSON.stringify({ Newsletter: "ignore" }) });
    assert.deepEqual(answered.questions, []);
    assert.equal(answered.columns[1].consent, "ignore");
  });

  it("bears what Excel and others write, and refuses what is no table", async () => {
    const utf16 = Buffer.from("\ufeffE-Mail\tName\na@example.org\tZo\u00eb\n", "utf16le");
    const body = (await server.admin.post("/api/v1/imports/look", utf16, { headers: { "content-type": "text/csv" } })).body;
    assert.equal(body.encoding, "utf-16le");
    assert.equal(body.delimiter, "\t");
    assert.deepEqual(body.columns[1].samples, ["Zo\u00eb"]);
    const long = await look(`E-Mail,Notes\na@example.org,${"\u00e9".repeat(500)}\n"broken\n`);
    assert.equal(long.columns[1].samples[0], "\u00e9".repeat(50));
    const headless = await look("a@example.org,Bern\n");
    assert.equal(headless.has_header, false);
    assert.deepEqual(headless.columns.map((c: Json) => c.column), ["1", "2"]);
    await server.admin.post("/api/v1/imports/look", "PK\u0003\u0004", { status: 400 });
    await server.admin.post("/api/v1/imports/look", "", { status: 400 });
    await server.admin.post("/api/v1/imports/look", "E-Mail\na@example.org\n", { query: { mapping: "{\"Mail\": \"email\"}" }, status: 400 });
  });
});
