import { expect, test } from 'vitest';
import { outcomeOf } from '../../../ui/bulkOutcome.ts';
import { nothing, type Selection } from '../../../ui/DataTable/selection.ts';
import { bulkBody, isReady, isTyped, noInput, undoOf } from './acts.ts';

const all: Selection = { kind: 'all' };
const two: Selection = { kind: 'rows', ids: new Set([7, 3]) };
const filter = { match: 'all' as const, conditions: [{ field: 'city', op: 'is', value: 'Bern' }] };

test('an act says whom it is about, how many were seen, and only what it needs', () => {
  const input = { tag: ' Gold ', groupId: 4, reason: ' by letter ' };
  const shown = { q: 'ada', filter };
  expect(bulkBody('tag', input, two, shown, 2)).toEqual({ ids: [7, 3], act: 'tag', tag: 'Gold', expected: 2 });
  expect(bulkBody('untag', input, all, shown, 9)).toEqual({ all: { q: 'ada', filter }, act: 'untag', tag: 'Gold', expected: 9 });
  expect(bulkBody('add_to_group', input, all, { q: '', filter: undefined }, 9)).toEqual({ all: {}, act: 'add_to_group', group_id: 4, expected: 9 });
  const scope = { group_id: 9, how: 'hand' as const };
  expect(bulkBody('remove_from_group', input, all, { q: '', filter: undefined, ...scope }, 9)).toEqual({ all: scope, act: 'remove_from_group', group_id: 4, expected: 9 });
  expect(bulkBody('opt_out', input, two, shown, 2)).toEqual({ ids: [7, 3], act: 'opt_out', reason: 'by letter', expected: 2 });
  expect(bulkBody('delete', input, nothing, shown, 0)).toEqual({ ids: [], act: 'delete', expected: 0 });
});

test('what an act needs must be given', () => {
  expect(isReady('tag', noInput)).toBe(false);
  expect(isReady('untag', { ...noInput, tag: 'x' })).toBe(true);
  expect(isReady('opt_out', { ...noInput, reason: '  ' })).toBe(false);
  expect(isReady('add_to_group', noInput)).toBe(false);
  expect(isReady('remove_from_group', noInput)).toBe(false);
  expect(isReady('delete', noInput)).toBe(true);
});

test('the number is typed for what is large and final', () => {
  expect(isTyped('delete', 50)).toBe(false);
  expect(isTyped('delete', 51)).toBe(true);
  expect(isTyped('opt_out', 97_030)).toBe(true);
  expect(isTyped('tag', 97_030)).toBe(false);
});

test('a job without a result has no outcome', () => {
  expect(outcomeOf(null)).toBeNull();
  expect(outcomeOf({})).toBeNull();
  expect(outcomeOf({ changed: 3, unchanged: 1 })).toEqual({ changed: 3, unchanged: 1, refused: [], refused_count: 0 });
});

test('what was done to those who were named is taken back, if none of them was so before', () => {
  const outcome = { changed: 2, unchanged: 0, refused: [], refused_count: 0 };
  const tag = { ids: [7, 3], act: 'tag' as const, tag: 'Gold', expected: 2 };
  expect(undoOf(tag, outcome)).toEqual({ ids: [7, 3], act: 'untag', tag: 'Gold', expected: 2 });
  expect(undoOf({ ...tag, act: 'untag' }, outcome)).toEqual({ ...tag, act: 'tag' });
  expect(undoOf(tag, { changed: 1, unchanged: 0, refused: [{ id: 7, why: 'x' }], refused_count: 1 })).toMatchObject({ ids: [3] });
  expect(undoOf({ ids: [7], act: 'add_to_group', group_id: 1, expected: 1 }, outcome)).toBeNull();
  expect(undoOf(tag, { changed: 1, unchanged: 1, refused: [], refused_count: 0 })).toBeNull();
  expect(undoOf(tag, { ...outcome, refused_count: 200 })).toBeNull();
  expect(undoOf({ all: {}, act: 'tag', tag: 'Gold', expected: 2 }, outcome)).toBeNull();
  expect(undoOf({ ids: [7], act: 'remove_from_group', group_id: 1, expected: 1 }, outcome)).toBeNull();
});
