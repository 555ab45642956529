/** What taking an import back does, in figures that add up. */

export interface UndoCounts {
  removed: number;
  restored: number;
  kept: number;
  kept_opted_out: number;
  kept_used: number;
}

/** Of the job; imports that were taken back earlier say less. */
export interface UndoResult extends Partial<UndoCounts> {
  companies_removed?: number;
  companies_kept?: number;
  opt_outs_kept?: number;
  opt_outs_given_back?: number;
}

/** Without the companies that it made for people, as was told before. */
export function ofRecords(result: UndoResult): UndoCounts {
  const companies = { removed: result.companies_removed ?? 0, kept: result.companies_kept ?? 0 };
  return {
    removed: (result.removed ?? 0) - companies.removed,
    restored: result.restored ?? 0,
    kept: (result.kept ?? 0) - companies.kept,
    kept_opted_out: result.kept_opted_out ?? 0,
    // a company that is kept is so for its people
    kept_used: Math.max(0, (result.kept_used ?? 0) - companies.kept),
  };
}

export type KeptReason = 'changed' | 'opted_out' | 'used';

/** Those that there are, the most usual first. */
export function keptFor(counts: UndoCounts): { reason: KeptReason; count: number }[] {
  const all: { reason: KeptReason; count: number }[] = [
    { reason: 'changed', count: counts.kept - counts.kept_opted_out - counts.kept_used },
    { reason: 'opted_out', count: counts.kept_opted_out },
    { reason: 'used', count: counts.kept_used },
  ];
  return all.filter(({ count }) => count > 0);
}
