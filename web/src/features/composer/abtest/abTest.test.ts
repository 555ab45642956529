import { expect, test } from 'vitest';
import { areTimesRight, bodyOf, isTooSmall, lettersOf, sharesOf, storedTest, testIn, testOf, testText, tryThing, type AbTest } from './abTest.ts';

const subjects: AbTest = { what: 'subject', variants: [{ subject: ' Two ' }], sample: 20, wait_hours: 4, winner: 'opens' };

test('what is kept is what the server has, but for the blanks', () => {
  const text = testText(subjects);
  expect(testIn(text)?.variants[0]?.subject).toBe(' Two ');
  const server = { ...subjects, variants: [{ subject: 'Two', from_name: null, from_email: null, send_at: null }] };
  expect(testOf(server)).toBe(storedTest(text));
  expect(bodyOf(storedTest(text))).toEqual({ ...subjects, variants: [{ subject: 'Two' }] });
});

test('no test is the same everywhere', () => {
  expect(testOf(null)).toBe(storedTest(testText(null)));
  expect(bodyOf(testOf(undefined))).toBeNull();
  expect(lettersOf(null)).toEqual([]);
});

test('what is not given is null, and a time is the same in any zone', () => {
  const times = testOf({ what: 'send_time', variants: [{ send_at: '2026-12-01T10:00:00+01:00' }, {}], sample: 100, wait_hours: 4, winner: 'opens' });
  expect(bodyOf(times)?.variants).toEqual([{ send_at: '2026-12-01T09:00:00.000Z' }, { send_at: null }]);
  expect(lettersOf(testIn(times))).toEqual(['A', 'B', 'C']);
});

test('trying something else keeps how it is tried', () => {
  const from = tryThing({ ...subjects, variants: [{ subject: 'x' }, { subject: 'y' }], winner: 'clicks', sample: 30 }, 'from');
  expect(from).toEqual({ what: 'from', variants: [{}, {}], sample: 30, wait_hours: 4, winner: 'clicks' });
  const times = tryThing(from, 'send_time');
  expect(times.sample).toBe(100);
  expect(tryThing(times, 'subject').sample).toBe(20);
  expect(tryThing(subjects, 'content').winner).toBe('clicks');
  expect(tryThing({ ...subjects, winner: 'manual' }, 'content').winner).toBe('manual');
});

test.each([
  [2000, 20, 1, [200, 200], 1600],
  [2000, 100, 1, [1000, 1000], 0],
  [7, 50, 1, [2, 2], 3],
  [10, 10, 2, [1, 1, 1], 7],
  [1, 10, 1, [1, 0], 0],
  [0, 20, 1, [0, 0], 0],
])('of %i people, %i %% and %i others', (people, sample, others, each, rest) => {
  expect(sharesOf({ ...subjects, sample, variants: Array.from({ length: others }, () => ({})) }, people)).toEqual({ each, rest });
});

test.each([[3, 20, true], [0, 20, false], [299, 100, true], [300, 100, false], [1000, 20, true], [1500, 20, false]])('of %i people, %i %% is too small: %s', (people, sample, is) => {
  expect(isTooSmall({ ...subjects, sample }, people)).toBe(is);
});

test('times are to come, all of them', () => {
  const times: AbTest = { ...subjects, what: 'send_time', variants: [{ send_at: '2026-01-02T00:00:00.000Z' }] };
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(areTimesRight(times, '2026-01-03T00:00:00.000Z', now)).toBe(true);
  expect(areTimesRight(times, '', now)).toBe(false);
  expect(areTimesRight(times, '2025-12-31T00:00:00.000Z', now)).toBe(false);
  expect(areTimesRight({ ...times, variants: [{}] }, '2026-01-03T00:00:00.000Z', now)).toBe(false);
});
