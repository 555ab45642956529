/** What can be done with many members at once. Nothing brings anybody back: that is theirs alone. */
import type { Schemas } from '../../../../api/client.ts';
import type { Selection } from '../../../../ui/DataTable/selection.ts';
import { apiQuery, type Listed } from '../search.ts';

export type MemberBulkInput = Schemas['MemberBulkInput'];
export type MemberAct = MemberBulkInput['act'];

export const memberActs = ['tag', 'untag', 'unsubscribe', 'archive'] as const satisfies readonly MemberAct[];

/** From here on an act that takes members out is confirmed by its number. */
export const CONFIRMED_ABOVE = 50;

export const takesOut = (act: MemberAct) => act === 'unsubscribe' || act === 'archive';

export function isTyped(act: MemberAct, count: number): boolean {
  return takesOut(act) && count > CONFIRMED_ABOVE;
}

/** tag: of acts that are about one. */
export function bulkBody(act: MemberAct, listId: string, listed: Listed, selection: Selection, expected: number, tag?: number): MemberBulkInput {
  const { list_id, ...all } = apiQuery(listId, listed);
  return {
    list_id,
    ...(selection.kind === 'all' ? { all } : { ids: [...selection.ids] }),
    act,
    expected,
    ...(takesOut(act) ? {} : { segment_id: tag }),
  };
}
