/**
 * What the list shows stands in its address: it can be sent to somebody.
 *
 * With a view, the address says only what differs from it: `?view=7` is the
 * view as it is now, `?view=7&sort=-name` the view in another order. An empty q
 * and criteria without conditions say that the view's are taken away.
 */
import type { Schemas } from '../../api/client.ts';
import { isNone, readCriteria, sameCriteria, type Criteria } from '../../ui/FilterBar/criteria.ts';

export type View = Schemas['View'];

export interface PeopleSearch {
  q?: string;
  filter?: Criteria;
  sort?: string;
  /** Names with commas. */
  columns?: string;
  view?: number;
  /** A bulk act, whose progress and result are shown. */
  job?: number;
}

export interface Shown {
  q: string;
  filter: Criteria | undefined;
  sort: string;
  columns: string[];
}

/** Only those of a group; by hand or by criteria only of one whose list is fixed. */
export interface Scope {
  group_id?: number;
  how?: 'member' | 'hand' | 'criteria' | 'excluded';
}

/** Whom a list is of, whatever their order: what bulk acts and the export take, too. */
export type Listed = Pick<Shown, 'q' | 'filter'> & Scope;

export const DEFAULT_SORT = 'name';
export const DEFAULT_COLUMNS = ['name', 'email', 'company_name', 'tag', 'opted_out', 'updated_at'];

export function readPeopleSearch(search: Record<string, unknown>): PeopleSearch {
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  const id = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined);
  const view = id(search.view);
  const found: PeopleSearch = {
    q: text(search.q),
    filter: readCriteria(search.filter),
    sort: text(search.sort) || undefined,
    columns: text(search.columns) || undefined,
    view,
    job: id(search.job),
  };
  // said as undefined, or the router keeps what the address has
  if (!view && !found.q) found.q = undefined;
  if (!view && isNone(found.filter)) found.filter = undefined;
  return found;
}

/** What a view alone shows, or the list without one. */
function plain(view: View | null, kept: readonly string[] | null): Shown {
  const columns = view && view.columns.length > 0 ? view.columns : (kept ?? DEFAULT_COLUMNS);
  const filter = readCriteria(view?.filter);
  return {
    q: view?.q ?? '',
    filter: isNone(filter) ? undefined : filter,
    sort: view?.sort ?? DEFAULT_SORT,
    columns: [...columns],
  };
}

export function shownBy(search: PeopleSearch, view: View | null, kept: readonly string[] | null): Shown {
  const base = plain(view, kept);
  return {
    q: search.q ?? base.q,
    filter: search.filter ? (isNone(search.filter) ? undefined : search.filter) : base.filter,
    sort: search.sort ?? base.sort,
    columns: search.columns?.split(',').filter(Boolean) ?? base.columns,
  };
}

/** The address after something was changed. Without a view, columns are kept elsewhere. */
export function withChange(search: PeopleSearch, view: View | null, change: Partial<Shown>): PeopleSearch {
  const base = plain(view, null);
  const shown = { ...shownBy(search, view, null), ...change };
  const next: PeopleSearch = {};
  if (search.view) next.view = search.view;
  if (search.job) next.job = search.job;
  if (shown.q !== base.q) next.q = shown.q;
  if (!sameCriteria(shown.filter, base.filter)) next.filter = shown.filter ?? { conditions: [] };
  if (shown.sort !== base.sort) next.sort = shown.sort;
  if (view && shown.columns.join() !== base.columns.join()) next.columns = shown.columns.join();
  return next;
}

/** Something was changed since the view was opened. */
export function differs(search: PeopleSearch): boolean {
  return search.q !== undefined || search.filter !== undefined || search.sort !== undefined || search.columns !== undefined;
}

/** For the API, which takes what is shown as a view. */
export function viewBody(shown: Shown) {
  return {
    q: shown.q || null,
    filter: (shown.filter ?? null) as Schemas['ViewInput']['filter'],
    sort: shown.sort,
    columns: shown.columns,
  };
}

/** What is asked for, but for the filter, which bulk acts take as an object and addresses as a text. */
export function unfiltered({ q, group_id, how }: Listed): { q?: string } & Scope {
  return {
    ...(q ? { q } : {}),
    ...(group_id !== undefined ? { group_id } : {}),
    ...(how !== undefined ? { how } : {}),
  };
}

/** Query parameters of the list and of its export. */
export function apiQuery(listed: Listed): { q?: string; filter?: string } & Scope {
  return { ...unfiltered(listed), ...(listed.filter ? { filter: JSON.stringify(listed.filter) } : {}) };
}
