import { expect, test } from 'vitest';
import { actsOf } from './acts.ts';

test('who is out can only be asked; who waits or bounced is not archived', () => {
  expect(actsOf('subscribed')).toEqual(['unsubscribe', 'archive', 'forget']);
  expect(actsOf('pending')).toEqual(['unsubscribe', 'forget']);
  expect(actsOf('unsubscribed')).toEqual(['ask', 'archive', 'forget']);
  expect(actsOf('cleaned')).toEqual(['ask', 'forget']);
  expect(actsOf('archived')).toEqual(['ask', 'forget']);
});
