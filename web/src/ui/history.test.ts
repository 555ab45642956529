import { expect, test } from 'vitest';
import { historyOf, redo, seal, step, undo, type History } from './history.ts';
import { treeOf, type Branch } from './CriteriaBuilder/tree.ts';

const tree = () => treeOf(undefined);

function walk(trees: Branch[], typing: number | null = null): History<Branch> {
  return trees.slice(1).reduce((history, next) => step(history, next, typing), historyOf(trees[0]!));
}

test('steps go back and forth', () => {
  const [a, b, c] = [tree(), tree(), tree()];
  const history = walk([a, b, c]);
  expect(undo(history).now).toBe(b);
  expect(undo(undo(history)).now).toBe(a);
  expect(undo(undo(undo(history))).now).toBe(a);
  expect(redo(undo(history)).now).toBe(c);
  expect(redo(history)).toBe(history);
});

test('a new step ends what could be done again', () => {
  const [a, b, c] = [tree(), tree(), tree()];
  const history = step(undo(walk([a, b])), c);
  expect(redo(history).now).toBe(c);
  expect(undo(history).now).toBe(a);
});

test('what changes nothing is no step', () => {
  const history = walk([tree(), tree()]);
  expect(step(history, history.now)).toBe(history);
});

test('typing into a row is one step until it ends', () => {
  const [a, b, c, d] = [tree(), tree(), tree(), tree()];
  const typed = walk([a, b, c], 7);
  expect(undo(typed).now).toBe(a);
  expect(undo(step(typed, d, 8)).now).toBe(c);
  expect(undo(step(seal(typed), d, 7)).now).toBe(c);
});

test('fifty steps are kept', () => {
  const trees = Array.from({ length: 60 }, tree);
  let history = walk(trees);
  for (let n = 0; n < 60; n++) history = undo(history);
  expect(history.now).toBe(trees[9]);
});
