/**
 * Conditions of the Marketing API as the builder shows them, and back. What was
 * not touched goes back as it came, whatever a program wrote there; what cannot
 * be shown is one row that says so (ASIDE), and stays.
 */
import { isBranch, type Condition, type Criteria } from '../../../ui/FilterBar/criteria.ts';

export type ApiCondition = Readonly<Record<string, unknown>>;

export interface ApiTree {
  match?: 'any' | 'all';
  conditions: (ApiCondition | ApiTree)[];
}

export interface SegmentCondition extends Condition {
  /** As it came. */
  kept?: ApiCondition;
}

export type Kind =
  | 'text' | 'number' | 'day' | 'birthday' | 'select' | 'address' | 'email' | 'time' | 'language' | 'source' | 'rating' | 'vip' | 'client'
  | 'interests' | 'tag' | 'aim' | 'place';

/** By the field's name: those that there are. */
export type Kinds = ReadonlyMap<string, Kind>;

/** The field of what cannot be shown: none is called so. */
export const ASIDE = '*';

export const ANY_CAMPAIGN = 'any';
export const LAST_CAMPAIGN = 'last';
const BETWEEN = ',';

type Seen = Pick<Condition, 'op' | 'value'>;
type Made = { condition_type: string; op: string; value?: unknown; extra?: string };

interface Rule {
  read: (api: ApiCondition) => Seen | null;
  write: (seen: Seen) => Made;
}

/* --- values --- */

type Value = string | number | boolean;
type Read = (value: unknown) => Value | null;

const text: Read = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : null);
const number: Read = (value) => {
  const said = text(value);
  return said !== null && String(said).trim() !== '' && Number.isFinite(Number(said)) ? Number(said) : null;
};
const whole: Read = (value) => {
  const said = number(value);
  return Number.isSafeInteger(said) ? said : null;
};
const twoDigits = (n: string) => n.padStart(2, '0');
/** 2026-11-30, from how programs write days. */
const day: Read = (value) => {
  const said = String(text(value) ?? '');
  const [, m, d, y] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(said) ?? [];
  return y ? `${y}-${twoDigits(m!)}-${twoDigits(d!)}` : /^\d{4}-\d{2}-\d{2}$/.test(said) ? said : null;
};
const birthday: Read = (value) => {
  const [, m, d] = /^(\d{1,2})\/(\d{1,2})$/.exec(String(text(value) ?? '')) ?? [];
  return m ? `${twoDigits(m)}/${twoDigits(d!)}` : null;
};
const ids: Read = (value) => {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.length > 0 && all.every((one) => typeof one === 'string' && one !== '' && !one.includes(BETWEEN)) ? all.join(BETWEEN) : null;
};

export const idsIn = (value: Condition['value']): string[] => (value ? String(value).split(BETWEEN) : []);
export const idsText = (all: readonly string[]): string | undefined => all.join(BETWEEN) || undefined;

const americanDay = (value: Value) => String(value).replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$2/$3/$1');

/* --- rules --- */

const isBlank = (op: string) => op === 'blank' || op === 'blank_not';

/** ops: what the builder calls them, and the API. */
function plain(type: string, ops: Readonly<Record<string, string>>, read: Read, write: (value: Value) => unknown = String): Rule {
  return {
    read: (api) => {
      const op = Object.keys(ops).find((one) => ops[one] === api.op);
      if (op === undefined) return null;
      if (isBlank(op)) return { op };
      const value = read(api.value);
      return value === null ? null : { op, value };
    },
    write: ({ op, value }) => ({ condition_type: type, op: ops[op] ?? op, ...(!isBlank(op) && value !== undefined && { value: write(value) }) }),
  };
}

const alike = (...ops: string[]) => Object.fromEntries(ops.map((op) => [op, op]));
const BLANKS = ['blank', 'blank_not'];
const TEXTS = ['is', 'not', 'contains', 'notcontain', 'starts', 'ends', 'greater', 'less'];
const AIMS = { opened: 'open', clicked: 'click', sent: 'sent', not_opened: 'noopen', not_clicked: 'noclick', not_sent: 'nosent' };

const vip: Rule = {
  read: ({ op }) => (op === 'member' || op === 'notmember' ? { op: 'is', value: op === 'member' } : null),
  write: ({ value }) => ({ condition_type: 'VIP', op: value === false ? 'notmember' : 'member' }),
};

const WITHIN = { in_last: ['within', 'date_within'], not_in_last: ['notwithin'] } as const;
const OF_CAMPAIGN: Readonly<Record<string, string>> = { greater: 'after_campaign', less: 'before_campaign' };

function readTime({ op, value, extra }: ApiCondition): Seen | null {
  const said = String(op);
  if (isBlank(said)) return { op: said };
  for (const [shown, ops] of Object.entries(WITHIN)) {
    const days = (ops as readonly string[]).includes(said) ? whole(value) : null;
    if (days !== null) return { op: shown, value: days };
  }
  if (!['is', 'not', 'greater', 'less'].includes(said)) return null;
  const of = OF_CAMPAIGN[said];
  if (value === LAST_CAMPAIGN) return of ? { op: of, value: LAST_CAMPAIGN } : null;
  if (value === 'campaign') {
    const id = text(extra);
    return of && id !== null ? { op: of, value: String(id) } : null;
  }
  const at = day(value === 'date' ? extra : value);
  return at === null ? null : { op: said, value: at };
}

