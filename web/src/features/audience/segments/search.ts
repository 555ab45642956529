/** Of which list a segment is, and which one a new one begins as. */
export interface SegmentSearch {
  list?: string;
  from?: number;
}

export function readSegmentSearch(search: Record<string, unknown>): SegmentSearch {
  const list = typeof search.list === 'string' && /^[0-9a-f]{10}$/.test(search.list) ? search.list : undefined;
  const from = Number(search.from);
  return { ...(list && { list }), ...(Number.isSafeInteger(from) && from > 0 && { from }) };
}
