/** Which segments are shown: by their names, the tags or the segments; by name. */
import type { Row } from './queries.ts';

export const kinds = ['all', 'saved', 'static'] as const;
export type Kind = (typeof kinds)[number];

export function findSegments<T extends Pick<Row, 'name' | 'type'>>(all: readonly T[], q: string, kind: Kind): T[] {
  const wanted = q.trim().toLowerCase();
  return all
    .filter(({ name, type }) => (kind === 'all' || type === kind) && name.toLowerCase().includes(wanted))
    .sort((a, b) => a.name.localeCompare(b.name));
}
