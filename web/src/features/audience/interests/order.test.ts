import { expect, test } from 'vitest';
import { moved, newPlaces } from './order.ts';

const three = [{ id: 'a', display_order: 1 }, { id: 'b', display_order: 2 }, { id: 'c', display_order: 3 }];

test('two change their places', () => {
  expect(newPlaces(three, 'c', -1)).toEqual([{ id: 'c', display_order: 2 }, { id: 'b', display_order: 3 }]);
  expect(newPlaces(three, 'a', 1)).toEqual([{ id: 'b', display_order: 1 }, { id: 'a', display_order: 2 }]);
});

test('nothing goes beyond the ends, and nobody moves what is gone', () => {
  expect(newPlaces(three, 'a', -1)).toEqual([]);
  expect(newPlaces(three, 'c', 1)).toEqual([]);
  expect(moved(three, 'gone', 1)).toEqual(three);
});

test('who had the same place has one of their own afterwards', () => {
  const same = three.map(({ id }) => ({ id, display_order: 0 }));
  expect(newPlaces(same, 'b', -1)).toEqual([
    { id: 'b', display_order: 1 }, { id: 'a', display_order: 2 }, { id: 'c', display_order: 3 },
  ]);
});
