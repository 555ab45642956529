import { expect, test } from 'vitest';
import { findSegments } from './find.ts';
import { readSegmentSearch } from './search.ts';

const all = [{ name: 'Zoo', type: 'static' as const }, { name: 'club Zoo', type: 'saved' as const }, { name: 'Ärzte', type: 'static' as const }];

test('segments are found by parts of their names and by kind, and stand by name', () => {
  expect(findSegments(all, '', 'all').map(({ name }) => name)).toEqual(['Ärzte', 'club Zoo', 'Zoo']);
  expect(findSegments(all, ' zoo ', 'all').map(({ name }) => name)).toEqual(['club Zoo', 'Zoo']);
  expect(findSegments(all, 'zoo', 'static').map(({ name }) => name)).toEqual(['Zoo']);
});

test('an address may say anything', () => {
  expect(readSegmentSearch({ list: '0123456789', from: '7' })).toEqual({ list: '0123456789', from: 7 });
  expect(readSegmentSearch({ list: '../users', from: -1 })).toEqual({});
});
