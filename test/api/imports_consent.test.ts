/** Imports and consent: what other programs' files say of who wants no mail. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";
const csv = { headers: { "content-type": "text/csv" } };

describe("imports and consent", () => {
  const server = useServer();
  const start = async (body: string, query: Record<string, unknown> = {}, status = 202): Promise<Json> => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      params.set(name, typeof value === "string" ? value : JSON.stringify(value));
    return (await server.admin.post(`${v1}/imports?${params}`, body, { ...csv, status })).body;
  };
  const run = async (body: string, query: Record<string, unknown> = {}): Promise<Json> => {
    const job = await server.job((await start(body, query)).job_id);
    assert.equal(job.state, "done", JSON.stringify(job));
    return job.result as Json;
  };
  const cli = (args: string[], input = ""): ReturnType<typeof server.command> =>
    server.command(["import", ...args], { input });
  const out = async (address: string): Promise<boolean> => {
    const { body } = await server.admin.get(`${v1}/people`, { email: address });
    assert.equal(body.items.length, 1, address);
    return body.items[0].opted_out;
  };

  it("take the columns of other programs, any of several", async () => {
    const result = await run("Contact ID,Email,Do Not Email,No Bulk Emails (User Opt Out),Do Not Phone\n" +
      "1,civi1@example.test,1,,\n2,civi2@example.test,,1,\n3,civi3@example.test,,,1\n");
    assert.deepEqual(await Promise.all([1, 2, 3].map((i) => out(`civi${i}@example.test`))), [true, true, false]);
    const read = { as: "opt_out", answered_at: null, out: 1, nothing: 0, blank: 2 };
    assert.deepEqual(result.consent_columns, [{ column: "Do Not Email", ...read },
      { column: "No Bulk Emails (User Opt Out)", ...read }]);
    assert.deepEqual([result.opted_out, result.opted_out_before, result.opt_outs_kept], [2, 0, 0]);
    assert.deepEqual(result.yes_no_columns, []);
    assert.deepEqual(result.ignored_columns, ["Contact ID", "Do Not Phone"]);
    await run("Email Address,UNSUB_TIME,UNSUB_REASON\nmc1@example.test,2026-03-01 10:00:00,N/A\n");
    await run("Email Address,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\nmc2@example.test,2026-03-01 10:00:00,May\n");
    await run("Email,Send Marketing Materials,Do not allow Bulk Emails\n" +
      "dyn1@example.test,Do Not Send,Allow\ndyn2@example.test,Send,Do Not Allow\ndyn3@example.test,Send,Allow\n");
    for (const [address, is] of [["mc1", true], ["mc2", true], ["dyn1", true], ["dyn2", true], ["dyn3", false]])
      assert.equal(await out(`${address}@example.test`), is, String(address));
  });

  it("ask about what is not certain, import nothing, and remember the answer", async () => {
    const file = "E-Mail;Newsletter;Status\nq1@example.test;ja;aktiv\nq2@example.test;nein;inaktiv\n";
    const before = (await server.admin.get(`${v1}/people`)).body.total;
    const problem = await start(file, {}, 400);
    assert.deepEqual(problem.questions.map((q: Json) => [q.kind, q.column, q.parameter, q.values]), [
      ["column", "Newsletter", "consent", [{ value: "ja", count: 1 }, { value: "nein", count: 1 }]],
      ["value", "Status", "consent_values", [{ value: "inaktiv", count: 1 }]],
    ]);
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, before);
    const half = await start(file, { consent: { Newsletter: "ignore" } }, 400);
    assert.equal(half.questions.length, 1);
    const answers = { consent: { Newsletter: "opt_in" }, consent_values: { "Status:inaktiv": "ignore" } };
    assert.equal((await run(file, answers)).created, 2);
    assert.deepEqual([await out("q1@example.test"), await out("q2@example.test")], [false, true]);
    assert.equal((await run(file)).unchanged, 2);
    assert.equal((await start(file, { consent: { Nothing: "ignore" } }, 400)).errors[0].field, "consent");
    assert.equal((await start(file, { consent: "[1]" }, 400)).errors[0].field, "consent");
    assert.equal((await start(file, { encoding: "klingon" }, 400)).errors[0].field, "encoding");
    assert.match((await start("PK\u0003\u0004 xl/workbook.xml", {}, 400)).detail, /Excel workbook/);
  });

  it("remember the last answer in any case, none of a dry run, until it is forgotten", async () => {
    const file = "email,Statut,Erlaubnis\nr1@example.test,Inactif,keine\n";
    const said = { consent: { Erlaubnis: "ignore" }, consent_values: { "Statut:Inactif": "out" } };
    assert.equal((await run(file, { ...said, dry_run: true })).opted_out, 1);
    assert.equal((await start(file, {}, 400)).questions.length, 2);
    const sets = async (): Promise<Json[]> => (await server.admin.get(`${v1}/import-answers`)).body.items;
    const before = (await sets()).length;
    await run(file, said);
    await run(file, { consent_values: { "statut:INACTIF": "ignore" } });
    const [set] = await sets();
    assert.equal((await sets()).length, before + 1);
    assert.deepEqual(set.answers.map((a: Json) => [a.column, a.value, a.is]),
      [["erlaubnis", null, "ignore"], ["statut", "inactif", "ignore"]]);
    const again = await run(file);
    assert.deepEqual(again.consent_columns.map((c: Json) => [c.column, c.as]), [["Statut", "status"], ["Erlaubnis", "ignore"]]);
    assert.match(again.consent_columns[1].answered_at, /^\d{4}-/);
    await server.admin.delete(`${v1}/import-answers/${set.id}?column=Erlaubnis`, { status: 204 });
    assert.deepEqual((await start(file, {}, 400)).questions.map((q: Json) => q.column), ["Erlaubnis"]);
    const forgotten = await server.command(["import", "forget", set.id.slice(0, 12)]);
    assert.equal(forgotten.code, 0, forgotten.stderr);
    assert.equal((await start(file, {}, 400)).questions.length, 2);
    await server.admin.delete(`${v1}/import-answers/${set.id}`, { status: 404 });
    assert.notEqual((await server.command(["import", "forget", "nonsense"])).code, 0);
  });

  it("remember what two users answer at the same moment", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `Newsletter ${String.fromCharCode(97 + i)}`);
    const file = `email,${names.join(",")}\nboth@example.test,${names.map(() => "").join(",")}\n`;
    const replies = await Promise.all(names.map((name) => start(file, { consent: { [name]: "ignore" } })));
    for (const reply of replies)
      await server.job(reply.job_id);
    const [set] = (await server.admin.get(`${v1}/import-answers`)).body.items;
    assert.deepEqual(set.answers.map((a: Json) => a.column).sort(), names.map((n) => n.toLowerCase()));
  });

  it("ask about the dead, and about texts that refuse mail", async () => {
    const file = "email,Deceased,Notes\ng1@example.test,yes,\ng2@example.test,no,UNSUBSCRIBED - do not email\n" +
      "g3@example.test,,met in May\n";
    const problem = await start(file, {}, 400);
    assert.deepEqual(problem.questions.map((q: Json) => [q.kind, q.column, q.answers]), [
      ["gone", "Deceased", ["out", "ignore"]], ["phrase", "Notes", ["out", "ignore"]]]);
    await run(file, { consent: { Deceased: "out", Notes: "out" } });
    assert.deepEqual(await Promise.all([1, 2, 3].map((i) => out(`g${i}@example.test`))), [true, true, false]);
  });

  it("ask before many are opted out; an undo takes exactly those back", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `many${i}@example.test`);
    await run(`email,name\n${rows.map((a) => `${a},N`).join("\n")}\n`);
    await run("email,opt out\nmany0@example.test,yes\n");
    const file = `email,unsubscribed\n${rows.map((a) => `${a},TRUE`).join("\n")}\n`;
    let asked = await start(file);
    const waiting = await server.job(asked.job_id, "needs_confirmation");
    assert.equal(waiting.state, "needs_confirmation");
    assert.equal((waiting.result as Json).would_opt_out, 119);
    assert.equal((await server.admin.get(`${v1}/imports/${asked.import_id}`)).body.state, "needs_confirmation");
    assert.equal(await out("many1@example.test"), false);
    const shown = await cli(["show", String(asked.import_id)]);
    assert.match(shown.stdout, /would opt out 119 of[^]*muster job confirm \d+/);
    const first = asked;
    asked = await start(file);
    assert.equal((await server.admin.get(`${v1}/imports/${first.import_id}`)).body.state, "canceled");
    await server.job(asked.job_id, "needs_confirmation");
    const confirmed = await server.command(["job", "confirm", String(asked.job_id)]);
    assert.equal(confirmed.code, 0, confirmed.stderr);
    assert.match(confirmed.stdout, /^job \d+ \(import\): done\n[^]*119 opted out\n1 said opted out/);
    assert.match((await server.command(["job", "show", String(first.job_id)])).stdout, /canceled: its file was imported again/);
    assert.notEqual((await server.command(["job", "confirm", String(first.job_id)])).code, 0);
    assert.match((await server.command(["job", "list", "--kind", "import"])).stdout,
      new RegExp(`^${asked.job_id} +import +done`, "m"));
    assert.notEqual((await server.command(["job", "cancel", String(asked.job_id)])).code, 0, "it is done");
    assert.equal((await server.job(asked.job_id)).state, "done");
    assert.equal(await out("many1@example.test"), true);
    const one = (await server.admin.get(`${v1}/people`, { email: "many2@example.test" })).body.items[0];
    await server.admin.patch(`${v1}/people/${one.id}`, { opted_out: true, reason: "called us" });
    const { body } = await server.admin.post(`${v1}/imports/${asked.import_id}/undo`, undefined, { status: 202 });
    assert.equal(((await server.job(body.job_id)).result as Json).reopened, 118);
    assert.deepEqual([await out("many0@example.test"), await out("many1@example.test"), await out("many2@example.test")],
      [true, false, true]);
  });

  it("are asked about and answered on the command line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-import-"));
    const file = join(folder, "list.csv");
    writeFileSync(file, "email,Newsletter,Shoe size,email 2\ncli@example.test,no,42,x@example.test\n");
    const asked = await cli([file]);
    assert.equal(asked.code, 2, asked.stderr);
    assert.match(asked.stderr, /Newsletter[^]*1 {2}no[^]*--consent "Newsletter=opt_out"/);
    const again = await cli([file, "--json"]);
    assert.equal(JSON.parse(again.stdout).questions[0].column, "Newsletter");
    const done = await cli([file, "--json", "--consent", "Newsletter=opt_in"]);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stderr, /passed over.*"Shoe size", "email 2"/);
    assert.deepEqual(JSON.parse(done.stdout).ignored_columns, ["Shoe size", "email 2"]);
    assert.equal(await out("cli@example.test"), true);
    const piped = await cli(["-", "--encoding", "windows-1252"], "email,opt out\npiped@example.test,oui\n");
    assert.equal(piped.code, 0, piped.stderr);
    assert.equal(await out("piped@example.test"), true);
    const listed = await cli(["answers"]);
    assert.match(listed.stdout, /list\.csv\n {4}newsletter is opt_in \(\d{4}-/);
    assert.match((await cli(["answers", "--json"])).stdout, /"newsletter"/);
    const dry = await cli([file, "--dry-run"]);
    assert.match(dry.stderr, /"Newsletter" read as opt_in, as answered on \d{4}-.*: 1 cells say no mail, 0 nothing, 0 are blank/);
    assert.match(dry.stdout, /dry run: 0 created.*\(import \d+, job \d+\)\n0 would be opted out\n1 said opted out who were already/);
    assert.match((await cli([folder])).stderr, /is a folder/);
    assert.match((await cli([join(folder, "none.csv")])).stderr, /there is no file/);
  });

  it("are looked at, taken back and their refused rows fetched on the command line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-import-"));
    const file = join(folder, "list.csv");
    writeFileSync(file, "email,first name\nlook@example.test,Lu\nbroken,Bo\n");
    const unwritable = await cli([file, "--refused", join(folder, "none", "refused.csv")]);
    assert.equal(unwritable.code, 1);
    assert.equal((await server.admin.get(`${v1}/people`, { email: "look@example.test" })).body.items.length, 0);
    const done = await cli([file, "--refused", join(folder, "refused.csv")]);
    const id = /\(import (\d+), job \d+\)/.exec(done.stdout)?.[1] ?? "";
    assert.match(readFileSync(join(folder, "refused.csv"), "utf8"), /^email,.*\r\nbroken,Bo,3,invalid_address/);
    const later = await cli(["refused", id]);
    assert.equal(later.stdout, readFileSync(join(folder, "refused.csv"), "utf8"));
    assert.match((await cli(["list"])).stdout, new RegExp(`^${id} .* done .*list.csv`, "m"));
    assert.match((await cli(["show", id])).stdout, /: done, people of .*list\.csv\n1 created.*\n0 opted out/);
    assert.equal(JSON.parse((await cli(["show", id, "--json"])).stdout).result.created, 1);
    assert.match((await cli(["undo", id])).stdout, /^1 removed, 0 restored, 0 kept/);
    assert.match((await cli(["show", id])).stdout, /: undone/);
    assert.equal((await cli(["undo", id])).code, 1);
    assert.equal((await cli(["show", "999999"])).code, 1);
  });
});
