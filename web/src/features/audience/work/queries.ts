/** What programs have asked for: batches of many operations, and exports of everything. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { call, mc, type Marketing } from '../../../api/client.ts';
import { isUnderWay, isWaitedFor } from './states.ts';

export type Batch = Marketing['Batch'];
export type AccountExport = Marketing['AccountExport'];

const SHOWN = 20;
const LOOK_MS = 2_000;
/** Addresses of files are good for ten minutes. */
const LOOK_IDLE_MS = 240_000;

/** The newest; looked at often while one is under way. */
export const batchesQuery = queryOptions({
  queryKey: ['audience', 'batches'],
  queryFn: ({ signal }) => call(mc.GET('/batches', { params: { query: { count: SHOWN } }, signal })),
  refetchInterval: ({ state }) => (state.data?.batches.some(isUnderWay) ? LOOK_MS : LOOK_IDLE_MS),
  select: ({ batches }) => batches,
});

export const exportsQuery = queryOptions({
  queryKey: ['audience', 'exports'],
  queryFn: ({ signal }) => call(mc.GET('/account-exports', { params: { query: { count: SHOWN } }, signal })),
  refetchInterval: ({ state }) => (state.data?.exports.some(isWaitedFor) ? LOOK_MS : LOOK_IDLE_MS),
  select: ({ exports }) => exports,
});

export const parts = ['audiences', 'campaigns', 'reports', 'templates', 'gallery_files'] as const;
export type Part = (typeof parts)[number];

export function useBeginExport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (include_stages: Part[]) => call(mc.POST('/account-exports', { body: { include_stages } })),
    onSettled: () => { void queries.invalidateQueries({ queryKey: exportsQuery.queryKey }); },
  });
}

/** Stops it, and forgets what was answered. */
export function useRemoveBatch() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (batch_id: string) => call(mc.DELETE('/batches/{batch_id}', { params: { path: { batch_id } } })),
    onSettled: () => { void queries.invalidateQueries({ queryKey: batchesQuery.queryKey }); },
  });
}
