/** The mail catcher: everything that its list and a mail's page ask for. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client.ts';
import { may, useMe } from '../../api/session.ts';
import { useRows } from '../../ui/DataTable/rows.ts';

export type OutboxMail = Schemas['OutboxMail'];

const ROOM_STALE_MS = 60_000;

export function useOutbox(q: string | undefined) {
  return useRows<OutboxMail>({
    key: ['outbox', 'list', q ?? ''],
    fetch: (page, signal) => call(api.GET('/outbox', { params: { query: { q, ...page } }, signal })),
  });
}

export const outboxMailQuery = (id: number) =>
  queryOptions({
    queryKey: ['outbox', 'one', id],
    staleTime: Infinity,
    queryFn: ({ signal }) => call(api.GET('/outbox/{mail_id}', { params: { path: { mail_id: String(id) } }, signal })),
  });

/** Mails stay here for now, because there is no relay. */
export function useIsOutboxInUse(): boolean {
  const isAsked = may(useMe(), 'market'); // others have no outbox
  const found = useQuery({
    queryKey: ['outbox', 'use'],
    enabled: isAsked,
    staleTime: ROOM_STALE_MS,
    queryFn: ({ signal }) => call(api.GET('/outbox', { params: { query: { limit: 1 } }, signal })),
  });
  return found.data?.in_use ?? false;
}
