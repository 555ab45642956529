import { expect, test } from 'vitest';
import { localHour } from './hours.ts';

test('an hour of a zone is one of here', () => {
  const summer = new Date(2026, 6, 1, 12);
  const here = (iso: string) => {
    const at = new Date(iso);
    return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':');
  };
  expect(localHour(9, 'UTC', summer)).toBe(here('2026-07-01T09:00:00Z'));
  expect(localHour(9, 'Europe/Berlin', summer)).toBe(here('2026-07-01T07:00:00Z'));
  expect(localHour(0, 'Asia/Kolkata', summer)).toBe(here('2026-06-30T18:30:00Z'));
  expect(localHour(9, 'No/Where', summer)).toBe(here('2026-07-01T09:00:00Z'));
});
