import { expect, test } from 'vitest';
import { differing, inCommon, merge } from './useRecordForm.ts';

const before = { name: 'Old', address: 'Old', sender: 'Old' };

test('what only they changed is taken over', () => {
  const { merged, fields } = merge(before, { ...before, name: 'Mine' }, { ...before, address: 'Theirs' });
  expect(merged).toEqual({ name: 'Mine', address: 'Theirs', sender: 'Old' });
  expect(fields).toEqual([]);
});

test('what both changed stays mine, and is told', () => {
  const { merged, fields } = merge(before, { ...before, name: 'Mine' }, { ...before, name: 'Theirs' });
  expect(merged.name).toBe('Mine');
  expect(fields).toEqual(['name']);
});

test('what only they changed can be told, too', () => {
  const mine = { ...before, name: 'Mine' };
  expect(differing(before, mine, { ...before, address: 'Theirs' })).toEqual(['name', 'address']);
  expect(differing(before, mine, { ...mine, address: 'Theirs' })).toEqual(['address']);
  expect(differing(before, mine, before)).toEqual([]);
  expect(differing(before, mine, mine)).toEqual([]);
});

test('the same change by both is nothing to ask about', () => {
  const both = { ...before, name: 'Both' };
  expect(merge(before, both, both)).toEqual({ merged: both, fields: [] });
});

test('what they have as we sent it is our own, if its answer was lost', () => {
  const sent = { ...before, name: 'Mine' };
  const theirs = { ...sent, address: 'Theirs' };
  expect(inCommon(before, sent, theirs)).toEqual({ ...before, name: 'Mine' });
  expect(merge(inCommon(before, sent, theirs), { ...sent, name: 'Mine, more' }, theirs)).toEqual({ merged: { ...theirs, name: 'Mine, more' }, fields: [] });
  expect(inCommon(before, null, theirs)).toBe(before);
});
