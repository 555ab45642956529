import { expect, test } from 'vitest';
import type { Condition, Criteria, FieldInfo } from '../FilterBar/criteria.ts';
import { CRITERIA_CONDITIONS_MAX, CRITERIA_DEPTH_MAX } from '../../api/limits.ts';
import {
  add, criteriaOfTree, duplicate, finishedOf, isBranchPart, lacksOf, move, neighbourOf, newBranch, newRow, offersOf,
  partAt, remove, rowsOf, setCondition, setMatch, treeOf, type Branch, type Direction, type Part,
} from './tree.ts';

const is = (value: string): Condition => ({ field: 'city', op: 'is', value });
const any = (...conditions: Criteria['conditions']): Criteria => ({ match: 'any', conditions });
const all = (...conditions: Criteria['conditions']): Criteria => ({ match: 'all', conditions });
const field = (name: string, type: FieldInfo['type'] = 'text'): FieldInfo => ({
  name, label: name, type, ops: ['is', 'blank'], choices: [], sortable: false, editable: true, custom: false,
});

/** a and (b or c) and d */
const sample = all(is('a'), any(is('b'), is('c')), is('d'));

function at(tree: Branch, ...path: number[]): Part {
  return path.reduce<Part>((part, index) => (part as Branch).parts[index]!, tree);
}

/** a, (b | c) */
function told(tree: Branch): string {
  const sayPart = (part: Part): string => (isBranchPart(part) ? `(${say(part)})` : String(part.condition.value ?? '?'));
  const say = (branch: Branch): string => branch.parts.map(sayPart).join(branch.own.match === 'any' ? ' | ' : ' & ');
  return say(tree);
}

test.each<Criteria>([
  sample,
  { conditions: [] },
  { conditions: [is('a')] },
  all(any(all(any(is('deep'))))),
  all({ match: 'any', conditions: [] }),
  { match: 'all', conditions: [{ ...is('a'), weight: 2 } as Condition, { match: 'any', note: 'kept', conditions: [is('b')] } as Criteria], since: 3 } as Criteria,
  all({ field: 'response', op: 'clicked', campaign_id: 7, machines: true, url: 'https://example.org/' }),
])('criteria come back as they were, with what nobody knows', (criteria) => {
  expect(criteriaOfTree(treeOf(criteria))).toEqual(criteria);
});

test('no criteria are all without conditions', () => {
  expect(criteriaOfTree(treeOf(undefined))).toEqual({ match: 'all', conditions: [] });
});

test('a part that is not touched stays the same object', () => {
  const tree = treeOf(sample);
  const next = setCondition(tree, at(tree, 0).id, is('z'));
  expect(told(next)).toBe('z & (b | c) & d');
  expect(at(next, 1)).toBe(at(tree, 1));
  expect(at(next, 0).id).toBe(at(tree, 0).id);
  expect(told(tree)).toBe('a & (b | c) & d');
});

test('rows and branches are added, branches with the other word', () => {
  const tree = treeOf(sample);
  expect(told(add(tree, tree.id, newRow()))).toBe('a & (b | c) & d & ?');
  expect(told(add(tree, at(tree, 1).id, newRow()))).toBe('a & (b | c | ?) & d');
  expect(told(add(tree, tree.id, newBranch(tree)))).toBe('a & (b | c) & d & (?)');
  expect(newBranch(tree).own.match).toBe('any');
  expect(newBranch(at(tree, 1) as Branch).own.match).toBe('all');
});

test('all becomes any at any level', () => {
  const tree = treeOf(sample);
  expect(told(setMatch(tree, tree.id, 'any'))).toBe('a | (b | c) | d');
  expect(told(setMatch(tree, at(tree, 1).id, 'all'))).toBe('a & (b & c) & d');
});

test.each([
  [[0], '(b | c) & d', '(b | c)'],
  [[2], 'a & (b | c)', '(b | c)'],
  [[1, 0], 'a & (c) & d', 'c'],
  [[1, 1], 'a & (b) & d', 'b'],
  [[1], 'a & d', 'd'],
])('what is removed leaves a neighbour: %j', (path, left, neighbour) => {
  const tree = treeOf(sample);
  const { id } = at(tree, ...path);
  expect(told(remove(tree, id))).toBe(left);
  const next = neighbourOf(tree, id)!;
  expect(isBranchPart(next) ? `(${told(next)})` : next.condition.value).toBe(neighbour);
});

test('a branch goes with its last row, and so do those around it', () => {
  const tree = treeOf(all(is('a'), any(all(is('b')))));
  const row = at(tree, 1, 0, 0);
  expect(told(remove(tree, row.id))).toBe('a');
  expect(neighbourOf(tree, row.id)).toBe(at(tree, 0));
  const alone = treeOf(all(is('a')));
  expect(told(remove(alone, at(alone, 0).id))).toBe('');
  expect(neighbourOf(alone, at(alone, 0).id)).toBeNull();
});

test('a branch that was empty already stays', () => {
  const tree = treeOf(all(is('a'), any()));
  expect(told(remove(tree, at(tree, 0).id))).toBe('()');
});

