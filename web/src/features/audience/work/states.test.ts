import { expect, test } from 'vitest';
import { isUnderWay, isWaitedFor, partDone, sizeOf } from './states.ts';

test('what has not ended is looked at again', () => {
  expect(isUnderWay({ status: 'started' })).toBe(true);
  expect(isUnderWay({ status: 'finished' })).toBe(false);
  expect(isWaitedFor({ finished: '' })).toBe(true);
  expect(isWaitedFor({ finished: '2026-11-29T21:00:00+00:00' })).toBe(false);
});

test('how far it is', () => {
  expect(partDone({ status: 'pending', total_operations: 0, finished_operations: 0 })).toBe(0);
  expect(partDone({ status: 'started', total_operations: 4, finished_operations: 1 })).toBe(25);
  expect(partDone({ status: 'finished', total_operations: 0, finished_operations: 0 })).toBe(100);
});

test('sizes have few digits', () => {
  expect(sizeOf(999)).toEqual({ n: 999, unit: 'byte' });
  expect(sizeOf(12_345)).toEqual({ n: 12.3, unit: 'kilobyte' });
  expect(sizeOf(5_000_000_000_000)).toEqual({ n: 5000, unit: 'gigabyte' });
});
