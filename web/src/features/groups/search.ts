/** What the list of groups and the page of a group show stands in their addresses. */
import { readPeopleSearch, type PeopleSearch } from '../people/search.ts';

export const kinds = ['dynamic', 'static'] as const;
export type Kind = (typeof kinds)[number];

export const sorts = ['name', '-name', 'updated_at', '-updated_at', 'created_at', '-created_at'] as const;
export type GroupSort = (typeof sorts)[number];

export interface GroupsSearch {
  q?: string;
  kind?: Kind;
  sort?: GroupSort;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

/** Without what says nothing. */
function clean<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== '')) as T;
}

export function readGroupsSearch(search: Record<string, unknown>): GroupsSearch {
  return clean<GroupsSearch>({
    q: readPeopleSearch({ q: search.q }).q,
    kind: oneOf(kinds, search.kind),
    sort: oneOf(sorts, search.sort),
  });
}

export const groupTabs = ['members', 'hand', 'pushes'] as const;
export type GroupTab = (typeof groupTabs)[number];

/** Members as in the list of people, by hand those who were put in, or taken out. */
export interface GroupSearch extends Omit<PeopleSearch, 'view' | 'columns'> {
  tab?: Exclude<GroupTab, 'members'>;
  hand?: 'out';
}

export function readGroupSearch(search: Record<string, unknown>): GroupSearch {
  const { q, filter, sort, job } = readPeopleSearch({ ...search, view: undefined });
  return clean<GroupSearch>({
    tab: oneOf(['hand', 'pushes'] as const, search.tab),
    hand: oneOf(['out'] as const, search.hand),
    q,
    filter,
    sort,
    job,
  });
}
