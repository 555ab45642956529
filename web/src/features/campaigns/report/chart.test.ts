import { expect, test } from 'vitest';
import { busySteps, padded, spanOf } from './chart.ts';

test('few steps stand beside those that are still to come', () => {
  const one = { at: '2026-11-27T10:00:00Z', sent: 4, opened: 2, clicked: 0, unsubscribed: 0, bounced: 0 };
  const hours = padded([one], 'hour');
  expect([hours.length, hours[0], hours[1]?.at, hours[1]?.sent]).toEqual([12, one, '2026-11-27T11:00:00.000Z', 0]);
  expect(padded([one], 'day').at(-1)?.at).toBe('2026-12-03T10:00:00.000Z');
  expect(padded(Array(20).fill(one), 'hour').length).toBe(20);
  expect(padded([], 'hour')).toEqual([]);
});

test('a table passes over steps in which nothing happened', () => {
  const none = { at: '2026-11-27T10:00:00Z', sent: 0, opened: 0, clicked: 0, unsubscribed: 0, bounced: 0 };
  expect(busySteps([none, { ...none, opened: 2 }, none, { ...none, bounced: 1 }]).map((one) => one.opened)).toEqual([2, 0]);
});

test('a step is the time until the next one', () => {
  expect(spanOf('2026-11-27T10:00:00+00:00', 'hour')).toEqual({ from: '2026-11-27T10:00:00.000Z', until: '2026-11-27T11:00:00.000Z' });
  expect(spanOf('2026-11-27T00:00:00+00:00', 'day').until).toBe('2026-11-28T00:00:00.000Z');
});
