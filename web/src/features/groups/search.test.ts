import { expect, test } from 'vitest';
import { readGroupSearch, readGroupsSearch } from './search.ts';

const filter = { match: 'all' as const, conditions: [{ field: 'city', op: 'is', value: 'Bern' }] };

test('the list of groups reads its address, and passes nonsense over', () => {
  expect(readGroupsSearch({ q: 'Bern', kind: 'static', sort: '-updated_at' })).toEqual({ q: 'Bern', kind: 'static', sort: '-updated_at' });
  expect(readGroupsSearch({ q: '', kind: 'other', sort: 'count' })).toEqual({});
  expect(readGroupsSearch({ q: 7 })).toEqual({ q: '7' });
});

test('a group reads which tab, and what of its members', () => {
  expect(readGroupSearch({ tab: 'hand', hand: 'out', q: 'ada', filter, sort: '-name', job: 3 })).toEqual({
    tab: 'hand', hand: 'out', q: 'ada', filter, sort: '-name', job: 3,
  });
  expect(readGroupSearch({ tab: 'members', hand: 'in', view: 7, columns: 'name', filter: { conditions: [] }, job: 'x' })).toEqual({});
});
