import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { minutes } from './clock.ts';

class Tab extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  show(isShown: boolean): void {
    this.visibilityState = isShown ? 'visible' : 'hidden';
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

describe('a page left open for an hour', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is told each minute what time it is, once, and hidden not at all until it is shown', () => {
    const tab = new Tab();
    const clock = minutes(() => tab as unknown as Document);
    const told = vi.fn();
    const leave = clock.watch(told);
    const begin = clock.now();
    vi.advanceTimersByTime(3_600_000);
    expect([told.mock.calls.length, clock.now() - begin]).toEqual([60, 60]);
    tab.show(false);
    vi.advanceTimersByTime(3_600_000);
    expect(told).toHaveBeenCalledTimes(60);
    tab.show(true);
    expect(told).toHaveBeenCalledTimes(61);
    leave();
    expect(vi.getTimerCount()).toBe(0);
    tab.show(true);
    expect(told).toHaveBeenCalledTimes(61);
  });

  it('has one timer, whoever watches', () => {
    const tab = new Tab();
    const clock = minutes(() => tab as unknown as Document);
    const leave = Array.from({ length: 100 }, () => clock.watch(() => {}));
    expect(vi.getTimerCount()).toBe(1);
    leave.forEach((one) => one());
    expect(vi.getTimerCount()).toBe(0);
  });
});
