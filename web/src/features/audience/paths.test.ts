import { expect, test } from 'vitest';
import { pathOf } from './paths.ts';

test('a page or a file is looked at where the app is', () => {
  expect(pathOf('https://mail.example.org/subscribe?u=1&id=2')).toBe('/subscribe?u=1&id=2');
});
