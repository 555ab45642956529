import { expect, test } from 'vitest';
import { apiOf, apiOfCriteria, ASIDE, criteriaOfApi, placeOfProblem, shownOf, type ApiCondition, type ApiTree, type Kind } from './conditions.ts';

const kinds = new Map<string, Kind>([
  ['EMAIL', 'email'], ['FNAME', 'text'], ['AGE', 'number'], ['SINCE', 'day'], ['BDAY', 'birthday'], ['SIZE', 'select'], ['ADDRESS', 'address'],
  ['timestamp_opt', 'time'], ['info_changed', 'time'], ['language', 'language'], ['source', 'source'], ['rating', 'rating'], ['gmonkey', 'vip'],
  ['email_client', 'client'], ['interests-0a1b2c3d4e', 'interests'], ['static_segment', 'tag'], ['aim', 'aim'], ['ipgeo', 'place'],
]);

/** Each type with each op, as the API writes them; not shown: with what the builder has no row for. */
const known: [type: string, field: string, ops: string, values: unknown[], extra?: unknown][] = [
  ['Aim', 'aim', 'open click sent noopen noclick nosent', ['any', '42']],
  ['Date', 'timestamp_opt', 'greater less is not', ['date'], '2026-11-30'],
  ['Date', 'info_changed', 'greater less', ['campaign'], '42'],
  ['Date', 'timestamp_opt', 'greater less', ['last']],
  ['Date', 'timestamp_opt', 'within notwithin', ['7']],
  ['Date', 'info_changed', 'blank blank_not', [undefined]],
  ['EmailClient', 'email_client', 'client_is client_not', ['Gmail']],
  ['Language', 'language', 'is not', ['de']],
  ['MemberRating', 'rating', 'is not greater less', [4]],
  ['SignupSource', 'source', 'source_is source_not', ['List Import']],
  ['VIP', 'gmonkey', 'member notmember', [undefined]],
  ['Interests', 'interests-0a1b2c3d4e', 'interestcontains interestcontainsall interestnotcontains', [['a1'], ['a1', 'b2']]],
  ['StaticSegment', 'static_segment', 'static_is static_not', [48433]],
  ['AddressMerge', 'ADDRESS', 'contains notcontain', ['Atlanta']],
  ['AddressMerge', 'ADDRESS', 'blank blank_not', [undefined]],
  ['BirthdayMerge', 'BDAY', 'is not', ['01/30']],
  ['DateMerge', 'SINCE', 'is not less greater', ['01/30/2015']],
  ['SelectMerge', 'SIZE', 'is not contains notcontain', ['Second, “choice”']],
  ['TextMerge', 'FNAME', 'is not contains notcontain starts ends greater less', ['Freddie’s', ' <b>', '']],
  ['TextMerge', 'FNAME', 'blank blank_not', [undefined]],
  ['TextMerge', 'AGE', 'is not greater less', ['7.5', '-3']],
  ['EmailAddress', 'EMAIL', 'is not contains notcontain starts ends greater less', ['u@example.org']],
  ['IPGeoUnknown', 'ipgeo', 'ipgeounknown', [undefined]],
];
const cases = known.flatMap(([condition_type, field, ops, values, extra]) =>
  ops.split(' ').flatMap((op) =>
    values.map((value): ApiCondition => ({ condition_type, field, op, ...(value !== undefined && { value }), ...(extra !== undefined && { extra }) }))));

test.each(cases)('what is shown goes back as it came, and as it is made anew: %j', (api) => {
  const shown = shownOf(api, kinds);
  expect(shown.field).toBe(api.field);
  expect(apiOf(shown, kinds)).toBe(api);
  expect(apiOf({ ...shown, kept: undefined }, kinds)).toEqual(api);
});

