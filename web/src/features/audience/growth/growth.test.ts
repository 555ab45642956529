import { expect, test } from 'vitest';
import { begun, byDays, byMonths, padded } from './growth.ts';

const month = (name: string, subscribed: number, optins: number) => ({ month: name, subscribed, optins, imports: 1, unsubscribed: 2, cleaned: 3, deleted: 4 });

test('months and days come the oldest first', () => {
  expect(byMonths([month('2026-11', 9, 5), month('2026-10', 4, 3)])).toEqual([
    { at: '2026-10-01', subscribed: 4, joined: 4, unsubscribed: 2, lost: 7 },
    { at: '2026-11-01', subscribed: 9, joined: 6, unsubscribed: 2, lost: 7 },
  ]);
  expect(byDays([{ day: '2026-11-30', subs: 1, unsubs: 2, hard_bounce: 3, other_removes: 4 }])).toEqual([{ at: '2026-11-30', subscribed: null, joined: 1, unsubscribed: 2, lost: 7 }]);
});

test('it begins where there was somebody, and few steps are no walls', () => {
  const none = { at: '2025-12-01', subscribed: 0, joined: 0, unsubscribed: 0, lost: 0 };
  const some = { ...none, at: '2026-01-01', subscribed: 3, joined: 3 };
  expect(begun([none, some, none])).toEqual([some, none]);
  expect(begun([none])).toEqual([]);
  expect(padded([some], 'month').map(({ at }) => at)).toEqual(['2025-08-01', '2025-09-01', '2025-10-01', '2025-11-01', '2025-12-01', '2026-01-01']);
  expect(padded([some], 'day')[12]?.at).toBe('2025-12-31');
  expect(padded([], 'day')).toEqual([]);
});
