/** Every request of the composer. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useBridgeFields } from '../../api/bridgeFields.ts';
import { api, call, callWhole, ifMatch, mc, type Schemas } from '../../api/client.ts';
import { useJob, hasEnded } from '../../api/jobs.ts';
import { problemOf } from '../../api/problem.ts';
import { upload } from '../../api/upload.ts';
import { jobEnds } from '../campaigns/queries.ts';
import type { Letter } from './abtest/abTest.ts';
import { withFallback, withFallbackInDesign, withFallbackInHtml } from './mergeTags.ts';

export type Campaign = Schemas['Campaign'];
export type CampaignChange = { [member in 'name' | 'subject' | 'preview_text' | 'from_name' | 'from_email' | 'reply_to' | 'html' | 'plain_text' | 'language' | 'send_at']?: string | null } & {
  direction?: Campaign['direction'] | null;
  to?: Schemas['CampaignTarget'];
  ab_test?: Schemas['AbTest'];
};
export type Envelope = Schemas['CampaignEnvelope'];
export type ChecklistItem = Schemas['ChecklistItem'];
export type DesignProblem = Schemas['DesignProblem'];
export type CampaignDesign = Schemas['CampaignDesign'];
export type Template = Schemas['Template'];
export type Image = Schemas['Image'];

const MANY = 1000;
const FOUND = 20;
const NO_MORE = 409;

const at = (id: number) => ({ campaign_id: String(id) });
const all = ['campaigns'];

/* --- the campaign --- */

export function campaignQuery(id: number) {
  return queryOptions({
    queryKey: [...all, 'edit', id],
    queryFn: ({ signal }) => callWhole(api.GET('/campaigns/{campaign_id}', { params: { path: at(id) }, signal })),
  });
}

export function reloadCampaign(queries: QueryClient, id: number) {
  return queries.fetchQuery({ ...campaignQuery(id), staleTime: 0 });
}

export async function saveCampaign(queries: QueryClient, id: number, body: CampaignChange, etag: string | null) {
  const { queryKey } = campaignQuery(id);
  await queries.cancelQueries({ queryKey });
  const saved = await orLook(queries, id, callWhole(api.PATCH('/campaigns/{campaign_id}', { params: { path: at(id), header: ifMatch(etag) }, body })));
  queries.setQueryData(queryKey, saved);
  told(queries, id);
  return saved;
}

/** Refused: somebody else has sent or scheduled it meanwhile, which is shown then. */
async function orLook<T>(queries: QueryClient, id: number, saving: Promise<T>): Promise<T> {
  try {
    return await saving;
  } catch (error) {
    if (problemOf(error).status === NO_MORE) await reloadCampaign(queries, id).catch(() => null);
    throw error;
  }
}

/** What is made of it is no longer what it was. */
function told(queries: QueryClient, id: number): void {
  void queries.invalidateQueries({ queryKey: [...all, 'of', id] });
  void queries.invalidateQueries({ queryKey: all, refetchType: 'none', predicate: ({ queryKey }) => queryKey[1] !== 'edit' && queryKey[1] !== 'of' });
}

/** @param to what is saved: another one has other people */
export function useEstimate(id: number, to: string) {
  const found = useQuery({
    queryKey: [...all, 'of', id, 'estimate', to],
    enabled: to !== 'null',
    queryFn: ({ signal }) => call(api.GET('/campaigns/{campaign_id}/recipients-estimate', { params: { path: at(id) }, signal })),
    // the audience is being looked at: soon it is known better; and people come and go
    refetchInterval: ({ state }) => (state.data?.job_id ? 2_000 : 60_000),
  });
  return found;
}

export function useTargets() {
  const found = useQuery({
    queryKey: ['audience', 'targets'],
    queryFn: ({ signal }) => call(api.GET('/audience/targets', { signal })),
    refetchInterval: ({ state }) => (state.data?.job_id ? 2_000 : false),
  });
  return found;
}

/** @param variant of an A/B test; left out: A, and whether the test is complete */
export function useChecklist(id: number, variant?: Letter) {
  return useQuery({
    queryKey: [...all, 'of', id, 'checklist', variant],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/campaigns/{campaign_id}/checklist', { params: { path: at(id), query: { variant } }, signal })),
  });
}

