/** A mail to everybody with a tag goes to the group of those, which keeps up. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../../api/client.ts';
import { FOUND } from '../../groups/edit/queries.ts';

type Group = Schemas['Group'];

export function tagCriteria(tag: string) {
  return { match: 'all', conditions: [{ field: 'tag', op: 'is', value: tag }] };
}

/** One that says just this, whatever it is called. */
export function groupOfTag(groups: readonly Group[], tag: string): Group | undefined {
  const wanted = JSON.stringify(tagCriteria(tag));
  const sorted = (criteria: Group['criteria']) => {
    const { match, conditions } = (criteria ?? {}) as { match?: string; conditions?: { field?: string; op?: string; value?: string }[] };
    return JSON.stringify({ match, conditions: conditions?.map(({ field, op, value }) => ({ field, op, value })) });
  };
  return groups.find(({ kind, criteria }) => kind === 'dynamic' && sorted(criteria) === wanted);
}

/** Finds or makes it; gives its id. */
export function useTagGroup() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ tag, name }: { tag: string; name: string }) => {
      const { items } = await call(api.GET('/groups', { params: { query: { entity: 'people', q: tag, limit: FOUND } } }));
      const there = groupOfTag(items, tag);
      if (there) return there.id;
      const isTaken = items.some((group) => group.name.toLowerCase() === name.toLowerCase());
      const free = isTaken ? `${name} (${items.length + 1})` : name;
      return (await call(api.POST('/groups', { body: { name: free, entity: 'people', kind: 'dynamic', criteria: tagCriteria(tag) as unknown as Group['criteria'] } }))).id;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['groups', 'list'] }),
  });
}
