/** Every request about members: the list is of /api/v1, one member the Marketing API's. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useBridgeFields } from '../../../api/bridgeFields.ts';
import { api, call, mc, type Marketing, type Schemas } from '../../../api/client.ts';
import { useRows } from '../../../ui/DataTable/rows.ts';
import { categoriesQuery, type Category } from '../interests/queries.ts';
import { apiQuery, NEWEST, type Listed, type MembersSort } from './search.ts';

export type MemberRow = Schemas['AudienceMember'];
export type Member = Marketing['Member'];
export type MemberChange = Marketing['MemberChange'];
/** The description of the API does not tell what is in an object that any field may be of. */
export type MergeValues = NonNullable<MemberChange['merge_fields']>;
export type MergeField = Marketing['MergeField'];
export type Note = Marketing['MemberNote'];
export type Feed = Marketing['MemberFeed']['activity'][number];

const MANY = 1000;
const FEED_PAGE = 50;
/** The variant is told only to who names it. */
const FEED_FIELDS = [
  'activity_type', 'created_at_timestamp', 'campaign_id', 'campaign_title', 'link_clicked', 'variant', 'marketing_permisson_text', 'marketing_permission_opted_in', 'updated_by',
].map((name) => `activity.${name}`).join() + ',total_items';
const EVENTS = 50;
const all = ['audience', 'members'];

/* --- the list --- */

export function useMembers(listId: string, listed: Listed, sort: MembersSort | undefined) {
  const query = { ...apiQuery(listId, listed), sort: sort ?? NEWEST } as const;
  return useRows<MemberRow, Schemas['AudienceMembers']>({
    key: [...all, 'list', query],
    fetch: (page, signal) => call(api.GET('/audience/members', { params: { query: { ...query, ...page } }, signal })),
  });
}

/** How many get mail and are not in the CRM. */
export function useStrangers(listId: string, isWanted: boolean) {
  return useQuery({
    queryKey: [...all, 'list', 'strangers', listId],
    enabled: isWanted,
    queryFn: ({ signal }) => call(api.GET('/audience/members', { params: { query: { list_id: listId, not_in_crm: true, limit: 1 } }, signal })),
  });
}

/** Tags and saved segments of a list, by name. */
export const segmentsQuery = (listId: string) =>
  queryOptions({
    queryKey: ['audience', 'segments', 'names', listId],
    queryFn: ({ signal }) =>
      call(mc.GET('/lists/{list_id}/segments', {
        params: { path: { list_id: listId }, query: { count: MANY, fields: 'segments.id,segments.name,segments.type' } }, signal,
      })),
    select: ({ segments }) => segments,
  });

export interface Question {
  category: Category;
  interests: { id: string; name: string }[];
}

/** What there is to choose, by question; nobody is counted. */
export function useQuestions(listId: string): Question[] | undefined {
  const categories = useQuery(categoriesQuery(listId)).data;
  const found = useQuery({
    queryKey: ['audience', 'interests', listId, 'names', categories?.map(({ id }) => id)],
    enabled: categories !== undefined,
    queryFn: async ({ signal }) => {
      const questions: Question[] = [];
      for (const category of categories ?? []) {
        const path = { list_id: listId, interest_category_id: category.id };
        const { interests } = await call(mc.GET('/lists/{list_id}/interest-categories/{interest_category_id}/interests', {
          params: { path, query: { count: MANY, fields: 'interests.id,interests.name' } }, signal,
        }));
        questions.push({ category, interests });
      }
      return questions;
    },
  });
  return found.data;
}

/* --- one member --- */

const pathOf = (listId: string, hash: string) => ({ list_id: listId, subscriber_hash: hash });
const keyOf = (listId: string, hash: string) => [...all, 'one', listId, hash];

export function useMember(listId: string | undefined, hash: string) {
  return useQuery({
    queryKey: keyOf(listId ?? '', hash),
    enabled: listId !== undefined,
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/members/{subscriber_hash}', { params: { path: pathOf(listId!, hash) }, signal })),
  });
}

/** What the Marketing API does not tell of them. */
export function useMemberMore({ list_id, id }: Member, isWanted: boolean) {
  return useQuery({
    queryKey: [...keyOf(list_id, id), 'more'],
    enabled: isWanted,
    queryFn: ({ signal }) => call(api.GET('/audience/members/{hash}', { params: { path: { hash: id }, query: { list_id } }, signal })),
  });
}

/** Is the address there already, as what? null: it is not. */
export function findMember(listId: string, address: string): Promise<Member | null> {
  return call(mc.GET('/lists/{list_id}/members/{subscriber_hash}', { params: { path: pathOf(listId, address) } })).catch((error: unknown) => {
    if (error instanceof Error && 'status' in error && error.status === GONE) return null;
    throw error;
  });
}

const GONE = 404;

function look(queries: QueryClient, member?: Pick<Member, 'list_id' | 'id'>): Promise<void> {
  void queries.invalidateQueries({ queryKey: [...all, 'list'] });
  void queries.invalidateQueries({ queryKey: ['people'] });
  return queries.invalidateQueries({ queryKey: member ? keyOf(member.list_id, member.id) : [...all, 'one'] });
}

