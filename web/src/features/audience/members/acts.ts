/** What may be done with a member of a status, as the API lets it be done. */
import type { MemberStatus } from './search.ts';

export type Act = 'unsubscribe' | 'ask' | 'archive' | 'forget';

const OUT: MemberStatus[] = ['unsubscribed', 'cleaned', 'transactional', 'archived'];
/** Of others the API says that it cannot be done. */
const TO_ARCHIVE: MemberStatus[] = ['subscribed', 'unsubscribed', 'transactional'];

/** Who is out is asked, never put in. */
export function actsOf(status: MemberStatus): Act[] {
  return [
    ...(OUT.includes(status) ? (['ask'] as const) : (['unsubscribe'] as const)),
    ...(TO_ARCHIVE.includes(status) ? (['archive'] as const) : []),
    'forget',
  ];
}
