import { expect, test } from 'vitest';
import { actsOf } from './acts.ts';
import type { MemberStatus } from './search.ts';

test('who is out can only be asked; who waits or bounced is not archived', () => {
  const acts = (status: MemberStatus) => actsOf({ status }, false);
  expect(acts('subscribed')).toEqual(['unsubscribe', 'archive', 'forget']);
  expect(acts('pending')).toEqual(['unsubscribe', 'forget']);
  expect(acts('unsubscribed')).toEqual(['ask', 'archive', 'forget']);
  expect(acts('cleaned')).toEqual(['ask', 'forget']);
  expect(acts('archived')).toEqual(['ask', 'forget']);
});

test('whose no the CRM keeps is not asked in vain', () => {
  expect(actsOf({ status: 'unsubscribed' }, true)).toEqual(['archive', 'forget']);
  expect(actsOf({ status: 'archived' }, true)).toEqual(['ask', 'forget']);
  expect(actsOf({ status: 'archived', unsubscribe_reason: 'None given' }, true)).toEqual(['forget']);
});
