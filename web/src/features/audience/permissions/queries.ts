/** Marketing permissions: the ways in which members say that they may be contacted. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, mc, type Schemas } from '../../../api/client.ts';

export type Permissions = Schemas['AudiencePermissions'];
export type Permission = Permissions['items'][number];

const root = (listId: string) => ['audience', 'permissions', listId];
const of = (listId: string) => ({ path: { list_id: listId } });
const ofOne = (listId: string, id: string) => ({ path: { list_id: listId, permission_id: id } });

export const permissionsQuery = (listId: string) =>
  queryOptions({
    queryKey: root(listId),
    queryFn: ({ signal }) => call(api.GET('/audience/permissions/{list_id}', { params: of(listId), signal })),
  });

/** Also after a refusal: somebody else may have changed it. The form asks for them, and members show them. */
function useLooksAgain() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['audience'] });
}

/** Whether forms ask for them. */
export function useAsk(listId: string) {
  return useMutation({
    mutationFn: (asked: boolean) => call(mc.PATCH('/lists/{list_id}', { params: of(listId), body: { marketing_permissions: asked } })),
    onSettled: useLooksAgain(),
  });
}

export function useAddPermission(listId: string) {
  return useMutation({
    mutationFn: (name: string) => call(api.POST('/audience/permissions/{list_id}', { params: of(listId), body: { name } })),
    onSettled: useLooksAgain(),
  });
}

export function useRenamePermission(listId: string) {
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      call(api.PATCH('/audience/permissions/{list_id}/{permission_id}', { params: ofOne(listId, id), body: { name } })),
    onSettled: useLooksAgain(),
  });
}

export function useRemovePermission(listId: string) {
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE('/audience/permissions/{list_id}/{permission_id}', { params: ofOne(listId, id) })),
    onSettled: useLooksAgain(),
  });
}
