/** Two people changed one mail: where they changed different blocks, both keep theirs. */
import type { Block, Document } from './tree.ts';

const text = (value: unknown) => JSON.stringify(value);

/** By id; null: some have none, or share one. */
function byId(blocks: Block[]): Map<string, Block> | null {
  const found = new Map(blocks.flatMap((block) => (block.id ? [[block.id, block] as const] : [])));
  return found.size === blocks.length ? found : null;
}

/** Who of the two changed it; undefined: both, and not to the same. */
function either<T>(before: T, mine: T, theirs: T): T | undefined {
  if (text(mine) === text(before) || text(mine) === text(theirs)) return theirs;
  return text(theirs) === text(before) ? mine : undefined;
}

/** null: they differ where both changed something. */
export function unite(before: Document, mine: Document, theirs: Document): Document | null {
  const [old, ours, others] = [byId(before.blocks), byId(mine.blocks), byId(theirs.blocks)];
  if (!old || !ours || !others) return null;
  const { blocks: _old, ...oldRest } = before;
  const { blocks: _mine, ...myRest } = mine;
  const { blocks: _theirs, ...theirRest } = theirs;
  const rest = either(oldRest, myRest, theirRest);
  const order = either([...old.keys()], [...ours.keys()], [...others.keys()]);
  if (rest === undefined || !order) return null;
  const blocks = order.map((id) => either(old.get(id) ?? null, ours.get(id) ?? null, others.get(id) ?? null));
  // one was removed by one and changed by the other
  if (blocks.some((block) => !block)) return null;
  const isLost = [...old].some(([id, was]) => {
    const left = ours.get(id) ?? others.get(id);
    return !order.includes(id) && left && text(left) !== text(was);
  });
  return isLost ? null : { ...theirs, ...rest, blocks: blocks as Block[] };
}
