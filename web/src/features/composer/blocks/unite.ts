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

/**
 * Who of the two changed it; undefined: both, not to the same, and nobody wins.
 *
 * @param sent what they have like it is no change of theirs
 */
function either<T>(before: T, mine: T, theirs: T, wins?: Wins, sent?: T): T | undefined {
  const [ours, others] = [text(mine), text(theirs)];
  if (others === text(before) || (sent !== undefined && others === text(sent))) return mine;
  if (ours === text(before) || ours === others) return theirs;
  return wins && (wins === 'mine' ? mine : theirs);
}

/** Each may call its new block as the other calls another one: ours gets another name, unless it is the one that we sent. */
function renamed(old: Blocks, ours: Blocks, others: Blocks, sent?: Blocks | null): Blocks {
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
      if (old.has(id) || sent?.has(id) || !other || text(other) === text(block)) return [id, block];
      const next = fresh(id);
      return [next, { ...block, id: next }];
    }),
  );
}

/** Those that both keep, as each of them orders them. */
function orderOf(old: Blocks, mine: Blocks, theirs: Blocks, wins?: Wins, sent?: Blocks | null): string[] | undefined {
  const common = (blocks: Blocks) => [...blocks.keys()].filter((id) => [old, mine, theirs].every((one) => one.has(id)));
  const order = either(common(old), common(mine), common(theirs), wins, sent ? common(sent) : undefined);
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

function partsOf({ blocks, ...rest }: Document): { blocks: Blocks | null; rest: object } {
  return { blocks: byId(blocks), rest };
}

/**
 * @param wins what is taken where both changed something
 * @param sent of ours, what they may have had before
 * @return null: they differ there, and nobody wins
 */
export function unite(before: Document, mine: Document, theirs: Document, wins?: Wins, sent?: Document | null): Document | null {
  const [old, own, others] = [partsOf(before), partsOf(mine), partsOf(theirs)];
  const known = sent ? partsOf(sent) : undefined;
  if (!old.blocks || !own.blocks || !others.blocks) return either(before, mine, theirs, wins, sent ?? undefined) ?? null;
  const ours = renamed(old.blocks, own.blocks, others.blocks, known?.blocks);
  const rest = either(old.rest, own.rest, others.rest, wins, known?.rest);
  const order = orderOf(old.blocks, ours, others.blocks, wins, known?.blocks);
  if (!rest || !order) return null;
  const blocks: Block[] = [];
  for (const id of order) {
    // null: it was removed, or is not there yet
    const [was, my, their] = [old.blocks, ours, others.blocks].map((one) => one.get(id) ?? null) as [Block | null, Block | null, Block | null];
    const block = either(was, my, their, wins, known?.blocks ? (known.blocks.get(id) ?? null) : undefined);
    if (block === undefined) return null;
    if (block) blocks.push(block);
  }
  return { ...(rest as Document), blocks };
}
