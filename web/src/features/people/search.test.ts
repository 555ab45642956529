import { expect, test } from 'vitest';
import { apiQuery, DEFAULT_COLUMNS, differs, readPeopleSearch, shownBy, withChange, type View } from './search.ts';

const filter = { match: 'all' as const, conditions: [{ field: 'city', op: 'is', value: 'Bern' }] };
const view: View = {
  id: 7, name: 'Bern', entity: 'people', q: 'ada', filter: filter as never, sort: '-name', columns: ['name', 'city'],
  shared: false, mine: true, user_name: null, updated_at: '2026-01-01T00:00:00Z',
};

test('an address is read, and nonsense in it passed over', () => {
  expect(readPeopleSearch({ q: 'ada', filter, sort: '-name', view: 7, job: 3 })).toEqual({ q: 'ada', filter, sort: '-name', view: 7, job: 3 });
  expect(readPeopleSearch({ q: 123 })).toEqual({ q: '123' });
  expect(readPeopleSearch({ filter: JSON.stringify(filter) })).toEqual({ filter });
  expect(readPeopleSearch({ q: '', filter: 7, sort: '', view: 'x', job: -1, columns: null })).toEqual({});
});

test('without a view, what is usual is left out of the address', () => {
  expect(shownBy({}, null, null)).toEqual({ q: '', filter: undefined, sort: 'name', columns: DEFAULT_COLUMNS });
  expect(withChange({}, null, { q: 'ada' })).toEqual({ q: 'ada' });
  expect(withChange({ q: 'ada' }, null, { q: '' })).toEqual({});
  expect(withChange({ q: 'ada' }, null, { filter })).toEqual({ q: 'ada', filter });
  expect(withChange({ filter }, null, { filter: undefined })).toEqual({});
  expect(withChange({}, null, { sort: '-name' })).toEqual({ sort: '-name' });
  expect(shownBy({}, null, ['email']).columns).toEqual(['email']);
});

test('a view is shown as it is, and the address says what differs', () => {
  const open = { view: 7 };
  expect(shownBy(open, view, ['email'])).toEqual({ q: 'ada', filter, sort: '-name', columns: ['name', 'city'] });
  expect(differs(open)).toBe(false);
  for (const [change, address] of [
    [{ q: '' }, { view: 7, q: '' }],
    [{ filter: undefined }, { view: 7, filter: { conditions: [] } }],
    [{ sort: 'name' }, { view: 7, sort: 'name' }],
    [{ columns: ['name'] }, { view: 7, columns: 'name' }],
  ] as const) {
    const changed = withChange(open, view, change as never);
    expect(changed).toEqual(address);
    expect(differs(changed)).toBe(true);
    expect(readPeopleSearch(changed as Record<string, unknown>)).toEqual(address);
    expect(shownBy(changed, view, null)).toEqual({ ...shownBy(open, view, null), ...change });
  }
});

test('a change that is taken back leaves the view as it was', () => {
  expect(withChange({ view: 7, q: '' }, view, { q: 'ada' })).toEqual({ view: 7 });
  expect(withChange({ view: 7, filter: { conditions: [] } }, view, { filter })).toEqual({ view: 7 });
});

test('the API is asked for what is shown', () => {
  expect(apiQuery({ q: '', filter: undefined })).toEqual({});
  expect(apiQuery({ q: 'ada', filter })).toEqual({ q: 'ada', filter: JSON.stringify(filter) });
});
