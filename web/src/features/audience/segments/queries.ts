/** Segments and tags, and what their conditions are made of. */
import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, call, callWhole, ifMatch, mc, type Marketing, type Schemas } from '../../../api/client.ts';
import { limiter } from '../../../api/limiter.ts';
import { Problem } from '../../../api/problem.ts';
import { criteriaText, type Criteria } from '../../../ui/FilterBar/criteria.ts';
import type { Loaded } from '../../../ui/useRecordForm.ts';
import { apiOfCriteria, criteriaOfApi, type ApiTree, type Kinds } from './conditions.ts';

export type Segment = Marketing['Segment'];
export type Row = Pick<Segment, 'id' | 'name' | 'type' | 'updated_at'>;
export type MergeField = Marketing['MergeField'];
export type Sample = Schemas['SegmentPreviewMember'];

/** As many as the server answers at once. */
const MANY = 1000;
const AT_ONCE = 4;
const STALE_MS = 60_000;
const MEANWHILE = 412;

const root = (listId: string) => ['audience', 'segments', listId];
const inTurn = limiter(AT_ONCE);
const ofList = (list_id: string) => ({ list_id });
const ofSegment = (list_id: string, id: number) => ({ list_id, segment_id: String(id) });

/** Uncounted: whoever looks at a row counts it. */
export const segmentsQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root(listId), 'all'],
    queryFn: async ({ signal }) => {
      const all: Row[] = [];
      for (;;) {
        const query = { count: MANY, offset: all.length, fields: 'segments.id,segments.name,segments.type,segments.updated_at,total_items' };
        const page = await call(mc.GET('/lists/{list_id}/segments', { params: { path: ofList(listId), query }, signal }));
        all.push(...page.segments);
        if (page.segments.length < MANY || all.length >= page.total_items) return all;
      }
    },
  });

export function useMembersCount(listId: string, id: number) {
  return useQuery({
    queryKey: [...root(listId), 'count', id],
    staleTime: STALE_MS,
    queryFn: ({ signal }) => inTurn(() =>
      call(mc.GET('/lists/{list_id}/segments/{segment_id}', { params: { path: ofSegment(listId, id), query: { fields: 'id,member_count' } }, signal })), signal),
    select: (segment) => segment.member_count,
  });
}

/* --- one --- */

export type SegmentValues = {
  name: string;
  /** Of the builder; text, which is the same for the same conditions. */
  criteria: string;
};

interface Whole {
  data: Segment;
  etag: string | null;
}

export function loadedOf({ data: { name, options }, etag }: Whole, kinds: Kinds): Loaded<SegmentValues> {
  return { values: { name, criteria: criteriaText(criteriaOfApi(options as unknown as ApiTree, kinds)) }, etag };
}

export const segmentQuery = (listId: string, id: number) =>
  queryOptions({
    queryKey: [...root(listId), 'one', id],
    queryFn: ({ signal }) =>
      callWhole(mc.GET('/lists/{list_id}/segments/{segment_id}', { params: { path: ofSegment(listId, id), query: { exclude_fields: 'member_count,_links' } }, signal })),
  });

interface Where {
  listId: string;
  /** Left out: a new one. */
  id?: number;
  kinds: Kinds;
}

export async function reloadSegment(queries: QueryClient, { listId, id = 0, kinds }: Where): Promise<Loaded<SegmentValues>> {
  return loadedOf(await queries.fetchQuery({ ...segmentQuery(listId, id), staleTime: 0 }), kinds);
}

