import { expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';

test('a long text is shown where it differs, a short one whole', () => {
  expect(excerpt('one two', 'one')).toBe('one two');
  const long = 'word '.repeat(200);
  const shown = excerpt(`${long}mine`, `${long}theirs`);
  expect([shown.startsWith('… word'), shown.endsWith(' mine'), shown.length < 260]).toEqual([true, true, true]);
  expect(excerpt(`mine ${long}`, `theirs ${long}`)).toMatch(/^mine word .* …$/);
});