const strange: ApiCondition[] = [
  { condition_type: 'IPGeoIn', field: 'ipgeo', op: 'ipgeoin', value: 42, addr: 'Atlanta', lat: '33.7', lng: '-84.3' },
  { condition_type: 'IPGeoInZip', field: 'ipgeo', op: 'ipgeoinzip', value: 25, extra: 30318 },
  { condition_type: 'IPGeoZip', field: 'ipgeo', op: 'ipgeonotzip', value: 30318 },
  { condition_type: 'IPGeoCountryState', field: 'ipgeo', op: 'ipgeocountry', value: 'US' },
  { condition_type: 'ZipMerge', field: 'FNAME', op: 'geoin', value: '25', extra: '30318' },
  { condition_type: 'Automation', field: 'automation', op: 'started', value: '2135217' },
  { condition_type: 'FuzzySegment', field: 'fuzzy_segment', op: 'fuzzy_is', value: 48433 },
  { condition_type: 'Date', field: 'ecomm_date', op: 'within', value: '7' },
  { condition_type: 'Date', field: 'timestamp_opt', op: 'is', value: 'campaign', extra: '42' },
  { condition_type: 'DateMerge', field: 'SINCE', op: 'is', value: 'yesterday' },
  { condition_type: 'TextMerge', field: 'GONE', op: 'is', value: 'x' },
  { condition_type: 'TextMerge', field: 'AGE', op: 'is', value: 'seven' },
  { condition_type: 'Interests', field: 'interests-0000000000', op: 'interestcontains', value: ['a1'] },
  { condition_type: 'Interests', field: 'interests-0a1b2c3d4e', op: 'interestcontains', value: [7] },
  { condition_type: 'StaticSegment', field: 'static_segment', op: 'static_is', value: 1.5 },
  { op: 'is' }, {}, { field: '__proto__', op: 'constructor' },
];

test.each(strange)('what cannot be shown is one row, and stays: %j', (api) => {
  const shown = shownOf(api, kinds);
  expect(shown).toEqual({ field: ASIDE, op: '', kept: api });
  expect(apiOf(shown, kinds)).toBe(api);
});

test('other spellings are the same, and go back as they were', () => {
  const spellings: [ApiCondition, object][] = [
    [{ field: 'merge0', op: 'is', value: 'a@b.c' }, { field: 'EMAIL', op: 'is', value: 'a@b.c' }],
    [{ condition_type: 'NewSubscribers', op: 'date_within', value: '7' }, { field: 'timestamp_opt', op: 'in_last', value: 7 }],
    [{ condition_type: 'Aim', op: 'open' }, { field: 'aim', op: 'opened', value: 'any' }],
    [{ field: 'SINCE', op: 'is', value: '2015-01-30' }, { field: 'SINCE', op: 'is', value: '2015-01-30' }],
    [{ field: 'BDAY', op: 'is', value: '1/3' }, { field: 'BDAY', op: 'is', value: '01/03' }],
    [{ field: 'timestamp_opt', op: 'greater', value: '2026-01-02' }, { field: 'timestamp_opt', op: 'greater', value: '2026-01-02' }],
  ];
  for (const [api, shown] of spellings) {
    expect(shownOf(api, kinds)).toEqual({ ...shown, kept: api });
    expect(apiOf(shownOf(api, kinds), kinds)).toBe(api);
  }
});

test('what is changed is written anew, the rest of its tree is not', () => {
  const inside: ApiTree = { match: 'any', conditions: [strange[0]!, { condition_type: 'VIP', field: 'gmonkey', op: 'member', note: 'of a program' }] };
  const tree: ApiTree = { match: 'all', conditions: [{ field: 'FNAME', op: 'is', value: 'Ada' }, inside] };
  const shown = criteriaOfApi(tree, kinds);
  expect(apiOfCriteria(shown, kinds)).toEqual(tree);
  shown.conditions[0] = { ...(shown.conditions[0] as object), op: 'starts' } as (typeof shown.conditions)[0];
  expect(apiOfCriteria(shown, kinds)).toEqual({ match: 'all', conditions: [{ condition_type: 'TextMerge', field: 'FNAME', op: 'starts', value: 'Ada' }, inside] });
});

test('a place of the server is one of the builder', () => {
  expect(placeOfProblem('options.conditions.item:2.conditions.item:0.value')).toBe('criteria.conditions[2].conditions[0].value');
});
