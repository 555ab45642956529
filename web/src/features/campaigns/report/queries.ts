/** The report of a campaign: everything that it asks for. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { api, call, type Schemas } from '../../../api/client.ts';
import { renewer } from '../../../api/renew.ts';
import { useRows, type Rows } from '../../../ui/DataTable/rows.ts';
import { isMoving } from '../acts.ts';
import { byId, keyOf, LOOK_MS, type Campaign } from '../queries.ts';
import type { LedgerFilter, RecipientSort, StepLength } from './search.ts';

export type Report = Schemas['CampaignReport'];
export type LedgerRow = Schemas['Recipient'] & { id: number };
export type Domain = Schemas['DomainFigures'];

/** What became of it. */
export function useReport(campaign: Campaign) {
  return useQuery({
    queryKey: [...keyOf(campaign.id), 'report'],
    enabled: campaign.status !== 'draft' && campaign.status !== 'scheduled',
    queryFn: ({ signal }) => call(api.GET('/campaigns/{campaign_id}/report', { params: byId(campaign.id), signal })),
    // the last results come in after its end
    refetchInterval: ({ state }) => (isMoving(campaign.status) || state.data?.waiting ? LOOK_MS : LOOK_MS * 5),
  });
}

const partsKey = (id: number) => [...keyOf(id), 'parts'];

export function useSeries(id: number, by: StepLength, enabled = true) {
  return useQuery({
    queryKey: [...partsKey(id), 'series', by],
    enabled,
    queryFn: ({ signal }) => call(api.GET('/campaigns/{campaign_id}/report/series', { params: { ...byId(id), query: { by } }, signal })),
  });
}

export function useDomains(id: number) {
  return useQuery({
    queryKey: [...partsKey(id), 'domains'],
    queryFn: ({ signal }) => call(api.GET('/campaigns/{campaign_id}/report/domains', { params: byId(id), signal })),
  });
}

/** As soon as a figure has changed, so have the people behind it, and all that stands beside it. */
export function useFollowFigures(id: number, report: Report | undefined) {
  const queries = useQueryClient();
  const figures = report && JSON.stringify(report);
  const known = useRef(figures);
  const renew = useMemo(() => ['parts', 'recipients'].map((part) => renewer(queries, [...keyOf(id), part])), [id, queries]);
  useEffect(() => {
    if (known.current === figures) return;
    const isFirst = known.current === undefined;
    known.current = figures;
    if (!isFirst) renew.forEach((again) => void again());
  }, [figures, renew]);
}

/** Everybody in its ledger. Two who were merged are one person now, and stand there twice: rows are told apart by their place. */
export function useRecipients(id: number, filter: LedgerFilter, sort: RecipientSort): Rows<LedgerRow> {
  const query = { ...filter, sort };
  const found = useRows<LedgerRow>({
    key: [...keyOf(id), 'recipients', query],
    fetch: async (wanted, signal) => {
      const page = await call(api.GET('/campaigns/{campaign_id}/recipients', { params: { ...byId(id), query: { ...query, ...wanted } }, signal }));
      return { ...page, items: page.items.map((row) => ({ ...row, id: 0 })) };
    },
  });
  const rows = useMemo(() => found.rows.map((row, index) => ({ ...row, id: index + 1 })), [found.rows]);
  return { ...found, rows };
}

/** Those of the list who are people of the CRM. */
export function useGroupOf(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; kind: 'static' | 'dynamic' } & LedgerFilter) =>
      call(api.POST('/campaigns/{campaign_id}/recipients/group', { params: byId(id), body })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['groups', 'list'] }),
  });
}
