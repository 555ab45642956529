import { expect, test } from 'vitest';
import { reasonKind } from './words.ts';

test('a reason is told as somebody gave it, or that a user did it', () => {
  expect(reasonKind('Too many mails')).toBe('own');
  expect(reasonKind('N/A (Unsubscribed by admin)')).toBe('admin');
  expect([reasonKind('None given'), reasonKind(''), reasonKind(undefined)]).toEqual(['none', 'none', 'none']);
});
