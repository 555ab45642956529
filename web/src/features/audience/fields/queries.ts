/** Merge fields of a list, and which of them the customer records fill. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BRIDGE_FIELDS, useBridgeFields } from '../../../api/bridgeFields.ts';
import { api, call, mc } from '../../../api/client.ts';
import { newPlaces } from '../interests/order.ts';
import { mergeFieldsQuery, type MergeField } from '../segments/queries.ts';

export { mergeFieldsQuery, type MergeField };

export type FieldType = MergeField['type'];
export type FieldBody = Partial<Pick<MergeField, 'name' | 'tag' | 'type' | 'required' | 'public' | 'default_value' | 'help_text' | 'options'>>;

/** By tag: which field of people goes into it. Only into those of the master audience. */
export function useFilled(isMaster: boolean): ReadonlyMap<string, string> {
  const { data } = useBridgeFields(({ items }) => items, isMaster);
  return new Map(data?.flatMap(({ merge_tag, person_field }) => (person_field === null ? [] : [[merge_tag, person_field] as const])));
}

const at = (list_id: string, merge_id: number) => ({ list_id, merge_id: String(merge_id) });

function useLooksAgain(listId: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: mergeFieldsQuery(listId).queryKey });
}

/** field null: a new one. Only what is given is changed. */
export function useSaveField(listId: string) {
  return useMutation({
    mutationFn: ({ field, body }: { field: MergeField | null; body: FieldBody }) =>
      field
        ? call(mc.PATCH('/lists/{list_id}/merge-fields/{merge_id}', { params: { path: at(listId, field.merge_id) }, body }))
        : call(mc.POST('/lists/{list_id}/merge-fields', { params: { path: { list_id: listId } }, body: body as FieldBody & Pick<MergeField, 'name' | 'type'> })),
    onSettled: useLooksAgain(listId),
  });
}

/** With what says that the customer records fill it: a push would miss the field otherwise. */
export function useRemoveField(listId: string) {
  const queries = useQueryClient();
  const look = useLooksAgain(listId);
  return useMutation({
    mutationFn: async ({ field, isFilled }: { field: MergeField; isFilled: boolean }) => {
      if (isFilled) {
        const pairs = await call(api.GET('/bridge/fields'));
        const fields = pairs.items.flatMap(({ merge_tag, person_field }) =>
          person_field === null || merge_tag === field.tag ? [] : [{ merge_tag, person_field }]);
        await call(api.PUT('/bridge/fields', { body: { fields } }));
      }
      await call(mc.DELETE('/lists/{list_id}/merge-fields/{merge_id}', { params: { path: at(listId, field.merge_id) } }));
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: BRIDGE_FIELDS });
      return look();
    },
  });
}

export function useMoveField(listId: string) {
  return useMutation({
    mutationFn: async ({ all, id, by }: { all: readonly MergeField[]; id: string; by: -1 | 1 }) => {
      const placed = all.map(({ merge_id, display_order }) => ({ id: String(merge_id), display_order }));
      for (const { id: merge_id, display_order } of newPlaces(placed, id, by))
        await call(mc.PATCH('/lists/{list_id}/merge-fields/{merge_id}', { params: { path: { list_id: listId, merge_id } }, body: { display_order } }));
    },
    onSettled: useLooksAgain(listId),
  });
}

/** How many subscribers have something there. */
export function useUsers(listId: string, tag: string) {
  return useQuery({
    queryKey: ['audience', 'segments', listId, 'users', tag],
    staleTime: 0,
    queryFn: ({ signal }) =>
      call(api.POST('/audience/lists/{list_id}/segment-preview', {
        params: { path: { list_id: listId } }, body: { match: 'all', conditions: [{ field: tag, op: 'blank_not' }] as never }, signal,
      })),
    select: ({ count }) => count,
  });
}
