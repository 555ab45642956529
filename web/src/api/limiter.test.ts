import { expect, test } from 'vitest';
import { limiter } from './limiter.ts';

test('never more than the most at once, and each in its turn', async () => {
  const inTurn = limiter(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const act = (n: number) => async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    order.push(n);
    running -= 1;
    return n;
  };
  expect(await Promise.all([1, 2, 3, 4, 5].map((n) => inTurn(act(n))))).toEqual([1, 2, 3, 4, 5]);
  expect([most, order]).toEqual([2, [1, 2, 3, 4, 5]]);
});

test('who gave up is passed over, who fails makes room', async () => {
  const inTurn = limiter(1);
  const gone = new AbortController();
  const asked: string[] = [];
  const ask = (name: string) => async () => void asked.push(name);
  const all = Promise.allSettled([
    inTurn(() => Promise.reject(new Error('refused'))),
    inTurn(ask('gone'), gone.signal),
    inTurn(ask('there')),
  ]);
  gone.abort();
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(asked).toEqual(['there']);
});
