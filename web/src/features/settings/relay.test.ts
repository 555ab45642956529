import { expect, test } from 'vitest';
import { portAfter, relayInput, relayValues } from './relay.ts';

const outbox = { kind: 'outbox', host: null, port: null, security: null, username: null, has_password: false } as const;
const smtp = { ...relayValues(outbox), kind: 'smtp', host: ' mail.example.org ' } as const;

test('the port follows the security, unless it is one of our own', () => {
  expect(portAfter(smtp, 'tls')).toBe(465);
  expect(portAfter({ ...smtp, security: 'tls', port: 465 }, 'none')).toBe(25);
  expect(portAfter({ ...smtp, port: 2525 }, 'tls')).toBe(2525);
  expect(portAfter({ ...smtp, port: '' }, 'tls')).toBe(465);
});

test('a password that was not typed stays; without a user there is none', () => {
  const known = { ...smtp, username: 'ada' };
  expect(relayInput(known)).not.toHaveProperty('password');
  expect(relayInput({ ...known, password: 'secret' }).password).toBe('secret');
  expect(relayInput({ ...smtp, username: ' ' })).toMatchObject({ username: null, password: null, host: 'mail.example.org', port: 587 });
});

test('the outbox has nothing else', () => {
  expect(relayInput(relayValues(outbox))).toEqual({ kind: 'outbox' });
});
