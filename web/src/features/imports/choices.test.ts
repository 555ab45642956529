import { expect, test } from 'vitest';
import { answer, answerOne, askAgain, beginOf, keyOf, LOOK_BYTES, mapColumn, mayEach, mergeQuestions, noChoices, offerOf, openOffers, openQuestions, queryOf, rememberQuestions } from './choices.ts';
import type { Look, Question } from './queries.ts';

const question = (kind: Question['kind'], column: string | null, values: string[] = []): Question => ({
  kind, column, as: null, values: values.map((value) => ({ value, count: 1 })), more: 0, parameter: 'consent', answers: [], effects: [],
});

const look = (mapping: Look['mapping'], columns: [string, string | null, Look['columns'][0]['by']][]): Look => ({
  entity: 'people', delimiter: ',', encoding: 'utf-8', has_header: true, mapping, rows: 1, questions: [], fields: [],
  columns: columns.map(([column, field, by]) => ({ column, field, by, consent: null, yes_no: false, kind: 'text', filled: 1, samples: [] })),
});

test('what nobody chose is not said: the server guesses, remembers and asks', () => {
  const query = queryOf(noChoices, look('saved', [['Wer', 'email', 'saved']]));
  expect(query).toEqual({ entity: 'people' });
});

test('who changes a column of a remembered mapping keeps the others, and not what was guessed', () => {
  const saved = look('saved', [['Wer', 'email', 'saved'], ['Wo', 'city', 'saved'], ['Name', 'name', 'guess']]);
  const query = queryOf({ ...noChoices, mapping: { Wo: 'region' } }, saved);
  expect(JSON.parse(query.mapping!)).toEqual({ Wer: 'email', Wo: 'region' });
});

test('a field goes from one column to another', () => {
  const both = look(null, [['Mail', 'email', 'guess'], ['Mail 2', null, null]]);
  expect(mapColumn(noChoices, both, 'Mail 2', 'email').mapping).toEqual({ Mail: null, 'Mail 2': 'email' });
  expect(mapColumn(noChoices, both, 'Mail 2', 'email_home').mapping).toEqual({ Mail: null, 'Mail 2': 'email_home' });
  const lost = mapColumn(noChoices, both, 'Mail 2', 'email');
  expect(lost.taken).toEqual({ Mail: 'Mail 2' });
  expect(mapColumn(lost, both, 'Mail', null).taken).toEqual({});
  expect(mapColumn(noChoices, both, 'Mail', null).mapping).toEqual({ Mail: null });
});

test('a question is open until all of it is answered', () => {
  const all = [question('column', 'Newsletter'), question('value', 'Status', ['inaktiv', 'weg']), question('date_order', null)];
  expect(openQuestions(noChoices, all)).toHaveLength(3);
  let choices = answer(noChoices, all[0]!, 'opt_in');
  choices = answer(choices, all[1]!, 'out', 'inaktiv');
  choices = answer(choices, all[2]!, 'dmy');
  expect(openQuestions(choices, all).map((q) => q.column)).toEqual(['Status']);
  choices = answer(choices, all[1]!, 'ignore', 'weg');
  expect(openQuestions(choices, all)).toEqual([]);
  expect(queryOf(choices, undefined)).toMatchObject({
    consent: '{"Newsletter":"opt_in"}', consent_values: '{"Status:inaktiv":"out","Status:weg":"ignore"}', date_order: 'dmy',
  });
});

test('a column of yes and no that nobody asks about may be told of, and stays to be seen', () => {
  const flags = look(null, [['VIP', null, null], ['Hund', null, null], ['Left', null, 'given'], ['Name', 'name', 'guess']]);
  const [vip, hund, left, name] = flags.columns.map((column) => ({ ...column, yes_no: column.column !== 'Name' }));
  const all = { ...flags, columns: [vip!, hund!, left!, name!] };
  expect(openOffers(noChoices, all, [])).toEqual(['VIP', 'Hund']);
  const said = answer(noChoices, offerOf(noChoices, vip!, [])!, 'opt_in');
  expect(queryOf(said, all).consent).toBe('{"VIP":"opt_in"}');
  expect(openOffers(said, all, [])).toEqual(['Hund']);
  expect(offerOf(said, { ...vip!, yes_no: false, consent: 'opt_in' }, [question('value', 'VIP', ['✗'])])).not.toBeNull();
  expect(offerOf(noChoices, hund!, [question('column', 'Hund')])).toBeNull();
  expect(offerOf(noChoices, left!, [])).toBeNull();
  expect(offerOf(noChoices, name!, [])).toBeNull();
});

