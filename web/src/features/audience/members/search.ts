/** Which members are shown, as it stands in the address. */
import type { Schemas } from '../../../api/client.ts';

export type MemberStatus = Schemas['AudienceMemberStatus'];

export const statuses = ['subscribed', 'pending', 'unsubscribed', 'cleaned', 'transactional', 'archived'] as const satisfies readonly MemberStatus[];
/** The newest first, if nothing else is said. */
export const NEWEST = '-joined';

export interface MembersSearch {
  status?: MemberStatus;
  /** A tag or a saved segment. */
  tag?: number;
  interest?: string;
  sort?: 'joined';
}

export function readMembersSearch(search: Record<string, unknown>): MembersSearch {
  const status = statuses.find((one) => one === search.status);
  const tag = typeof search.tag === 'number' && Number.isSafeInteger(search.tag) && search.tag > 0 ? search.tag : undefined;
  const interest = typeof search.interest === 'string' && /^[0-9a-f]{10}$/.test(search.interest) ? search.interest : undefined;
  return { ...(status && { status }), ...(tag && { tag }), ...(interest && { interest }), ...(search.sort === 'joined' && { sort: 'joined' }) };
}

/** Whom a list is of: of the page and of its file. */
export interface Listed extends Omit<MembersSearch, 'sort'> {
  q?: string;
}

export function isAll({ q, status, tag, interest }: Listed): boolean {
  return !q && !status && tag === undefined && !interest;
}

export function apiQuery(listId: string, { q, status, tag, interest }: Listed) {
  return { list_id: listId, ...(q && { q }), ...(status && { status }), ...(tag !== undefined && { segment_id: tag }), ...(interest && { interest_id: interest }) };
}
