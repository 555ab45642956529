/** Campaigns as a list and a page: everything that these ask for. What the report asks for: report/, the composer: features/composer. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, call, callWhole, ifMatch, type Schemas } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useRows } from '../../ui/DataTable/rows.ts';
import { isMoving } from './acts.ts';
import { NEWEST, type CampaignsSearch } from './search.ts';

export type Campaign = Schemas['Campaign'];

export const LOOK_MS = 2000;
const KEY = 'campaigns';
/** Of all that is asked about one. */
export const keyOf = (id: number) => [KEY, 'one', id];

export const byId = (id: number) => ({ path: { campaign_id: String(id) } });

export function useCampaigns({ q, status, sort }: CampaignsSearch) {
  const query = { q, status: status?.join(','), sort: sort ?? NEWEST };
  const found = useRows<Campaign>({
    key: [KEY, 'list', query],
    fetch: (page, signal) => call(api.GET('/campaigns', { params: { query: { ...query, ...page } }, signal })),
  });
  useLook(found.rows.some((one) => isMoving(one.status) || one.send_job_id !== null));
  return found;
}

/** While something moves, the lists are asked again; what was loaded before is replaced, so that nothing grows. */
function useLook(isWanted: boolean) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!isWanted) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void queries.invalidateQueries({ queryKey: [KEY, 'list'] }, { cancelRefetch: false });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [isWanted, queries]);
}

/** isAwaited: a job makes the draft ready. */
export const campaignQuery = (id: number, isAwaited = false) =>
  queryOptions({
    queryKey: [...keyOf(id), 'page'],
    queryFn: ({ signal }) => callWhole(api.GET('/campaigns/{campaign_id}', { params: byId(id), signal })),
    refetchInterval: ({ state }) => {
      const { status = 'draft', send_job_id = null } = state.data?.data ?? {};
      return isMoving(status) || (status === 'draft' && (isAwaited || send_job_id !== null)) ? LOOK_MS : false;
    },
  });

/** The lists and what is shown of one are read anew. Nobody waits for that: without a connection it takes until there is one. */
function useChanged() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: [KEY] });
}

export type Target = Schemas['CampaignTarget'];

const REFUSED = 400;

/** To what the audience has: if the bridge has not seen it yet, it looks first. */
export async function makeCampaign({ name, to }: { name: string; to?: Target }) {
  const make = () => call(api.POST('/campaigns', { body: { name, ...(to && { to }) } }));
  try {
    return await make();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status !== REFUSED || !problem.of('to') || !to?.id) throw error;
    const { job_id } = await call(api.GET('/audience/targets', { params: { query: { segment_id: to.id } } }));
    if (job_id !== null) await jobEnds(job_id);
    return make();
  }
}

export function useNewCampaign() {
  return useMutation({ mutationFn: makeCampaign, onSuccess: useChanged() });
}

export function useReplicate() {
  return useMutation({
    mutationFn: ({ id, name }: { id: number; name: string }) => call(api.POST('/campaigns/{campaign_id}/replicate', { params: byId(id), body: { name } })),
    onSuccess: useChanged(),
  });
}

export type Doing = 'pause' | 'resume' | 'cancel' | 'finish' | 'unschedule' | 'delete';

/** Whatever came of it, what is shown is asked for again: somebody else may have been first. */
export function useDo() {
  return useMutation({
    mutationFn: async ({ id, act }: { id: number; act: Doing }) => {
      const params = byId(id);
      if (act === 'delete') return void (await call(api.DELETE('/campaigns/{campaign_id}', { params })));
      if (act === 'unschedule') return void (await call(api.POST('/campaigns/{campaign_id}/unschedule', { params })));
      const { job_id } = await call(api.POST(`/campaigns/{campaign_id}/${act}`, { params }));
      await jobEnds(job_id);
    },
    onSettled: useChanged(),
  });
}

/** The state of a campaign changes when its job has ended. */
export async function jobEnds(id: number): Promise<void> {
  for (;;) {
    const job = await call(api.GET('/jobs/{job_id}', { params: { path: { job_id: String(id) } } }));
    if (job.state === 'failed') throw new Error(job.error ?? '');
    if (job.state === 'done' || job.state === 'canceled') return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS / 8));
  }
}

export function useSchedule(id: number) {
  return useMutation({
    mutationFn: ({ at, etag }: { at: string; etag: string | null }) =>
      call(api.POST('/campaigns/{campaign_id}/schedule', { params: { ...byId(id), header: ifMatch(etag) }, body: { at } })),
    onSettled: useChanged(),
  });
}
