import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renewer } from './renew.ts';

const KEY = ['list'];
const LONG_MS = 5_000;

/** A list that takes long to read, and what it was when the reading began. */
function show() {
  const queries = new QueryClient();
  let now = 'first';
  const read = vi.fn(async () => {
    const then = now;
    await new Promise((done) => setTimeout(done, LONG_MS));
    return then;
  });
  const observer = new QueryObserver(queries, { queryKey: KEY, queryFn: read });
  const leave = observer.subscribe(() => {});
  const renew = renewer(queries, KEY);
  return {
    queries, read, leave, renew,
    shown: () => observer.getCurrentResult().data,
    change: (to: string) => {
      now = to;
      return renew();
    },
  };
}

describe('a list that takes longer to read than the next change to come', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('arrives, and ends with what is there', async () => {
    const { change, shown, read } = show();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(shown()).toBe('first');
    for (let i = 0; i < 10; i++) {
      void change(String(i));
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(Number(shown())).toBeGreaterThan(4);
    await vi.advanceTimersByTimeAsync(2 * LONG_MS);
    expect(shown()).toBe('9');
    const { length } = read.mock.calls;
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    expect(read.mock.calls.length).toBe(length);
  });

  it('is read once more if it changed while it was read for the first time', async () => {
    const { change, shown, read } = show();
    await vi.advanceTimersByTimeAsync(1);
    void change('later');
    await vi.advanceTimersByTimeAsync(2 * LONG_MS);
    expect([shown(), read.mock.calls.length]).toEqual(['later', 2]);
  });

  it('is not read for nobody', async () => {
    const { change, leave, read } = show();
    await vi.advanceTimersByTimeAsync(1);
    leave();
    await change('later');
    expect(read).toHaveBeenCalledTimes(1);
  });
});
