import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { Problem } from './problem.ts';
import { makeTranslate, setServerTexts, type Catalogue } from './serverText.ts';
import { inReadersLanguage } from './told.ts';

const messages = new URL('../messages/', import.meta.url);

function catalogueOf(language: string): Catalogue {
  return JSON.parse(readFileSync(new URL(`${language}/server.json`, messages), 'utf8')) as Catalogue;
}

const german = catalogueOf('de');
const languages = readdirSync(messages, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

afterEach(() => setServerTexts({}));

describe('a text by its format', () => {
  const translate = makeTranslate({
    'must be at most %d': 'höchstens %1$s',
    'from %lld to %lld': 'bis %2$s ab %1$s',
    'row %lld %s': 'Zeile %1$s %2$s',
    'has text after a quote': 'hat Text danach',
    'the first row: %s': 'erste Zeile: %1$s',
    'keeps 100%% of it': 'behält 100%% davon',
    '%d%% of %s': '%1$s%% von %2$s',
    '%.5s is no tag': '„%1$s“ ist keins',
    'the campaign is %s already': 'sie ist schon %1$s',
    'the %s is %s already': 'allgemein',
    sent: 'gesendet',
    'on %04d-%02d-%02d': 'am %3$s.%2$s.%1$s',
    '(%s) [%s]': '[%1$s] (%2$s)',
    'no column %s"%s"%s: it has %s': 'Spalte %1$s„%2$s“%3$s fehlt: %4$s',
    'it was heeded': 'es wurde beachtet',
    '%d rows of %d': '{1|eine Zeile|%1$s Zeilen} von {2|einer|%2$s}',
    'rows were left': 'Zeilen blieben',
  }, 'de');
  test.each([
    ['must be at most 12', 'Höchstens 12'],
    ['must be at most twelve', 'must be at most twelve'],
    ['must be at most 12 or so', 'must be at most 12 or so'],
    ['from -3 to 5', 'Bis 5 ab -3'],
    ['row 3 has text after a quote', 'Zeile 3 hat Text danach'],
    ['row 3 is odd', 'Zeile 3 is odd'],
    ['the first row: row 1 has text after a quote', 'Erste Zeile: Zeile 1 hat Text danach'],
    ['keeps 100% of it', 'Behält 100% davon'],
    ['5% of sent', '5% von gesendet'],
    ['abcde is no tag', '„abcde“ ist keins'],
    ['abcdef is no tag', 'abcdef is no tag'],
    // the longest literal wins, whatever the order
    ['the campaign is sent already', 'Sie ist schon gesendet'],
    ['the import is sent already', 'Allgemein'],
    ['on 2026-03-01', 'Am 01.03.2026'],
    ['(a.*) [b\nc]', '[a.*] (b\nc)'],
    ['no column "x"y": it has a, b', 'Spalte „x“y" fehlt: a, b'],
    ['1 rows of 3', 'Eine Zeile von 3'],
    ['2 rows of 1', '2 Zeilen von einer'],
    ['97045 rows of 2', '97.045 Zeilen von 2'],
    ['row 97045 is odd', 'Zeile 97045 is odd'],
    ['3 rows were left', '3 Zeilen blieben'],
    // parts that are put together when the program runs
    ['phone: row 4 has text after a quote', 'Phone: Zeile 4 hat Text danach'],
    ['phone: odd; it was heeded', 'Phone: odd; es wurde beachtet'],
    ['query people: on 2026-03-01', 'Query people: am 01.03.2026'],
    ['', ''],
    ['a word: of: somebody', 'a word: of: somebody'],
    ['550 5.1.1 <ä@ö.example>: no such mailbox', '550 5.1.1 <ä@ö.example>: no such mailbox'],
  ])('%j', (text, said) => {
    expect(translate(text)).toBe(said);
  });

  test('that was cut at its longest', () => {
    const told = makeTranslate({ 'the file has %s, which is more than anybody can read': '%1$s ist zu viel' });
    const long = 'ü'.repeat(105);
    const whole = `the file has ${long}, which is more than anybody can read`;
    expect(new TextEncoder().encode(whole).length).toBeGreaterThan(255);
    const cut = new TextDecoder().decode(new TextEncoder().encode(whole).slice(0, 255));
    expect(told(cut)).toBe(`${long.toLocaleUpperCase().slice(0, 1)}${long.slice(1)} ist zu viel`);
    expect(told(whole.slice(0, -20))).toBe(whole.slice(0, -20));
  });

  test('nothing known: all stays', () => {
    expect(makeTranslate({})('must be at most 5')).toBe('must be at most 5');
  });
});

/** A text of this format, with what may stand in its slots. */
function sample(format: string): string {
  return format.replace(/%(?:%|[-0 +#]*\d*(?:\.\d+)?(?:ll|z)?([a-z]))/g, (_, kind?: string) =>
    kind === undefined ? '%' : kind === 's' ? 'Ab-1' : '7');
}

describe('the German catalogue', () => {
  const translate = makeTranslate(german);

  test('knows each of its formats again', () => {
    for (const [format, said] of Object.entries(german)) {
      const told = translate(sample(format));
      expect(told).not.toMatch(/%/);
      if (said.replace(/%\d+\$s/g, '%s') !== format) expect(told, format).not.toBe(sample(format));
    }
  });

  test.each([
    ['must be at most 90', 'Darf höchstens 90 sein'],
    ['subject, line 1, column 34: There is no tag FNAM; the audience\'s own were not read yet',
      'Betreff, Zeile 1, Spalte 34: den Platzhalter FNAM gibt es nicht; die der Zielgruppe wurden noch nicht gelesen'],
    ['the first row: row 1 has a quote that is never closed', 'Die erste Zeile: Zeile 1 hat ein Anführungszeichen, das nie geschlossen wird'],
    ['this is a ZIP archive, not CSV: unpack it, and import the CSV file in it',
      'Das ist ein ZIP-Archiv, keine CSV-Datei: Entpacken Sie es und importieren Sie die CSV-Datei darin'],
    ['too many failures: try again in 1 minute', 'Zu viele Versuche: Versuchen Sie es in 1 Min. noch einmal'],
    ['cannot connect: Connection refused: check host and port, and that no firewall is between',
      'Keine Verbindung: Connection refused. Prüfen Sie Server und Port, und ob keine Firewall dazwischen ist'],
    ['a campaign that is sent cannot be paused', 'Eine Kampagne, die gesendet ist, kann nicht angehalten werden'],
    ['the address has no @; its opt-out was heeded', 'Der Adresse fehlt das @; die Abmeldung darin wurde beachtet'],
    ['person_get: begin: the database does not answer; try again',
      'Person_get: Die Datenbank antwortet nicht; versuchen Sie es gleich noch einmal'],
    ['the address opted out on 2024-01-31 (unsubscribed), which was kept when nobody had it',
      'Die Adresse hat sich am 31.01.2024 abgemeldet (unsubscribed), was aufgehoben wurde, als niemand sie hatte'],
    ['1 address is held (unclear_opt_out)', 'Bei einer Adresse ist unklar, ob sie abgemeldet ist; sie ist gesperrt'],
    ['too long; 2 addresses were held until the import was taken back', 'Das ist zu lang; 2 Adressen waren gesperrt, bis der Import zurückgenommen wurde'],
  ])('says %j', (text, said) => {
    expect(translate(text)).toBe(said);
  });

  test('is quick: a page of a thousand refusals', () => {
    const formats = Object.keys(german);
    const texts = Array.from({ length: 1000 }, (_, i) => `${sample(formats[i % formats.length]!)} ${i}`);
    const took = Array.from({ length: 5 }, () => {
      const fresh = makeTranslate(german);
      const begin = performance.now();
      texts.forEach(fresh);
      return performance.now() - begin;
    });
    expect(Math.min(...took)).toBeLessThan(10 * 50); // what a page may wait for it, ten times: to catch hanging
  });
});

/** A number of what is there may be one; a limit is not, nor what is always several. */
const COUNT = /%(?:ll|z)?[du] (?:more )?(?:[a-z-]+s|go|now)\b/;
const NEVER_ONE = /\b(at most|more than|longer than|larger than|deeper than|at least|1 to) %|^(group|person) %|^there are %d|records fit|receivers take none/;
const twinOf = (format: string) => format.replace('%d addresses are', '1 address is').replace('%d addresses', '1 address');

test.each(languages)('what counts has a form for one: %s', (language) => {
  const catalogue = catalogueOf(language);
  const counting = Object.keys(german).filter((format) => COUNT.test(format) && !NEVER_ONE.test(format));
  expect(counting.length).toBeGreaterThan(5);
  for (const format of counting) if (!(twinOf(format) in german)) expect(catalogue[format], format).toMatch(/\{\d\|/);
});

test.each(languages)('slots of %s are those of the format', (language) => {
  for (const [format, said] of Object.entries(catalogueOf(language))) {
    const most = [...format.matchAll(/%[^%]/g)].length;
    for (const [, number] of said.matchAll(/%(\d+)\$s/g)) expect(Number(number), format).toBeLessThanOrEqual(most);
  }
});

describe('where the server speaks', () => {
  test('a problem is told in the language in use, with its fields', () => {
    setServerTexts(german);
    const reply = { status: 400, statusText: '', headers: new Headers({ 'X-Request-Id': 'r1' }) };
    const problem = Problem.of(reply, { detail: 'must be at most 5', errors: [{ field: 'name', message: 'must be one line' }] });
    expect(problem.message).toBe('Darf höchstens 5 sein');
    expect(problem.of('name')).toBe('Muss in einer Zeile stehen');
  });

  test('errors and questions of jobs', () => {
    setServerTexts(german);
    const job = (error: string) => ({ error, result: { question: 'the import would opt out 5 of the 9 in it who are here', refused: [{ id: 1, why: 'cannot be changed' }] } });
    expect(inReadersLanguage('/jobs', { items: [job('its file is gone')] })).toEqual({
      items: [{
        error: 'Die Datei des Imports ist nicht mehr da',
        result: { question: 'Der Import würde 5 der 9 abmelden, die darin stehen und schon hier sind', refused: [{ id: 1, why: 'Lässt sich nicht ändern' }] },
      }],
    });
  });

  test('the label of a company\'s own field, among those of people', () => {
    setServerTexts(german);
    const items = [{ name: 'company.custom.size', label: 'Company: Size' }, { name: 'custom.size', label: 'Company: Size' }];
    expect(inReadersLanguage('/people/fields', { items })).toEqual({
      items: [{ name: 'company.custom.size', label: 'Firma: Size' }, { name: 'custom.size', label: 'Company: Size' }],
    });
  });

  test('what people wrote is left alone', () => {
    setServerTexts(german);
    const entries = [
      { type: 'note', title: null, body: 'cannot be changed' },
      { type: 'consent', title: 'merged with somebody who had opted out', body: null },
    ];
    expect(inReadersLanguage('/people/{record_id}/timeline', { items: structuredClone(entries) })).toEqual({
      items: [entries[0], { ...entries[1], title: 'Zusammengeführt mit jemandem, der sich abgemeldet hatte' }],
    });
    expect(inReadersLanguage('/people/{record_id}', { name: 'missing' })).toEqual({ name: 'missing' });
  });

  test.each(['/campaigns', '/imports', '/suppressions', '/people/{record_id}/consent'])('%s answers what was made there alone', (path) => {
    setServerTexts(german);
    expect(inReadersLanguage(path, { id: 7, hold: null })).toEqual({ id: 7, hold: null });
  });
});
