import { describe, expect, test } from 'vitest';
import { localeOf, relativeTime } from './format.ts';

describe('the locale of numbers and times', () => {
  test.each([
    // language of the app, what the browser prefers
    ['en', ['en-GB', 'en'], 'en-GB'],
    ['en', ['en-US', 'en'], 'en-US'],
    ['en', ['en'], 'en-GB'],
    ['en', [], 'en-GB'],
    ['en', ['de-DE', 'de'], 'en-GB'],
    ['en', ['de-DE', 'en-US', 'en-GB'], 'en-US'],
    ['en', ['en', 'en-CA'], 'en-CA'],
    ['en', ['en-150'], 'en-150'],
    ['en', ['en-Latn-AU'], 'en-Latn-AU'],
    ['en', ['en-GB-u-hc-h12'], 'en-GB-u-hc-h12'],
    ['en', ['en_US', 'C', ''], 'en-GB'],
    ['en', ['eng', 'enm-GB'], 'en-GB'],
    ['de', ['de-AT', 'de', 'en-US'], 'de-AT'],
    ['de', ['de-CH'], 'de-CH'],
    ['de', ['en-US', 'en'], 'de'],
    ['de', ['de'], 'de'],
  ])('of %s before %j', (language, preferred, locale) => {
    expect(localeOf(language, preferred)).toBe(locale);
  });

  test.each([
    ['en', ['en-GB'], '3 Feb 2026'],
    ['en', ['en-US'], 'Feb 3, 2026'],
    ['en', ['fr-FR'], '3 Feb 2026'],
    ['de', ['en-US'], '03.02.2026'],
  ])('a date of %s before %j', (language, preferred, said) => {
    expect(new Date(2026, 1, 3).toLocaleDateString(localeOf(language, preferred), { dateStyle: 'medium' })).toBe(said);
  });
});

test.each([
  [0, 'now'],
  [-59, '59 seconds ago'],
  [-90, '1 minute ago'],
  [86_400, 'tomorrow'],
  [-2 * 31_536_000, '2 years ago'],
])('%i seconds from now: %s', (seconds, said) => {
  const now = new Date(2026, 1, 3);
  expect(relativeTime(new Date(now.getTime() + seconds * 1000), now, 'en-GB')).toBe(said);
});
