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

interface Sides<T> {
  was: T;
  mine: T;
  theirs: T;
  /** What they have like it is no change of theirs. */
  sent?: T;
}

/** Who of the two changed it; undefined: both, not to the same, and nobody wins. */
function either<T>({ was, mine, theirs, sent }: Sides<T>, wins?: Wins): T | undefined {
  const [ours, others] = [text(mine), text(theirs)];
  if (others === text(was) || (sent !== undefined && others === text(sent))) return mine;
  if (ours === text(was) || ours === others) return theirs;
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

/** Of the three, those that all have, in the order of one. */
function orders({ was, mine, theirs, sent }: Sides<Blocks>): Sides<string[]> {
  const common = (blocks: Blocks) => [...blocks.keys()].filter((id) => [was, mine, theirs].every((one) => one.has(id)));
  return { was: common(was), mine: common(mine), theirs: common(theirs), ...(sent ? { sent: common(sent) } : {}) };
}

/** All ids, as who orders them; what only the other one has stands behind what it stands behind there. */
function orderOf(sides: Sides<Blocks>, wins?: Wins): string[] | undefined {
  const common = orders(sides);
  const order = either(common, wins);
  if (!order) return undefined;
  const { mine, theirs } = sides;
  const [first, second] = text(order) === text(common.mine) ? [mine, theirs] : [theirs, mine];
  const whole = [...first.keys()];
  let behind: string | undefined;
  for (const id of second.keys()) {
    if (!first.has(id)) whole.splice(behind === undefined ? 0 : whole.indexOf(behind) + 1, 0, id);
    behind = id;
  }
  return whole;
}

interface Facing {
  /** All but the blocks. */
  rest: Sides<object>;
  blocks: Sides<Blocks>;
}

/** null: some blocks cannot be told apart. */
function face({ was, mine, theirs, sent }: Sides<Document>): Facing | null {
  const [old, own, others] = [was, mine, theirs].map(({ blocks }) => byId(blocks));
  if (!old || !own || !others) return null;
  const known = (sent && byId(sent.blocks)) ?? undefined;
  const restOf = ({ blocks: _blocks, ...rest }: Document): object => rest;
  return {
    rest: { was: restOf(was), mine: restOf(mine), theirs: restOf(theirs), ...(sent ? { sent: restOf(sent) } : {}) },
    blocks: { was: old, mine: renamed(old, own, others, known), theirs: others, sent: known },
  };
}

/** null: it was removed, or is not there yet. */
function blockIn({ was, mine, theirs, sent }: Sides<Blocks>, id: string): Sides<Block | null> {
  const [old, my, their] = [was, mine, theirs].map((one) => one.get(id) ?? null) as [Block | null, Block | null, Block | null];
  return { was: old, mine: my, theirs: their, ...(sent ? { sent: sent.get(id) ?? null } : {}) };
}

/**
 * @param wins what is taken where both changed something
 * @param sent of ours, what they may have had before
 * @return null: they differ there, and nobody wins
 */
export function unite(was: Document, mine: Document, theirs: Document, wins?: Wins, sent?: Document | null): Document | null {
  const sides = { was, mine, theirs, ...(sent ? { sent } : {}) };
  const facing = face(sides);
  if (!facing) return either(sides, wins) ?? null;
  const rest = either(facing.rest, wins);
  const order = orderOf(facing.blocks, wins);
  if (!rest || !order) return null;
  const blocks: Block[] = [];
  for (const id of order) {
    const block = either(blockIn(facing.blocks, id), wins);
    if (block === undefined) return null;
    if (block) blocks.push(block);
  }
  return { ...(rest as Document), blocks };
}

/** What both changed, not to the same. null: removed. */
export type Difference = { of: 'block'; mine: Block | null; theirs: Block | null } | { of: 'look' | 'order' | 'whole'; mine: Document; theirs: Document };

/** In the order of the mail; none if there is nothing to be asked about. */
export function differences(was: Document, mine: Document, theirs: Document, sent?: Document | null): Difference[] {
  const sides = { was, mine, theirs, ...(sent ? { sent } : {}) };
  const facing = face(sides);
  const whole = { mine, theirs };
  if (!facing) return either(sides) === undefined ? [{ of: 'whole', ...whole }] : [];
  const ids = orderOf(facing.blocks, 'mine') ?? [];
  const asked = ids.map((id) => blockIn(facing.blocks, id)).filter((one) => either(one) === undefined);
  return [
    ...asked.map((one) => ({ of: 'block' as const, mine: one.mine, theirs: one.theirs })),
    ...(either(facing.rest) === undefined ? [{ of: 'look' as const, ...whole }] : []),
    ...(either(orders(facing.blocks)) === undefined ? [{ of: 'order' as const, ...whole }] : []),
  ];
}
