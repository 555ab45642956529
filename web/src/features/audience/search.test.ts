import { expect, test } from 'vitest';
import { readAudienceSearch } from './search.ts';

test('only what there is stands in the address', () => {
  expect(readAudienceSearch({ tab: 'interests', list: '0123456789' })).toEqual({ tab: 'interests', list: '0123456789' });
  expect(readAudienceSearch({ tab: 'nothing', list: 7 })).toEqual({});
  expect(readAudienceSearch({ list: '../users' })).toEqual({});
  expect(readAudienceSearch({ tab: 'templates', q: 2026 })).toEqual({ tab: 'templates', q: '2026' });
  expect(readAudienceSearch({ status: 'pending', tag: 7, interest: '0123456789', sort: 'joined' })).toEqual({
    status: 'pending', tag: 7, interest: '0123456789', sort: 'joined',
  });
  expect(readAudienceSearch({ notInCrm: true })).toEqual({ notInCrm: true });
  expect(readAudienceSearch({ notInCrm: 'yes' })).toEqual({});
  expect(readAudienceSearch({ status: 'vip', tag: -1, interest: '<b>', sort: 'name' })).toEqual({});
});
