import { expect, test } from 'vitest';
import { readPlanSearch, readRowsSearch } from './search.ts';

test('an address says which people of a push are shown; nonsense is passed over', () => {
  const whole = { q: 'ada', action: 'left_out', reason: 'opted_out', outcome: 'refused' };
  expect(readRowsSearch(whole)).toEqual(whole);
  expect(readRowsSearch({ q: '', action: 'fly', reason: '<b>', outcome: 1 })).toEqual({});
  expect(readPlanSearch({ job: 7, q: 12 })).toEqual({ job: 7, q: '12' });
  expect(readPlanSearch({ job: -7 })).toEqual({});
});
