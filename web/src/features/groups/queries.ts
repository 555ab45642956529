/** Groups: everything that their list and their page ask for. What the editor asks for: edit/queries.ts. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, call, callWhole, ifMatch, type Schemas } from '../../api/client.ts';
import { limiter } from '../../api/limiter.ts';
import { useRows } from '../../ui/DataTable/rows.ts';
import type { Criteria } from '../../ui/FilterBar/criteria.ts';
import type { Scope } from '../people/search.ts';
import type { GroupsSearch } from './search.ts';

export type Group = Schemas['Group'];
export type Entity = Group['entity'];
type GroupNew = Schemas['GroupNew'];

const COUNTS_AT_ONCE = 4;
const COUNT_STALE_MS = 60_000;
const PAGE = 1000;
/** As the server takes ids of one request. */
export const IDS_MOST = 10_000;

const byId = (id: number) => ({ path: { group_id: String(id) } });

export function useGroups({ q, kind, sort }: GroupsSearch) {
  const query = { q, kind, sort };
  return useRows<Group>({
    key: ['groups', 'list', query],
    fetch: (page, signal) => call(api.GET('/groups', { params: { query: { ...query, ...page } }, signal })),
  });
}

const inTurn = limiter(COUNTS_AT_ONCE);

/** Of a row that is seen: counting all groups of the list would keep the server busy. */
export function useGroupCount(id: number) {
  return useQuery({
    queryKey: ['groups', 'one', id, 'count'],
    staleTime: COUNT_STALE_MS,
    queryFn: ({ signal }) => inTurn(() => call(api.GET('/groups/{group_id}', { params: byId(id), signal })), signal),
    select: (group) => group.count,
  });
}

/** With members counted, and the ETag of that state. */
export const groupQuery = (id: number) =>
  queryOptions({
    queryKey: ['groups', 'one', id],
    queryFn: ({ signal }) => callWhole(api.GET('/groups/{group_id}', { params: byId(id), signal })),
  });

/** Whom mail reaches, as a campaign to them would count. */
export const reachable: Criteria = {
  match: 'any',
  conditions: ['agreed', 'open'].map((value) => ({ field: 'mail_status', op: 'is', value })),
};

/** How many of a group that is; it takes its time where there are very many. */
export function useReachable({ id, count, updated_at }: Group) {
  return useQuery({
    // a list of people: it is counted anew when somebody of it is changed
    queryKey: ['people', 'reachable', id, count, updated_at],
    queryFn: ({ signal }) =>
      call(api.GET('/people', { params: { query: { group_id: id, filter: JSON.stringify(reachable), limit: 1, count: 'all' } }, signal })),
    select: (page) => page.total,
  });
}

/** Of another kind than people: their lists have no page of their own yet. */
export type Other = Schemas['Lead'] | Schemas['Company'];

export function useOtherMembers(entity: 'leads' | 'companies', listed: Scope & { q?: string; sort?: string }) {
  return useRows<Other>({
    key: [entity, 'list', listed],
    fetch: (page, signal) => call<{ items: Other[]; total: number; next: string | null }>(
      api.GET(`/${entity}`, { params: { query: { ...listed, ...page } }, signal }),
    ),
  });
}

/** A few records of a kind by words, to choose among. */
export function useFound(entity: Entity, q: string, most: number) {
  return useQuery({
    queryKey: [entity, 'found', q, most],
    enabled: q !== '',
    queryFn: ({ signal }) => call<{ items: (Schemas['Person'] | Other)[] }>(
      api.GET(`/${entity}`, { params: { query: { q, limit: most } }, signal }),
    ),
    select: (page) => page.items,
  });
}

/** Members are shown by several lists. */
function useChanged() {
  const queries = useQueryClient();
  return () => {
    for (const key of ['groups', 'people', 'leads', 'companies']) void queries.invalidateQueries({ queryKey: [key] });
  };
}

export type ByHand = 'include' | 'exclude' | 'reset';

export function useByHand() {
  return useMutation({
    mutationFn: ({ id, act, ids }: { id: number; act: ByHand; ids: number[] }) => {
      const request = { params: byId(id), body: { ids } };
      if (act === 'include') return call(api.POST('/groups/{group_id}/include', request));
      return call(act === 'exclude' ? api.POST('/groups/{group_id}/exclude', request) : api.POST('/groups/{group_id}/reset', request));
    },
    onSuccess: useChanged(),
  });
}

export function useRefresh(id: number) {
  return useMutation({
    mutationFn: () => call(api.POST('/groups/{group_id}/refresh', { params: byId(id) })),
    onSuccess: useChanged(),
  });
}

export function useDeleteGroup() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag }: { id: number; etag: string | null }) =>
      call(api.DELETE('/groups/{group_id}', { params: { ...byId(id), header: ifMatch(etag) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['groups', 'list'] }),
  });
}

/** Those who were put in or taken out by hand; null: more than one request can carry. */
async function idsOf(group: Group, how: 'hand' | 'excluded'): Promise<number[] | null> {
  const ids: number[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { group_id: group.id, how, sort: 'id', limit: PAGE, cursor };
    const page = await call<{ items: { id: number }[]; next: string | null }>(api.GET(`/${group.entity}`, { params: { query } }));
    ids.push(...page.items.map(({ id }) => id));
    if (ids.length > IDS_MOST) return null;
    if (!page.next) return ids;
    cursor = page.next;
  }
}

/** Too many were put in or taken out by hand. */
export class TooManyByHand extends Error {}

/** The criteria, and of a fixed list also what was done by hand. */
export function useDuplicate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ group, name }: { group: Group; name: string }) => {
      const isFixed = group.kind === 'static';
      const [ids, out] = isFixed ? [await idsOf(group, 'hand'), await idsOf(group, 'excluded')] : [[], []];
      if (!ids || !out) throw new TooManyByHand();
      const body: GroupNew = { name, entity: group.entity, kind: group.kind, criteria: group.criteria, ...(isFixed ? { ids } : {}) };
      const made = await call(api.POST('/groups', { body }));
      if (out.length > 0) await call(api.POST('/groups/{group_id}/exclude', { params: byId(made.id), body: { ids: out } }));
      return made;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['groups', 'list'] }),
  });
}
