import { expect, test } from 'vitest';
import { added, chosen, putBack, released, removed } from './addresses.ts';
import type { Address } from './queries.ts';

const a: Address = { address: 'a@example.org', type: 'work', primary: true, marketing: true, held: false, held_reason: null };
const b: Address = { address: 'b@example.org', type: null, primary: false, marketing: false, held: true, held_reason: 'hard_bounce' };
const ofA = { address: 'a@example.org', type: 'work', primary: true, marketing: true };
const ofB = { address: 'b@example.org', type: null, primary: false, marketing: false };

test('a step says nothing of holds that it does not change', () => {
  expect(added([a, b], 'c@example.org')).toEqual([ofA, ofB, { address: 'c@example.org' }]);
  expect(removed([a, b], 'a@example.org')).toEqual([ofB]);
  expect(released([a, b], 'b@example.org')).toEqual([ofA, { ...ofB, held: false }]);
});

test('what was removed comes back as it was', () => {
  expect(putBack([b], a)).toEqual([ofB, ofA]);
  expect(putBack([a], b)).toEqual([ofA, { ...ofB, held: true }]);
  expect(putBack([{ ...b, marketing: true, primary: true }], a)).toEqual([ofB, ofA]);
});

test('mailings go to one address', () => {
  expect(chosen([a, b], 'b@example.org')).toEqual([{ ...ofA, marketing: false }, { ...ofB, marketing: true }]);
});
