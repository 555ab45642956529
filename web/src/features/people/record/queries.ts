/** Every request of one person's page. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, call, callWhole, ifMatch, type Schemas } from '../../../api/client.ts';
import { problemOf } from '../../../api/problem.ts';
import { fieldBody, valueOf } from '../person.ts';
import type { Person, PersonInput } from '../queries.ts';

export type TimelineEntry = Schemas['TimelineEntry'];
export type MailEvent = Schemas['MailEvent'];
export type Consent = Schemas['Consent'];
export type Address = Schemas['Address'];
export type EntryType = TimelineEntry['type'];

/** A person as they were read, with the ETag of that state. */
export interface Loaded {
  data: Person;
  etag: string | null;
}

const TIMELINE_PAGE = 50;
const path = (id: number) => ({ record_id: String(id) });
const keyOf = (id: number) => ['people', 'one', id];

export function usePerson(id: number) {
  return useQuery({ queryKey: keyOf(id), queryFn: ({ signal }) => read(id, signal) });
}

function read(id: number, signal?: AbortSignal): Promise<Loaded> {
  return callWhole(api.GET('/people/{record_id}', { params: { path: path(id) }, signal }));
}

function patch(id: number, body: PersonInput, etag: string | null): Promise<Loaded> {
  return callWhole(api.PATCH('/people/{record_id}', { params: { path: path(id), header: ifMatch(etag) }, body }));
}

function keep(queries: QueryClient, id: number, loaded: Loaded): void {
  queries.setQueryData(keyOf(id), loaded);
  for (const part of ['timeline', 'consent', 'groups']) void queries.invalidateQueries({ queryKey: [...keyOf(id), part] });
  // opt-outs go to all who have an address
  for (const part of ['list', 'holders', 'obstacles']) void queries.invalidateQueries({ queryKey: ['people', part] });
  void queries.invalidateQueries({ queryKey: ['tags'] });
}

/** Somebody else changed the same field meanwhile: both values are to be seen. */
export class Meanwhile extends Error {
  readonly theirs: Loaded;

  constructor(theirs: Loaded) {
    super('changed meanwhile');
    this.theirs = theirs;
  }
}

export function sameValue(a: unknown, b: unknown): boolean {
  return (a ?? '') === (b ?? '');
}

export interface FieldChange {
  field: string;
  value: unknown;
  /** What was there when somebody began to type. */
  base: unknown;
  etag: string | null;
}

/** One field. What others changed in other fields stays; the same field: Meanwhile. */
export function useSaveField(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ field, value, base, etag }: FieldChange) => {
      const body = fieldBody(field, value) as PersonInput;
      try {
        return await patch(id, body, etag);
      } catch (error) {
        if (!problemOf(error).isMeanwhile) throw error;
        const fresh = await read(id);
        const theirs = valueOf(fresh.data, field);
        // the same: perhaps it is our own, and only its answer was lost
        if (!sameValue(theirs, base) && !sameValue(theirs, value)) throw new Meanwhile(fresh);
        return patch(id, body, fresh.etag);
      }
    },
    onSuccess: (loaded) => keep(queries, id, loaded),
    onError: (error) => error instanceof Meanwhile && keep(queries, id, error.theirs),
  });
}

/**
 * A change that is said as a step ("also this tag"): it is done upon whatever
 * the record is by now, so that two people who take steps both get theirs.
 */
export function useStep(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (step: (person: Person) => PersonInput) => {
      const seen = queries.getQueryData<Loaded>(keyOf(id)) ?? (await read(id));
      try {
        return await patch(id, step(seen.data), seen.etag);
      } catch (error) {
        if (!problemOf(error).isMeanwhile) throw error;
        const fresh = await read(id);
        return patch(id, step(fresh.data), fresh.etag);
      }
    },
    onSuccess: (loaded) => keep(queries, id, loaded),
  });
}

export function useConsent(id: number) {
  return useQuery({
    queryKey: [...keyOf(id), 'consent'],
    queryFn: ({ signal }) => call(api.GET('/people/{record_id}/consent', { params: { path: path(id) }, signal })),
    select: (list) => list.items,
  });
}

export function useGroupsOf(id: number) {
  return useQuery({
    queryKey: [...keyOf(id), 'groups'],
    queryFn: ({ signal }) => call(api.GET('/people/{record_id}/groups', { params: { path: path(id) }, signal })),
    select: (list) => list.items,
  });
}

/* --- what happened --- */

export function useTimeline(id: number, types: EntryType[]) {
  const type = types.length > 0 ? types.join() : undefined;
  return useInfiniteQuery({
    queryKey: [...keyOf(id), 'timeline', type],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/people/{record_id}/timeline', {
          params: { path: path(id), query: { limit: TIMELINE_PAGE, cursor: pageParam, type } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export function useMail(id: number, campaignId: number) {
  return useQuery({
    queryKey: [...keyOf(id), 'mail', campaignId],
    queryFn: ({ signal }) =>
      call(api.GET('/people/{record_id}/mails/{campaign_id}', { params: { path: { ...path(id), campaign_id: String(campaignId) } }, signal })),
  });
}

function useHappened(id: number) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: [...keyOf(id), 'timeline'] });
    void queries.invalidateQueries({ queryKey: [...keyOf(id), 'tasks'] });
  };
}

export type ActivityKind = 'note' | 'call' | 'meeting' | 'letter' | 'task';

export interface Activity {
  kind: ActivityKind;
  subject: string;
  body: string;
  direction: 'in' | 'out' | null;
  /** YYYY-MM-DD or ''. */
  day: string;
}

