/** Addresses that get no mail, and why. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, mc, type Marketing, type Schemas } from '../../../api/client.ts';

export type Blocked = Schemas['BlockedAddress'];
export type Member = Pick<Marketing['Member'], 'id' | 'email_address' | 'status' | 'unsubscribe_reason' | 'last_changed'>;

const LIMIT = 50;
const root = ['audience', 'blocked'];

/** By hand, in all audiences. */
export const byHandQuery = infiniteQueryOptions({
  queryKey: [...root, 'hand'],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => call(api.GET('/audience/blocked', { params: { query: { limit: LIMIT, cursor: pageParam } }, signal })),
  getNextPageParam: ({ next }) => next ?? undefined,
  select: ({ pages }) => ({ items: pages.flatMap(({ items }) => items), total: pages[0]?.total ?? 0 }),
});

export const goneStatuses = ['unsubscribed', 'cleaned'] as const;
export type GoneStatus = (typeof goneStatuses)[number];

/** Who left or bounced, the last first. */
export const goneQuery = (list_id: string, status: GoneStatus, count: number) =>
  queryOptions({
    queryKey: [...root, list_id, status, count],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(mc.GET('/lists/{list_id}/members', {
        params: {
          path: { list_id },
          query: {
            status, count, sort_field: 'last_changed', sort_dir: 'DESC',
            fields: 'members.id,members.email_address,members.status,members.unsubscribe_reason,members.last_changed,total_items',
          },
        },
        signal,
      })),
  });

export interface Why {
  blocked: Blocked | null;
  others: { kind: 'opted_out' | 'forgotten' | 'held' | 'unclear_opt_out' | 'unsubscribed' | 'cleaned' | 'pending' | 'archived'; at: string }[];
}

/** All that stands against an address: what users entered, and what the customer records know. */
export const whyQuery = (address: string) =>
  queryOptions({
    queryKey: [...root, 'why', address],
    enabled: address !== '',
    retry: false,
    queryFn: async ({ signal }): Promise<Why> => {
      const [blocked, others] = await Promise.all([
        call(api.GET('/audience/blocked', { params: { query: { address } }, signal })),
        call(api.GET('/suppressions', { params: { query: { address } }, signal })),
      ]);
      return { blocked: blocked.items[0] ?? null, others: others.items };
    },
  });

function useLooksAgain() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: root });
}

export function useBlock() {
  return useMutation({ mutationFn: (address: string) => call(api.POST('/audience/blocked', { body: { address } })), onSettled: useLooksAgain() });
}

export function useLift() {
  return useMutation({ mutationFn: (address: string) => call(api.DELETE('/audience/blocked', { params: { query: { address } } })), onSettled: useLooksAgain() });
}
