import { describe, expect, it, test } from 'vitest';
import { saysOf } from './audienceSays.ts';
import { leftBy } from './leftBy.ts';

describe('what the audience says', () => {
  it('is nothing of who is mailed, or is kept by the CRM alone', () => {
    for (const words of [[], ['agreed'], ['open'], ['opted_out'], ['held'], ['no_address']])
      expect(saysOf(words)).toBeUndefined();
  });

  it('is one word of a status and of the kinds of obstacles', () => {
    expect(saysOf(['unsubscribed'])).toBe('unsubscribed');
    expect(saysOf(['none', 'unsubscribed'])).toBe('unsubscribed');
    expect(saysOf(['pending'])).toBe('pending');
    for (const word of ['refused', 'cleaned', 'archived', 'forgotten']) expect(saysOf([word])).toBe('refused');
  });
});

const member = { status: 'unsubscribed' as const, unsubscribe_reason: 'None given', last_changed: '2026-11-30T10:00:00+00:00' };
const nothing = { at: null, by: null };
const event = (activity_type: string) => ({ activity_type, created_at_timestamp: '2026-11-29T10:00:00+00:00', campaign_id: 'abc', campaign_title: 'News' });

test.each([
  ['themselves, after a campaign', leftBy(member, { at: '2026-11-29T10:00:01+00:00', by: null }, [event('open'), event('unsub'), event('abuse')]),
    { how: 'contact', at: '2026-11-29T10:00:01+00:00', campaign: { hex: 'abc', title: 'News' } }],
  ['with a reason', leftBy({ ...member, unsubscribe_reason: 'Too many' }, nothing, []), { how: 'contact', at: member.last_changed, reason: 'Too many' }],
  ['by a complaint', leftBy(member, nothing, [event('abuse')]), { how: 'complaint', at: '2026-11-29T10:00:00+00:00', campaign: { hex: 'abc', title: 'News' } }],
  ['by hand', leftBy({ ...member, unsubscribe_reason: 'N/A (Unsubscribed by admin)' }, { at: null, by: 'Anna' }, [event('unsub')]), { how: 'hand', at: member.last_changed, by: 'Anna' }],
  ['by a program', leftBy({ ...member, unsubscribe_reason: 'N/A (Unsubscribed by admin)' }, nothing, []), { how: 'program', at: member.last_changed }],
  ['by bounces', leftBy({ ...member, status: 'cleaned' }, nothing, [event('bounce')]), { how: 'bounce', at: '2026-11-29T10:00:00+00:00', campaign: { hex: 'abc', title: 'News' } }],
  ['not at all', leftBy({ ...member, status: 'subscribed' }, nothing, [event('unsub')]), null],
])('left %s', (_name, left, expected) => expect(left).toEqual(expected));