function writeTime({ op, value }: Seen): Made {
  const made = (rest: Omit<Made, 'condition_type'>) => ({ condition_type: 'Date', ...rest });
  if (isBlank(op)) return made({ op });
  if (op in WITHIN) return made({ op: WITHIN[op as keyof typeof WITHIN][0], value: String(value ?? '') });
  const said = Object.keys(OF_CAMPAIGN).find((one) => OF_CAMPAIGN[one] === op);
  if (said) return made(value === LAST_CAMPAIGN ? { op: said, value } : { op: said, value: 'campaign', extra: String(value ?? '') });
  return made({ op, value: 'date', extra: String(value ?? '') });
}

const aim = plain('Aim', AIMS, (value) => (value === undefined ? ANY_CAMPAIGN : text(value)));

const rules: Record<Kind, Rule> = {
  text: plain('TextMerge', alike(...TEXTS, ...BLANKS), text),
  number: plain('TextMerge', alike('is', 'not', 'greater', 'less', ...BLANKS), number),
  day: plain('DateMerge', alike('is', 'not', 'greater', 'less', ...BLANKS), day, americanDay),
  birthday: plain('BirthdayMerge', alike('is', 'not', ...BLANKS), birthday),
  select: plain('SelectMerge', alike('is', 'not', 'contains', 'notcontain', ...BLANKS), text),
  address: plain('AddressMerge', alike('contains', 'notcontain', ...BLANKS), text),
  email: plain('EmailAddress', alike(...TEXTS), text),
  time: { read: readTime, write: writeTime },
  language: plain('Language', alike('is', 'not'), text),
  source: plain('SignupSource', { is: 'source_is', not: 'source_not' }, text),
  rating: plain('MemberRating', alike('is', 'not', 'greater', 'less'), whole, Number),
  vip,
  client: plain('EmailClient', { is: 'client_is', not: 'client_not' }, text),
  interests: plain('Interests', { any_of: 'interestcontains', all_of: 'interestcontainsall', none_of: 'interestnotcontains' }, ids, (value) => idsIn(value)),
  tag: plain('StaticSegment', { is: 'static_is', not: 'static_not' }, whole, Number),
  aim,
  place: plain('IPGeoUnknown', { blank: 'ipgeounknown' }, text),
};

/* --- fields --- */

/** What a condition is of where it does not say. */
const USUAL: Readonly<Record<string, string>> = {
  Aim: 'aim', NewSubscribers: 'timestamp_opt', VIP: 'gmonkey', MemberRating: 'rating', EmailClient: 'email_client', Language: 'language',
  SignupSource: 'source', EmailAddress: 'EMAIL', IPGeoUnknown: 'ipgeo', StaticSegment: 'static_segment',
};

/** In other words: merge0 is the address. */
function nameOf(api: ApiCondition): string {
  const field = String(api.field ?? USUAL[String(api.condition_type)] ?? '');
  return field === 'merge0' ? 'EMAIL' : field;
}

function look(api: ApiCondition, kinds: Kinds): Condition | null {
  const field = nameOf(api);
  const kind = kinds.get(field);
  const seen = kind ? rules[kind].read(api) : null;
  return seen && { field, ...seen };
}

export function shownOf(api: ApiCondition, kinds: Kinds): SegmentCondition {
  return { ...(look(api, kinds) ?? { field: ASIDE, op: '' }), kept: api };
}

export function apiOf(condition: SegmentCondition, kinds: Kinds): ApiCondition {
  const { kept, field, op, value } = condition;
  const before = kept && (look(kept, kinds) ?? { field: ASIDE, op: '' });
  if (before && before.field === field && before.op === op && before.value === value) return kept;
  const kind = kinds.get(field);
  return kind ? { field, ...rules[kind].write({ op, value }) } : { ...kept, field };
}

/* --- trees --- */

const isTree = (one: ApiCondition | ApiTree): one is ApiTree => Array.isArray((one as ApiTree).conditions);

export function criteriaOfApi({ match, conditions }: ApiTree, kinds: Kinds): Criteria {
  return { match: match ?? 'all', conditions: conditions.map((one) => (isTree(one) ? criteriaOfApi(one, kinds) : shownOf(one, kinds))) };
}

export function apiOfCriteria({ match, conditions }: Criteria, kinds: Kinds): ApiTree {
  return { match: match ?? 'all', conditions: conditions.map((one) => (isBranch(one) ? apiOfCriteria(one, kinds) : apiOf(one, kinds))) };
}

/** "options.conditions.item:2.value", as the builder names a place. */
export function placeOfProblem(field: string): string {
  return field.replace(/^options/, 'criteria').replace(/\.item:(\d+)/g, '[$1]');
}
