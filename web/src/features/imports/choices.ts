/**
 * What somebody chose for a file, and how it is said to the server. What is not
 * chosen is left out: then the server guesses by the headers, remembers what
 * was chosen for such a file, and asks about columns that may be about consent.
 */
import type { Look, Question } from './queries.ts';

export type Entity = 'people' | 'leads' | 'companies';

export interface Choices {
  entity: Entity;
  header?: 'true' | 'false';
  delimiter?: string;
  encoding?: string;
  /** From a column's name to a field; null: left out. */
  mapping: Record<string, string | null>;
  /** From a column that lost its field to the one that was given it. */
  taken: Record<string, string>;
  /** From a column's name to what it is. */
  consent: Record<string, string>;
  /** From "COLUMN:VALUE" to what it means. */
  values: Record<string, string>;
  dateOrder?: string;
  /** The ground on which new people agreed; '': none is said. */
  ground: string;
}

export const noChoices: Choices = { entity: 'people', mapping: {}, taken: {}, consent: {}, values: {}, ground: '' };

const json = (object: object) => (Object.keys(object).length > 0 ? JSON.stringify(object) : undefined);

/** A mapping that was remembered counts as a whole: who changes a column of it says the others, too. */
function mappingOf(choices: Choices, look: Look | undefined): Record<string, string | null> {
  const kept = look?.mapping === 'saved' || look?.mapping === 'given' ? look.columns.filter((c) => c.by === 'saved' || c.by === 'given') : [];
  if (Object.keys(choices.mapping).length === 0) return {};
  return { ...Object.fromEntries(kept.map((c) => [c.column, c.field])), ...choices.mapping };
}

/** As POST /imports and /imports/look take it. */
export function queryOf(choices: Choices, look: Look | undefined): Record<string, string | undefined> {
  return {
    entity: choices.entity,
    header: choices.header,
    delimiter: choices.delimiter === '\t' ? 'tab' : choices.delimiter,
    encoding: choices.encoding,
    mapping: json(mappingOf(choices, look)),
    consent: json(choices.consent),
    consent_values: json(choices.values),
    date_order: choices.dateOrder,
  };
}

/** Those that are not answered yet: the look's, and those that only the whole file showed. */
export function openQuestions(choices: Choices, questions: Question[]): Question[] {
  return questions.filter((question) => {
    if (question.kind === 'date_order') return !choices.dateOrder;
    if (question.kind === 'value') return question.values.some(({ value }) => !choices.values[valueKey(question, value)]);
    return !choices.consent[question.column ?? ''] && !isEachAnswered(choices, question);
  });
}

type Column = Look['columns'][number];

/**
 * What nobody must answer, and may: whether a column of only yes and no, which
 * no field takes, says who wants mail. What was answered stays to be seen.
 */
export function offerOf(choices: Choices, column: Column, about: Question[]): Question | null {
  const isAnswered = choices.consent[column.column] !== undefined;
  const isLeft = column.yes_no && column.field === null && column.by === null;
  if (about.some(({ kind }) => kind !== 'value') || !(isLeft || isAnswered)) return null;
  return { kind: 'column', column: column.column, as: null, values: [], more: 0, parameter: 'consent', answers: ANSWERS, effects: [] };
}

const ANSWERS = ['opt_out', 'opt_in', 'opt_in_only', 'ignore'];

/** What was answered for an earlier file, or is sure by the header, is not asked; it can be said otherwise. */
export function askAgain(choices: Choices, column: Column, about: Question[]): Choices | null {
  const isShown = choices.consent[column.column] !== undefined || about.length > 0;
  if (isShown || !column.consent || !ANSWERS.includes(column.consent)) return null;
  return { ...choices, consent: { ...choices.consent, [column.column]: column.consent } };
}

/** Those that the server asks tell what each answer would do. */
export function isOffer(question: Question): boolean {
  return question.kind === 'column' && question.effects.length === 0;
}

/** Columns of which that is still open. */
export function openOffers(choices: Choices, look: Look, questions: Question[]): string[] {
  const isOpen = (column: Column) => {
    const offer = offerOf(choices, column, questions.filter((question) => question.column === column.column));
    return offer !== null && openQuestions(choices, [offer]).length > 0;
  };
  return look.columns.filter(isOpen).map((column) => column.column);
}

