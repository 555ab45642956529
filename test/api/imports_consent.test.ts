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

  it("hold whoever is named in a row that is no text, and read no row but to its end", async () => {
    const held = await run("First name,email,opt out\nA\0B,nul@mess.test,yes\nC,behind@mess.test\0,yes\n");
    assert.deepEqual(held.unclear_opt_outs.addresses.map((a: Json) => a.address), ["nul@mess.test", "behind@mess.test"]);
    const long = `First name,email,opt out\nOk,ok@mess.test,\n${"x".repeat(3_000_000)},far@mess.test,yes\n`;
    const refused = await start(long, {}, 400);
    assert.match(JSON.stringify(refused.errors), /row 3 is longer than a megabyte.*nothing was imported/);
    assert.equal((await server.admin.get(`${v1}/people`, { email: "ok@mess.test" })).body.items.length, 0);
    // nobody says no in it: what can be read is taken
    const taken = await run(long.replace(",opt out", ",town").replace(",yes", ",Bern"));
    assert.deepEqual([taken.created, taken.refused], [1, 1]);
  });

  it("ask nothing about the columns that the file of refused rows has of its own", async () => {
    const result = await run("First name,email,opt out\nA,no address,yes\n");
    const { text } = await server.admin.get(`${v1}/imports/${result.import_id}/refused.csv`);
    assert.match(text, /import_row,import_reason,import_detail/);
    const words = (row: string, reason: string, detail: string): string =>
      text.replace("import_row", row).replace("import_reason", reason).replace("import_detail", detail).replace("no address", "mended@refused.test");
    const files = [words("import_row", "import_reason", "import_detail"), words("Import: row", "Import: reason", "Import: detail"),
      words("Import: Zeile", "Import: Grund", "Import: Einzelheiten")];
    for (const file of files) {
      const again = await run(file);
      assert.deepEqual([again.created + again.updated + again.unchanged, again.ignored_columns], [1, []]);
    }
    assert.equal(await out("mended@refused.test"), true);
  });

  it("tell, in a dry run too, who shares an address", async () => {
    await server.admin.post(`${v1}/people`, { first_name: "Old", email: "office@share.test" }, { status: 201 });
    const file = "First name,Last name,email\nA,One,pair@share.test\nB,Two,pair@share.test\nC,Three,office@share.test\nD,Four,own@share.test\n";
    const trial = await run(file, { dry_run: true });
    assert.deepEqual([trial.created, trial.sharing, trial.consent.sharing], [4, 3, 3]);
    const result = await run(file);
    assert.deepEqual([result.created, result.sharing, result.consent.sharing], [4, 3, 3]);
    const people = await server.admin.get(`${v1}/imports/${result.import_id}/people`, { outcome: "shares_address" });
    assert.equal(people.body.total, 3);
    assert.equal((await run(file)).sharing, 0);
  });

  it("say in a dry run exactly what the import does", async () => {
    const file = "first_name,last_name,email,company,opted_out\nAnn,Amber,t1@trial.test,Trialfirm,\nAnn,Amber,,Trialfirm,yes\n" +
      "Ann,Amber,t2@trial.test,Trialfirm,\nAnn,Amber,,,yes\nBert,Trialson,,,\n";
    const counts = (result: Json): unknown => [result.created, result.updated, result.unchanged, result.refused,
      result.opted_out, result.problems.map((p: Json) => [p.row, p.reason])];
    const trial = await run(file, { dry_run: true });
    assert.equal((await server.admin.get(`${v1}/people`, { email: "t1@trial.test" })).body.items.length, 0);
    const result = await run(file);
    assert.deepEqual(counts(trial), counts(result));
    assert.deepEqual(counts(result), [3, 0, 0, 2, 2, [[3, "ambiguous"], [5, "ambiguous"]]]);
    assert.deepEqual(await Promise.all([out("t1@trial.test"), out("t2@trial.test")]), [true, true]);
  });

  it("tell of a no by name, of a yes that nobody noted, and of short rows", async () => {
    await run("first_name,last_name,email\nNora,Onename,nora@told.test\n");
    const told = (result: Json): unknown => [result.opted_out_by_name, result.yes_unnoted, result.short_rows, result.updated];
    const no = "first_name,last_name,opted_out,city\nNora,Onename,yes\n";
    assert.deepEqual(told(await run(no, { dry_run: true })), [1, 0, 1, 1]);
    assert.deepEqual(told(await run(no)), [1, 0, 1, 1]);
    assert.equal(await out("nora@told.test"), true);
    const yes = "email,opt-in\nyes1@told.test,yes\nyes2@told.test\n";
    assert.deepEqual(told(await run(yes, { dry_run: true })), [0, 1, 1, 0]);
    const { consent } = await run(yes);
    assert.deepEqual([consent.by_name, consent.yes_unnoted, consent.short_rows], [0, 1, 1]);
    assert.equal((await run(yes.replaceAll("@told", "@ground"), { opted_in: "the fair" })).yes_unnoted, 0);
  });

  it("note a ground with those of whom the file says that they agreed", async () => {
    const file = "email,opt-in\nag1@example.test,yes\nag2@example.test,\nag3@example.test,no\n";
    assert.equal((await run(file, { opted_in: "the fair", dry_run: true })).left_open, 1);
    const result = await run(file, { opted_in: "the fair" });
    assert.deepEqual([result.left_open, result.consent.left_open], [1, 1]);
    const status = async (name: string): Promise<string> =>
      (await server.admin.get(`${v1}/people`, { email: `${name}@example.test` })).body.items[0].mail_status;
    assert.deepEqual(await Promise.all(["ag1", "ag2", "ag3"].map(status)), ["agreed", "open", "opted_out"]);
  });

  it("are named in the history of consent and on the timeline of whom they opted out", async () => {
    const { import_id } = await run("email,opt-out\nnamed@example.test,yes\n", { file_name: "mitglieder.csv" });
    const { id } = (await server.admin.get(`${v1}/people`, { email: "named@example.test" })).body.items[0];
    const [said] = (await server.admin.get(`${v1}/people/${id}/consent`)).body.items;
    assert.deepEqual([said.source, said.import_id, said.import_name], ["import", import_id, "mitglieder.csv"]);
    const entries = (await server.admin.get(`${v1}/people/${id}/timeline`, { type: "consent" })).body.items;
    assert.deepEqual(entries.map((one: Json) => [one.kind, one.title]), [["import", "mitglieder.csv"]]);
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

  it("let only those get mail who say yes, if that is the answer", async () => {
    const file = "email,Newsletter\nonly1@example.test,ja\nonly2@example.test,nein\nonly3@example.test,\nonly4@example.test\n";
    const [question] = (await start(file, {}, 400)).questions;
    const effect = (is: string): Json => question.effects.find((one: Json) => one.answer === is);
    assert.deepEqual(effect("opt_in_only"), { answer: "opt_in_only", out: 3, unclear: 0 });
    assert.deepEqual(effect("reason"), { answer: "reason", out: 1, unclear: 1 });
    const answers = { consent: { Newsletter: "opt_in_only" } };
    assert.equal((await run(file, { ...answers, dry_run: true })).opted_out, 3);
    const result = await run(file, { ...answers, opted_in: "the form" });
    const read = { column: "Newsletter", as: "opt_in_only", answered_at: null, out: 3, nothing: 1, blank: 0 };
    assert.deepEqual([result.opted_out, result.consent_columns], [3, [read]]);
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map((i) => out(`only${i}@example.test`))), [false, true, true, true]);
    const { items: sets } = (await server.admin.get(`${v1}/import-answers`)).body;
    assert.ok(sets.some((set: Json) => set.answers.some((one: Json) => one.is === "opt_in_only")));
    for (const set of sets)
      await server.admin.delete(`${v1}/import-answers/${set.id}`);
  });

  it("ask before blanks opt out many", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `blank${i}@example.test`);
    await run(`email,name\n${rows.map((a) => `${a},N`).join("\n")}\n`);
    const asked = await start(`email,Newsletter\n${rows.join("\n")}\nyes@example.test,ja\n`, { consent: { Newsletter: "opt_in_only" } });
    const waiting = await server.job(asked.job_id, "needs_confirmation");
    assert.equal((waiting.result as Json).would_opt_out, 120);
    assert.equal(await out("blank1@example.test"), false);
    const [set] = (await server.admin.get(`${v1}/import-answers`)).body.items;
    await server.admin.delete(`${v1}/import-answers/${set.id}`);
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

  it("ask in any language, and about signs that may say no", async () => {
    const asked = async (header: string, cells: string[]): Promise<Json[]> =>
      (await start(`email,${header}\n${cells.map((cell, i) => `l${i}@example.test,${cell}`).join("\n")}\n`, {}, 400)).questions;
    for (const header of ["Suoramarkkinointikielto", "Отписан", "Одјављен", "Leiratkozott", "Dezabonat", "Άρνηση", "Çabonuar", "Baixa",
      "Atsisakė", "Atteicies", "Loobunud", "Afskráður", "הוסר", "拒收邮件", "オプトアウト", "수신거부", "Từ chối", "Menolak", "ปฏิเสธ", "UWG §7",
      "NPAI", "Emailable", "mail pref"]) {
      const questions = await asked(header, ["x", ""]);
      assert.deepEqual(questions.map((q) => [q.kind, q.column, q.as, q.values]), [["column", header, null, [{ value: "x", count: 1 }]]]);
    }
    assert.equal((await asked("Haluaako", ["kyllä", "ei"])).length, 1, "whatever the header is");
    const file = "email,Send Mail\nm1@example.test,☑\nm2@example.test,☐\nm3@example.test,✗\n";
    const [value] = (await start(file, { consent: { "Send Mail": "opt_in" } }, 400)).questions;
    assert.deepEqual([value.kind, value.values], ["value", [{ value: "✗", count: 1 }]]);
    await run(file, { consent: { "Send Mail": "opt_in" }, consent_values: { "Send Mail:✗": "out" } });
    assert.deepEqual(await Promise.all([1, 2, 3].map((i) => out(`m${i}@example.test`))), [false, true, true]);
    const look = (await server.admin.post(`${v1}/imports/look`, "email,VIP\nv@example.test,yes\n", csv)).body;
    assert.deepEqual(look.columns.map((c: Json) => [c.column, c.yes_no]), [["email", false], ["VIP", true]]);
    assert.deepEqual(look.questions, []);
    assert.deepEqual((await run("email,VIP\nv@example.test,yes\n")).yes_no_columns, ["VIP"]);
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

  it("ask about a column that was left out, by whoever imports, and again when it refuses anew", async () => {
    const file = (address: string, value: string): string => `Email,First name,Opted out,Left 7\n${address},A,${value},\n`;
    await run(file("left1@example.test", "no"), { mapping: { "Opted out": null } });
    const asked = await start(file("left2@example.test", "yes"), {}, 400);
    assert.deepEqual(asked.questions.map((q: Json) => [q.kind, q.column, q.values]),
      [["column", "Opted out", [{ value: "yes", count: 1 }]]]);
    await run(file("left2@example.test", "yes"), { consent: { "Opted out": "opt_out" } });
    assert.equal(await out("left2@example.test"), true);
    const status = (address: string, value: string): string => `Email,Status,Left 8\n${address},${value},\n`;
    await run(status("left3@example.test", "inactive"), { consent: { Status: "ignore" } });
    await run(status("left4@example.test", "inactive"));
    const again = await start(status("left5@example.test", "unsubscribed"), {}, 400);
    assert.equal(again.questions[0].column, "Status");
    const { body } = await server.admin.get(`${v1}/import-answers`, { limit: "1000" });
    const mine = body.items.flatMap((set: Json) => set.answers).find((a: Json) => a.column === "status" && a.is === "ignore");
    assert.deepEqual(mine.seen, ["inactive"]);
    const look = await server.admin.post(`${v1}/imports/look`, "Email,Newsletter opt-in at signup\na@example.test,No\n", csv);
    assert.equal(look.body.questions.length, 1);
  });

  /* Words of its own: what an import alone says ends with it. */
  const undo = async (id: number, body?: Json): Promise<Json> => {
    const { body: accepted } = await server.admin.post(`${v1}/imports/${id}/undo`, body, { status: 202 });
    return (await server.job(accepted.job_id)).result as Json;
  };

  it("give back only what nothing else says, and tell before how many", async () => {
    await run("email\nwit1@example.test\nwit2@example.test\n");
    const file = "email,first name,opted out\nwit1@example.test,A,yes\nwit2@example.test,B,yes\nwit3@example.test,C,yes\n" +
      ",D,yes\nwit4@example.test,Ann <x>,\n";
    const first = (await run(file)).import_id, second = (await run("email,opted out\nwit2@example.test,yes\n")).import_id;
    const { body: told } = await server.admin.get(`${v1}/imports/${first}`);
    assert.equal(told.opt_outs, 3);
    assert.equal(told.opt_outs_were_kept, null);
    assert.deepEqual([told.consent.opted_out, told.consent.already, told.consent.kept], [4, 0, 0]);
    assert.deepEqual(told.consent.columns.map((c: Json) => [c.column, c.as, c.out]), [["opted out", "opt_out", 4]]);
    const whom = async (outcome: string, limit = 50): Promise<Json> =>
      (await server.admin.get(`${v1}/imports/${first}/people`, { outcome, limit: String(limit) })).body;
    assert.deepEqual((await whom("created")).items.map((p: Json) => [p.name, p.opted_out]),
      [["C", true], ["Ann <x>", false], ["D", true]]);
    const updated = await whom("updated", 1);
    assert.equal(updated.total, 2);
    assert.ok(updated.next);
    assert.deepEqual(updated.items[0].changes, [{ field: "first_name", before: null, after: "A" }]);
    assert.equal(updated.items[0].changed_since, false);
    assert.equal((await whom("opted_out")).total, 4);
    await server.admin.get(`${v1}/imports/${first}/people`, { outcome: "other" }, { status: 400 });
    const result = await undo(first);
    assert.deepEqual([result.opt_outs_given_back, result.opt_outs_kept, result.reopened], [3, 1, 1]);
    assert.deepEqual(await Promise.all([1, 2].map((i) => out(`wit${i}@example.test`))), [false, true]);
    await undo(second);
    assert.equal(await out("wit2@example.test"), false);
  });

  it("say whom they left alone, who was opted out before, and whom an opt-out reached by an address", async () => {
    await run("email,first name,opted out\nsame1@example.test,Al,\nsame2@example.test,Bo,yes\nsame3@example.test,Cy,\n");
    await server.admin.post(`${v1}/people`, { first_name: "Di", email: "same3@example.test" }, { status: 201 });
    const id = (await run("email,first name,opted out\nsame1@example.test,Al,\nsame1@example.test,Al,\n" +
      "same2@example.test,Bo,yes\nsame3@example.test,Cy,yes\nsame4@example.test,Ed,\n")).import_id;
    const whom = async (outcome: string): Promise<Json> =>
      (await server.admin.get(`${v1}/imports/${id}/people`, { outcome })).body;
    const names = async (outcome: string): Promise<string[]> => (await whom(outcome)).items.map((p: Json) => p.name).sort();
    assert.equal((await server.admin.get(`${v1}/imports/${id}`)).body.unchanged, 3, "rows");
    assert.deepEqual(await names("unchanged"), ["Al", "Bo"], "people");
    assert.equal((await whom("unchanged")).total, 2);
    assert.deepEqual(await names("already_out"), ["Bo"]);
    assert.deepEqual(await names("created"), ["Ed"]);
    assert.deepEqual((await whom("opted_out")).items.map((p: Json) => [p.name, p.source]).sort(), [["Cy", "import"], ["Di", "carried"]]);
  });

  it("let the opt-out win where one address says yes and no, in any order, and tell who shares it", async () => {
    const said = async (address: string): Promise<Json[]> =>
      (await server.admin.get(`${v1}/people`, { email: address, sort: "id" })).body.items;
    const id = (await run("email,first name,Subscribed\nboth1@example.test,Ann,yes\nboth1@example.test,Ben,no\n" +
      "both2@example.test,Ann,no\nboth2@example.test,Ben,yes\nboth3@example.test,Ann,yes\nboth3@example.test,Ann,no\n" +
      "both4@example.test,Ann,yes\n", { opted_in: "they asked for it" })).import_id;
    for (const [n, people] of [[1, 2], [2, 2], [3, 1]]) {
      const found = await said(`both${n}@example.test`);
      assert.deepEqual(found.map((p) => p.opted_out), Array(people).fill(true), `both${n}`);
    }
    const { body: sharing } = await server.admin.get(`${v1}/imports/${id}/people`, { outcome: "shares_address" });
    assert.equal(sharing.total, 4);
    assert.deepEqual(sharing.items.map((p: Json) => [p.name, p.opted_out]), [["Ann", true], ["Ben", true], ["Ann", true], ["Ben", true]]);
    const { body: cat } = await server.admin.post(`${v1}/people`, { first_name: "Cat", email: "BOTH1@example.test" }, { status: 201 });
    assert.equal(cat.opted_out, true, "who comes with the address is out, too");
    await server.admin.post(`${v1}/people`, { first_name: "Dee", email: "both4@example.test" }, { status: 201 });
    const { body: later } = await server.admin.get(`${v1}/imports/${id}/people`, { outcome: "shares_address" });
    assert.equal(later.total, 4, "a result is what it was then");
    assert.equal((await server.admin.patch(`${v1}/people/${(await said("both4@example.test"))[0]!.id}`,
      { email: "both2@example.test" })).body.opted_out, true, "and who gets it");
    const { body: items } = await server.admin.get(`${v1}/people/${cat.id}/consent`);
    assert.equal(items.items[0].source, "carried");
  });

  it("keep their opt-outs when they are taken back, if that is wanted", async () => {
    await run("email\nkeep1@example.test\n");
    const file = "key,email,birthday,opted out\n,keep1@example.test,,yes\n,keep2@example.test,,yes\n,keep3@example.test,31.02.1990,yes\n";
    const id = (await run(file)).import_id;
    assert.equal((await server.admin.get(`${v1}/imports/${id}`)).body.opt_outs, 3);
    const result = await undo(id, { keep_opt_outs: true });
    assert.deepEqual([result.removed, result.opt_outs_given_back], [1, 0]);
    assert.equal((await server.admin.get(`${v1}/imports/${id}`)).body.opt_outs_were_kept, true);
    const refusal = async (of: number): Promise<string> =>
      (await server.admin.get(`${v1}/imports/${of}/refusals`)).body.items[0].detail;
    assert.match(await refusal(id), /its opt-out is kept, though nobody has the address/);
    await run("email\nkeep1@example.test\nkeep2@example.test\nkeep3@example.test\n");
    for (const n of [1, 2, 3])
      assert.equal(await out(`keep${n}@example.test`), true, `keep${n}`);
    const other = (await run(file.replaceAll("keep", "give"))).import_id;
    assert.equal((await cli(["undo", String(other)])).code, 0);
    assert.match(await refusal(other), /its opt-out was kept until the import was taken back$/);
    assert.match((await server.admin.get(`${v1}/imports/${other}/refused.csv`)).text, /until the import was taken back/);
    await run("email\ngive3@example.test\n");
    assert.equal(await out("give3@example.test"), false);
    const cliKept = (await run("email,opted out\nkeep9@example.test,yes\n")).import_id;
    assert.match((await cli(["undo", String(cliKept), "--keep-opt-outs"])).stdout, /0 opt-outs given back, 1 kept/);
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
