import { expect, test } from 'vitest';
import { nothing } from '../../../../ui/DataTable/selection.ts';
import { bulkBody, isTyped } from './acts.ts';

test('an act says whom it is about, how many were seen, and only what it needs', () => {
  const listed = { q: 'ann', status: 'subscribed' as const, tag: 7, interest: '0123456789' };
  expect(bulkBody('tag', 'l1', listed, { kind: 'rows', ids: new Set([5, 2]) }, 2, 9)).toEqual({ list_id: 'l1', ids: [5, 2], act: 'tag', expected: 2, segment_id: 9 });
  expect(bulkBody('unsubscribe', 'l1', listed, { kind: 'all' }, 4, 9)).toEqual({
    list_id: 'l1', all: { q: 'ann', status: 'subscribed', segment_id: 7, interest_id: '0123456789' }, act: 'unsubscribe', expected: 4,
  });
  expect(bulkBody('archive', 'l1', {}, { kind: 'all' }, 3)).toEqual({ list_id: 'l1', all: {}, act: 'archive', expected: 3 });
  expect(bulkBody('untag', 'l1', {}, nothing, 0, 1)).toEqual({ list_id: 'l1', ids: [], act: 'untag', expected: 0, segment_id: 1 });
});

test('the number is typed where many go out', () => {
  expect([isTyped('archive', 50), isTyped('archive', 51), isTyped('unsubscribe', 100_000), isTyped('tag', 100_000)]).toEqual([false, true, true, false]);
});
