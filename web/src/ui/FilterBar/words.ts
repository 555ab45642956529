/** What the ops of criteria are called: "is more than" reads the same in every direction, `>` does not. */
import type { en } from '../../messages/en/index.ts';
import type { FieldInfo } from './criteria.ts';

type Ops = keyof (typeof en)['filter']['op'];
type Times = keyof (typeof en)['filter']['timeOp'];
type Responses = keyof (typeof en)['filter']['response'];

export type OpKey = `filter.op.${Ops}` | `filter.timeOp.${Times}` | `filter.response.${Responses}`;

/** The message of an op of a field; undefined: an op that this program does not know. */
export function opKey(field: FieldInfo, op: string): OpKey | undefined {
  if (field.type === 'response') return op in RESPONSES ? `filter.response.${op as Responses}` : undefined;
  const isTime = field.type === 'date' || field.type === 'time';
  if (isTime && op in TIMES) return `filter.timeOp.${op as Times}`;
  return op in OPS ? `filter.op.${op as Ops}` : undefined;
}

const OPS: Record<Ops, true> = {
  is: true, not: true, contains: true, notcontain: true, starts: true, ends: true, greater: true, less: true, blank: true,
  blank_not: true, in_last: true, within: true, not_in_last: true, after_campaign: true, before_campaign: true, any_of: true,
  all_of: true, none_of: true,
};
const TIMES: Record<Times, true> = { is: true, not: true, greater: true, less: true };
const RESPONSES: Record<Responses, true> = {
  sent: true, not_sent: true, opened: true, not_opened: true, clicked: true, not_clicked: true, bounced: true,
  not_bounced: true, unsubscribed: true, not_unsubscribed: true, complained: true, not_complained: true, replied: true,
  not_replied: true,
};