export function useAddMember(listId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: MemberChange) => call(mc.POST('/lists/{list_id}/members', { params: { path: { list_id: listId } }, body })),
    onSuccess: () => look(queries),
  });
}

/** Only what is given is changed: two may change two things. */
export function useChangeMember({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: MemberChange) =>
      call(mc.PATCH('/lists/{list_id}/members/{subscriber_hash}', { params: { path: pathOf(list_id, id) }, body })),
    onSuccess: (now) => {
      queries.setQueryData(keyOf(list_id, now.id), now);
      return look(queries, now);
    },
  });
}

export function useArchiveMember({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(mc.DELETE('/lists/{list_id}/members/{subscriber_hash}', { params: { path: pathOf(list_id, id) } })),
    onSuccess: () => look(queries),
  });
}

export function useForgetMember({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(mc.POST('/lists/{list_id}/members/{subscriber_hash}/actions/delete-permanent', { params: { path: pathOf(list_id, id) } })),
    onSuccess: () => {
      queries.removeQueries({ queryKey: keyOf(list_id, id) });
      void queries.invalidateQueries({ queryKey: [...all, 'list'] });
    },
  });
}

/* --- what hangs on it --- */

/** All of them: the member itself tells of 50. */
export function useTagsOf({ list_id, id }: Member) {
  return useQuery({
    queryKey: [...keyOf(list_id, id), 'tags'],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/members/{subscriber_hash}/tags', { params: { path: pathOf(list_id, id), query: { count: MANY } }, signal })),
    select: ({ tags }) => tags.map(({ name }) => name),
  });
}

export function useTag({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, has }: { name: string; has: boolean }) =>
      call(mc.POST('/lists/{list_id}/members/{subscriber_hash}/tags', {
        params: { path: pathOf(list_id, id) }, body: { tags: [{ name, status: has ? 'active' : 'inactive' }] },
      })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['audience', 'segments', 'names', list_id] });
      return look(queries, { list_id, id });
    },
  });
}

/** What a list knows of its members. */
export const mergeFieldsQuery = (listId: string) =>
  queryOptions({
    queryKey: ['audience', 'mergeFields', listId],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/merge-fields', { params: { path: { list_id: listId }, query: { count: MANY } }, signal })),
    select: ({ merge_fields: fields }) => [...fields].sort((a, b) => a.display_order - b.display_order || a.merge_id - b.merge_id),
  });

/** Fields that pushes write from the CRM's records. */
export function useFieldsOfCrm(isWanted: boolean) {
  return useBridgeFields(({ items }) => items.filter(({ person_field }) => person_field !== null).map(({ merge_tag }) => merge_tag), isWanted);
}

export function useNotes({ list_id, id }: Member) {
  return useQuery({
    queryKey: [...keyOf(list_id, id), 'notes'],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/members/{subscriber_hash}/notes', { params: { path: pathOf(list_id, id), query: { count: MANY } }, signal })),
    select: ({ notes }) => notes,
  });
}

/** A new one if there is no noteId. */
export function useSaveNote({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ noteId, note }: { noteId?: number; note: string }) =>
      noteId === undefined
        ? call(mc.POST('/lists/{list_id}/members/{subscriber_hash}/notes', { params: { path: pathOf(list_id, id) }, body: { note } }))
        : call(mc.PATCH('/lists/{list_id}/members/{subscriber_hash}/notes/{note_id}', {
          params: { path: { ...pathOf(list_id, id), note_id: String(noteId) } }, body: { note },
        })),
    onSettled: () => queries.invalidateQueries({ queryKey: [...keyOf(list_id, id), 'notes'] }),
  });
}

export function useRemoveNote({ list_id, id }: Member) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (noteId: number) =>
      call(mc.DELETE('/lists/{list_id}/members/{subscriber_hash}/notes/{note_id}', { params: { path: { ...pathOf(list_id, id), note_id: String(noteId) } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: [...keyOf(list_id, id), 'notes'] }),
  });
}

/** What they were sent and did, the newest first. */
export function useFeed({ list_id, id }: Member) {
  return useInfiniteQuery({
    queryKey: [...keyOf(list_id, id), 'feed'],
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call(mc.GET('/lists/{list_id}/members/{subscriber_hash}/activity-feed', {
        params: { path: pathOf(list_id, id), query: { count: FEED_PAGE, offset: pageParam, fields: FEED_FIELDS } }, signal,
      })),
    getNextPageParam: (page, _pages, offset) => (offset + page.activity.length < page.total_items ? offset + FEED_PAGE : undefined),
  });
}

export function useEvents({ list_id, id }: Member) {
  return useQuery({
    queryKey: [...keyOf(list_id, id), 'events'],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/members/{subscriber_hash}/events', { params: { path: pathOf(list_id, id), query: { count: EVENTS } }, signal })),
  });
}

/** Campaigns of ours by what the audience calls them. */
export function useCampaignIds(isWanted: boolean) {
  return useQuery({
    queryKey: ['campaigns', 'ids'],
    enabled: isWanted,
    staleTime: 60_000,
    queryFn: ({ signal }) => call(api.GET('/campaigns', { params: { query: { limit: MANY } }, signal })),
    select: (page) => new Map(page.items.map(({ id, marketing_campaign_id: hex }) => [hex, id])),
  });
}
