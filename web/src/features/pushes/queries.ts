/** Pushes and their plans: everything that these pages ask for. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, call, type Schemas } from '../../api/client.ts';
import { useRows, type Rows } from '../../ui/DataTable/rows.ts';
import type { RowsSearch } from './search.ts';
import { isRunning } from './states.ts';

export type Push = Schemas['Push'];
export type PushResult = Schemas['PushResult'];
export type PushRow = Schemas['PushRow'];

const LOOK_MS = 1000;

const ofGroup = (id: number) => ({ path: { group_id: String(id) } });
const ofPush = (id: number) => ({ path: { push_id: String(id) } });

/** Whose push it is; nobody is counted. */
export const groupNameQuery = (id: number) =>
  queryOptions({
    queryKey: ['groups', 'one', id, 'name'],
    queryFn: ({ signal }) => call(api.GET('/groups/{group_id}', { params: { ...ofGroup(id), query: { count: false } }, signal })),
  });

/** Not the plans. */
export function usePushes(groupId: number) {
  return useRows<Push>({
    key: ['pushes', 'of', groupId],
    fetch: (page, signal) =>
      call(api.GET('/groups/{group_id}/pushes', { params: { ...ofGroup(groupId), query: { dry_run: false, ...page } }, signal })),
  });
}

/** What a job makes; null: nothing yet, or not any more. Looked for until it has ended, or its job has (isOver), and once more then. */
export function usePushOfJob(groupId: number, jobId: number, isOver: boolean) {
  return useQuery({
    queryKey: ['pushes', 'job', groupId, jobId, isOver],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { job_id: jobId, limit: 1 };
      const page = await call(api.GET('/groups/{group_id}/pushes', { params: { ...ofGroup(groupId), query }, signal }));
      return page.items[0] ?? null;
    },
    refetchInterval: ({ state }) => (isOver || (state.data && !isRunning(state.data)) ? false : LOOK_MS),
  });
}

export const pushQuery = (id: number) =>
  queryOptions({
    queryKey: ['pushes', 'one', id],
    queryFn: ({ signal }) => call(api.GET('/pushes/{push_id}', { params: ofPush(id), signal })),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? LOOK_MS : false),
  });

export type NumberedRow = PushRow & { id: number };

/** Each person of a push; they have a place in the list rather than a number of their own. */
export function usePushRows(pushId: number, { q, action, reason, outcome }: RowsSearch): Rows<NumberedRow> {
  const query = { q, action, reason, outcome };
  const found = useRows<NumberedRow>({
    key: ['pushes', 'one', pushId, 'rows', query],
    fetch: async (wanted, signal) => {
      const page = await call(api.GET('/pushes/{push_id}/rows', { params: { ...ofPush(pushId), query: { ...query, ...wanted } }, signal }));
      return { ...page, items: page.items.map((row) => ({ ...row, id: 0 })) };
    },
  });
  const rows = useMemo(() => found.rows.map((row, index) => ({ ...row, id: index + 1 })), [found.rows]);
  return { ...found, rows };
}

/** How many of a push the audience did not take, or what still waits. */
export function useOutcomeCount(pushId: number, outcome: 'refused' | 'parked', isWanted: boolean) {
  return useQuery({
    queryKey: ['pushes', 'one', pushId, 'outcome', outcome],
    enabled: isWanted,
    queryFn: ({ signal }) => call(api.GET('/pushes/{push_id}/rows', { params: { ...ofPush(pushId), query: { outcome, limit: 1 } }, signal })),
    select: (page) => page.total,
  });
}

/** A plan, or what a plan said. */
export function useStartPush(groupId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { dry_run?: boolean; plan_id?: number }) =>
      call(api.POST('/groups/{group_id}/push', { params: ofGroup(groupId), body })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['jobs', 'open'] });
      void queries.invalidateQueries({ queryKey: ['pushes', 'of', groupId] });
    },
  });
}

export function useStopJob(jobId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST('/jobs/{job_id}/cancel', { params: { path: { job_id: String(jobId) } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['pushes'] }),
  });
}