export function useEnvelope(id: number, personId: number | null, variant?: Letter) {
  return useQuery({
    queryKey: [...all, 'of', id, 'envelope', personId, variant],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call(api.GET('/campaigns/{campaign_id}/envelope', { params: { path: at(id), query: { person_id: personId ?? undefined, variant } }, signal })),
  });
}

export interface MergeField {
  tag: string;
  name: string | null;
}

/** Fields of the audience that a mail can say. */
export function useMergeFields() {
  return useBridgeFields(({ items }): MergeField[] => items.map(({ merge_tag, name }) => ({ tag: merge_tag, name })));
}

/* --- its content --- */

/** @param variant of an A/B test of contents; left out: A, the campaign's own */
export function designQuery(id: number, variant?: Letter) {
  return queryOptions({
    queryKey: [...all, 'design', id, variant],
    queryFn: ({ signal }) => callWhole(api.GET('/campaigns/{campaign_id}/design', { params: { path: at(id), query: { variant } }, signal })),
  });
}

export function reloadDesign(queries: QueryClient, id: number, variant?: Letter) {
  return queries.fetchQuery({ ...designQuery(id, variant), staleTime: 0 });
}

export interface DesignBody {
  design: object;
  /** The author's own; null: made from the blocks. */
  plain_text: string | null;
}

export async function saveDesign(queries: QueryClient, id: number, { design, plain_text }: DesignBody, etag: string | null, variant?: Letter) {
  const { queryKey } = designQuery(id, variant);
  await queries.cancelQueries({ queryKey });
  const body = { design: design as Schemas['Design'], plain_text };
  const saved = await orLook(queries, id, callWhole(api.PUT('/campaigns/{campaign_id}/design', { params: { path: at(id), query: { variant }, header: ifMatch(etag) }, body })));
  queries.setQueryData(queryKey, saved);
  // as long as others have no content of their own, they say what this says
  if (!variant) void queries.invalidateQueries({ queryKey: [...all, 'design', id], predicate: ({ queryKey: [, , , of] }) => of !== undefined });
  // its ETag is of all that goes out
  void queries.invalidateQueries({ queryKey: campaignQuery(id).queryKey, refetchType: 'none' });
  told(queries, id);
  return saved;
}

/** Of the content as it is shown. What one has written oneself is read back first; if it is somebody else's by then, that of before is refused. */
async function etagOfContent(queries: QueryClient, id: number): Promise<string | null> {
  const { queryKey } = designQuery(id);
  const before = queries.getQueryData(queryKey)?.etag ?? null;
  if (!queries.getQueryState(queryKey)?.isInvalidated) return before;
  const shown = queries.getQueryData(campaignQuery(id).queryKey)?.data;
  const { data, etag } = await reloadDesign(queries, id);
  const isShown = !data.design && data.html === (shown?.html ?? null) && data.plain_text === (shown?.plain_text ?? null);
  return isShown ? etag : before;
}

/** What it is made of is another kind of content from now on, in the place of what is shown, and of nothing else. */
export function useBeginContent(id: number) {
  const queries = useQueryClient();
  const reload = () => Promise.all([reloadDesign(queries, id), reloadCampaign(queries, id)]);
  return useMutation({
    mutationFn: async (content: { design: object } | CampaignChange) => {
      if ('design' in content) await saveDesign(queries, id, { design: content.design, plain_text: null }, await etagOfContent(queries, id));
      else await saveCampaign(queries, id, content, queries.getQueryData(campaignQuery(id).queryKey)?.etag ?? null);
      await reload();
    },
    onError: () => void reload().catch(() => null),
  });
}

/** A field gets words to stand in its place, wherever the content says it. */
export function useSayInstead(id: number, variant?: Letter) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ tag, words }: { tag: string; words: string }) => {
      const { data: { design, html, plain_text }, etag } = await reloadDesign(queries, id, variant);
      const plain = plain_text === null ? null : withFallback(plain_text, tag, words);
      if (design) return void (await saveDesign(queries, id, { design: withFallbackInDesign(design, tag, words), plain_text: plain }, etag, variant));
      const body = { ...(html && { html: withFallbackInHtml(html, tag, words) }), ...(plain !== plain_text && { plain_text: plain }) };
      const { etag: shown } = await reloadCampaign(queries, id);
      if (Object.keys(body).length > 0) await saveCampaign(queries, id, body, shown);
    },
  });
}

export function useTemplates(lang: string) {
  return useQuery({
    queryKey: ['templates', lang],
    queryFn: ({ signal }) => call(api.GET('/templates', { params: { query: { lang, limit: MANY } }, signal })),
    select: (list) => list.items,
  });
}

