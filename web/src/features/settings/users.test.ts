import { expect, test } from 'vitest';
import { suggestPassword } from './users.ts';

test('a suggested password is long enough, and another one each time', () => {
  const all = Array.from({ length: 50 }, suggestPassword);
  for (const one of all) expect(one).toMatch(/^([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}$/);
  expect(new Set(all).size).toBe(50);
});
