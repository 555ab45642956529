/** The lists of the audience. What each tab asks for stands with it. */
import { queryOptions } from '@tanstack/react-query';
import { call, mc, type Marketing } from '../../api/client.ts';

export type List = Marketing['List'];

const MANY = 1000;

/** The master audience first. */
export const listsQuery = queryOptions({
  queryKey: ['audience', 'lists'],
  queryFn: ({ signal }) => call(mc.GET('/lists', { params: { query: { count: MANY, fields: 'lists.id,lists.name' } }, signal })),
  select: ({ lists }) => lists,
});
