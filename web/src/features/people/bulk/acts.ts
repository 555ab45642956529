/** What can be done with many people at once. */
import type { BulkOutcome } from '../../../ui/bulkOutcome.ts';
import type { Selection } from '../../../ui/DataTable/selection.ts';
import type { BulkInput } from '../queries.ts';
import { unfiltered, type Listed } from '../search.ts';

export type BulkAct = BulkInput['act'];

export interface ActInput {
  tag: string;
  groupId: number | null;
  reason: string;
}

export const noInput: ActInput = { tag: '', groupId: null, reason: '' };

export function isReady(act: BulkAct, input: ActInput): boolean {
  if (act === 'tag' || act === 'untag') return input.tag.trim() !== '';
  if (act === 'opt_out') return input.reason.trim() !== '';
  return !ofGroup(act) || input.groupId !== null;
}

/** One has to be named. */
export function needsGroup(act: BulkAct, input: ActInput): boolean {
  return ofGroup(act) && input.groupId === null;
}

function ofGroup(act: BulkAct): boolean {
  return act === 'add_to_group' || act === 'remove_from_group';
}

/** From here on a bulk act that takes people away is confirmed by its number. */
export const CONFIRMED_ABOVE = 50;

/** Large and not to be taken back. */
export function isTyped(act: BulkAct, count: number): boolean {
  return (act === 'delete' || act === 'opt_out') && count > CONFIRMED_ABOVE;
}

export function bulkBody(act: BulkAct, input: ActInput, selection: Selection, listed: Listed, expected: number): BulkInput {
  const chosen =
    selection.kind === 'all'
      ? { all: { ...unfiltered(listed), ...(listed.filter ? { filter: listed.filter as never } : {}) } }
      : { ids: [...selection.ids] };
  return {
    ...chosen,
    act,
    expected,
    ...(act === 'tag' || act === 'untag' ? { tag: input.tag.trim() } : {}),
    ...(ofGroup(act) && input.groupId !== null ? { group_id: input.groupId } : {}),
    ...(act === 'opt_out' ? { reason: input.reason.trim() } : {}),
  };
}

/**
 * The act that takes it back, of those who were named, if none of them was so before. Of a
 * group there is none: who was taken out of it by hand, and then added, would be lost.
 */
export function undoOf(body: BulkInput, outcome: BulkOutcome): BulkInput | null {
  if (!body.ids || outcome.changed === 0 || outcome.unchanged > 0) return null;
  if (outcome.refused.length < outcome.refused_count) return null;
  const refused = new Set(outcome.refused.map(({ id }) => id));
  const ids = body.ids.filter((id) => !refused.has(id));
  if (body.act !== 'tag' && body.act !== 'untag') return null;
  return { ids, act: body.act === 'tag' ? 'untag' : 'tag', tag: body.tag, expected: ids.length };
}
