/** Which people of a push are shown stands in the address. */

export const actions = ['add', 'update', 'tag', 'untag', 'unchanged', 'left_out'] as const;
export type Action = (typeof actions)[number];
export const outcomes = ['intended', 'applied', 'refused', 'parked'] as const;
export type Outcome = (typeof outcomes)[number];

export interface RowsSearch {
  q?: string;
  action?: Action;
  reason?: string;
  outcome?: Outcome;
}

export interface PlanSearch extends RowsSearch {
  /** The job that plans, or pushes. */
  job?: number;
}

export function readRowsSearch(search: Record<string, unknown>): RowsSearch {
  const q = typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : '';
  const found: RowsSearch = {};
  if (q) found.q = q;
  const action = actions.find((one) => one === search.action);
  if (action) found.action = action;
  if (typeof search.reason === 'string' && /^[a-z_]+$/.test(search.reason)) found.reason = search.reason;
  const outcome = outcomes.find((one) => one === search.outcome);
  if (outcome) found.outcome = outcome;
  return found;
}

export function readPlanSearch(search: Record<string, unknown>): PlanSearch {
  const { job } = search;
  const found: PlanSearch = readRowsSearch(search);
  if (typeof job === 'number' && Number.isSafeInteger(job) && job > 0) found.job = job;
  return found;
}
