import { describe, expect, it } from 'vitest';
import { actsOf, isMoving, roughly } from './acts.ts';
import { statuses } from './search.ts';

describe('what can be done with a campaign', () => {
  it('follows its state', () => {
    expect(actsOf('sending', () => true)).toEqual(['pause', 'finish', 'cancel', 'replicate']);
    expect(actsOf('draft', () => true)).toContain('delete');
    expect(actsOf('sending', () => true, false)).toEqual(['replicate']);
  });
  it('is not offered to who may not', () => {
    for (const status of statuses) {
      expect(actsOf(status, () => false)).toEqual([]);
      expect(actsOf(status, (right) => right === 'market')).not.toContain('pause');
    }
    expect(actsOf('sending', (right) => right === 'market')).toEqual(['replicate']);
  });
});

it('is looked at again while somebody, or time, goes on with it', () => {
  expect(statuses.filter(isMoving)).toEqual(['scheduled', 'sending', 'paused']);
});

describe('time left', () => {
  it('is said in the unit that fits', () => {
    expect([0, 30, 90, 5400, 200_000].map((s) => roughly(s))).toEqual([
      { unit: 'seconds', count: 1 }, { unit: 'seconds', count: 30 }, { unit: 'minutes', count: 2 }, { unit: 'hours', count: 2 }, { unit: 'days', count: 2 },
    ]);
  });
});
