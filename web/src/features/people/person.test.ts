import { expect, test } from 'vitest';
import { fieldBody, nameOf, valueOf } from './person.ts';
import type { Person } from './queries.ts';

const address = { address: 'ada@example.org', type: null, primary: true, marketing: true, held: false, held_reason: null };
const ada = {
  first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.org', emails: [address], opted_out: false,
  tags: ['Gold'], custom: { shoe: 'big' }, city: 'London',
} as unknown as Person;

test('a person is called by name, else by address', () => {
  expect(nameOf(ada)).toBe('Ada Lovelace');
  expect(nameOf({ ...ada, first_name: null })).toBe('Lovelace');
  expect(nameOf({ ...ada, first_name: null, last_name: null })).toBe('ada@example.org');
  expect(nameOf({ first_name: null, last_name: null, email: null })).toBe('');
});

test('fields are read and written by their names', () => {
  expect(valueOf(ada, 'city')).toBe('London');
  expect(valueOf(ada, 'custom.shoe')).toBe('big');
  expect(valueOf(ada, 'custom.hat')).toBeUndefined();
  expect(valueOf(ada, 'tag')).toEqual(['Gold']);
  expect(valueOf(ada, 'name')).toBe('Ada Lovelace');
  expect(fieldBody('city', null)).toEqual({ city: null });
  expect(fieldBody('custom.shoe', 'small')).toEqual({ custom: { shoe: 'small' } });
});
