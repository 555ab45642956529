/** What may be done with a member of a status, as the API lets it be done. */
import type { MemberStatus } from './search.ts';

export type Act = 'unsubscribe' | 'ask' | 'archive' | 'forget';

const OUT: MemberStatus[] = ['unsubscribed', 'cleaned', 'transactional', 'archived'];
/** Of others the API says that it cannot be done. */
const TO_ARCHIVE: MemberStatus[] = ['subscribed', 'unsubscribed', 'transactional'];

/**
 * The CRM keeps a no, and takes a member out again that is asked: of the audience that it is linked to, those come back
 * by the sign-up form alone.
 */
function isKeptOut({ status, unsubscribe_reason: reason }: Standing): boolean {
  return status === 'unsubscribed' || status === 'cleaned' || reason !== undefined;
}

export interface Standing {
  status: MemberStatus;
  unsubscribe_reason?: string;
}

/** Who is out is asked, never put in. isMaster: of the audience that the CRM is linked to. */
export function actsOf(member: Standing, isMaster: boolean): Act[] {
  const { status } = member;
  return [
    ...(OUT.includes(status) ? [] : (['unsubscribe'] as const)),
    ...(OUT.includes(status) && !(isMaster && isKeptOut(member)) ? (['ask'] as const) : []),
    ...(TO_ARCHIVE.includes(status) ? (['archive'] as const) : []),
    'forget',
  ];
}
