/** Which members are shown, as it stands in the address. */
import type { Schemas } from '../../../api/client.ts';

export type MemberStatus = Schemas['AudienceMemberStatus'];

export const statuses = ['subscribed', 'pending', 'unsubscribed', 'cleaned', 'transactional', 'archived'] as const satisfies readonly MemberStatus[];
/** The newest first, if nothing else is said. */
export const NEWEST = '-joined';

/** What the list can be put in order by; with “-” before it, the last first. */
export const sorts = ['joined', '-joined', 'email', '-email', 'changed_at', '-changed_at'] as const;
export type MembersSort = (typeof sorts)[number];

export interface MembersSearch {
  status?: MemberStatus;
  /** A tag or a saved segment. */
  tag?: number;
  interest?: string;
  /** Who gets mail, and neither a person nor a lead has the address. */
  notInCrm?: true;
  /** Left out: the newest first. */
  sort?: MembersSort;
  /** An act on many, whose progress and result are shown. */
  job?: number;
}

export function readMembersSearch(search: Record<string, unknown>): MembersSearch {
  const status = statuses.find((one) => one === search.status);
  const tag = typeof search.tag === 'number' && Number.isSafeInteger(search.tag) && search.tag > 0 ? search.tag : undefined;
  const interest = typeof search.interest === 'string' && /^[0-9a-f]{10}$/.test(search.interest) ? search.interest : undefined;
  const sort = sorts.find((one) => one === search.sort && one !== NEWEST);
  const job = typeof search.job === 'number' && Number.isSafeInteger(search.job) && search.job > 0 ? search.job : undefined;
  return { ...(status && { status }), ...(tag && { tag }), ...(interest && { interest }), ...(search.notInCrm === true && { notInCrm: true }), ...(sort && { sort }), ...(job && { job }) };
}

/** Whom a list is of: of the page and of its file. */
export interface Listed extends Omit<MembersSearch, 'sort' | 'job'> {
  q?: string;
}

export function isAll({ q, status, tag, interest, notInCrm }: Listed): boolean {
  return !q && !status && tag === undefined && !interest && !notInCrm;
}

export function apiQuery(listId: string, { q, status, tag, interest, notInCrm }: Listed) {
  return { list_id: listId, ...(q && { q }), ...(status && { status }), ...(tag !== undefined && { segment_id: tag }), ...(interest && { interest_id: interest }), ...(notInCrm && { not_in_crm: true }) };
}
