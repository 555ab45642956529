/** Two people changed one mail: where they changed different blocks, both keep theirs. */
import type { Wins } from '../../../ui/useDraft.ts';
import type { Block, Document } from './tree.ts';

type Blocks = Map<string, Block>;

const text = (value: unknown) => JSON.stringify(value);

/** By id; null: some have none, or share one. */
function byId(blocks: Block[]): Blocks | null {
  const found = new Map(blocks.flatMap((block) => (block.id ? [[block.id, block] as const] : [])));
  return found.size === blocks.length ? found : null;
}

/** Who of the two changed it; undefined: both, not to the same, and nobody wins. */
function either<T>(before: T, mine: T, theirs: T, wins?: Wins): T | undefined {
  if (text(mine) === text(before) || text(mine) === text(theirs)) return theirs;
  if (text(theirs) === text(before)) return mine;
  return wins && (wins === 'mine' ? mine : theirs);
}

/** Each may call its new block as the other calls another one: ours gets another name. */
function renamed(old: Blocks, ours: Blocks, others: Blocks): Blocks {
  const taken = new Set([...old.keys(), ...ours.keys(), ...others.keys()]);
  const fresh = (id: string) => {
    let n = 2;
    while (taken.has(`${id}-${n}`)) n++;
    taken.add(`${id}-${n}`);
    return `${id}-${n}`;
  };
  return new Map(
    [...ours].map(([id, block]) => {
      const other = others.get(id);
      if (old.has(id) || !other || text(other) === text(block)) return [id, block];
      const next = fresh(id);
      return [next, { ...block, id: next }];
    }),
  );
}

/** Those that both keep, as each of them orders them. */
function orderOf(old: Blocks, mine: Blocks, theirs: Blocks, wins?: Wins): string[] | undefined {
  const common = (blocks: Blocks) => [...blocks.keys()].filter((id) => [old, mine, theirs].every((one) => one.has(id)));
  const order = either(common(old), common(mine), common(theirs), wins);
  if (!order) return undefined;
  const isMine = text(order) === text(common(mine));
  const [first, second] = isMine ? [mine, theirs] : [theirs, mine];
  const whole = [...first.keys()];
  // what only the other one has stands behind what it stands behind there
  let behind: string | undefined;
  for (const id of second.keys()) {
    if (!first.has(id)) whole.splice(behind === undefined ? 0 : whole.indexOf(behind) + 1, 0, id);
    behind = id;
  }
  return whole;
}

/**
 * @param wins what is taken where both changed something
 * @return null: they differ there, and nobody wins
 */
export function unite(before: Document, mine: Document, theirs: Document, wins?: Wins): Document | null {
  const [old, own, others] = [byId(before.blocks), byId(mine.blocks), byId(theirs.blocks)];
  if (!old || !own || !others) return either(before, mine, theirs, wins) ?? null;
  const ours = renamed(old, own, others);
  const { blocks: _old, ...oldRest } = before;
  const { blocks: _mine, ...myRest } = mine;
  const { blocks: _theirs, ...theirRest } = theirs;
  const rest = either<object>(oldRest, myRest, theirRest, wins);
  const order = orderOf(old, ours, others, wins);
  if (!rest || !order) return null;
  const blocks: Block[] = [];
  for (const id of order) {
    // null: it was removed, or is not there yet
    const block = either(old.get(id) ?? null, ours.get(id) ?? null, others.get(id) ?? null, wins);
    if (block === undefined) return null;
    if (block) blocks.push(block);
  }
  return { ...(rest as Document), blocks };
}
