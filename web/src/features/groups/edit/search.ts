/** What a new group may begin with: a filter of the list of people, and a name. */
import { isNone, readCriteria, type Criteria } from '../../../ui/FilterBar/criteria.ts';

const NAME_MAX = 200;

export interface NewGroupSearch {
  filter?: Criteria;
  name?: string;
}

export function readNewGroupSearch(search: Record<string, unknown>): NewGroupSearch {
  const filter = readCriteria(search.filter);
  const name = typeof search.name === 'string' || typeof search.name === 'number' ? String(search.name).slice(0, NAME_MAX) : '';
  return { ...(filter && !isNone(filter) && { filter }), ...(name && { name }) };
}
