import { expect, test } from 'vitest';
import { readNewGroupSearch } from './search.ts';
import { BEGINNING, BY_HAND, bodyOf, criteriaIn, valuesOf } from './values.ts';

const group = { name: 'Bern', entity: 'people', kind: 'static' } as const;
const criteria = { match: 'all', conditions: [{ field: 'city', op: 'is', value: 'Bern' }] };

test('a group comes back as it was', () => {
  expect(bodyOf(valuesOf({ ...group, criteria }))).toEqual({ ...group, criteria });
  expect(bodyOf(valuesOf({ ...group, criteria: null }))).toEqual({ ...group, criteria: null });
  expect(bodyOf({ ...valuesOf({ ...group, criteria }), name: ' Bern ' }).name).toBe('Bern');
});

test('the order of members makes no difference', () => {
  const turned = { conditions: [{ value: 'Bern', op: 'is', field: 'city' }], match: 'all' };
  expect(valuesOf({ ...group, criteria: turned })).toEqual(valuesOf({ ...group, criteria }));
});

test('everybody is not by hand', () => {
  const everybody = valuesOf({ ...group, criteria: { match: 'all', conditions: [] } });
  expect(everybody.criteria).not.toBe(BY_HAND);
  expect(criteriaIn(everybody)).toEqual({ match: 'all', conditions: [] });
  expect(criteriaIn({ criteria: BY_HAND })).toBeUndefined();
  expect(criteriaIn({ criteria: BEGINNING })!.conditions).toHaveLength(1);
});

test('an address may say anything', () => {
  expect(readNewGroupSearch({ filter: criteria, name: 2026 })).toEqual({ filter: criteria, name: '2026' });
  for (const filter of [{}, 7, 'x', { conditions: [] }, { conditions: [{ conditions: 1 }] }]) expect(readNewGroupSearch({ filter })).toEqual({});
});
