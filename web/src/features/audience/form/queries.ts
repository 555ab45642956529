/** The sign-up form of a list, what it asks, and whether who signs up has to confirm. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, mc } from '../../../api/client.ts';
import { changeOf, valuesOf, type FormValues } from './colours.ts';
import { changesOf, fieldsOf } from './fields.ts';

const MANY = 1000;

const of = (listId: string) => ({ path: { list_id: listId } });

async function load(listId: string, signal?: AbortSignal) {
  const [{ signup_forms }, list, { items }, { merge_fields }] = await Promise.all([
    call(mc.GET('/lists/{list_id}/signup-forms', { params: of(listId), signal })),
    call(mc.GET('/lists/{list_id}', { params: { ...of(listId), query: { fields: 'double_optin' } }, signal })),
    call(api.GET('/audience/forms', { signal })),
    call(mc.GET('/lists/{list_id}/merge-fields', { params: { ...of(listId), query: { count: MANY } }, signal })),
  ]);
  const form = signup_forms[0]!;
  return { form, values: valuesOf(form, list.double_optin, fieldsOf(merge_fields)), html: items.find((one) => one.list_id === listId)?.html ?? '' };
}

export const formQuery = (listId: string) =>
  queryOptions({ queryKey: ['audience', 'form', listId], queryFn: ({ signal }) => load(listId, signal) });

/** Laid over what it is by now, not over what was read a while ago. */
export function useSaveForm(listId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ before, after }: { before: FormValues; after: FormValues }) => {
      const now = await load(listId);
      const change = changeOf(now.form, before, after);
      if (change) await call(mc.POST('/lists/{list_id}/signup-forms', { params: of(listId), body: change as Record<string, never> }));
      if (after.isConfirmed !== before.isConfirmed) await call(mc.PATCH('/lists/{list_id}', { params: of(listId), body: { double_optin: after.isConfirmed } }));
      for (const { id, body } of changesOf(before.fields, after.fields))
        await call(mc.PATCH('/lists/{list_id}/merge-fields/{merge_id}', { params: { path: { list_id: listId, merge_id: String(id) } }, body }));
      return load(listId);
    },
    onSuccess: (saved) => {
      queries.setQueryData(formQuery(listId).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ['audience'], refetchType: 'none', predicate: ({ queryKey }) => queryKey[1] !== 'form' });
    },
  });
}
