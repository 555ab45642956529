import { expect, test } from 'vitest';
import { keptFor, ofRecords } from './undo.ts';

test('what was done is counted as it was told before: without companies', () => {
  const counts = ofRecords({ removed: 12, restored: 3, kept: 6, kept_opted_out: 1, kept_used: 3, companies_removed: 2, companies_kept: 1 });
  expect(counts).toEqual({ removed: 10, restored: 3, kept: 5, kept_opted_out: 1, kept_used: 2 });
  expect(keptFor(counts)).toEqual([
    { reason: 'changed', count: 2 }, { reason: 'opted_out', count: 1 }, { reason: 'used', count: 2 },
  ]);
});

test('an import that was taken back earlier says only how many', () => {
  expect(keptFor(ofRecords({ removed: 5, restored: 0, kept: 2 }))).toEqual([{ reason: 'changed', count: 2 }]);
  expect(keptFor(ofRecords({}))).toEqual([]);
});
