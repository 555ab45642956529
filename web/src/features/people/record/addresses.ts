/** Steps that change a person's addresses, said as what the list shall be. */
import type { Schemas } from '../../../api/client.ts';
import type { Address } from './queries.ts';

export type AddressInput = Schemas['AddressInput'];

/** What the server keeps of an address that is not changed. */
function asBefore({ address, type, primary, marketing }: Address): AddressInput {
  return { address, type, primary, marketing };
}

export function added(emails: Address[], address: string): AddressInput[] {
  return [...emails.map(asBefore), { address }];
}

export function removed(emails: Address[], address: string): AddressInput[] {
  return emails.filter((one) => one.address !== address).map(asBefore);
}

/** As it was before it was removed, and held if it was. */
export function putBack(emails: Address[], gone: Address): AddressInput[] {
  const others = emails.map((one) => ({
    ...asBefore(one),
    primary: one.primary && !gone.primary,
    marketing: one.marketing && !gone.marketing,
  }));
  return [...others, { ...asBefore(gone), ...(gone.held ? { held: true } : {}) }];
}

/** Mailings go to this one. */
export function chosen(emails: Address[], address: string): AddressInput[] {
  return emails.map((one) => ({ ...asBefore(one), marketing: one.address === address }));
}

export function released(emails: Address[], address: string): AddressInput[] {
  return emails.map((one) => (one.address === address ? { ...asBefore(one), held: false } : asBefore(one)));
}