/** Noon where the reader is: the same day in most of the world. */
function noon(day: string): string | null {
  return day ? new Date(`${day}T12:00`).toISOString() : null;
}

export function useAddActivity(id: number) {
  return useMutation({
    mutationFn: async ({ kind, subject, body, direction, day }: Activity): Promise<unknown> => {
      const about = { entity: 'people' as const, record_id: id };
      if (kind === 'note') return call(api.POST('/notes', { body: { ...about, body } }));
      if (kind === 'task') return call(api.POST('/tasks', { body: { ...about, title: subject, due_at: noon(day) } }));
      return call(
        api.POST('/communications', {
          body: { kind, direction, subject: subject || null, body: body || null, at: noon(day), links: [about] },
        }),
      );
    },
    onSuccess: useHappened(id),
  });
}

/** What somebody wrote down, and may change. */
export interface Entry {
  type: EntryType;
  id: number;
}

/** By the names that the server has for it: a note has a body, a task a title. */
export type EntryText = Record<string, string>;

type EntryBody = Partial<Record<'title' | 'subject' | 'body', string | null>>;

const textsOf = { note: ['body'], task: ['title'], communication: ['subject', 'body'], consent: [], import: [] } as const;

function textOf({ type }: Entry, { data, etag }: { data: EntryBody; etag: string | null }) {
  return { values: Object.fromEntries(textsOf[type].map((name) => [name, data[name] ?? ''])), etag };
}

async function readEntry(entry: Entry) {
  const own = String(entry.id);
  if (entry.type === 'note') return textOf(entry, await callWhole(api.GET('/notes/{note_id}', { params: { path: { note_id: own } } })));
  if (entry.type === 'task') return textOf(entry, await callWhole(api.GET('/tasks/{task_id}', { params: { path: { task_id: own } } })));
  return textOf(entry, await callWhole(api.GET('/communications/{communication_id}', { params: { path: { communication_id: own } } })));
}

async function writeEntry(entry: Entry, body: EntryText, etag: string | null) {
  const own = String(entry.id);
  const header = ifMatch(etag);
  if (entry.type === 'note')
    return textOf(entry, await callWhole(api.PATCH('/notes/{note_id}', { params: { path: { note_id: own }, header }, body })));
  if (entry.type === 'task')
    return textOf(entry, await callWhole(api.PATCH('/tasks/{task_id}', { params: { path: { task_id: own }, header }, body })));
  return textOf(
    entry,
    await callWhole(api.PATCH('/communications/{communication_id}', { params: { path: { communication_id: own }, header }, body })),
  );
}

/** The text of one entry as it is now, to be changed. */
export function useEntry(id: number, entry: Entry) {
  const queries = useQueryClient();
  const happened = useHappened(id);
  const queryKey = [...keyOf(id), 'entry', entry.type, entry.id];
  const keepText = (text: Awaited<ReturnType<typeof readEntry>>) => {
    queries.setQueryData(queryKey, text);
    return text;
  };
  return {
    found: useQuery({ queryKey, gcTime: 0, queryFn: () => readEntry(entry) }),
    reload: async () => keepText(await readEntry(entry)),
    save: async (text: EntryText, etag: string | null) => {
      const saved = keepText(await writeEntry(entry, text, etag));
      happened();
      return saved;
    },
  };
}

export function useRemoveEntry(id: number) {
  return useMutation({
    mutationFn: (entry: Entry) => {
      const own = String(entry.id);
      if (entry.type === 'note') return call(api.DELETE('/notes/{note_id}', { params: { path: { note_id: own } } }));
      if (entry.type === 'task') return call(api.DELETE('/tasks/{task_id}', { params: { path: { task_id: own } } }));
      return call(api.DELETE('/communications/{communication_id}', { params: { path: { communication_id: own } } }));
    },
    onSuccess: useHappened(id),
  });
}

export function useTasks(id: number) {
  return useQuery({
    queryKey: [...keyOf(id), 'tasks'],
    queryFn: ({ signal }) =>
      call(api.GET('/tasks', { params: { query: { entity: 'people', record_id: id, limit: 1000 } }, signal })),
    select: (list) => list.items,
  });
}

export function useTickTask(id: number) {
  return useMutation({
    mutationFn: (task: { id: number; isDone: boolean }) =>
      call(
        api.PATCH('/tasks/{task_id}', {
          params: { path: { task_id: String(task.id) } },
          body: { done_at: task.isDone ? new Date().toISOString() : null },
        }),
      ),
    onSuccess: useHappened(id),
  });
}

/* --- large acts --- */

function useGone(id: number) {
  const queries = useQueryClient();
  return () => {
    queries.removeQueries({ queryKey: keyOf(id) });
    void queries.invalidateQueries({ queryKey: ['people'] });
  };
}

export function useDeletePerson(id: number) {
  return useMutation({
    mutationFn: (etag: string | null) => call(api.DELETE('/people/{record_id}', { params: { path: path(id), header: ifMatch(etag) } })),
    onSuccess: useGone(id),
  });
}

export function useErasePerson(id: number) {
  return useMutation({
    mutationFn: () => call(api.POST('/people/{record_id}/erase', { params: { path: path(id) } })),
    onSuccess: useGone(id),
  });
}

export function useMergePerson(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (otherId: number) =>
      call(api.POST('/people/{record_id}/merge', { params: { path: path(id) }, body: { other_id: otherId } })),
    onSuccess: (_person, otherId) => {
      queries.removeQueries({ queryKey: keyOf(otherId) });
      return queries.invalidateQueries({ queryKey: ['people'] });
    },
  });
}
