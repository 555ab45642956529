import { expect, test } from 'vitest';
import type { MailEvent, TimelineEntry } from './queries.ts';
import { byDay, countEvents, dayOf, isSourceOnly, keyOf } from './timeline.ts';

const entry = (at: string, id: number | null, campaign: number | null = null): TimelineEntry =>
  ({ type: 'communication', id, at, campaign_id: campaign, person_id: 3 }) as unknown as TimelineEntry;
const event = (type: MailEvent['type'], machine = false): MailEvent => ({ type, machine, at: '2026-01-01T00:00:00Z', url: null, detail: null });

test('entries of a day stand together, in their order', () => {
  const noon = '2026-05-03T12:00:00Z';
  const days = byDay([entry('2026-05-04T12:00:00Z', 9), entry(noon, 8), entry(noon, null, 7), entry('2026-05-01T12:00:00Z', 1)]);
  expect(days.map((day) => [day.day, day.entries.length])).toEqual([[dayOf('2026-05-04T12:00:00Z'), 1], ['2026-05-03', 2], ['2026-05-01', 1]]);
});

test('mails of campaigns have no id of their own, and differ all the same', () => {
  expect(keyOf(entry('', null, 7))).not.toBe(keyOf(entry('', null, 8)));
  expect(keyOf(entry('', 7))).not.toBe(keyOf(entry('', null, 7)));
});

test('events are counted by kind, machines apart', () => {
  expect(countEvents([])).toEqual([]);
  expect(countEvents([event('clicked'), event('opened', true), event('opened'), event('opened')])).toEqual([
    { type: 'opened', machine: false, count: 2 }, { type: 'opened', machine: true, count: 1 }, { type: 'clicked', machine: false, count: 1 },
  ]);
});

test('a reason that only repeats its source in English is not told', () => {
  expect(isSourceOnly('audience', 'unsubscribed')).toBe(true);
  expect(isSourceOnly('complaint', 'complained')).toBe(true);
  expect(isSourceOnly('user', 'unsubscribed')).toBe(false);
  expect(isSourceOnly('audience', null)).toBe(false);
});
