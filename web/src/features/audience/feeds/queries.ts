/** Campaigns that are written by a feed, what they have sent, and what a feed says. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, mc, type Marketing, type Schemas } from '../../../api/client.ts';
import { serverText } from '../../../api/serverText.ts';
import { bodyOf, type FeedValues } from './values.ts';

export type FeedCampaign = Marketing['Campaign'];
export type Feed = Schemas['AudienceFeed'];

const MANY = 1000;
const SENT_SHOWN = 50;
const EACH_MS = 60_000;
const root = ['audience', 'feeds'];
const of = (id: string) => ({ path: { campaign_id: id } });

/** The newest first; when they are due changes by itself. */
export const feedCampaignsQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root, 'of', listId],
    queryFn: ({ signal }) => call(mc.GET('/campaigns', { params: { query: { type: 'rss', list_id: listId, count: MANY, sort_dir: 'DESC' } }, signal })),
    select: ({ campaigns }) => campaigns,
    refetchInterval: EACH_MS,
  });

/** What it has sent, the newest first. */
export const sentQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'sent', id],
    queryFn: ({ signal }) => call(mc.GET('/campaigns', { params: { query: { parent_campaign_id: id, count: SENT_SHOWN, sort_dir: 'DESC' } }, signal })),
    select: ({ campaigns }) => campaigns,
  });

export const segmentsQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root, 'segments', listId],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/segments', { params: { path: { list_id: listId }, query: { count: MANY } }, signal })),
    select: ({ segments }) => segments.map(({ id, name }) => ({ value: String(id), label: name })),
  });

/** Whom the audience's mails come from, unless a campaign says otherwise. */
export const senderQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root, 'sender', listId],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}', { params: { path: { list_id: listId }, query: { fields: 'campaign_defaults' } }, signal })),
    select: ({ campaign_defaults }) => campaign_defaults,
  });

/** How many would get it now. */
export const countQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'count', id],
    queryFn: ({ signal }) => call(mc.GET('/campaigns/{campaign_id}', { params: { ...of(id), query: { fields: 'recipients' } }, signal })),
    select: ({ recipients }) => recipients.recipient_count,
  });

export const htmlQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'html', id],
    queryFn: ({ signal }) => call(mc.GET('/campaigns/{campaign_id}/content', { params: of(id), signal })),
    select: ({ html }) => html,
  });

/** What a feed says now, and a mail of it. */
export function useLookAtFeed() {
  return useMutation({
    mutationFn: (body: { feed_url: string; subject?: string; html?: string; constrain_images?: boolean }) => call(api.POST('/audience/feed', { body })),
  });
}

interface Saving {
  /** null: a new one. */
  id: string | null;
  listId: string;
  values: FeedValues;
  /** null: it stays, or is a template. */
  html: string | null;
  /** It is there now, whatever happens to its content. */
  onMade: (id: string) => void;
}

export function useSaveFeed() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, listId, values, html, onMade }: Saving) => {
      const body = bodyOf(listId, values);
      const saved = id === null
        ? await call(mc.POST('/campaigns', { body: { type: 'rss', ...body } }))
        : await call(mc.PATCH('/campaigns/{campaign_id}', { params: of(id), body }));
      onMade(saved.id);
      if (html !== null) await call(mc.PUT('/campaigns/{campaign_id}/content', { params: of(saved.id), body: { html } }));
      return saved;
    },
    onSettled: () => { void queries.invalidateQueries({ queryKey: root }); },
  });
}

export type FeedAct = 'start' | 'pause' | 'resume' | 'delete';

export function useFeedAct() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, act }: { id: string; act: FeedAct }) => {
      const params = of(id);
      if (act === 'start') return call(mc.POST('/campaigns/{campaign_id}/actions/send', { params }));
      if (act === 'pause') return call(mc.POST('/campaigns/{campaign_id}/actions/pause', { params }));
      if (act === 'resume') return call(mc.POST('/campaigns/{campaign_id}/actions/resume', { params }));
      return call(mc.DELETE('/campaigns/{campaign_id}', { params }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: root }),
  });
}

/** Why it cannot be started. */
export async function whatIsMissing(id: string): Promise<string[]> {
  const { items } = await call(mc.GET('/campaigns/{campaign_id}/send-checklist', { params: of(id) }));
  return items.filter(({ type }) => type === 'error').map(({ details }) => serverText(details));
}
