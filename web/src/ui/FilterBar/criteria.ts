/**
 * Criteria of the API (src/crm/group/criteria.h) as chips: a flat list of
 * conditions that must all fit. What is nested, or "any of", is shown as one
 * chip, a sentence, that can only be removed; CriteriaBuilder builds it.
 */
import type { Schemas } from '../../api/client.ts';

export type FieldInfo = Schemas['FieldInfo'] & FieldMore;

export const sections = ['own', 'custom', 'company', 'sets', 'mails'] as const;
export type Section = (typeof sections)[number];

/** What a room says of fields that are not the CRM's. */
interface FieldMore {
  /** Where it is offered. */
  section?: Section;
  /** How its value is given with an op, where that does not follow from its type. */
  inputs?: Readonly<Record<string, Input>>;
  /** What its value begins with. */
  first?: Condition['value'];
}

export interface Condition {
  field: string;
  op: string;
  value?: string | number | boolean;
  campaign_id?: number;
  machines?: boolean;
  url?: string;
}

export interface Criteria {
  match?: 'all' | 'any';
  conditions: (Condition | Criteria)[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Conditions of which all or any must fit, and not a condition. */
export function isBranch(part: Condition | Criteria): part is Criteria {
  return 'conditions' in part;
}

/** Lists of objects, down to the last level. */
function isTree(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.conditions) && value.conditions.every((one) => isObject(one) && (!('conditions' in one) || isTree(one)));
}

/** What an address says, if it could be criteria; the server checks the rest. */
export function readCriteria(value: unknown): Criteria | undefined {
  if (typeof value === 'string') {
    try {
      return readCriteria(JSON.parse(value));
    } catch {
      return undefined;
    }
  }
  return isTree(value) ? (value as unknown as Criteria) : undefined;
}

export function isNone(criteria: Criteria | undefined | null): boolean {
  return !criteria || criteria.conditions.length === 0;
}

/** Of chips; null: it says more than chips can. */
export function conditionsOf(criteria: Criteria | undefined): Condition[] | null {
  if (isNone(criteria)) return [];
  const all = criteria!.conditions;
  if (all.some(isBranch)) return null;
  if (criteria!.match === 'any' && all.length > 1) return null;
  return all as Condition[];
}

export function criteriaOf(conditions: Condition[]): Criteria | undefined {
  return conditions.length > 0 ? { match: 'all', conditions } : undefined;
}

/** The same, however its members are ordered. */
export function sameCriteria(a: Criteria | undefined | null, b: Criteria | undefined | null): boolean {
  return isNone(a) || isNone(b) ? isNone(a) && isNone(b) : criteriaText(a) === criteriaText(b);
}

/** JSON that is the same for the same criteria. */
export function criteriaText(criteria: Criteria | undefined | null): string {
  return JSON.stringify(criteria ?? null, (_key, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

export const units = ['days', 'weeks', 'months', 'years'] as const;
export type Unit = (typeof units)[number];

export interface Span {
  count: number;
  unit: Unit;
}

/** "7 days", "-7 days", "+1 month"; null: something else, such as a date. */
export function readSpan(value: unknown): Span | null {
  const match = /^([+-]?\d+) (day|week|month|year)s?$/.exec(String(value ?? ''));
  return match ? { count: Number(match[1]), unit: `${match[2]}s` as Unit } : null;
}

/** With a sign, for a moment seen from now; without, for a length. */
export function writeSpan({ count, unit }: Span, isMoment: boolean): string {
  return `${isMoment && count >= 0 ? '+' : ''}${count} ${unit}`;
}

/** How the value of a condition is given. */
export type Input = 'none' | 'text' | 'number' | 'boolean' | 'moment' | 'span' | 'choice' | 'tag' | 'campaign' | 'reference' | 'day' | 'days';

export function inputOf(field: FieldInfo, op: string): Input {
  if (op === 'blank' || op === 'blank_not') return 'none';
  if (field.inputs) return field.inputs[op] ?? 'text';
  if (op === 'in_last' || op === 'within') return 'span';
  switch (field.type) {
    case 'response': return 'campaign';
    case 'boolean': return 'boolean';
    case 'number': return 'number';
    case 'tag': return op === 'is' || op === 'not' ? 'tag' : 'text';
    case 'reference': return 'reference';
    case 'date':
    case 'time': return 'moment';
    case 'choice': return field.choices.length > 0 && (op === 'is' || op === 'not') ? 'choice' : 'text';
    default: return 'text';
  }
}

/** A whole value is asked for, or its begin: those that there are can be offered. A name is of one alone. */
export function hasValues(field: FieldInfo, op: string): boolean {
  return field.type === 'text' && field.name !== 'name' && (op === 'is' || op === 'not' || op === 'starts');
}

const FIRST: Partial<Record<Input, (op: string) => Condition['value']>> = {
  boolean: () => true,
  span: (op) => (op === 'within' ? '14 days' : '30 days'),
  days: () => 30,
};

/** What a new condition begins with. */
export function begin(field: FieldInfo, op = field.ops[0] ?? 'is'): Condition {
  const input = inputOf(field, op);
  const value = input === 'none' ? undefined : FIRST[input]?.(op) ?? field.first;
  return value === undefined ? { field: field.name, op } : { field: field.name, op, value };
}

export function isOfLink(op: string): boolean {
  return op === 'clicked' || op === 'not_clicked';
}

export function isOfMachines(op: string): boolean {
  return isOfLink(op) || op === 'opened' || op === 'not_opened';
}

/** Another op; the value stays if it is given in the same way. */
export function withOp(field: FieldInfo, condition: Condition, op: string): Condition {
  if (inputOf(field, op) !== inputOf(field, condition.op)) return begin(field, op);
  const next = { ...condition, op };
  if (!isOfLink(op)) delete next.url;
  if (!isOfMachines(op)) delete next.machines;
  return next;
}

/** Nothing is missing. */
export function isComplete(field: FieldInfo, condition: Condition): boolean {
  const input = inputOf(field, condition.op);
  if (input === 'none' || input === 'campaign') return true;
  return condition.value !== undefined && String(condition.value).trim() !== '';
}
