import { expect, test } from 'vitest';
import type { MergeField } from './queries.ts';
import { changedFields, draftOf, shownValue } from './values.ts';

const field = (tag: string, type: MergeField['type']) => ({ tag, type }) as MergeField;
const fields = [field('FNAME', 'text'), field('SIZE', 'number'), field('ADDRESS', 'address')];
const values = { FNAME: 'Ada', SIZE: 42, ADDRESS: { addr1: '1 Road', addr2: '', city: 'Town', state: 'X', zip: '1', country: 'GB' } };

test('a field is read as a text, an address as its parts', () => {
  expect(fields.map((one) => shownValue(one, values))).toEqual(['Ada', '42', '1 Road, Town, X, 1, GB']);
  expect(fields.map((one) => shownValue(one, { FNAME: '', SIZE: '', ADDRESS: '' }))).toEqual(['', '', '']);
});

test('only what was changed is sent, an address as a whole', () => {
  const before = draftOf(fields, values);
  expect(before).toMatchObject({ FNAME: 'Ada', SIZE: '42', 'ADDRESS city': 'Town', 'ADDRESS addr2': '' });
  expect(changedFields(fields, before, { ...before, FNAME: 'Ada ' })).toEqual({});
  expect(changedFields(fields, before, { ...before, SIZE: '', 'ADDRESS city': 'City' })).toEqual({
    SIZE: '', ADDRESS: { addr1: '1 Road', addr2: '', city: 'City', state: 'X', zip: '1', country: 'GB' },
  });
  const nowhere = Object.fromEntries(Object.keys(before).map((name) => [name, name.startsWith('ADDRESS') ? '' : before[name]!]));
  expect(changedFields(fields, before, nowhere)).toEqual({ ADDRESS: '' });
});