/** Only what was changed is sent. */
export async function saveSegment(queries: QueryClient, where: Where, values: SegmentValues, etag: string | null): Promise<Whole> {
  const { listId, id, kinds } = where;
  const options = apiOfCriteria(JSON.parse(values.criteria) as Criteria, kinds) as unknown as Record<string, never>;
  const name = values.name.trim();
  let saved: Whole;
  if (id === undefined) {
    saved = await callWhole(mc.POST('/lists/{list_id}/segments', { params: { path: ofList(listId) }, body: { name, options } }));
  } else {
    const before = queries.getQueryData(segmentQuery(listId, id).queryKey);
    const was = before && loadedOf(before, kinds).values;
    const body = { ...(name !== was?.name && { name }), ...(values.criteria !== was?.criteria && { options }) };
    saved = await callWhole(mc.PATCH('/lists/{list_id}/segments/{segment_id}', { params: { path: ofSegment(listId, id), header: ifMatch(etag) }, body }));
  }
  // of a new one no state is known yet that a change could be of
  if (saved.etag) queries.setQueryData(segmentQuery(listId, saved.data.id).queryKey, saved);
  void queries.invalidateQueries({ queryKey: root(listId) });
  void queries.invalidateQueries({ queryKey: ['audience', 'targets'] });
  return saved;
}

function useLooksAgain(listId: string) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: root(listId) });
    void queries.invalidateQueries({ queryKey: ['audience', 'targets'] });
  };
}

export function useMakeTag(listId: string) {
  return useMutation({
    mutationFn: (name: string) => call(mc.POST('/lists/{list_id}/segments', { params: { path: ofList(listId) }, body: { name, static_segment: [] } })),
    onSettled: useLooksAgain(listId),
  });
}

export function useRenameSegment(listId: string) {
  return useMutation({
    mutationFn: async ({ id, was, name }: { id: number; was: string; name: string }) => {
      const path = ofSegment(listId, id);
      const now = await callWhole(mc.GET('/lists/{list_id}/segments/{segment_id}', { params: { path, query: { fields: 'name' } } }));
      if (now.data.name !== was) throw new Problem(MEANWHILE, '');
      return call(mc.PATCH('/lists/{list_id}/segments/{segment_id}', { params: { path, header: ifMatch(now.etag) }, body: { name } }));
    },
    onSettled: useLooksAgain(listId),
  });
}

/** What it had is not asked for again. */
export function useRemoveSegment(listId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(mc.DELETE('/lists/{list_id}/segments/{segment_id}', { params: { path: ofSegment(listId, id) } })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: segmentsQuery(listId).queryKey });
      void queries.invalidateQueries({ queryKey: ['audience', 'targets'] });
    },
  });
}

/** Of conditions as JSON of the API. */
export function useSegmentPreview(listId: string, options: string | null) {
  return useQuery({
    queryKey: [...root(listId), 'preview', options],
    enabled: options !== null,
    networkMode: 'always',
    refetchOnReconnect: true,
    retry: false,
    queryFn: ({ signal }) =>
      call(api.POST('/audience/lists/{list_id}/segment-preview', { params: { path: ofList(listId) }, body: JSON.parse(options!) as ApiTree as never, signal })),
  });
}

/* --- what conditions are made of --- */

export const mergeFieldsQuery = (listId: string) =>
  queryOptions({
    queryKey: ['audience', 'fields', listId],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/merge-fields', { params: { path: ofList(listId), query: { count: MANY } }, signal })),
    select: ({ merge_fields }) => merge_fields,
  });

/** Sent ones, the newest first, by the number that conditions call them. */
export const sentQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root(listId), 'sent'],
    staleTime: STALE_MS,
    queryFn: ({ signal }) =>
      call(mc.GET('/campaigns', {
        params: {
          query: {
            list_id: listId, count: MANY, sort_field: 'send_time', sort_dir: 'DESC',
            fields: 'campaigns.web_id,campaigns.status,campaigns.settings.title,campaigns.settings.subject_line',
          },
        },
        signal,
      })),
    select: ({ campaigns }) =>
      campaigns.filter(({ status }) => status !== 'save').map(({ web_id, settings }) => ({ id: String(web_id), name: settings.title || settings.subject_line || String(web_id) })),
  });
