/** What the outbox shows stands in its address. */
import { readPeopleSearch } from '../people/search.ts';

export interface OutboxSearch {
  q?: string;
}

export function readOutboxSearch(search: Record<string, unknown>): OutboxSearch {
  const { q } = readPeopleSearch({ q: search.q });
  return q ? { q } : {};
}

export const parts = ['html', 'text', 'headers', 'source'] as const;
export type Part = (typeof parts)[number];

export function readPart(search: Record<string, unknown>): { part?: Part } {
  const part = parts.find((one) => one === search.part);
  return part ? { part } : {};
}
