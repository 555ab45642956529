/** What came of an act on many. */
export interface BulkOutcome {
  changed: number;
  unchanged: number;
  refused: { id: number; why: string }[];
  refused_count: number;
}

/** A job's result, if it has one. */
export function outcomeOf(result: unknown): BulkOutcome | null {
  const found = result as Partial<BulkOutcome> | null | undefined;
  if (!found || typeof found.changed !== 'number') return null;
  return { changed: found.changed, unchanged: found.unchanged ?? 0, refused: found.refused ?? [], refused_count: found.refused_count ?? 0 };
}
