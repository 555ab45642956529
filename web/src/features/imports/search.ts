/** Which records of an import are shown stands in the address. */

/** Those that the server can list, but for `refused`, which are rows. */
export const outcomes = ['created', 'updated', 'unchanged', 'opted_out', 'already_out', 'shares_address', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];
export type PeopleOutcome = Exclude<Outcome, 'refused'>;

export interface ImportSearch {
  show?: Outcome;
}

export function readImportSearch(search: Record<string, unknown>): ImportSearch {
  const show = outcomes.find((one) => one === search.show);
  return show ? { show } : {};
}
