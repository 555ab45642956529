/** The blocks of one mail: what is selected, what was done, and how it is undone. */
import { useCallback, useMemo, useRef, useState } from 'react';
import { historyOf, redo, step, undo, type History } from '../../../ui/history.ts';
import {
  changeBlock, documentOf, duplicate, find, insert, moveBy, moveInto, moveTo, allNodes, remove, setRatio, treeOf,
  type Block, type Document, type Node, type Place, type Style, type Tree,
} from './tree.ts';
import { unite } from './unite.ts';

export interface Blocks {
  tree: Tree;
  nodes: Node[];
  style: Style;
  selected: string | null;
  select: (key: string | null) => void;
  /** Where the focus goes next: to this block, once it is there. */
  wanted: string | null;
  arrived: () => void;
  /** Selects it and goes there. */
  show: (key: string) => void;
  change: (key: string, change: Partial<Block>) => void;
  changeStyle: (change: Style) => void;
  add: (block: Block, place: Place) => void;
  copy: (key: string) => void;
  drop: (key: string) => void;
  shift: (key: string, by: -1 | 1) => void;
  carry: (key: string, over: string) => void;
  carryInto: (key: string, column: string, index: number) => void;
  ratio: (key: string, ratio: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

/** @param text the document as JSON: as it is saved, or was changed by others */
export function useBlocks(text: string, onChange: (text: string) => void): Blocks {
  const [history, setHistory] = useState(() => historyOf(treeOf(JSON.parse(text) as Document)));
  const [seen, setSeen] = useState(text);
  const [selected, select] = useState<string | null>(null);
  const [wanted, want] = useState<string | null>(null);
  const now = useRef(history);
  if (text !== seen) {
    setSeen(text);
    if (text !== JSON.stringify(documentOf(history.now))) setHistory(withTheirs(history, JSON.parse(text) as Document));
  }
  now.current = history;

  const go = useCallback(
    (next: History<Tree>) => {
      if (next === now.current) return;
      now.current = next;
      setHistory(next);
      onChange(JSON.stringify(documentOf(next.now)));
    },
    [onChange],
  );

  const acts = useMemo(() => {
    const put = (tree: Partial<Tree>, typing: string | null = null) =>
      go(step(now.current, isSame(now.current.now, tree) ? now.current.now : { ...now.current.now, ...tree }, typing));
    const nodes = () => now.current.now.nodes;
    const show = (key: string) => {
      select(key);
      want(key);
    };
    const withKey = ([next, key]: [Node[], string]) => {
      put({ nodes: next });
      show(key);
    };
    return {
      change: (key: string, change: Partial<Block>) => put({ nodes: changeBlock(nodes(), key, change) }, `${key}:${Object.keys(change).join()}`),
      changeStyle: (change: Style) => {
        const { document } = now.current.now;
        put({ document: { ...document, style: { ...document.style, ...change } } }, `style:${Object.keys(change).join()}`);
      },
      show,
      add: (block: Block, place: Place) => withKey(insert(nodes(), block, place)),
      copy: (key: string) => withKey(duplicate(nodes(), key)),
      drop: (key: string) => {
        const order = allNodes(nodes()).map((node) => node.key);
        const left = remove(nodes(), key);
        const next = [...order.slice(order.indexOf(key) + 1), ...order.slice(0, order.indexOf(key)).reverse()].find((one) => find(left, one));
        put({ nodes: left });
        select(next ?? null);
        want(next ?? '');
      },
      shift: (key: string, by: -1 | 1) => put({ nodes: moveBy(nodes(), key, by) }),
      carry: (key: string, over: string) => put({ nodes: moveTo(nodes(), key, over) }),
      carryInto: (key: string, column: string, index: number) => put({ nodes: moveInto(nodes(), key, column, index) }),
      ratio: (key: string, ratio: string) => put({ nodes: setRatio(nodes(), key, ratio) }),
      undo: () => go(undo(now.current)),
      redo: () => go(redo(now.current)),
      arrived: () => want(null),
    };
  }, [go]);

  const { nodes, document } = history.now;
  return {
    ...acts, tree: history.now, nodes, style: document.style ?? {}, selected, select, wanted,
    canUndo: history.past.length > 0, canRedo: history.future.length > 0,
  };
}

/** What others changed is no step of ours: undoing goes back to what we had, with theirs in it. */
function withTheirs(history: History<Tree>, document: Document): History<Tree> {
  const before = documentOf(history.now);
  const now = treeOf(document, history.now.nodes);
  const rebased = (tree: Tree) => treeOf(unite(before, documentOf(tree), document, 'theirs') ?? document, [...tree.nodes, ...now.nodes]);
  return { past: history.past.map(rebased), now, future: history.future.map(rebased), typing: history.typing };
}

function isSame(tree: Tree, change: Partial<Tree>): boolean {
  return (!change.nodes || change.nodes === tree.nodes) && (!change.document || change.document === tree.document);
}
