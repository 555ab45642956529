/** The requests of who makes or changes a group, and those of who chooses one. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, call, callWhole, ifMatch, type Schemas } from '../../../api/client.ts';

export type Group = Schemas['Group'];
export type Entity = Group['entity'];
export type Sample = Schemas['Person'] | Schemas['Lead'] | Schemas['Company'];

type BulkInput = Schemas['BulkInput'];

export const FOUND = 20;
const fieldPaths = { people: '/people/fields', leads: '/leads/fields', companies: '/companies/fields' } as const;

export function fieldsOf(entity: Entity) {
  return queryOptions({
    queryKey: [entity, 'fields'],
    staleTime: 300_000,
    queryFn: ({ signal }) => call(api.GET(fieldPaths[entity], { signal })),
    select: (list) => list.items,
  });
}

/** Without its number, and with its ETag: a change is of what was seen. */
export function groupQuery(id: number) {
  return queryOptions({
    queryKey: ['groups', 'edit', id],
    queryFn: ({ signal }) => callWhole(api.GET('/groups/{group_id}', { params: { path: { group_id: String(id) }, query: { count: false } }, signal })),
  });
}

/** As it is now, whatever is in the cache. */
export function reloadGroup(queries: QueryClient, id: number) {
  return queries.fetchQuery({ ...groupQuery(id), staleTime: 0 });
}

export type GroupBody = Pick<Group, 'name' | 'entity' | 'kind'> & { criteria: object | null };

/** Changes it, or makes a new one if there is no id. */
export async function saveGroup(queries: QueryClient, id: number | undefined, { name, entity, kind, criteria }: GroupBody, etag: string | null) {
  const body = { name, criteria: criteria as Group['criteria'] };
  const saved = id === undefined
    ? await callWhole(api.POST('/groups', { body: { ...body, entity, kind } }))
    : await callWhole(
        api.PATCH('/groups/{group_id}', {
          params: { path: { group_id: String(id) }, header: ifMatch(etag) },
          body,
        }),
      );
  queries.setQueryData(groupQuery(saved.data.id).queryKey, saved);
  void queries.invalidateQueries({ queryKey: ['groups'] });
  return saved;
}

/**
 * How many fit criteria (as JSON), and the first of them. It fails at once when
 * there is no connection, and asks again when there is one.
 */
export function usePreview(entity: Entity, criteria: string | null) {
  return useQuery({
    queryKey: ['groups', 'preview', entity, criteria],
    enabled: criteria !== null,
    networkMode: 'always',
    refetchOnReconnect: true,
    retry: false,
    queryFn: ({ signal }) => call(api.POST('/groups/preview', { body: { entity, kind: 'dynamic', criteria: JSON.parse(criteria!) }, signal })),
  });
}

export function useGroupsFound(entity: Entity, q: string) {
  return useQuery({
    queryKey: ['groups', 'found', entity, q],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/groups', { params: { query: { entity, q: q || undefined, limit: FOUND } }, signal })),
    select: (page) => page.items,
  });
}

export function useGroupName(id: number | null): string | undefined {
  return useQuery({ ...groupQuery(id ?? 0), enabled: id !== null, staleTime: 60_000 }).data?.data.name;
}

/** A fixed list of all people who are shown. Who tries again after it failed in between fills the same list. */
export function useMakeList() {
  const queries = useQueryClient();
  const made = useRef<Pick<Group, 'id' | 'name'> | null>(null);
  return useMutation({
    mutationFn: async ({ name, all, expected }: { name: string; all: { q?: string; filter?: object }; expected: number }) => {
      if (made.current?.name !== name) {
        made.current = await call(api.POST('/groups', { body: { name, entity: 'people', kind: 'static' } }));
        void queries.invalidateQueries({ queryKey: ['groups'] });
      }
      const body = { act: 'add_to_group' as const, all: all as BulkInput['all'], group_id: made.current.id, expected };
      return call(api.POST('/people/bulk', { body }));
    },
  });
}
