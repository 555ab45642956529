import { expect, test } from 'vitest';
import { tagsShown } from './tagsShown.ts';

test.each([
  [[], 0],
  [['VIP'], 1],
  [['VIP', 'EU'], 2],
  [['VIP', 'EU', 'Press'], 2],
  [['customer of many years', 'VIP'], 1],
] as const)('of %j: %i', (tags, n) => {
  expect(tagsShown([...tags])).toBe(n);
});
