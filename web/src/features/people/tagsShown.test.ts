import { expect, test } from 'vitest';
import { isCut, tagsShown } from './tagsShown.ts';

test.each([
  [[], 0],
  [['VIP'], 1],
  [['VIP', 'EU'], 2],
  [['VIP', 'EU', 'Press'], 2],
  [['VIP', 'Northern'], 1],
  [['customer of many years', 'VIP'], 1],
] as const)('of %j: %i', (tags, n) => {
  expect(tagsShown([...tags])).toBe(n);
});

test('what is cut can be opened', () => {
  expect([isCut(['VIP', 'EU']), isCut(['VIP', 'EU', 'Press']), isCut(['customer of many years'])]).toEqual([false, true, true]);
  const many = Array.from({ length: 9 }, (_none, i) => `tag ${i}`);
  expect([tagsShown(many, true), isCut(many, true), isCut(['customer of many years'], true)]).toEqual([8, true, false]);
});
