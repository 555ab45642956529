import { expect, test } from 'vitest';
import { busySteps, namedSteps, outline, padded, spanOf, topOf } from './chart.ts';

test('a scale ends at a round number that holds all', () => {
  expect([0, 1, 2, 3, 5, 7, 10, 11, 41, 99, 601, 12_345].map(topOf)).toEqual([1, 1, 2, 4, 6, 10, 10, 20, 60, 100, 1000, 20_000]);
});

test('a series is drawn step by step, from the floor back to it', () => {
  expect(outline([0, 2, 1], 2)).toBe('M0 100V100H1V0H2V50H3V100Z');
  expect(outline([1], 3)).toBe('M0 100V66.67H1V100Z');
  expect(outline([], 1)).toBe('M0 100V100Z');
});

test('the first step, the last, and one between are named', () => {
  expect([0, 1, 2, 3, 25].map(namedSteps)).toEqual([[], [0], [0, 1], [0, 1, 2], [0, 12, 24]]);
});

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
