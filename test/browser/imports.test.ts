/** From a file to people, and back: columns, questions, a trial, the import, undoing it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { useServer, type Json } from "../harness/index.js";
import { checkAccessible, dark, german, phone, picture, useBrowser } from "./browser.js";

const v1 = "/api/v1";

interface Csv {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

function csv(name: string, lines: string[], encoding: "utf8" | "latin1" = "utf8"): Csv {
  return { name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n") + "\r\n", encoding) };
}

/** 10,000 rows of which 40 have no address, 25 are broken, with a column that may be about consent. */
function people(rows: number): string[] {
  const lines = ["Vorname;Nachname;E-Mail;Ort;Newsletter;Lieblingsfarbe"];
  for (let i = 0; i < rows; i++) {
    if (i % 400 === 7) lines.push(`"kaputt${i};x`);
    const mail = i % 250 === 3 ? "keine" : `person${i}@example.org`;
    lines.push(`Zoë${i};O'Nachname;${mail};Köln;${i % 3 === 0 ? "nein" : "ja"};blau`);
  }
  return lines;
}

async function choose(page: Page, file: Csv): Promise<void> {
  await page.goto("/imports");
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("heading", { name: "New import" }).waitFor();
}

describe("importing a file", () => {
  const server = useServer();
  const browser = useBrowser(server);
  const total = async () => (await server.admin.get(`${v1}/people`)).body.total as number;
  const newest = async () => (await server.admin.get(`${v1}/imports`)).body.items[0] as Json;

  it("asks who wants mail, is tried, done, looked at and taken back", async () => {
    const page = await browser.signIn("administrator");
    await choose(page, csv("messe.csv", people(10_000)));
    await page.getByRole("row", { name: /Lieblingsfarbe/ }).getByText("Not known: it is left out").waitFor();
    await page.getByRole("status").filter({ hasText: "One question is open" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Import", exact: true }).isDisabled(), true);
    await checkAccessible(page);
    await picture(page, "import-columns");
    await page.getByText(/Who has “no” comes in as opted out and gets no newsletter/).waitFor();
    await page.getByRole("radio", { name: /“no” means no mail/ }).check();
    await page.getByRole("row", { name: /Lieblingsfarbe/ }).getByRole("combobox").click();
    await page.getByRole("option", { name: "A new field…" }).click();
    await page.getByRole("button", { name: "Make the field" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByLabel("Why may new people be mailed?").fill("Stand at the fair");

    await page.getByRole("button", { name: "Try it first" }).click();
    await page.getByRole("heading", { name: "What the import would do" }).waitFor();
    await page.getByText("Would be new").waitFor();
    assert.equal(await total(), 0, "a trial changes nothing");
    await picture(page, "import-trial");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.waitForURL(/\/imports\/\d+$/);
    await page.getByText("done", { exact: true }).waitFor();

    const run = await newest();
    assert.equal(run.created, 10_000 - 40);
    assert.equal(run.refused, 65);
    assert.equal(await total(), run.created);
    await page.getByRole("link", { name: "Make a group of 9,960 new people" }).click();
    await page.waitForURL(/\/groups\/new/);
    await page.goBack();
    const [person] = (await server.admin.get(`${v1}/people`, { email: "person0@example.org" })).body.items;
    assert.equal(person.opted_out, true, "he said no");
    assert.equal(person.custom.lieblingsfarbe, "blau");
    const [other] = (await server.admin.get(`${v1}/people`, { email: "person1@example.org" })).body.items;
    assert.equal(other.opted_out, false);
    assert.equal((await server.admin.get(`${v1}/people/${other.id}/consent`)).body.items[0].reason, "Stand at the fair");

    await page.getByText("Column “Newsletter”: “no” means no mail.").waitFor();
    await page.getByRole("button", { name: /^Opted out by it/ }).click();
    await page.getByRole("heading", { name: "Opted out by this import" }).waitFor();
    const { body: outs } = await server.admin.get(`${v1}/imports/${run.id}/people`, { outcome: "opted_out", limit: "1" });
    assert.equal(outs.total, run.consent.opted_out);
    await page.getByText(`${outs.total.toLocaleString("en-GB")} people. Several rows may be about one.`).waitFor();
    await page.getByRole("row", { name: new RegExp(outs.items[0].email) }).getByText("A row of the file says so").waitFor();
    await checkAccessible(page);
    await picture(page, "import-opted-out");
    await page.getByRole("button", { name: /^New/ }).click();
    await page.getByRole("link", { name: "Show them in the list of people" }).waitFor();
    await page.getByRole("button", { name: /^Refused/ }).click();
    await page.getByText("Not a valid e-mail address · 40").click();
    await page.getByRole("row", { name: /keine/ }).first().waitFor();
    assert.equal(await page.getByRole("row").count(), 41);
    await checkAccessible(page);
    await picture(page, "import-result");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByText(/Download them/).click()]);
    assert.equal(file.suggestedFilename(), "refused.csv");
    const refused = readFileSync((await file.path())!, "utf8");
    assert.match(refused, /Import: row.Import: reason.Import: detail\r\n/);
    assert.match(refused, /Not a valid e-mail address/);
    assert.doesNotMatch(refused, /invalid_address/);
    const deutsch = await browser.signIn("manager", german);
    await deutsch.goto(new URL(page.url()).pathname);
    await deutsch.getByText("Keine gültige E-Mail-Adresse · 40").click();
    await deutsch.getByRole("row", { name: /keine/ }).first().getByText("Der Adresse fehlt das @").waitFor();
    await picture(deutsch, "import-result-german");
    await deutsch.context().close();
    await page.getByText(/Of 25 addresses|Of \d+ addresses/).count();

    await page.getByRole("button", { name: "Undo this import" }).click();
    await page.getByRole("dialog").getByText("9,960 records that it made are removed.").waitFor();
    assert.ok(await page.getByRole("radio", { name: "They stay opted out" }).isChecked());
    await checkAccessible(page);
    await picture(page, "import-undo");
    await page.getByRole("button", { name: "Take 9,960 records back" }).click();
    await page.getByText("This import was taken back").waitFor();
    await page.getByText("; 0 may be sent campaigns again").waitFor();
    assert.equal(await total(), 0);
    const { body: again } = await server.admin.post(`${v1}/people`, { first_name: "Again", email: "person0@example.org" }, { status: 201 });
    assert.equal((await server.admin.get(`${v1}/people/${again.id}`)).body.opted_out, true, "a no outlives the import that was taken back");
    await server.admin.delete(`${v1}/people/${again.id}`);
  });

  it("remembers the columns of such a file, and its answers", async () => {
    const page = await browser.signIn("manager");
    await choose(page, csv("wieder.csv", people(10)));
    await page.getByText("was imported before").waitFor();
    await page.getByRole("status").filter({ hasText: "Ready" }).waitFor();
    const answered = page.getByRole("row").filter({ has: page.getByRole("button", { name: "Say otherwise" }) }).first();
    await answered.getByRole("button", { name: "Say otherwise" }).click();
    await page.getByRole("radiogroup").first().waitFor();
    await picture(page, "imports-say-otherwise");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("done", { exact: true }).waitFor();
    assert.equal((await newest()).created, 9);
    await page.getByRole("link", { name: "All imports" }).click();
    await page.getByRole("row", { name: /wieder\.csv/ }).getByText("manager").waitFor();
    await page.getByRole("row", { name: /messe\.csv/ }).getByText("taken back").waitFor();
    await picture(page, "imports");
    await checkAccessible(page);
  });

  it("asks about what only the whole file shows, at its column", async () => {
    const page = await browser.signIn("administrator");
    browser.allow(/400/);
    const lines = ["E-Mail,Abgemeldet"];
    for (let i = 0; i < 20_000; i++) lines.push(`later${i}@example.org,${i === 19_999 ? "vielleicht" : "nein"}`);
    await choose(page, csv("lang.csv", lines));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("What shall become of the people with these values in “Abgemeldet”?").waitFor();
    await page.getByRole("radiogroup", { name: "vielleicht" }).getByRole("radio", { name: "No mail to them" }).check();
    await page.getByRole("button", { name: "Try it first" }).click();
    await page.getByText("Would be new").waitFor();
    assert.equal((await newest()).options.opt_outs, 1);
  });

  it("asks which newsletter is none, and who has died, one by one", async () => {
    const page = await browser.signIn("administrator");
    await choose(page, csv("notes.csv", ["E-Mail;Newsletter Name;Bemerkung", "note1@example.org;Weekly;verstorben 2024",
      "note2@example.org;none;Husband deceased", "note3@example.org;Weekly;met in May"]));
    await page.getByRole("status").filter({ hasText: "2 questions are open" }).waitFor();
    await page.getByRole("row", { name: /Bemerkung/ }).getByText("Rows opted out, of those seen: 2.").waitFor();
    await page.getByRole("row", { name: /Bemerkung/ }).getByText("Answer the question below").waitFor();
    await checkAccessible(page);
    await picture(page, "import-notes");
    await page.getByRole("radio", { name: /It holds words/ }).check();
    await page.getByRole("radiogroup", { name: "none" }).getByRole("radio", { name: "No mail to them" }).check();
    await page.getByRole("radiogroup", { name: "Weekly" }).getByRole("radio", { name: "They may get mail" }).check();
    await page.getByRole("radio", { name: "I decide for each of them" }).check();
    await page.getByRole("radiogroup", { name: "verstorben 2024" }).getByRole("radio", { name: "No mail to them" }).check();
    await page.getByRole("radiogroup", { name: "Husband deceased" }).getByRole("radio", { name: "They may get mail" }).check();
    await page.getByRole("status").filter({ hasText: "Ready" }).waitFor();
    await picture(page, "import-notes-answered");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("done", { exact: true }).waitFor();
    const out = async (n: number): Promise<boolean> =>
      (await server.admin.get(`${v1}/people`, { email: `note${n}@example.org` })).body.items[0].opted_out;
    assert.deepEqual(await Promise.all([1, 2, 3].map(out)), [true, true, false]);
  });

  it("is loud about columns of yes and no, which can be told of where they stand", async () => {
    const page = await browser.signIn("administrator");
    await choose(page, csv("flags.csv", ["E-Mail;Gut;Hund;Kielto", "flag1@example.org;☑;ja;kyllä", "flag2@example.org;☐;nein;ei",
      "flag3@example.org;✗;ja;"]));
    await page.getByRole("status").filter({ hasText: "One question is open" }).waitFor();
    const row = page.getByRole("row", { name: /Gut/ });
    await row.getByText("Does it say who wants mail?").waitFor();
    await page.getByText("Left out, though they hold only yes and no: Gut, Hund.").waitFor();
    await checkAccessible(page);
    await picture(page, "import-yes-no");
    await page.getByRole("row", { name: /Kielto/ }).getByRole("radio", { name: /“yes”, or a date, means no mail/ }).check();
    await row.getByRole("button", { name: "Say what it means" }).click();
    await row.getByRole("radio", { name: /“no” means no mail/ }).check();
    await row.getByRole("radiogroup", { name: "✗" }).getByRole("radio", { name: "No mail to them" }).check();
    await page.getByText("Left out, though it holds only yes and no: Hund.").waitFor();
    await page.getByRole("status").filter({ hasText: "Ready" }).waitFor();
    await checkAccessible(page);
    await picture(page, "import-yes-no-told");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("done", { exact: true }).waitFor();
    await page.getByRole("alert").getByText("Left out, though it holds only yes and no: Hund. If it says").waitFor();
    await picture(page, "import-yes-no-passed");
    const out = async (n: number): Promise<boolean> =>
      (await server.admin.get(`${v1}/people`, { email: `flag${n}@example.org` })).body.items[0].opted_out;
    assert.deepEqual(await Promise.all([1, 2, 3].map(out)), [true, true, true]);
  });

  it("lets only those get mail who say yes, if that is what the column means", async () => {
    const page = await browser.signIn("administrator");
    await choose(page, csv("verein.csv", ["E-Mail;Newsletter der Sektion", "verein1@example.org;ja", "verein2@example.org;nein",
      "verein3@example.org;", "verein4@example.org", "verein5 @example.org;ja", "verein6@example.org;verein7@example.org",
      "verein8@example.org, verein9@example.org;ja"]));
    const row = page.getByRole("row", { name: /Newsletter der Sektion/ });
    const only = row.getByRole("radio", { name: "Only who says yes may get mail; blank may not" });
    await row.getByText(/All others, also those with a blank cell.*Rows opted out, of those seen: 3; asked about next: 1\./).waitFor();
    await only.check();
    await row.getByRole("radiogroup", { name: "verein7@example.org" }).getByRole("radio", { name: "No mail to them" }).check();
    await page.getByRole("status").filter({ hasText: "Ready" }).waitFor();
    await row.getByText("Says who wants mail, and who does not").waitFor();
    await picture(page, "import-only-yes");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("done", { exact: true }).waitFor();
    await page.getByText("only “yes”, or a date, may get mail; blank may not.").waitFor();
    const out = async (n: number): Promise<boolean | undefined> =>
      (await server.admin.get(`${v1}/people`, { email: `verein${n}@example.org` })).body.items[0]?.opted_out;
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6].map(out)), [false, true, true, true, undefined, true]);
    await page.getByRole("row", { name: /verein5/ }).getByText("the address has a blank in it").waitFor();
    await page.getByRole("row", { name: /verein9/ }).getByText("more than one address in one cell").waitFor();
    await page.getByText("Not a valid e-mail address · 2").waitFor();
    const user = await browser.signIn("user", german);
    await user.goto(new URL(page.url()).pathname);
    await user.getByText("Keine gültige E-Mail-Adresse · 2").waitFor();
    await user.getByText(/Nur „Ja“ oder ein Datum darf E-Mails bekommen; leer nicht/).waitFor();
    assert.equal(await user.getByRole("button", { name: "Import zurücknehmen" }).count(), 0, "the API would refuse it");
    await user.context().close();
  });

  it("waits for a word before it opts many people out", async () => {
    const before = ["E-Mail;Ort"];
    const after = ["E-Mail;Abgemeldet"];
    for (let i = 0; i < 120; i++) {
      before.push(`many${i}@example.org;Bern`);
      after.push(`many${i}@example.org;ja`);
    }
    const post = { headers: { "content-type": "text/csv" } };
    await server.job((await server.admin.post(`${v1}/imports`, before.join("\n"), post)).body.job_id);
    const page = await browser.signIn("administrator");
    await choose(page, csv("aus.csv", after));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByRole("alert").getByText(/opt out 120/).waitFor();
    const isOut = async () => (await server.admin.get(`${v1}/people`, { email: "many7@example.org" })).body.items[0].opted_out;
    assert.equal(await isOut(), false);
    await page.getByText("That is known when it is done.").waitFor();
    assert.equal(await page.getByText("No row says that somebody wants no mail").count(), 0, "nothing is decided yet");
    await picture(page, "import-asks");
    await checkAccessible(page);
    const deutsch = await browser.signIn("manager", german);
    await deutsch.goto(new URL(page.url()).pathname);
    await deutsch.getByRole("alert").getByText(/Der Import würde 120 der 120 abmelden/).waitFor();
    await deutsch.context().close();
    const user = await browser.signIn("user");
    await user.goto(new URL(page.url()).pathname);
    await user.getByText("Marketing managers and administrators decide this.").waitFor();
    assert.equal(await user.getByRole("button", { name: /Go on|Stop here/ }).count(), 0, "it is not the user's");
    await user.context().close();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("done", { exact: true }).waitFor();
    assert.equal(await isOut(), true);
  });

  it("keeps what was chosen when the connection breaks, and says so", async () => {
    const page = await browser.signIn("administrator");
    browser.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
    await choose(page, csv("weg.csv", ["E-Mail;Farbe", "weg@example.org;rot"]));
    await page.getByLabel("Why may new people be mailed?").fill("By phone");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByRole("alert").getByText(/server does not answer/).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("done", { exact: true }).waitFor();
    const [person] = (await server.admin.get(`${v1}/people`, { email: "weg@example.org" })).body.items;
    assert.equal((await server.admin.get(`${v1}/people/${person.id}/consent`)).body.items[0].reason, "By phone");
  });

  it("cannot be undone twice, whoever was first", async () => {
    browser.allow(/409/);
    const ada = await browser.signIn("administrator");
    await choose(ada, csv("zwei.csv", ["E-Mail", "zwei@example.org"]));
    await ada.getByRole("button", { name: "Import", exact: true }).click();
    await ada.getByText("done", { exact: true }).waitFor();
    await ada.getByRole("button", { name: "Undo this import" }).click();
    const { id } = await newest();
    await server.job((await server.admin.post(`${v1}/imports/${id}/undo`)).body.job_id);
    await ada.getByRole("button", { name: /Take one record back/ }).click();
    await ada.getByRole("dialog").getByText("it is undone already").waitFor();
  });

  it("says what is wrong with a file that is none", async () => {
    browser.allow(/400/);
    const page = await browser.signIn("administrator");
    await choose(page, { name: "bild.csv", mimeType: "text/csv", buffer: Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1") });
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Another file" }).click();
    await page.getByText("Drop a CSV file here").waitFor();
  });

  it("reads what Excel writes, and can be told better", async () => {
    const page = await browser.signIn("administrator");
    await choose(page, csv("excel.csv", ["E-Mail;Ort", "fremd@example.org;Köln"], "latin1"));
    await page.getByRole("row", { name: /Ort/ }).getByText("Köln").waitFor();
    await page.getByRole("combobox", { name: "Letters are written in" }).click();
    await page.getByRole("option", { name: "windows-1251" }).click();
    await page.getByRole("row", { name: /Ort/ }).getByText("Kцln").waitFor();
  });

  it("is in German, dark, on a phone and accessible", async () => {
    for (const [name, options] of Object.entries({ german, dark, phone })) {
      const page = await browser.signIn("administrator", options);
      await page.goto("/imports");
      await page.getByRole(name === "phone" ? "list" : "table", { name: name === "german" ? "Verlauf" : "History" }).waitFor();
      await checkAccessible(page);
      await picture(page, `imports-${name}`);
      await page.locator("input[type=file]").setInputFiles(csv("klein.csv", ["E-Mail;Newsletter;Name", "x@example.org;manchmal;X"]));
      await page.getByRole("radio").first().waitFor();
      await checkAccessible(page);
      await picture(page, `import-columns-${name}`);
    }
  });
});

describe("an import of somebody else", () => {
  const server = useServer();
  const browser = useBrowser(server);

  it("is seen while it runs, and found again after leaving", async () => {
    const page = await browser.signIn("user");
    await choose(page, csv("viele.csv", people(5_000)));
    await page.getByRole("radio", { name: /nothing to do with mail/ }).check();
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.waitForURL(/\/imports\/\d+$/);
    const other = await browser.signIn("manager");
    await other.goto(page.url().replace(server.url, ""));
    await other.getByText("done", { exact: true }).waitFor();
    await page.goto("/people");
    await page.goto("/imports");
    await page.getByRole("row", { name: /viele\.csv/ }).getByText("done").waitFor();
    assert.equal((await server.admin.get(`${v1}/people`)).body.total, 4980);
  });
});
