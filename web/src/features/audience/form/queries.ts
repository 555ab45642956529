/** The sign-up form of a list, what it asks, and whether who signs up has to confirm. */
import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, call, mc } from '../../../api/client.ts';
import { Problem } from '../../../api/problem.ts';
import type { Loaded } from '../../../ui/useRecordForm.ts';
import { changeOf, valuesOf, type FormDraft, type FormValues } from './colours.ts';
import { changesOf, chosenFields, fieldsOf } from './fields.ts';

const MANY = 1000;
const MEANWHILE = 412;

const of = (listId: string) => ({ path: { list_id: listId } });

/** @param language of the HTML; left out: that of the list */
async function load(listId: string, language?: string, signal?: AbortSignal) {
  const [{ signup_forms }, list, { items }, { merge_fields }] = await Promise.all([
    call(mc.GET('/lists/{list_id}/signup-forms', { params: of(listId), signal })),
    call(mc.GET('/lists/{list_id}', { params: { ...of(listId), query: { fields: 'double_optin' } }, signal })),
    call(api.GET('/audience/forms', { params: { query: { language } }, signal })),
    call(mc.GET('/lists/{list_id}/merge-fields', { params: { ...of(listId), query: { count: MANY } }, signal })),
  ]);
  const form = signup_forms[0]!;
  const ours = items.find((one) => one.list_id === listId)!;
  const fields = fieldsOf(merge_fields);
  return { form, ours, fields, values: valuesOf(form, list.double_optin, fields, ours.consent ?? '') };
}

type Found = Awaited<ReturnType<typeof load>>;

export const formQuery = (listId: string, language?: string) =>
  queryOptions({
    queryKey: ['audience', 'form', listId, language],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => load(listId, language, signal),
  });

/** The page as it would be with what is typed, by the server's own code. body: of draftOf, as a text. */
export const formPreviewQuery = (listId: string, language: string, body: string, version: string) =>
  queryOptions({
    queryKey: ['audience', 'formPreview', listId, language, body, version],
    placeholderData: keepPreviousData,
    gcTime: 0,
    queryFn: ({ signal }) =>
      call(api.POST('/audience/forms/{list_id}/preview', {
        params: { ...of(listId), query: { language } }, body: JSON.parse(body) as FormDraft as Record<string, never>, parseAs: 'text', signal,
      })),
  });

/** What it is made of stands in several places: their state together is what a change is of. */
export const loadedOf = ({ values }: Pick<Found, 'values'>): Loaded<FormValues> => ({ values, etag: JSON.stringify(values) });

export async function reloadForm(queries: QueryClient, listId: string, language?: string): Promise<Loaded<FormValues>> {
  return loadedOf(await queries.fetchQuery({ ...formQuery(listId, language), staleTime: 0 }));
}

/** Only what was changed is sent. Somebody else changed it since it was read: 412, and nothing is. */
export async function saveForm(queries: QueryClient, listId: string, language: string | undefined, after: FormValues, etag: string | null): Promise<Loaded<FormValues>> {
  const now = await load(listId, language);
  if (loadedOf(now).etag !== etag) throw new Problem(MEANWHILE, '');
  const change = changeOf(now.form, now.values, after);
  if (change) await call(mc.POST('/lists/{list_id}/signup-forms', { params: of(listId), body: change as Record<string, never> }));
  if (after.isConfirmed !== now.values.isConfirmed) await call(mc.PATCH('/lists/{list_id}', { params: of(listId), body: { double_optin: after.isConfirmed } }));
  if (after.consent !== now.values.consent)
    await call(api.PUT('/audience/forms/{list_id}', { params: of(listId), body: { consent: after.consent.trim() || null } }));
  for (const { id, body } of changesOf(now.fields, chosenFields(now.fields, after)))
    await call(mc.PATCH('/lists/{list_id}/merge-fields/{merge_id}', { params: { path: { list_id: listId, merge_id: String(id) } }, body }));
  const saved = await load(listId, language);
  queries.setQueryData(formQuery(listId, language).queryKey, saved);
  void queries.invalidateQueries({ queryKey: ['audience'], refetchType: 'none', predicate: ({ queryKey }) => queryKey[1] !== 'form' });
  return loadedOf(saved);
}