/** Those of HTML, what was changed last first. */
export function useHtmlTemplates() {
  return useQuery({
    queryKey: ['templates', 'html'],
    queryFn: ({ signal }) => call(mc.GET('/templates', { params: { query: { count: MANY, content_type: 'template', sort_field: 'date_edited', sort_dir: 'DESC' } }, signal })),
    select: ({ templates }) => templates,
  });
}

/** As a mail begins with it. */
export function htmlOfTemplate(id: number): Promise<string> {
  return call(api.GET('/templates/{template_id}/html', { params: { path: { template_id: String(id) } } })).then(({ html }) => html);
}

export function useSaveTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, design }: { name: string; design: object }) =>
      call(api.POST('/templates', { body: { name, design: design as Schemas['Design'] } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['templates'] }),
  });
}

export function useDeleteTemplate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      const path = { template_id: id };
      const { etag } = await callWhole(api.GET('/templates/{template_id}', { params: { path } }));
      return call(api.DELETE('/templates/{template_id}', { params: { path, header: ifMatch(etag) } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['templates'] }),
  });
}

/** Campaigns whose content another one can begin with. */
export function usePastCampaigns(q: string) {
  return useQuery({
    queryKey: [...all, 'past', q],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/campaigns', { params: { query: { q: q || undefined, limit: FOUND } }, signal })),
    select: (page) => page.items.filter(({ content }) => content),
  });
}

export function contentOf(queries: QueryClient, id: number) {
  return reloadDesign(queries, id).then(({ data }) => data);
}

/* --- images --- */

export function useImages(q: string) {
  return useQuery({
    queryKey: ['images', q],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET('/images', { params: { query: { q: q || undefined, limit: FOUND } }, signal })),
    select: (page) => page.items,
  });
}

export function useUploadImage() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ file, onProgress }: { file: File; onProgress: (part: number) => void }) =>
      upload<Image>({ path: '/images', query: { name: file.name }, file, type: file.type, onProgress }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['images'] }),
  });
}

/* --- out it goes --- */

interface Test {
  to: string[];
  person_id: number | null;
  /** Each of them; null: there are none. */
  variants: readonly (Letter | null)[];
}

/** Ends when the last of them is on its way. */
export function useSendTest(id: number) {
  return useMutation({
    mutationFn: async ({ variants, ...body }: Test) => {
      for (const variant of variants) {
        const { job_id } = await call(api.POST('/campaigns/{campaign_id}/test', { params: { path: at(id) }, body: { ...body, variant } }));
        await jobEnds(job_id);
      }
    },
  });
}

/** null: nothing was asked for. */
function useJobEnd(jobId: number | null) {
  const job = useJob(jobId).data;
  return job && hasEnded(job) ? job : null;
}

/** Tries the links, looks up the domain of the sender: a job. */
export function useDeepCheck(id: number, variant?: Letter) {
  const asked = useMutation({ mutationFn: () => call(api.POST('/campaigns/{campaign_id}/check', { params: { path: at(id), query: { variant } } })) });
  const end = useJobEnd(asked.data?.job_id ?? null);
  return {
    start: () => asked.mutate(),
    isRunning: asked.isPending || (asked.data !== undefined && !end),
    error: asked.error,
    failed: end && end.state !== 'done' ? end.error : null,
    found: end?.state === 'done' ? (end.result as unknown as Schemas['CampaignCheck']) : null,
  };
}

/** Of the draft as it is shown; what one has just written oneself is read back first. */
export async function etagOfShown(queries: QueryClient, id: number): Promise<string | null> {
  return (await queries.fetchQuery({ ...campaignQuery(id), staleTime: Infinity })).etag;
}

interface SendWish {
  /** A time to come (ISO); null: now. */
  when: string | null;
  /** Of what the user saw. */
  etag: string | null;
}

/** Answers the job that makes it ready, if it goes now. */
export function useSend(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ when, etag }: SendWish) => {
      const params = { params: { path: at(id), header: ifMatch(etag) } };
      if (when === null) return (await call(api.POST('/campaigns/{campaign_id}/send', params))).job_id;
      await call(api.POST('/campaigns/{campaign_id}/schedule', { ...params, body: { at: when } }));
      return undefined;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: all, refetchType: 'none' }),
  });
}
