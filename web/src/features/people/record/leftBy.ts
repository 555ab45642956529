/** How an address left the audience: by whom, when, after which campaign, for which reason; as the page of the member tells it. */
import type { Feed, Member } from '../../audience/members/queries.ts';
import { reasonKind } from '../../audience/members/words.ts';

export interface LeftBy {
  how: 'contact' | 'complaint' | 'hand' | 'program' | 'bounce' | 'archived';
  /** The name of the user who did it. */
  by?: string;
  at?: string;
  campaign?: { hex: string; title: string };
  reason?: string;
}

type Told = Pick<Member, 'status' | 'unsubscribe_reason' | 'last_changed'>;
type Event = Pick<Feed, 'activity_type' | 'created_at_timestamp' | 'campaign_id' | 'campaign_title'>;

/** events: the newest first. null: it has not left. */
export function leftBy({ status, unsubscribe_reason: reason, last_changed }: Told, more: { at: string | null; by: string | null }, events: readonly Event[]): LeftBy | null {
  const last = (...kinds: string[]) => events.find(({ activity_type: kind }) => kinds.includes(kind));
  const after = (event: Event | undefined) => ({
    at: more.at ?? event?.created_at_timestamp ?? last_changed,
    ...(event?.campaign_id && { campaign: { hex: event.campaign_id, title: event.campaign_title ?? '' } }),
  });
  if (status === 'cleaned') return { how: 'bounce', ...after(last('bounce')) };
  if (status === 'archived') return { how: 'archived', at: last_changed };
  if (status !== 'unsubscribed') return null;
  const kind = reasonKind(reason);
  if (kind === 'admin') return { how: more.by ? 'hand' : 'program', at: more.at ?? last_changed, ...(more.by && { by: more.by }) };
  const event = last('abuse', 'unsub');
  return { how: event?.activity_type === 'abuse' ? 'complaint' : 'contact', ...after(event), ...(kind === 'own' && { reason }) };
}
