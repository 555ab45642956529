/**
 * Criteria while they are built: a tree whose parts have ids, so that a row
 * stays the same row wherever it goes. Each act makes a new tree; what it does
 * not touch is the same object. Members that nobody knows are kept.
 */
import { CRITERIA_CONDITIONS_MAX, CRITERIA_DEPTH_MAX } from '../../api/limits.ts';
import { isBranch, isComplete, type Condition, type Criteria, type FieldInfo } from '../FilterBar/criteria.ts';

export interface Limits {
  depth: number;
  conditions: number;
}

/** Of groups. */
export const usualLimits: Limits = { depth: CRITERIA_DEPTH_MAX, conditions: CRITERIA_CONDITIONS_MAX };

export interface Row {
  id: number;
  condition: Condition;
}

export interface Branch {
  id: number;
  /** Its members, but for its conditions. */
  own: Omit<Criteria, 'conditions'>;
  parts: Part[];
}

export type Part = Row | Branch;

let lastId = 0;

export function isBranchPart(part: Part): part is Branch {
  return 'parts' in part;
}

export function treeOf(criteria: Criteria | undefined): Branch {
  const { conditions = [], ...own } = criteria ?? { match: 'all' };
  return { id: ++lastId, own, parts: conditions.map((one) => (isBranch(one) ? treeOf(one) : rowOf(one))) };
}

export function criteriaOfTree(tree: Branch): Criteria {
  return { ...tree.own, conditions: tree.parts.map((part) => (isBranchPart(part) ? criteriaOfTree(part) : part.condition)) };
}

function rowOf(condition: Condition): Row {
  return { id: ++lastId, condition };
}

/** Nothing is chosen yet. */
export function newRow(): Row {
  return rowOf({ field: '', op: '' });
}

/** In an "all" an "any", and the other way: what else would one nest for? */
export function newBranch(inside: Branch, parts: Part[] = [newRow()]): Branch {
  return { id: ++lastId, own: { match: inside.own.match === 'any' ? 'all' : 'any' }, parts };
}

function copyOf(part: Part): Part {
  return isBranchPart(part) ? { ...part, id: ++lastId, parts: part.parts.map(copyOf) } : { ...part, id: ++lastId };
}

/* --- looking --- */

export interface Place {
  part: Part;
  parent: Branch;
  index: number;
  /** Of the parent; the root's is 1. */
  depth: number;
}

/** Of a part below the root. */
export function placeOf(tree: Branch, id: number, depth = 1): Place | null {
  for (const [index, part] of tree.parts.entries()) {
    if (part.id === id) return { part, parent: tree, index, depth };
    const found = isBranchPart(part) ? placeOf(part, id, depth + 1) : null;
    if (found) return found;
  }
  return null;
}

export function rowsOf(part: Part): Row[] {
  return isBranchPart(part) ? part.parts.flatMap(rowsOf) : [part];
}

/** Levels that a part has: none of a row. */
function heightOf(part: Part): number {
  return isBranchPart(part) ? 1 + Math.max(0, ...part.parts.map(heightOf)) : 0;
}

/** The branch beside it that "in" leads to: the one above, else the one below. */
function nextIn({ parent, index }: Place): Branch | null {
  return [parent.parts[index - 1], parent.parts[index + 1]].find((part) => part && isBranchPart(part)) as Branch | undefined ?? null;
}

export interface Offers {
  up: boolean;
  down: boolean;
  in: boolean;
  out: boolean;
  duplicate: boolean;
}

/** What can be done with a part below the root. */
export function offersOf(tree: Branch, id: number, limits = usualLimits): Offers {
  const place = placeOf(tree, id);
  if (!place) return { up: false, down: false, in: false, out: false, duplicate: false };
  const { part, parent, index, depth } = place;
  const hasRoom = depth + 1 + heightOf(part) <= limits.depth;
  return {
    up: index > 0,
    down: index < parent.parts.length - 1,
    in: hasRoom && (!isBranchPart(part) || nextIn(place) !== null),
    out: parent !== tree,
    duplicate: rowsOf(tree).length + rowsOf(part).length <= limits.conditions,
  };
}

/** Where to go when it is removed: the next one, else the one before, else beside what goes with it. */
export function neighbourOf(tree: Branch, id: number): Part | null {
  const place = placeOf(tree, id);
  if (!place) return null;
  const { parent, index } = place;
  return parent.parts[index + 1] ?? parent.parts[index - 1] ?? (parent === tree ? null : neighbourOf(tree, parent.id));
}

/* --- changing --- */

