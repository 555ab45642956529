import { expect, test } from 'vitest';
import { headState, isSelected, nothing, selectRange, sizeOf, toggle, toggleLoaded, type Selection } from './selection.ts';

const loaded = [5, 3, 9, 1, 7];
const rows = (...ids: number[]): Selection => ({ kind: 'rows', ids: new Set(ids) });
const all: Selection = { kind: 'all' };

test('a row is selected, and no longer', () => {
  expect(toggle(nothing, 3, loaded)).toEqual(rows(3));
  expect(toggle(rows(3, 9), 3, loaded)).toEqual(rows(9));
  expect(nothing).toEqual(rows());
});

test('all are as many as fit; without one of them, the other loaded ones', () => {
  expect(sizeOf(all, 97_030)).toBe(97_030);
  expect(isSelected(all, 4711)).toBe(true);
  expect(toggle(all, 9, loaded)).toEqual(rows(5, 3, 1, 7));
});

test.each([
  ['downwards', nothing, 3, 1, rows(3, 9, 1)],
  ['upwards', nothing, 7, 9, rows(9, 1, 7)],
  ['beside others', rows(5), 9, 7, rows(5, 9, 1, 7)],
  ['takes away, if the last one was selected', rows(5, 3, 9, 1), 3, 1, rows(5)],
  ['from a row that has gone, is one row', nothing, 100, 1, rows(1)],
] as const)('a range %s', (_name, before, from, to, after) => {
  expect(selectRange(before, from, to, loaded)).toEqual(after);
});

test('the head has three states, and two clicks lead back', () => {
  expect(headState(nothing, loaded)).toBe('none');
  expect(headState(rows(3), loaded)).toBe('some');
  expect(headState(toggleLoaded(rows(3), loaded), loaded)).toBe('all');
  expect(toggleLoaded(toggleLoaded(nothing, loaded), loaded)).toEqual(nothing);
  expect(toggleLoaded(all, loaded)).toEqual(nothing);
  expect(headState(nothing, [])).toBe('none');
});
