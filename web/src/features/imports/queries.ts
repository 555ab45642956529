/** Imports: everything that these pages ask for. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, call, type Schemas } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { upload } from '../../api/upload.ts';
import { useRows, type Rows } from '../../ui/DataTable/rows.ts';
import { beginOf, noChoices, queryOf, type Choices, type Entity } from './choices.ts';
import type { ImportsSearch, PeopleOutcome } from './search.ts';

export type Import = Schemas['Import'];
export type Look = Schemas['ImportLook'];
export type Question = Schemas['ImportQuestion'];
export type Reason = Schemas['ImportReason'];
/** People, leads and companies may have the same number: each has one of its own in the list, beside its own. */
export type ImportPerson = Schemas['ImportPerson'] & { record_id: number };

const LOOK_MS = 1000;
const PAGE = 50;
/** Addresses that wait for one decision are shown at once. */
const UNCLEAR = 1000;

const byId = (id: number) => ({ params: { path: { import_id: String(id) } } });

export const importsQuery = infiniteQueryOptions({
  queryKey: ['imports'],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ signal, pageParam }) => call(api.GET('/imports', { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some(isOpen) ? LOOK_MS : false),
});

/** A trial: nothing was changed by it. */
export function isDry(run: Import): boolean {
  return (run.options as { dry_run?: boolean }).dry_run === true;
}

/** Something of it still goes on. */
export function isOpen(run: Import): boolean {
  return ['queued', 'running', 'undoing'].includes(run.state ?? '');
}

/** Its numbers are not final yet. */
export function isCounting(run: Import): boolean {
  return ['queued', 'running', 'needs_confirmation'].includes(run.state ?? '');
}

/** Whom it was about can be shown: it was no trial, goes on no more, and was not taken back. */
export function hasPeople(run: Import): boolean {
  return !isDry(run) && ['done', 'failed', 'canceled'].includes(run.state ?? '');
}

export const importQuery = (id: number) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => call(api.GET('/imports/{import_id}', { ...byId(id), signal })),
    refetchInterval: ({ state }) => {
      if (!state.data || isOpen(state.data)) return LOOK_MS;
      // it waits for somebody, who may be elsewhere
      return state.data.state === 'needs_confirmation' ? 10 * LOOK_MS : false;
    },
  });

export function useImportPeople(id: number, outcome: PeopleOutcome): Rows<ImportPerson> {
  const found = useRows<ImportPerson>({
    key: ['imports', id, 'people', outcome],
    fetch: async (wanted, signal) => {
      const page = await call(api.GET('/imports/{import_id}/people', {
        params: { path: { import_id: String(id) }, query: { outcome, ...wanted } },
        signal,
      }));
      return { ...page, items: page.items.map((row) => ({ ...row, record_id: row.id })) };
    },
  });
  const rows = useMemo(() => found.rows.map((row, index) => ({ ...row, id: index + 1 })), [found.rows]);
  return { ...found, rows };
}

/** How many new people have an address that somebody else has, too. */
export const sharingQuery = (run: Import) =>
  queryOptions({
    queryKey: ['imports', run.id, 'people', 'sharing'],
    enabled: run.entity === 'people' && run.created > 0 && hasPeople(run),
    queryFn: ({ signal }) =>
      call(api.GET('/imports/{import_id}/people', {
        params: { path: { import_id: String(run.id) }, query: { outcome: 'shares_address', limit: 1 } },
        signal,
      })),
    select: (page) => page.total,
  });

export const reasonsQuery = (id: number, refused: number) =>
  queryOptions({
    queryKey: ['imports', id, 'reasons', refused],
    enabled: refused > 0,
    queryFn: ({ signal }) => call(api.GET('/imports/{import_id}/reasons', { ...byId(id), signal })),
  });

