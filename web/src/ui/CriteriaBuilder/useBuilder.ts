/** What is built, what can be done with it, and where the focus goes afterwards. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import { sameCriteria, type Condition, type Criteria } from '../FilterBar/criteria.ts';
import { historyOf, redo, seal, step, undo, type History } from '../history.ts';
import {
  add, criteriaOfTree, duplicate, move, neighbourOf, newBranch, newRow, partAt, placeOf, remove, setCondition, setMatch, treeOf,
  type Branch, type Direction, type Limits, type Part,
} from './tree.ts';

/** What is wrong with a part, as long as it is not changed. */
export interface Mark {
  part: Part;
  member: string;
  message: string;
}

export type Marks = ReadonlyMap<number, Mark>;

/** What was done last, for who does not see it. */
export type Done = 'added' | 'removed' | 'copied' | 'moved' | 'undone' | 'redone';

/** Which control of a part: see data-control in the markup. */
export type Control = 'first' | 'wrong' | 'menu' | 'add';

export interface Acts {
  setCondition: (id: number, condition: Condition) => void;
  setMatch: (id: number, match: 'all' | 'any') => void;
  addRow: (id: number) => void;
  addBranch: (id: number) => void;
  remove: (id: number) => void;
  duplicate: (id: number) => void;
  move: (id: number, direction: Direction) => void;
  undo: () => void;
  redo: () => void;
  /** What is typed next is a step of its own. */
  seal: () => void;
}

interface Options {
  criteria: Criteria | undefined;
  onChange: (criteria: Criteria) => void;
  problems: FieldProblem[] | null;
  limits: Limits;
  container: RefObject<HTMLElement | null>;
}

function marksOf(tree: Branch, problems: FieldProblem[] | null): Marks {
  const marks = new Map<number, Mark>();
  for (const { field, message } of problems ?? []) {
    const found = partAt(tree, field);
    if (found && !marks.has(found.part.id)) marks.set(found.part.id, { ...found, message });
  }
  return marks;
}

function controlIn(container: HTMLElement | null, id: number, control: Control): HTMLElement | null {
  const part = container?.querySelector<HTMLElement>(`[data-part="${id}"]`);
  if (control === 'wrong') return part?.querySelector<HTMLElement>('[aria-invalid=true]') ?? controlIn(container, id, 'first');
  if (control === 'first') return part?.querySelector<HTMLElement>('input:not([type=hidden]), button') ?? null;
  return part?.querySelector<HTMLElement>(`:scope > * [data-control="${control}-${id}"]`) ?? null;
}

export function useBuilder({ criteria, onChange, problems, limits, container }: Options) {
  const [history, setHistory] = useState(() => historyOf(treeOf(criteria)));
  const [marked, setMarked] = useState<{ of: FieldProblem[] | null; marks: Marks }>({ of: null, marks: new Map() });
  const [done, setDone] = useState<{ what: Done; n: number } | null>(null);
  const latest = useRef({ history, onChange });
  const wanted = useRef<{ id: number; control: Control } | null>(null);

  // others changed it: a step that can be taken back as any other
  if (!sameCriteria(criteria, criteriaOfTree(history.now))) setHistory(step(history, treeOf(criteria)));
  if (marked.of !== problems) setMarked({ of: problems, marks: marksOf(history.now, problems) });

  useLayoutEffect(() => {
    latest.current = { history, onChange };
  });
  useEffect(() => {
    const { current } = wanted;
    wanted.current = null;
    if (current) controlIn(container.current, current.id, current.control)?.focus();
  });
  useEffect(() => {
    const first = [...marked.marks.keys()][0];
    if (first !== undefined) controlIn(container.current, first, 'wrong')?.focus();
  }, [marked, container]);

  const acts = useMemo<Acts>(() => {
    const go = (next: History<Branch>, what?: Done, focus?: { id: number; control: Control }) => {
      if (next === latest.current.history) return;
      latest.current.history = next;
      if (focus) wanted.current = focus;
      setHistory(next);
      if (what) setDone((before) => ({ what, n: (before?.n ?? 0) + 1 }));
      latest.current.onChange(criteriaOfTree(next.now));
    };
    const now = () => latest.current.history.now;
    const change = (tree: Branch, what?: Done, focus?: { id: number; control: Control }) => go(step(latest.current.history, tree), what, focus);
    const append = (id: number, part: Part) => change(add(now(), id, part), 'added', { id: part.id, control: 'first' });
    const branch = (id: number) => (id === now().id ? now() : (placeOf(now(), id)!.part as Branch));
    return {
      setCondition: (id, condition) => go(step(latest.current.history, setCondition(now(), id, condition), id)),
      setMatch: (id, match) => change(setMatch(now(), id, match)),
      addRow: (id) => append(id, newRow()),
      addBranch: (id) => {
        const made = newBranch(branch(id));
        change(add(now(), id, made), 'added', { id: made.parts[0]!.id, control: 'first' });
      },
      remove: (id) => {
        const next = neighbourOf(now(), id);
        change(remove(now(), id), 'removed', next ? { id: next.id, control: 'first' } : { id: now().id, control: 'add' });
      },
      duplicate: (id) => {
        const { tree, copy } = duplicate(now(), id);
        change(tree, 'copied', copy ? { id: copy.id, control: 'first' } : undefined);
      },
      move: (id, direction) => change(move(now(), id, direction, limits), 'moved', { id, control: 'menu' }),
      undo: () => go(undo(latest.current.history), 'undone'),
      redo: () => go(redo(latest.current.history), 'redone'),
      seal: () => {
        latest.current.history = seal(latest.current.history);
        setHistory(latest.current.history);
      },
    };
  }, [limits]);

  return { tree: history.now, canUndo: history.past.length > 0, canRedo: history.future.length > 0, marks: marked.marks, done, acts };
}
