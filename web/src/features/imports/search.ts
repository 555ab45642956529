/** Which records of an import are shown stands in the address; of a new one, whose sign-ups it is of. */

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

/** Whom of a list a new import is of: as in the list of members. */
export interface ImportsSearch {
  signups?: string;
  hash?: string;
  q?: string;
  tag?: number;
  interest?: string;
}

export function readImportsSearch(search: Record<string, unknown>): ImportsSearch {
  const { signups, hash, q, tag, interest } = search;
  if (typeof signups !== 'string' || !/^[0-9a-f]{10}$/.test(signups)) return {};
  return {
    signups,
    ...(typeof hash === 'string' && /^[0-9a-f]{32}$/.test(hash) && { hash }),
    ...((typeof q === 'string' || typeof q === 'number') && q !== '' && { q: String(q) }),
    ...(typeof tag === 'number' && Number.isSafeInteger(tag) && tag > 0 && { tag }),
    ...(typeof interest === 'string' && /^[0-9a-f]{10}$/.test(interest) && { interest }),
  };
}
