/** What the address of a draft's content says. */
export interface ContentSearch {
  /** Id of the block that is gone to. */
  block?: string;
  /** Of an A/B test; left out: A. */
  variant?: 'B' | 'C';
  /** It is begun anew. */
  begin?: boolean;
}

export function readContentSearch(search: Record<string, unknown>): ContentSearch {
  return {
    block: typeof search.block === 'string' ? search.block : undefined,
    variant: search.variant === 'B' || search.variant === 'C' ? search.variant : undefined,
    begin: search.begin === true || undefined,
  };
}
