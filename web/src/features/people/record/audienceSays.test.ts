import { describe, expect, it } from 'vitest';
import { saysOf } from './audienceSays.ts';

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