export const refusalsQuery = (id: number, reason: string | null) =>
  infiniteQueryOptions({
    queryKey: ['imports', id, 'refusals', reason],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      call(api.GET('/imports/{import_id}/refusals', {
        params: { path: { import_id: String(id) }, query: { reason: reason ?? undefined, limit: PAGE, cursor: pageParam } },
        signal,
      })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const unclearQuery = (id: number) =>
  queryOptions({
    queryKey: ['imports', id, 'unclear'],
    queryFn: ({ signal }) =>
      call(api.GET('/imports/{import_id}/unclear-opt-outs', { params: { path: { import_id: String(id) }, query: { limit: UNCLEAR } }, signal })),
  });

/** The file's begin under these choices; asked again when one changes. */
export const lookQuery = (file: File, choices: Choices, before: Look | undefined) => {
  const query = queryOf(choices, before);
  return queryOptions({
    queryKey: ['imports', 'look', file.name, file.size, file.lastModified, query],
    staleTime: Infinity,
    retry: false,
    queryFn: async ({ signal }) => upload<Look>({ path: '/imports/look', query, file: await beginOf(file), signal }),
  });
};

async function signupsFile(query: { list_id: string; hash?: string; segment_id?: number; interest_id?: string; q?: string }, name: string, signal?: AbortSignal): Promise<File | null> {
  const text = await call(api.GET('/audience/people.csv', { params: { query }, parseAs: 'text', signal }));
  return text.trimEnd().includes('\n') ? new File([text], name, { type: 'text/csv' }) : null;
}

const apiOfSignups = ({ signups = '', tag: segment_id, interest: interest_id, ...rest }: ImportsSearch) => ({ list_id: signups, segment_id, interest_id, ...rest });

/** Those of an audience who are not in the CRM, as a file. null: nobody. */
export const signupsQuery = (search: ImportsSearch, name: string) => {
  const query = apiOfSignups(search);
  return queryOptions({
    queryKey: ['imports', 'signups', query, name],
    enabled: query.list_id !== '',
    staleTime: Infinity, // what was looked at is imported
    gcTime: 0,
    queryFn: ({ signal }) => signupsFile(query, name, signal),
  });
};

export interface Start {
  file: File;
  choices: Choices;
  look: Look;
  isDry: boolean;
  onProgress: (part: number) => void;
}

function startImport({ file, choices, look, isDry, onProgress }: Start) {
  return upload<{ job_id: number; import_id: number }>({
    path: '/imports',
    query: {
      ...queryOf(choices, look),
      file_name: file.name,
      dry_run: isDry ? 'true' : undefined,
      opted_in: choices.ground.trim() || undefined,
    },
    file,
    onProgress,
  });
}

/**
 * Those of an audience who are not in the CRM, in one go: the columns are what their names say. Answers the import; null:
 * nobody is left; 'asks': a column needs a word, so that it is looked at as any other file.
 */
export function useTakeIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ search, name, ground }: { search: ImportsSearch; name: string; ground: string }): Promise<number | null | 'asks'> => {
      const file = await signupsFile(apiOfSignups(search), name);
      if (!file) return null;
      const choices = { ...noChoices, ground };
      const look = await upload<Look>({ path: '/imports/look', query: queryOf(choices, undefined), file: await beginOf(file) });
      if (look.questions.length > 0) return 'asks';
      try {
        return (await startImport({ file, choices, look, isDry: false, onProgress: () => undefined })).import_id;
      } catch (error) {
        if ((problemOf(error).body as { questions?: Question[] } | null)?.questions?.length) return 'asks'; // which the whole file showed
        throw error;
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: importsQuery.queryKey, refetchType: 'none' }),
  });
}

export function useStart() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: startImport,
    onSuccess: () => queries.invalidateQueries({ queryKey: importsQuery.queryKey, refetchType: 'none' }),
  });
}

/** Everything that an import may have changed. */
function useChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries();
}

/** What taking it back would do, as things are now. */
export const undoQuery = (id: number, isWanted: boolean) =>
  queryOptions({
    queryKey: ['imports', id, 'undo'],
    enabled: isWanted,
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => call(api.GET('/imports/{import_id}/undo', { ...byId(id), signal })),
  });

export function useUndo(id: number) {
  return useMutation({
    mutationFn: (isKeeping: boolean) => call(api.POST('/imports/{import_id}/undo', { ...byId(id), body: { keep_opt_outs: isKeeping } })),
    onSuccess: useChanged(),
  });
}

export function useDecide(id: number) {
  return useMutation({
    mutationFn: (decision: 'opt_out' | 'release') =>
      call(api.POST('/imports/{import_id}/unclear-opt-outs', { ...byId(id), body: { decision } })),
    onSuccess: useChanged(),
  });
}

export type Kind = Look['columns'][number]['kind'];

export const customFieldsQuery = (entity: Entity) =>
  queryOptions({
    queryKey: ['custom-fields', entity],
    queryFn: ({ signal }) => call(api.GET('/custom-fields', { params: { query: { entity } }, signal })),
    select: (list) => list.items,
  });

/** Lists and filters know it at once. */
export function useNewField() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (field: { entity: Entity; key: string; label: string; type: Kind }) => call(api.POST('/custom-fields', { body: field })),
    onSuccess: async (_made, { entity }) => {
      await queries.invalidateQueries({ queryKey: ['custom-fields', entity] });
      void queries.invalidateQueries({ queryKey: [entity, 'fields'] });
      if (entity === 'people') await call(api.POST('/bridge/fields/read', { body: {} })).catch(() => undefined); // the night does it, too
      void queries.invalidateQueries({ queryKey: ['bridge', 'fields'] });
    },
  });
}
