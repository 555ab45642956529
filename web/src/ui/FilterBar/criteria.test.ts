import { expect, test } from 'vitest';
import {
  begin, conditionsOf, criteriaOf, hasValues, inputOf, isComplete, isNone, readCriteria, readSpan, sameCriteria, withOp, writeSpan,
  type Criteria, type FieldInfo,
} from './criteria.ts';

const field = (type: FieldInfo['type'], ops: string[], choices: string[] = []): FieldInfo => ({
  name: 'x', label: 'X', type, ops, choices, sortable: false, editable: true, custom: false,
});
const bern = { field: 'city', op: 'is', value: 'Bern' };
const gold = { field: 'tag', op: 'is', value: 'Gold' };

test('conditions become criteria and come back', () => {
  expect(conditionsOf(criteriaOf([bern, gold]))).toEqual([bern, gold]);
  expect(criteriaOf([])).toBeUndefined();
  expect(conditionsOf(undefined)).toEqual([]);
  expect(conditionsOf({ match: 'any', conditions: [bern] })).toEqual([bern]);
});

test.each<Criteria>([
  { match: 'any', conditions: [bern, gold] },
  { match: 'all', conditions: [bern, { match: 'any', conditions: [gold] }] },
])('what chips cannot say is no chips', (criteria) => {
  expect(conditionsOf(criteria)).toBeNull();
});

test.each([undefined, null, 7, '', '{', '[]', '7', {}, { conditions: 'all' }, { conditions: [7] }, { conditions: [[]] }, { conditions: [{ conditions: 7 }] }, { conditions: [{ conditions: [null] }] }])(
  'an address may say anything: %j',
  (value) => expect(readCriteria(value)).toBeUndefined(),
);

test('criteria are read from an object and from text', () => {
  const criteria = { match: 'all', conditions: [bern] };
  expect(readCriteria(criteria)).toEqual(criteria);
  expect(readCriteria(JSON.stringify(criteria))).toEqual(criteria);
});

test('criteria are the same in any order of members, not of values', () => {
  const turned = { conditions: [{ value: 'Bern', op: 'is', field: 'city' }], match: 'all' } as Criteria;
  expect(sameCriteria(criteriaOf([bern]), turned)).toBe(true);
  expect(sameCriteria(criteriaOf([bern]), criteriaOf([gold]))).toBe(false);
  expect(sameCriteria(undefined, { conditions: [] })).toBe(true);
  expect(sameCriteria(undefined, turned)).toBe(false);
  expect(isNone({ conditions: [] })).toBe(true);
});

test.each([
  ['-7 days', { count: -7, unit: 'days' }, '-7 days'],
  ['+1 month', { count: 1, unit: 'months' }, '+1 months'],
  ['2 weeks', { count: 2, unit: 'weeks' }, '+2 weeks'],
])('a moment seen from now: %s', (text, span, written) => {
  expect(readSpan(text)).toEqual(span);
  expect(writeSpan(readSpan(text)!, true)).toBe(written);
});

test('a length has no sign; a date is no span', () => {
  expect(writeSpan({ count: 14, unit: 'days' }, false)).toBe('14 days');
  expect(readSpan('2026-11-27')).toBeNull();
  expect(readSpan(undefined)).toBeNull();
});

test.each([
  ['text', 'is', 'text'], ['text', 'blank', 'none'], ['date', 'within', 'span'], ['time', 'in_last', 'span'],
  ['date', 'greater', 'moment'], ['boolean', 'is', 'boolean'], ['number', 'less', 'number'], ['tag', 'is', 'tag'],
  ['tag', 'contains', 'text'], ['response', 'not_opened', 'campaign'], ['reference', 'is', 'reference'], ['choice', 'is', 'text'],
] as const)('the value of a %s with %s is given as %s', (type, op, input) => {
  expect(inputOf(field(type, [op]), op)).toBe(input);
});

test('a choice is chosen, and typed where part of it is enough', () => {
  const size = field('choice', ['is', 'contains'], ['big', 'small']);
  expect(inputOf(size, 'is')).toBe('choice');
  expect(inputOf(size, 'contains')).toBe('text');
});

test('values are offered where a whole one is asked for, and names are not', () => {
  const text = field('text', ['is', 'contains']);
  expect([hasValues(text, 'is'), hasValues(text, 'not'), hasValues(text, 'starts'), hasValues(text, 'contains')]).toEqual([true, true, true, false]);
  expect(hasValues({ ...text, name: 'name' }, 'is')).toBe(false);
  expect(hasValues(field('number', ['is']), 'is')).toBe(false);
});

test('another op keeps a value that it can use', () => {
  const name = field('text', ['is', 'contains', 'blank']);
  const typed = { ...begin(name), value: 'Ada' };
  expect(withOp(name, typed, 'contains')).toEqual({ field: 'x', op: 'contains', value: 'Ada' });
  expect(withOp(name, typed, 'blank')).toEqual({ field: 'x', op: 'blank' });
});

test('a link is of clicks, machines of clicks and opens', () => {
  const response = field('response', ['clicked', 'not_clicked', 'opened', 'sent']);
  const clicked = { field: 'response', op: 'clicked', campaign_id: 7, machines: true, url: 'https://example.org/' };
  expect(withOp(response, clicked, 'not_clicked')).toEqual({ ...clicked, op: 'not_clicked' });
  expect(withOp(response, clicked, 'opened')).toEqual({ field: 'response', op: 'opened', campaign_id: 7, machines: true });
  expect(withOp(response, clicked, 'sent')).toEqual({ field: 'response', op: 'sent', campaign_id: 7 });
});

test('a condition is complete with its value', () => {
  const name = field('text', ['is', 'blank']);
  expect(isComplete(name, begin(name))).toBe(false);
  expect(isComplete(name, { field: 'x', op: 'is', value: '  ' })).toBe(false);
  expect(isComplete(name, { field: 'x', op: 'blank' })).toBe(true);
  expect(isComplete(field('response', ['opened']), { field: 'response', op: 'opened' })).toBe(true);
  expect(isComplete(field('boolean', ['is']), { field: 'x', op: 'is', value: false })).toBe(true);
  expect(begin(field('date', ['within'])).value).toBe('14 days');
});
