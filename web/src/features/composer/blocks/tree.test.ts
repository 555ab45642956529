import { expect, test } from 'vitest';
import {
  allNodes, changeBlock, documentOf, duplicate, find, insert, keyOf, moveBy, moveInto, moveTo, placeIn, remove, setRatio, treeOf, type Document,
} from './tree.ts';

const document: Document = {
  version: 1,
  style: { accent: '#0f766e', ours: { deep: [1] } },
  blocks: [
    { id: 'a', type: 'heading', text: 'A', unheard: [1, { of: null }] },
    { id: 'c', type: 'columns', ratio: '1:1', columns: [[{ id: 'l', type: 'text', html: '<p>l</p>' }], [{ id: 'r', type: 'image', src: '', alt: '' }]], stack: true },
    { type: 'carousel', slides: [{ id: 'a' }] },
    { id: 'z', type: 'footer', html: '<p>z</p>' },
  ],
  later: { kept: true },
};
const tree = treeOf(document);
const key = (id: string) => keyOf(tree.nodes, id)!;
const idsOf = (nodes: typeof tree.nodes) => nodes.map((node) => node.block.id ?? '?').join('');
const columnsOf = (nodes: typeof tree.nodes) => nodes.find((node) => node.columns)!.columns!.map(idsOf);

test('what nobody changed comes back as it was', () => {
  expect(JSON.stringify(documentOf(tree))).toBe(JSON.stringify(document));
});

test('blocks change, go and come without touching others', () => {
  const changed = changeBlock(tree.nodes, key('l'), { html: '<p>new</p>', align: undefined });
  expect(find(changed, key('l'))!.block).toEqual({ id: 'l', type: 'text', html: '<p>new</p>' });
  expect(changed[0]).toBe(tree.nodes[0]);
  expect(idsOf(remove(tree.nodes, key('a')))).toBe('c?z');
  expect(columnsOf(remove(tree.nodes, key('l')))).toEqual(['', 'r']);
  const [more, added] = insert(tree.nodes, { id: '+', type: 'divider' }, { column: key('c'), index: 0 });
  expect(find(more, added)!.block).toEqual({ id: '+', type: 'divider' });
  expect(columnsOf(more)).toEqual(['l+', 'r']);
  expect(idsOf(insert(tree.nodes, { id: '+', type: 'spacer' }, { after: key('a') })[0])).toBe('a+c?z');
  const [own, ownKey] = insert(tree.nodes, { type: 'text' }, null);
  expect(find(own, ownKey)!.block.id).toMatch(/^b\w+$/);
});

test('what others wrote leaves blocks where they were shown', () => {
  const theirs = { ...document, blocks: [{ id: 'n', type: 'divider' }, ...document.blocks.map((block) => ({ ...block, later: 1 }))] };
  const { nodes } = treeOf(theirs, tree.nodes);
  expect(['a', 'c', 'l', 'r', 'z'].map((id) => keyOf(nodes, id))).toEqual(['a', 'c', 'l', 'r', 'z'].map(key));
  const twice = treeOf({ ...document, blocks: [{ id: 'a' }, { id: 'a' }] }, tree.nodes).nodes.map((node) => node.key);
  expect(new Set(twice).size).toBe(2);
});

test('a copy has ids of its own, also inside', () => {
  const [copied, made] = duplicate(tree.nodes, key('c'));
  const ids = allNodes(copied).flatMap(({ block }) => block.id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(find(copied, made)!.columns!.map((column) => column.length)).toEqual([1, 1]);
});

test('blocks move among neighbours and between columns', () => {
  expect(idsOf(moveBy(tree.nodes, key('a'), 1))).toBe('ca?z');
  expect(moveBy(tree.nodes, key('a'), -1)).toBe(tree.nodes);
  expect(idsOf(moveTo(tree.nodes, key('z'), key('a')))).toBe('zac?');
  expect(idsOf(moveTo(tree.nodes, key('a'), key('z')))).toBe('c?za');
  expect(columnsOf(moveTo(tree.nodes, key('a'), key('r')))).toEqual(['l', 'ra']);
  expect(columnsOf(moveInto(tree.nodes, key('z'), key('c'), 0))).toEqual(['lz', 'r']);
  expect(moveTo(tree.nodes, key('c'), key('l'))).toBe(tree.nodes);
  expect(placeIn(tree.nodes, key('r'))).toEqual({ index: 0, of: 1 });
});

test('fewer columns lose nothing', () => {
  const three = setRatio(tree.nodes, key('c'), '1:1:1');
  expect(columnsOf(three)).toEqual(['l', 'r', '']);
  const [filled] = insert(three, { id: '+', type: 'text', html: '' }, { column: key('c'), index: 2 });
  expect(columnsOf(setRatio(filled, key('c'), '2:1'))).toEqual(['l', 'r+']);
});
