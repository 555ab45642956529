/** Long work: asked for, then looked at until it ends. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, call, type Schemas } from './client.ts';
import { problemOf } from './problem.ts';

export type Job = Schemas['Job'];

const LOOK_MS = 1000;
const LOOK_IDLE_MS = 15_000;
const SHOWN = 20;

/** Kinds that people ask for; what the program does by itself is not shown. */
export const jobNames: Record<string, 'jobs.import' | 'jobs.bulk' | 'jobs.members' | 'jobs.demo' | 'jobs.push' | 'jobs.check'> = {
  import: 'jobs.import',
  'import-undo': 'jobs.import',
  bulk: 'jobs.bulk',
  'audience-bulk': 'jobs.members',
  'campaign-check': 'jobs.check',
  demo: 'jobs.demo',
  push: 'jobs.push',
};

export function hasEnded(job: Job): boolean {
  return job.state === 'done' || job.state === 'failed' || job.state === 'canceled';
}

const NO_SUCH = 404;

/** Jobs are not kept for ever. */
export function isGone({ error }: { error: Error | null }): boolean {
  return error !== null && problemOf(error).status === NO_SUCH;
}

/** One job, looked at each second until it has ended, or is gone. */
export function useJob(id: number | null) {
  return useQuery({
    queryKey: ['jobs', id],
    enabled: id !== null,
    queryFn: ({ signal }) => call(api.GET('/jobs/{job_id}', { params: { path: { job_id: String(id) } }, signal })),
    refetchInterval: ({ state }) => ((state.data && hasEnded(state.data)) || isGone(state) ? false : LOOK_MS),
  });
}

/** What people wait for now, looked at often while there is some. */
export function useRunningJobs(): Job[] {
  const found = useQuery({
    queryKey: ['jobs', 'open'],
    queryFn: ({ signal }) =>
      call(api.GET('/jobs', { params: { query: { open: true, kind: Object.keys(jobNames).join(','), limit: SHOWN } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.length ? LOOK_MS : LOOK_IDLE_MS),
  });
  return found.data?.items ?? [];
}

/** What a job asks before it goes far: go on, or stop. Everything may be different afterwards. */
export function useAnswerJob(id: number) {
  const queries = useQueryClient();
  const path = { params: { path: { job_id: String(id) } } };
  return useMutation({
    mutationFn: (goOn: boolean) => call(goOn ? api.POST('/jobs/{job_id}/confirm', path) : api.POST('/jobs/{job_id}/cancel', path)),
    onSuccess: () => queries.invalidateQueries(),
  });
}
