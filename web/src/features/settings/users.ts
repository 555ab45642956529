/** Roles, as they are called, and passwords for who comes new. */
import type { User } from './queries.ts';

export const roleNames = {
  administrator: 'users.administrator',
  manager: 'users.manager',
  user: 'users.user',
} as const satisfies Record<User['role'], string>;

export const roleAbouts = {
  administrator: 'users.administratorAbout',
  manager: 'users.managerAbout',
  user: 'users.userAbout',
} as const satisfies Record<User['role'], string>;

/** What the right to send adds to each. */
export const sendAbouts = {
  administrator: 'users.maySendAlways',
  manager: 'users.maySendAbout',
  user: 'users.maySendPrepared',
} as const satisfies Record<User['role'], string>;

/** Without letters that look alike. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const PART = 5;
const PARTS = 4;

/** "k3fpa-…": 100 bits, easy to read out. */
export function suggestPassword(): string {
  const random = crypto.getRandomValues(new Uint8Array(PART * PARTS));
  const letters = [...random].map((byte) => LETTERS[byte % LETTERS.length]);
  return Array.from({ length: PARTS }, (_, i) => letters.slice(i * PART, (i + 1) * PART).join('')).join('-');
}
