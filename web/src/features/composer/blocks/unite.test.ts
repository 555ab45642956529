import { expect, test } from 'vitest';
import type { Block, Document } from './tree.ts';
import { unite } from './unite.ts';

const document = (...blocks: Block[]): Document => ({ version: 1, blocks });
const a = { id: 'a', type: 'text', html: 'a' };
const b = { id: 'b', type: 'text', html: 'b' };
const c = { id: 'c', type: 'text', html: 'c' };
const before = document(a, b);

test('changes of different blocks are both kept', () => {
  const united = unite(before, document({ ...a, html: 'mine' }, b), document(a, { ...b, html: 'theirs' }, c));
  expect(united).toEqual(document({ ...a, html: 'mine' }, { ...b, html: 'theirs' }, c));
  expect(unite(before, document(b, a), { ...before, style: { accent: '#000000' } })).toEqual({ ...document(b, a), style: { accent: '#000000' } });
  expect(unite(before, document(a), document(a))).toEqual(document(a));
});

test('what both changed is asked about', () => {
  expect(unite(before, document({ ...a, html: 'mine' }, b), document({ ...a, html: 'theirs' }, b))).toBeNull();
  expect(unite(before, document(a), document(a, { ...b, html: 'theirs' }))).toBeNull();
  expect(unite(before, document({ ...a, html: 'mine' }, b), document(b))).toBeNull();
  expect(unite(before, document(b, a), document(a, c, b))).toBeNull();
  expect(unite(document(a, { ...b, id: 'a' }), before, before)).toBeNull();
});
