/** An act on many members is a job of the server's. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, call, mc } from '../../../../api/client.ts';
import type { MemberBulkInput } from './acts.ts';

export function useMemberBulk() {
  return useMutation({ mutationFn: (body: MemberBulkInput) => call(api.POST('/audience/members/bulk', { body })) });
}

/** A new tag, with nobody in it. */
export function useNewTag(listId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => call(mc.POST('/lists/{list_id}/segments', { params: { path: { list_id: listId } }, body: { name, static_segment: [] } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audience', 'segments'] }),
  });
}

/** Who these are: of those whom an act could not be done to. */
export function useMembersOf(listId: string, ids: number[]) {
  return useQuery({
    queryKey: ['audience', 'members', 'of', listId, ids],
    enabled: ids.length > 0,
    queryFn: ({ signal }) => call(api.GET('/audience/members', { params: { query: { list_id: listId, ids: ids.join(), limit: ids.length } }, signal })),
    select: ({ items }) => new Map(items.map((member) => [member.id, member])),
  });
}
