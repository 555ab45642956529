/** What a new group may begin with: a filter of the list of people. */
import { isNone, readCriteria, type Criteria } from '../../../ui/FilterBar/criteria.ts';

export interface NewGroupSearch {
  filter?: Criteria;
}

export function readNewGroupSearch(search: Record<string, unknown>): NewGroupSearch {
  const filter = readCriteria(search.filter);
  return filter && !isNone(filter) ? { filter } : {};
}
