/**
 * The blocks of a mail while they are changed. A node has a key of this
 * editor's own; its block is as it was in the document, and whatever of it
 * nobody changed goes back as it came, also what this program does not know.
 */
export interface Block {
  id?: string;
  type?: string;
  [member: string]: unknown;
}

export interface Node {
  key: string;
  /** Without what stands in its columns. */
  block: Block;
  columns?: Node[][];
}

export interface Style {
  [member: string]: unknown;
}

export interface Document {
  version: number;
  style?: Style;
  blocks: Block[];
  [member: string]: unknown;
}

/** What the editor holds: the document as it came, and its blocks as they are now. */
export interface Tree {
  document: Document;
  nodes: Node[];
}

/** Where something is put. */
export type Place = { after: string } | { column: string; index: number } | null;

let keys = 0;

/** @param known keys by id, each of which is taken once */
function nodeOf(block: Block, known = new Map<string, string>()): Node {
  const key = (block.id && known.get(block.id)) || `n${++keys}`;
  if (block.id) known.delete(block.id);
  const { columns } = block;
  if (block.type !== 'columns' || !Array.isArray(columns) || !columns.every(Array.isArray)) return { key, block };
  return { key, block, columns: columns.map((column: Block[]) => column.map((inner) => nodeOf(inner, known))) };
}

function blockOf(node: Node): Block {
  return node.columns ? { ...node.block, columns: node.columns.map((column) => column.map(blockOf)) } : node.block;
}

/** @param before what was shown until now: blocks stay where the eye and the caret are */
export function treeOf(document: Document, before: Node[] = []): Tree {
  const known = new Map(allNodes(before).flatMap(({ key, block: { id } }) => (id ? [[id, key] as const] : [])));
  return { document, nodes: document.blocks.map((block) => nodeOf(block, known)) };
}

/** With all members where they were. */
export function documentOf({ document, nodes }: Tree): Document {
  return { ...document, blocks: nodes.map(blockOf) };
}

export function allNodes(nodes: Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...(node.columns ?? []).flatMap(allNodes)]);
}

export function find(nodes: Node[], key: string | null): Node | undefined {
  return allNodes(nodes).find((node) => node.key === key);
}

/** The first one with that id, as a problem names it. */
export function keyOf(nodes: Node[], id: string | null | undefined): string | null {
  return (id && allNodes(nodes).find(({ block }) => block.id === id)?.key) || null;
}

/** Every list of nodes, changed; those that stay the same stay themselves. */
function inLists(nodes: Node[], change: (list: Node[]) => Node[]): Node[] {
  const inside = nodes.map((node) => {
    if (!node.columns) return node;
    const columns = node.columns.map((column) => inLists(column, change));
    return columns.every((column, i) => column === node.columns![i]) ? node : { ...node, columns };
  });
  return change(inside.every((node, i) => node === nodes[i]) ? nodes : inside);
}

function at(list: Node[], key: string): number {
  return list.findIndex((node) => node.key === key);
}

/** One node by several, or by none. */
function exchange(nodes: Node[], key: string, by: (node: Node) => Node[]): Node[] {
  return inLists(nodes, (list) => (at(list, key) < 0 ? list : list.flatMap((node) => (node.key === key ? by(node) : [node]))));
}

export function remove(nodes: Node[], key: string): Node[] {
  return exchange(nodes, key, () => []);
}

/** @param change a member that is undefined goes */
export function changeBlock(nodes: Node[], key: string, change: Partial<Block>): Node[] {
  return exchange(nodes, key, (node) => {
    const block = { ...node.block, ...change };
    for (const name of Object.keys(change)) if (change[name] === undefined) delete block[name];
    return [{ ...node, block }];
  });
}

/** Not counted: somebody else adds blocks to the same mail. */
function freshId(taken: Set<string>): string {
  let id: string;
  do id = `b${Math.random().toString(36).slice(2, 8)}`;
  while (taken.has(id));
  taken.add(id);
  return id;
}

function idsIn(nodes: Node[]): Set<string> {
  return new Set(allNodes(nodes).flatMap(({ block }) => block.id ?? []));
}

function copyOf(node: Node, taken: Set<string>): Node {
  return {
    key: `n${++keys}`,
    block: { ...node.block, id: freshId(taken) },
    ...(node.columns ? { columns: node.columns.map((column) => column.map((inner) => copyOf(inner, taken))) } : {}),
  };
}

/** With the key of the copy. */
export function duplicate(nodes: Node[], key: string): [Node[], string] {
  const node = find(nodes, key);
  if (!node) return [nodes, key];
  const copy = copyOf(node, idsIn(nodes));
  return [exchange(nodes, key, (one) => [one, copy]), copy.key];
}

function put(nodes: Node[], node: Node, place: Place): Node[] {
  if (!place) return [...nodes, node];
  if ('after' in place) return exchange(nodes, place.after, (one) => [one, node]);
  return exchange(nodes, place.column, (one) => [
    { ...one, columns: one.columns?.map((column, i) => (i === place.index ? [...column, node] : column)) },
  ]);
}

/** A new block, with an id that nothing has yet; and its key. */
export function insert(nodes: Node[], block: Block, place: Place): [Node[], string] {
  const taken = idsIn(nodes);
  const node = nodeOf({ id: freshId(taken), ...block });
  return [put(nodes, node, place), node.key];
}

/** Up or down among its neighbours. */
export function moveBy(nodes: Node[], key: string, by: -1 | 1): Node[] {
  return inLists(nodes, (list) => {
    const from = at(list, key);
    const to = from + by;
    if (from < 0 || to < 0 || to >= list.length) return list;
    const moved = [...list];
    [moved[from], moved[to]] = [moved[to]!, moved[from]!];
    return moved;
  });
}

/** Where it is among its neighbours. */
export function placeIn(nodes: Node[], key: string): { index: number; of: number } {
  let place = { index: 0, of: 0 };
  inLists(nodes, (list) => {
    const index = at(list, key);
    if (index >= 0) place = { index, of: list.length };
    return list;
  });
  return place;
}

/** To where another one is, which makes room; columns go into no column. */
export function moveTo(nodes: Node[], key: string, over: string): Node[] {
  const node = find(nodes, key);
  const isTop = at(nodes, over) >= 0;
  if (!node || key === over || (node.columns && !isTop) || (node.columns && find(node.columns.flat(), over))) return nodes;
  const ordered = allNodes(nodes).map((one) => one.key);
  const isDown = ordered.indexOf(key) < ordered.indexOf(over);
  return exchange(remove(nodes, key), over, (one) => (isDown ? [one, node] : [node, one]));
}

/** To the end of a column. */
export function moveInto(nodes: Node[], key: string, column: string, index: number): Node[] {
  const node = find(nodes, key);
  if (!node || node.columns) return nodes;
  return put(remove(nodes, key), node, { column, index });
}

const columnsOf: Record<string, number> = { '1:1': 2, '1:2': 2, '2:1': 2, '1:1:1': 3, '1:1:1:1': 4 };

/** As many columns as the ratio has; what stood in one that goes, goes into the last that stays. */
export function setRatio(nodes: Node[], key: string, ratio: string): Node[] {
  return exchange(nodes, key, (node) => {
    const wanted = columnsOf[ratio] ?? 2;
    const columns = Array.from({ length: wanted }, (_one, i) => node.columns?.[i] ?? []);
    const rest = (node.columns ?? []).slice(wanted).flat();
    columns[wanted - 1] = [...columns[wanted - 1]!, ...rest];
    return [{ ...node, block: { ...node.block, ratio }, columns }];
  });
}
