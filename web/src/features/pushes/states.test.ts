import { expect, test } from 'vitest';
import { inTag, isRunning, leftOut, reasonsOf, stateOf, toPush } from './states.ts';
import type { PushResult } from './queries.ts';

const result: PushResult = {
  push_id: 1, add: 5, update: 3, tag: 2, untag: 7, unchanged: 11, left_out: { held: 1, opted_out: 4, invalid: 0, cleaned: 1 }, dropped: {},
  segment_id: 9, audience_id: 'a', dry_run: true,
};

test.each([
  ['queued', 'planning', 'waiting'],
  ['running', 'planned', 'running'],
  ['needs_confirmation', 'asking', 'asking'],
  ['done', 'done', 'done'],
  ['done', 'planned', 'done'],
  ['failed', 'planned', 'failed'],
  ['canceled', 'asking', 'canceled'],
  [null, 'done', 'done'],
  [null, 'planned', 'done'],
  [null, 'planning', 'canceled'],
] as const)('a job that is %s and a push that is %s: %s', (job_state, state, expected) => {
  expect(stateOf({ job_state, state })).toBe(expected);
  expect(isRunning({ job_state, state })).toBe(['waiting', 'running', 'asking'].includes(expected));
});

test('numbers of a plan add up', () => {
  expect([toPush(result), inTag(result), leftOut(result)]).toEqual([10, 21, 6]);
  expect(reasonsOf(result)).toEqual([['opted_out', 4], ['cleaned', 1], ['held', 1]]);
});