/** Texts may be answered one by one, if all of them are shown. */
export function mayEach(question: Question): boolean {
  return question.kind === 'phrase' && question.more === 0 && question.values.length > 1;
}

function isEachAnswered(choices: Choices, question: Question): boolean {
  return mayEach(question) && question.values.every(({ value }) => choices.values[valueKey(question, value)]);
}

export function valueKey(question: Question, value: string): string {
  return `${question.column}:${value}`;
}

export function answer(choices: Choices, question: Question, is: string, value?: string): Choices {
  if (question.kind === 'date_order') return { ...choices, dateOrder: is };
  if (question.kind === 'value') return { ...choices, values: { ...choices.values, [valueKey(question, value ?? '')]: is } };
  const own = new Set(question.values.map((one) => valueKey(question, one.value)));
  const values = Object.fromEntries(Object.entries(choices.values).filter(([key]) => !own.has(key)));
  return { ...choices, values, consent: { ...choices.consent, [question.column ?? '']: is } };
}

/** One of several texts; what was said of all of them is void. */
export function answerOne(choices: Choices, question: Question, is: string, value: string): Choices {
  const { [question.column ?? '']: _whole, ...consent } = choices.consent;
  return { ...choices, consent, values: { ...choices.values, [valueKey(question, value)]: is } };
}

/** Another reading of the file has other columns: what was asked about those of before is void. */
export function ofColumns(questions: Question[], look: Look): Question[] {
  return questions.filter((q) => q.column === null || look.columns.some((c) => c.column === q.column));
}

/** One of each, by what it is about; the later one knows more values. */
export function mergeQuestions(before: Question[], now: Question[]): Question[] {
  const key = (q: Question) => `${q.kind}:${q.column}`;
  const known = new Set(now.map(key));
  return [...before.filter((q) => !known.has(key(q))), ...now];
}

/**
 * What was asked before, and what is asked now. What is answered is no question
 * of the look any more, and stays to be seen; a value that is neither answered
 * nor asked about is not asked any more.
 */
export function rememberQuestions(choices: Choices, before: Question[], now: Question[]): Question[] {
  const next = (q: Question) => now.find((one) => one.kind === q.kind && one.column === q.column);
  const kept = before.map((old) => {
    const asked = next(old);
    const isKept = (value: string) =>
      old.kind !== 'value' || choices.values[valueKey(old, value)] !== undefined || asked?.values.some((one) => one.value === value);
    const values = old.values.filter(({ value }) => isKept(value));
    const fresh = asked?.values.filter(({ value }) => values.every((one) => one.value !== value)) ?? [];
    return { ...(asked ?? old), values: [...values, ...fresh] };
  });
  const isNew = (q: Question) => before.every((old) => old.kind !== q.kind || old.column !== q.column);
  return [...kept.filter((q) => q.kind !== 'value' || q.values.length > 0), ...now.filter(isNew)];
}

/** A field has one column: who gives it to another takes it from the first. */
export function mapColumn(choices: Choices, look: Look, column: string, field: string | null): Choices {
  const others = look.columns.filter((c) => field !== null && c.field != null && isSame(c.field, field) && c.column !== column);
  const { [column]: _again, ...taken } = choices.taken;
  return {
    ...choices,
    mapping: { ...choices.mapping, ...Object.fromEntries(others.map((c) => [c.column, null])), [column]: field },
    taken: { ...taken, ...Object.fromEntries(others.map((c) => [c.column, column])) },
  };
}

/** A record is given one address, of whatever kind. */
function isSame(one: string, other: string): boolean {
  const kind = /^email(_home|_other)?$/;
  return one === other || (kind.test(one) && kind.test(other));
}

/** The begin of a file, cut behind a line: enough to choose columns by. */
export const LOOK_BYTES = 1 << 18;

export async function beginOf(file: Blob): Promise<Blob> {
  if (file.size <= LOOK_BYTES) return file;
  const bytes = new Uint8Array(await file.slice(0, LOOK_BYTES).arrayBuffer());
  const end = bytes.lastIndexOf(10) + 1;
  // a line end of UTF-16LE has a second byte
  return new Blob([bytes.slice(0, end === 0 ? bytes.length : end + (bytes[end] === 0 ? 1 : 0))]);
}

/** For a new field of one's own: "E-Mail privat" is e_mail_privat. */
export function keyOf(label: string): string {
  const plain = label.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return plain.slice(0, 40) || 'field';
}