/** Puts others in place of a part; a branch that loses its last part goes, too. */
function replace(branch: Branch, id: number, make: (part: Part) => Part[]): Branch {
  const parts = branch.parts.flatMap((part) => {
    if (part.id === id) return make(part);
    if (!isBranchPart(part)) return [part];
    const next = replace(part, id, make);
    return next.parts.length === 0 && part.parts.length > 0 ? [] : [next];
  });
  const isSame = parts.length === branch.parts.length && parts.every((part, index) => part === branch.parts[index]);
  return isSame ? branch : { ...branch, parts };
}

function changeBranch(tree: Branch, id: number, change: (branch: Branch) => Branch): Branch {
  return tree.id === id ? change(tree) : replace(tree, id, (part) => [change(part as Branch)]);
}

export function setCondition(tree: Branch, id: number, condition: Condition): Branch {
  return replace(tree, id, (part) => [{ ...part, condition } as Row]);
}

export function setMatch(tree: Branch, id: number, match: 'all' | 'any'): Branch {
  return changeBranch(tree, id, (branch) => ({ ...branch, own: { ...branch.own, match } }));
}

export function add(tree: Branch, id: number, part: Part): Branch {
  return changeBranch(tree, id, (branch) => ({ ...branch, parts: [...branch.parts, part] }));
}

export function remove(tree: Branch, id: number): Branch {
  return replace(tree, id, () => []);
}

export function duplicate(tree: Branch, id: number): { tree: Branch; copy: Part | null } {
  let copy: Part | null = null;
  const next = replace(tree, id, (part) => [part, (copy = copyOf(part))]);
  return { tree: next, copy };
}

export type Direction = 'up' | 'down' | 'in' | 'out';

/** The same tree if it cannot go there. */
export function move(tree: Branch, id: number, direction: Direction, limits = usualLimits): Branch {
  const place = placeOf(tree, id);
  if (!place || !offersOf(tree, id, limits)[direction]) return tree;
  if (direction === 'in') return moveIn(tree, place);
  if (direction === 'out') return moveOut(tree, place);
  return changeBranch(tree, place.parent.id, (branch) => ({ ...branch, parts: swapped(branch.parts, place.index, direction === 'up' ? -1 : 1) }));
}

function swapped(parts: Part[], index: number, by: 1 | -1): Part[] {
  const next = [...parts];
  [next[index], next[index + by]] = [parts[index + by]!, parts[index]!];
  return next;
}

function moveIn(tree: Branch, place: Place): Branch {
  const { part, parent, index } = place;
  const target = nextIn(place);
  if (!target) return replace(tree, part.id, () => [newBranch(parent, [part])]);
  const isAbove = parent.parts[index - 1] === target;
  return changeBranch(remove(tree, part.id), target.id, (branch) => ({
    ...branch,
    parts: isAbove ? [...branch.parts, part] : [part, ...branch.parts],
  }));
}

/** To below the branch that it was in. */
function moveOut(tree: Branch, { part, parent }: Place): Branch {
  return replace(tree, parent.id, (branch) => {
    const left = remove(branch as Branch, part.id);
    return left.parts.length > 0 ? [left, part] : [part];
  });
}

/* --- what the server says of a place --- */

/** "criteria.conditions[2].conditions[0].op": which part, and what of it. */
export function partAt(tree: Branch, path: string): { part: Part; member: string } | null {
  let part: Part = tree;
  for (const [, index] of path.matchAll(/\.conditions\[(\d+)\]/g)) {
    const next: Part | undefined = isBranchPart(part) ? part.parts[Number(index)] : undefined;
    if (!next) return null;
    part = next;
  }
  return { part, member: /\]\.(\w+)$/.exec(path)?.[1] ?? '' };
}

/* --- rows that are not finished --- */

/** Of what a row lacks: its field or its value. */
function lackOf(condition: Condition, fields: FieldInfo[]): 'field' | 'value' | null {
  if (!condition.field) return 'field';
  const field = fields.find((one) => one.name === condition.field);
  return field && !isComplete(field, condition) ? 'value' : null; // of others the server knows
}

export interface Lack {
  /** As the server names a place. */
  path: string;
  lack: 'field' | 'value';
}

export function lacksOf(criteria: Criteria, fields: FieldInfo[], path = 'criteria'): Lack[] {
  return criteria.conditions.flatMap((one, index) => {
    const at = `${path}.conditions[${index}]`;
    if (isBranch(one)) return lacksOf(one, fields, at);
    const lack = lackOf(one, fields);
    return lack ? [{ path: `${at}.${lack}`, lack }] : [];
  });
}

/** Without the rows that are not finished, and the branches that have no others. */
export function finishedOf(criteria: Criteria, fields: FieldInfo[]): Criteria {
  const conditions = criteria.conditions.flatMap<Condition | Criteria>((one) => {
    if (!isBranch(one)) return lackOf(one, fields) ? [] : [one];
    const next = finishedOf(one, fields);
    return next.conditions.length === 0 && one.conditions.length > 0 ? [] : [next];
  });
  return { ...criteria, conditions };
}