test('a copy has ids of its own', () => {
  const tree = treeOf(sample);
  const { tree: next, copy } = duplicate(tree, at(tree, 1).id);
  expect(told(next)).toBe('a & (b | c) & (b | c) & d');
  expect(copy).toBe(at(next, 2));
  const ids = rowsOf(next).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each<[number[], Direction, string]>([
  [[0], 'down', '(b | c) & a & d'],
  [[0], 'up', 'a & (b | c) & d'],
  [[2], 'up', 'a & d & (b | c)'],
  [[1], 'up', '(b | c) & a & d'],
  [[1, 0], 'down', 'a & (c | b) & d'],
  [[0], 'in', '(a | b | c) & d'],
  [[2], 'in', 'a & (b | c | d)'],
  [[1, 0], 'in', 'a & ((b) | c) & d'],
  [[1], 'in', 'a & (b | c) & d'],
  [[1, 0], 'out', 'a & (c) & b & d'],
  [[0], 'out', 'a & (b | c) & d'],
])('%j moves %s', (path, direction, expected) => {
  const tree = treeOf(sample);
  const part = at(tree, ...path);
  const next = move(tree, part.id, direction);
  expect(told(next)).toBe(expected);
  expect(rowsOf(next).map(({ id }) => id).sort()).toEqual(rowsOf(tree).map(({ id }) => id).sort());
  if (!offersOf(tree, part.id)[direction]) expect(next).toBe(tree);
});

test('the last one out leaves no empty branch', () => {
  const tree = treeOf(all(any(is('a')), is('b')));
  expect(told(move(tree, at(tree, 0, 0).id, 'out'))).toBe('a & b');
});

test('in prefers the branch above', () => {
  const tree = treeOf(all(any(is('a')), is('b'), any(is('c'))));
  expect(told(move(tree, at(tree, 1).id, 'in'))).toBe('(a | b) & (c)');
});

test('nothing goes deeper than the server takes it', () => {
  let criteria = all(is('a'), any(is('x')));
  for (let depth = 2; depth < CRITERIA_DEPTH_MAX; depth++) criteria = all(criteria);
  const tree = treeOf(criteria);
  let deepest: Branch = tree;
  for (let depth = 1; depth < CRITERIA_DEPTH_MAX - 1; depth++) deepest = at(deepest, 0) as Branch;
  expect(offersOf(tree, at(deepest, 0).id).in).toBe(true);
  expect(offersOf(tree, at(deepest, 1, 0).id).in).toBe(false);
  const beside = treeOf(all(any(is('a')), criteria.conditions[0]!));
  expect(offersOf(beside, at(beside, 1).id).in).toBe(false);
});

test('there are not more rows than the server takes', () => {
  const tree = treeOf(all(...Array.from({ length: CRITERIA_CONDITIONS_MAX - 2 }, (_, n) => is(String(n))), any(is('x'), is('y'))));
  expect(rowsOf(tree)).toHaveLength(CRITERIA_CONDITIONS_MAX);
  expect(offersOf(tree, at(tree, 0).id).duplicate).toBe(false);
  const less = remove(tree, at(tree, 0).id);
  expect(offersOf(less, at(less, 0).id).duplicate).toBe(true);
  expect(offersOf(less, at(less, CRITERIA_CONDITIONS_MAX - 3).id).duplicate).toBe(false);
});

test.each([
  ['criteria.conditions[1].conditions[0].op', [1, 0], 'op'],
  ['criteria.conditions[0].value', [0], 'value'],
  ['filter.conditions[2]', [2], ''],
  ['criteria.conditions[1].match', [1], 'match'],
  ['criteria', [], ''],
] as const)('the server’s %s is found', (path, where, member) => {
  const tree = treeOf(sample);
  expect(partAt(tree, path)).toEqual({ part: at(tree, ...where), member });
});

test.each(['criteria.conditions[9].op', 'criteria.conditions[0].conditions[0].op'])('%s is nowhere', (path) => {
  expect(partAt(treeOf(sample), path)).toBeNull();
});

test('rows that are not finished are told of and left out', () => {
  const fields = [field('city'), field('response', 'response')];
  const unfinished = all(
    { field: '', op: '' },
    any({ field: 'city', op: 'is' }, is('b')),
    any({ field: 'city', op: 'is', value: ' ' }),
    { field: 'city', op: 'blank' },
    { field: 'response', op: 'opened' },
    { field: 'gone', op: 'is' },
    any(),
  );
  expect(lacksOf(unfinished, fields)).toEqual([
    { path: 'criteria.conditions[0].field', lack: 'field' },
    { path: 'criteria.conditions[1].conditions[0].value', lack: 'value' },
    { path: 'criteria.conditions[2].conditions[0].value', lack: 'value' },
  ]);
  expect(finishedOf(unfinished, fields)).toEqual(
    all(any(is('b')), { field: 'city', op: 'blank' }, { field: 'response', op: 'opened' }, { field: 'gone', op: 'is' }, any()),
  );
  expect(lacksOf(finishedOf(unfinished, fields), fields)).toEqual([]);
});
