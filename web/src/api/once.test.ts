import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { once } from './once.ts';

const write = (body: unknown, method = 'POST', signal?: AbortSignal) =>
  new Request('http://localhost/api/v1/tasks', { method, body: method === 'GET' ? undefined : JSON.stringify(body), signal });

describe('once', () => {
  let asked = 0;
  const answers = (status: number) => async () => new Response(String(++asked), { status });

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
  });
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('gives the second of a double click the answer of the first', async () => {
    const both = await Promise.all([once(write({ n: 1 }), answers(201)), once(write({ n: 1 }), answers(201))]);
    const later = await once(write({ n: 1 }), answers(201));
    expect(await Promise.all([...both, later].map((one) => one.text()))).toEqual(['1', '1', '1']);
  });

  it('asks again later, after another write, and for another act', async () => {
    await once(write({ n: 2 }), answers(201));
    await vi.advanceTimersByTimeAsync(1000);
    await once(write({ n: 2 }), answers(201));
    await once(write({ n: 3 }), answers(201));
    await once(write({ n: 2 }), answers(201));
    await once(write({ n: 2 }, 'PATCH'), answers(200));
    expect(asked).toBe(5);
  });

  it('asks again what failed, what was given up, and what only reads', async () => {
    await once(write({ n: 4 }), answers(409));
    await vi.advanceTimersByTimeAsync(1);
    await once(write({ n: 4 }), answers(201));
    const gaveUp = new AbortController();
    const first = once(write({ n: 5 }, 'POST', gaveUp.signal), answers(200));
    gaveUp.abort();
    await first;
    await once(write({ n: 5 }), answers(200));
    await once(write(null, 'GET'), answers(200));
    await once(write(null, 'GET'), answers(200));
    expect(asked).toBe(6);
  });

  it('is free again after a broken connection', async () => {
    await expect(once(write({ n: 6 }), () => Promise.reject(new TypeError('Failed to fetch')))).rejects.toThrow();
    await once(write({ n: 6 }), answers(201));
    expect(asked).toBe(1);
  });
});