test('texts are answered as a whole or one by one, and the last answer counts', () => {
  const texts = question('phrase', 'Notes', ['deceased', 'husband deceased']);
  let choices = answer(noChoices, texts, 'out');
  expect(openQuestions(choices, [texts])).toEqual([]);
  choices = answerOne(choices, texts, 'out', 'deceased');
  expect(choices.consent).toEqual({});
  expect(openQuestions(choices, [texts])).toHaveLength(1);
  choices = answerOne(choices, texts, 'ignore', 'husband deceased');
  expect(openQuestions(choices, [texts])).toEqual([]);
  expect(answer(choices, texts, 'ignore')).toMatchObject({ consent: { Notes: 'ignore' }, values: {} });
  expect(mayEach({ ...texts, more: 3 })).toBe(false);
});

test('the whole file may ask more than its begin', () => {
  const merged = mergeQuestions([question('value', 'Status', ['a']), question('column', 'X')], [question('value', 'Status', ['a', 'b'])]);
  expect(merged.map((q) => [q.column, q.values.length])).toEqual([['X', 0], ['Status', 2]]);
});

test('a value that was answered stays to be seen, one that nobody asks about goes', () => {
  const both = [question('value', 'Status', ['a', 'b']), question('column', 'X')];
  const choices = answer(noChoices, both[0]!, 'out', 'a');
  const left = rememberQuestions(choices, both, [question('value', 'Status', ['b', 'c'])]);
  expect(left.map((q) => [q.column, q.values.map((v) => v.value)])).toEqual([['Status', ['a', 'b', 'c']], ['X', []]]);
  expect(rememberQuestions(choices, both, []).map((q) => q.values.map((v) => v.value))).toEqual([['a'], []]);
  expect(rememberQuestions(noChoices, both, []).map((q) => q.column)).toEqual(['X']);
  expect(rememberQuestions(noChoices, [], both)).toEqual(both);
});

test('the begin of a long file ends with a line', async () => {
  const text = 'E-Mail\n' + 'someone@example.org\n'.repeat(LOOK_BYTES / 10);
  const begin = await beginOf(new Blob([text]));
  expect(begin.size).toBeLessThanOrEqual(LOOK_BYTES);
  expect((await begin.text()).endsWith('example.org\n')).toBe(true);
  const wide = new Blob([Uint8Array.from(text, (c) => c.charCodeAt(0)).reduce((bytes, c, i) => ((bytes[2 * i] = c), bytes), new Uint8Array(2 * text.length))]);
  const half = new Uint8Array(await (await beginOf(wide)).arrayBuffer());
  expect([...half.slice(-2)]).toEqual([10, 0]);
});

test('a label becomes a key', () => {
  expect(keyOf('E-Mail privat')).toBe('e_mail_privat');
  expect(keyOf('Größe (cm)')).toBe('gro_e_cm');
  expect(keyOf('王伟')).toBe('field');
});

test('an answer that was remembered can be given again', () => {
  const [column] = look(null, [['Newsletter', null, null]]).columns;
  const known = { ...column!, consent: 'opt_in' };
  const asked = askAgain(noChoices, known, [])!;
  expect(asked.consent).toEqual({ Newsletter: 'opt_in' });
  expect(offerOf(asked, known, [])?.answers).toContain('ignore');
  expect(askAgain(asked, known, [])).toBe(null);
  expect(askAgain(noChoices, column!, [])).toBe(null);
  expect(askAgain(noChoices, known, [question('column', 'Newsletter')])).toBe(null);
});
