/** Every request of the list of people. Those of one person: record/queries.ts. */
import { queryOptions, useMutation, useQuery, useQueryClient, keepPreviousData } from '@tanstack/react-query';
import { api, call, callWhole, ifMatch, type Schemas } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useRows } from '../../ui/DataTable/rows.ts';
import { namedAs } from '../../ui/names.ts';
import { apiQuery, type Listed, type Scope, type Shown } from './search.ts';

export type Person = Schemas['Person'];
export type PersonInput = Schemas['PersonInput'];
export type BulkInput = Schemas['BulkInput'];

const MANY = 1000;
/** Groups that have a name in them. */
const MOST_SAME = 200;
const NOT_FOUND = 404;

export const fieldsQuery = queryOptions({
  queryKey: ['people', 'fields'],
  staleTime: 300_000,
  queryFn: ({ signal }) => call(api.GET('/people/fields', { signal })),
  select: (list) => list.items,
});

/** null: not known yet what is to be shown. Of words that very many have, the list comes before their number. */
export function usePeople(shown: Shown | null, scope: Scope = {}) {
  const { q = '', filter, sort = '' } = shown ?? {};
  const chosen = apiQuery({ q, filter, ...scope });
  const query = { ...chosen, sort };
  const rows = useRows<Person>({
    key: ['people', 'list', query],
    enabled: shown !== null,
    fetch: (page, signal) => call(api.GET('/people', { params: { query: { ...query, ...page } }, signal })),
  });
  const counted = useQuery({
    queryKey: ['people', 'count', chosen],
    enabled: rows.totalIsLeast && !rows.isOld,
    queryFn: ({ signal }) => call(api.GET('/people', { params: { query: { ...chosen, limit: 1, count: 'all' } }, signal })),
    select: (page) => page.total,
  });
  return rows.totalIsLeast && counted.data !== undefined ? { ...rows, total: counted.data, totalIsLeast: false } : rows;
}

/** A few of them by words, to choose one; of some of them also without words. */
export function usePeopleFound(q: string, most: number, of?: Omit<Listed, 'q'> | null) {
  const query = apiQuery({ q, filter: undefined, ...of });
  return useQuery({
    queryKey: ['people', 'found', query, most],
    enabled: q !== '' || of != null,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/people', { params: { query: { ...query, limit: most } }, signal })),
    select: (page) => page.items,
  });
}

/** Somebody still types what is none. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;
const HOLDERS = 5;

/** Who has an address now. */
export function useHolders(address: string) {
  return useQuery({
    queryKey: ['people', 'holders', address],
    enabled: ADDRESS.test(address),
    queryFn: ({ signal }) => call(api.GET('/people', { params: { query: { email: address, limit: HOLDERS } }, signal })),
    select: (page) => page.items,
  });
}

/** What stands against mailing an address. */
export function useObstacles(address: string) {
  return useQuery({
    queryKey: ['people', 'obstacles', address],
    enabled: ADDRESS.test(address),
    queryFn: ({ signal }) => call(api.GET('/suppressions', { params: { query: { address } }, signal })),
    select: (list) => list.items,
  });
}

/** Those that a bulk act names, so that they are not numbers only. */
export function usePeopleOf(ids: number[]) {
  const filter = JSON.stringify({ match: 'any', conditions: ids.map((value) => ({ field: 'id', op: 'is', value })) });
  return useQuery({
    queryKey: ['people', 'of', ids],
    enabled: ids.length > 0,
    queryFn: ({ signal }) => call(api.GET('/people', { params: { query: { filter, limit: ids.length } }, signal })),
    select: (page) => new Map(page.items.map((person) => [person.id, person])),
  });
}

export function useCreatePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: PersonInput) => call(api.POST('/people', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['people'] }),
  });
}

/* --- bulk acts --- */

export function useBulk() {
  return useMutation({ mutationFn: (body: BulkInput) => call(api.POST('/people/bulk', { body })) });
}

export function useTags() {
  return useQuery({
    queryKey: ['tags'],
    queryFn: ({ signal }) => call(api.GET('/tags', { signal })),
    select: (list) => list.items,
  });
}

