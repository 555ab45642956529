import { expect, test } from 'vitest';
import { namedSteps, outline, topOf } from './steps.ts';

test('a scale ends at a round number that holds all', () => {
  expect([0, 1, 2, 3, 5, 7, 10, 11, 41, 99, 601, 12_345].map(topOf)).toEqual([1, 1, 2, 4, 6, 10, 10, 20, 60, 100, 1000, 20_000]);
});

test('a series is drawn step by step, from the floor back to it', () => {
  expect(outline([0, 2, 1], 2)).toBe('M0 100V100H1V0H2V50H3V100Z');
  expect(outline([1], 3)).toBe('M0 100V66.67H1V100Z');
  expect(outline([], 1)).toBe('M0 100V100Z');
});

test('the first step, the last, and one between are named', () => {
  expect([0, 1, 2, 3, 25].map(namedSteps)).toEqual([[], [0], [0, 1], [0, 1, 2], [0, 12, 24]]);
});
