/**
 * What the server says, in the reader's language. It says it in English; a
 * catalogue (messages/LANGUAGE/server.json) has the format of the C source
 * ("must be at most %d") and what is said instead ("höchstens %1$s"). Of a
 * number that may be one, both forms: "{1|eine Zeile ist|%1$s Zeilen sind}";
 * it is a count then, and has the language's separators, as an id has not.
 * tools/check_server_texts.py keeps the catalogues complete.
 */
export type Catalogue = Readonly<Record<string, string>>;
export type Translate = (text: string) => string;

interface Pattern {
  /** Letters that are no slots: the more, the surer. */
  literal: number;
  expression: RegExp;
  said: string;
  /** What stands in a slot may be known to the catalogue, too. */
  isText: boolean[];
  /** What stands before the first slot, and what after the last. */
  begin: string;
  end: string;
}

const SLOT = /%(?:%|[-0 +#]*\d*(?:\.(\d+))?(?:hh|h|ll|l|z|j|t)?([a-zA-Z]))/g;
const SAID_SLOT = /%(?:%|(\d+)\$s)/g;
/** By the slot of that number: what is said of one, and of others. */
const FORMS = /\{(\d+)\|([^|}]*)\|([^}]*)\}/g;
const DEEPEST = 4;
/** In a slot that is what somebody called it, though a heading of ours may read the same ("Size"). */
const NAME = /^\p{Lu}\p{L}*$/u;
/** Patterns are found by so many letters at their beginning. */
const KEY = 3;
/** What the server calls an err has at most 255 bytes (src/base/err.h). */
const CUT_FROM = 252;
const CUT_TO = 255;
const LEAST_END = 8;

const plain = (literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function slotOf(kind: string, most: string | undefined, isLast: boolean): string {
  if (kind === 's') return most ? `(.{0,${most}}?)` : isLast ? '(.*)' : '(.*?)';
  if (kind === 'c') return '(.)';
  return 'diu'.includes(kind) ? '(-?\\d+)' : '([-+.\\da-fA-F]+)';
}

/** null: it has no slots. */
function patternOf(format: string, said: string): Pattern | null {
  const isText: boolean[] = [];
  let expression = '';
  let literal = 0;
  let begin: string | null = null;
  let end = '';
  let at = 0;
  const add = (text: string) => {
    expression += plain(text);
    literal += text.length;
    end += text;
  };
  for (const match of format.matchAll(SLOT)) {
    add(format.slice(at, match.index));
    at = match.index + match[0].length;
    const kind = match[2];
    if (kind === undefined) {
      add('%');
      continue;
    }
    expression += slotOf(kind, match[1], at === format.length);
    isText.push(kind === 's');
    begin ??= end;
    end = '';
  }
  add(format.slice(at));
  if (begin === null) return null;
  return { literal, expression: new RegExp(`^${expression}$`, 's'), said, isText, begin, end };
}

function matchOf({ begin, end, expression }: Pattern, text: string): RegExpExecArray | null {
  return text.startsWith(begin) && text.endsWith(end) ? expression.exec(text) : null;
}

/** Patterns by how they begin, the longest literal first. */
class Patterns {
  private readonly all: Pattern[] = [];
  private readonly byKey = new Map<string, Pattern[]>();

  add(pattern: Pattern): void {
    this.all.push(pattern);
  }

  of(text: string): Pattern[] {
    const key = text.slice(0, KEY);
    let found = this.byKey.get(key);
    if (!found) {
      found = this.all.filter(({ begin }) => key.startsWith(begin.slice(0, KEY))).sort((a, b) => b.literal - a.literal);
      this.byKey.set(key, found);
    }
    return found;
  }
}

/** What the server had to cut off at its longest, of this end. */
function withEnd(text: string, end: string): string {
  for (let length = end.length - 1; length >= LEAST_END; length--)
    if (text.endsWith(end.slice(0, length))) return text + end.slice(length);
  return text;
}

function isCut(text: string): boolean {
  if (text.length > CUT_TO || text.length * 3 < CUT_FROM) return false;
  const { length } = new TextEncoder().encode(text);
  return length >= CUT_FROM && length <= CUT_TO;
}

export const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A text that the catalogue does not know stays as it is. */
export function makeTranslate(catalogue: Catalogue, language?: string): Translate {
  const counts = new Intl.NumberFormat(language);
  const whole = new Map<string, string>();
  const patterns = new Patterns();
  for (const [format, said] of Object.entries(catalogue)) {
    const pattern = patternOf(format, said);
    if (pattern) patterns.add(pattern);
    else whole.set(format.replaceAll('%%', '%'), said.replaceAll('%%', '%'));
  }

  const formOf = (slot: string | undefined, number: string, one: string, others: string) =>
    slot === '1' ? one : slot && /^\d+$/.test(slot) ? others.replaceAll(`%${number}$s`, counts.format(Number(slot))) : others;
  const fill = ({ said, isText }: Pattern, slots: string[], depth: number) =>
    said.replace(FORMS, (_, number: string, one: string, others: string) => formOf(slots[Number(number) - 1], number, one, others)).replace(SAID_SLOT, (_, number: string | undefined) => {
      if (number === undefined) return '%';
      const slot = slots[Number(number) - 1] ?? '';
      return isText[Number(number) - 1] && !NAME.test(slot) ? told(slot, depth + 1) : slot;
    });
  const byPattern = (text: string, depth: number): string | undefined => {
    const cut = isCut(text);
    for (const pattern of patterns.of(text)) {
      const match = matchOf(pattern, text) ?? (cut ? matchOf(pattern, withEnd(text, pattern.end)) : null);
      if (match) return fill(pattern, match.slice(1), depth);
    }
    return undefined;
  };
  /** "this; that" and "where: what", of which parts may be known. */
  const byParts = (text: string, depth: number): string => {
    const after = text.lastIndexOf('; ');
    if (after > 0) {
      const rest = told(text.slice(after + 2), depth + 1);
      if (rest !== text.slice(after + 2)) return `${told(text.slice(0, after), depth + 1)}; ${rest}`;
    }
    const count = /^\d+ /.exec(text)?.[0];
    if (count) return count + told(text.slice(count.length), depth + 1);
    const colon = text.indexOf(': ');
    return colon > 0 ? `${told(text.slice(0, colon), depth + 1)}: ${told(text.slice(colon + 2), depth + 1)}` : text;
  };
  const told = (text: string, depth: number): string => {
    if (text === '' || depth > DEEPEST) return text;
    return whole.get(text) ?? byPattern(text, depth) ?? byParts(text, depth);
  };

  const known = new Map<string, string>();
  return (text) => {
    let said = known.get(text);
    if (said === undefined) {
      said = told(text, 0);
      if (said !== text) said = capital(said);
      if (known.size >= 1000) known.clear();
      known.set(text, said);
    }
    return said;
  };
}

let translate: Translate = (text) => text;

/** Of the language in use. */
export function setServerTexts(catalogue: Catalogue, language?: string): void {
  translate = makeTranslate(catalogue, language);
}

export function serverText(text: string): string {
  return translate(text);
}