/** Groups that somebody can be put into by hand, found by a part of the name. */
export function useStaticGroups(q: string, most: number) {
  return useQuery({
    queryKey: ['groups', 'people', 'static', q, most],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(api.GET('/groups', { params: { query: { entity: 'people', kind: 'static', q: q || undefined, limit: most } }, signal })),
    select: (list) => list.items,
  });
}

/** The one that is called so; a new one has nobody in it yet. */
export function useGroupNamed(mayMake: boolean) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (name: string): Promise<{ id: number }> => {
      const query = { entity: 'people', kind: 'static', q: name, limit: MOST_SAME } as const;
      const found = namedAs((await call(api.GET('/groups', { params: { query } }))).items, name);
      if (found || !mayMake) return found ?? Promise.reject(new Problem(NOT_FOUND, ''));
      return call(api.POST('/groups', { body: { name, entity: 'people', kind: 'static' } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['groups'] }),
  });
}

/* --- views --- */

export function useViews() {
  return useQuery({
    queryKey: ['views', 'people'],
    queryFn: ({ signal }) => call(api.GET('/views', { params: { query: { entity: 'people' } }, signal })),
    select: (list) => list.items,
  });
}

/** With its ETag: a change is of what was seen. */
export function useView(id: number | undefined) {
  return useQuery({
    queryKey: ['views', 'one', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => callWhole(api.GET('/views/{view_id}', { params: { path: { view_id: String(id) } }, signal })),
  });
}

type ViewInput = Schemas['ViewInput'];

/** Changes it, or makes a new one if there is no id. */
export function useSaveView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, body }: { id?: number; etag?: string | null; body: ViewInput }) =>
      id === undefined
        ? call(api.POST('/views', { body: { ...body, entity: 'people' } }))
        : call(api.PATCH('/views/{view_id}', { params: { path: { view_id: String(id) }, header: ifMatch(etag) }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['views'] }),
  });
}

export function useDeleteView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag }: { id: number; etag: string | null }) =>
      call(api.DELETE('/views/{view_id}', { params: { path: { view_id: String(id) }, header: ifMatch(etag) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['views', 'people'] }),
  });
}

/* --- what a filter chooses among --- */

export function useCampaigns(isWanted: boolean) {
  return useQuery({
    queryKey: ['campaigns', 'names'],
    enabled: isWanted,
    staleTime: 60_000,
    queryFn: ({ signal }) => call(api.GET('/campaigns', { params: { query: { limit: MANY } }, signal })),
    select: (page) => page.items.map(({ id, name }) => ({ id, name })),
  });
}

/** What stands in a text field, the most frequent first. */
export function useValues(entity: 'people' | 'leads' | 'companies', field: string, q: string) {
  const paths = { people: '/people/values', leads: '/leads/values', companies: '/companies/values' } as const;
  return useQuery({
    queryKey: ['values', entity, field, q],
    enabled: field !== '',
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET(paths[entity], { params: { query: { field, q: q || undefined } }, signal })),
    select: (list) => list.items.map(({ value }) => value),
  });
}

export function useCompanies(q: string) {
  return useQuery({
    queryKey: ['companies', 'found', q],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/companies', { params: { query: { q: q || undefined, sort: 'name', limit: 20 } }, signal })),
    select: (page) => page.items,
  });
}

export function useCompany(id: number | null) {
  return useQuery({
    queryKey: ['companies', id],
    enabled: id !== null,
    queryFn: ({ signal }) => call(api.GET('/companies/{record_id}', { params: { path: { record_id: String(id) } }, signal })),
  });
}

export function useCreateCompany() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => call(api.POST('/companies', { body: { name } })),
    onSuccess: (company) => {
      queries.setQueryData(['companies', company.id], company);
      return queries.invalidateQueries({ queryKey: ['companies', 'found'] });
    },
  });
}

export function useImports(entity: Schemas['Import']['entity']) {
  return useQuery({
    queryKey: ['imports', 'names'],
    staleTime: 60_000,
    queryFn: ({ signal }) => call(api.GET('/imports', { params: { query: { limit: MANY } }, signal })),
    select: (page) => page.items.filter((one) => one.entity === entity),
  });
}
