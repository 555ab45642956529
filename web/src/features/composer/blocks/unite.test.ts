import { expect, test } from 'vitest';
import type { Block, Document } from './tree.ts';
import { differences, unite } from './unite.ts';

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
  expect(unite(document(a, b, c), document(b, a, c), document(a, c, b))).toBeNull();
  expect(unite(document(a, { ...b, id: 'a' }), document(a), document(b))).toBeNull();
});

test('new blocks of both are kept, also if both call them the same', () => {
  expect(unite(before, document(a, b, c), document({ ...b, id: 'd' }, a, b))).toEqual(document({ ...b, id: 'd' }, a, b, c));
  expect(unite(before, document(b, a), document(a, c, b))).toEqual(document(b, a, c));
  const mine = { ...c, html: 'mine' };
  expect(unite(before, document(a, mine, b), document(a, c, b))).toEqual(document(a, c, { ...mine, id: 'c-2' }, b));
  expect(unite(before, document(a, c, b), document(a, c, b))).toEqual(document(a, c, b));
});

test('who wins, wins where both changed something, and nowhere else', () => {
  const [mine, theirs] = [{ ...a, html: 'mine' }, { ...a, html: 'theirs' }];
  const both = [before, document(mine, b, c), document(theirs, { ...b, html: 'theirs' })] as const;
  expect(unite(...both, 'mine')).toEqual(document(mine, { ...b, html: 'theirs' }, c));
  expect(unite(...both, 'theirs')).toEqual(document(theirs, { ...b, html: 'theirs' }, c));
  // one removed what the other wrote
  expect(unite(before, document(mine, b), document(b), 'mine')).toEqual(document(mine, b));
  expect(unite(before, document(mine, b), document(b), 'theirs')).toEqual(document(b));
  expect(unite(before, document(b), document(theirs, b), 'mine')).toEqual(document(b));
  expect(unite(document(a, b, c), document(b, a, c), document(a, c, b), 'mine')).toEqual(document(b, a, c));
});

test('what arrived of ours, though nobody told us, is no change of theirs', () => {
  const [once, twice] = [{ ...a, html: 'once' }, { ...a, html: 'twice' }];
  const theirs = { ...b, html: 'theirs' };
  const sent = document(once, b);
  expect(unite(before, document(twice, b), document(once, theirs), undefined, sent)).toEqual(document(twice, theirs));
  // taken back meanwhile
  expect(unite(before, before, document(once, theirs), undefined, sent)).toEqual(document(a, theirs));
  // it did not arrive: what they have is theirs alone
  expect(unite(before, document(twice, b), document(a, theirs), undefined, sent)).toEqual(document(twice, theirs));
  expect(unite(before, document(once, b), document(a, theirs), undefined, sent)).toEqual(document(once, theirs));
  // somebody wrote over it
  expect(unite(before, document(twice, b), document({ ...a, html: 'over it' }, b), undefined, sent)).toBeNull();
  expect(unite(before, document(twice, b), document(once, theirs), 'theirs', sent)).toEqual(document(twice, theirs));
});

test('a new block that arrived is the same one, written on, moved, or removed again', () => {
  const more = { ...c, html: 'c, more' };
  const sent = document(a, c, b);
  expect(unite(before, document(a, more, b), document(a, c, b, { ...c, id: 'd' }), undefined, sent)).toEqual(document(a, more, b, { ...c, id: 'd' }));
  expect(unite(before, before, document({ ...a, html: 'theirs' }, c, b), undefined, sent)).toEqual(document({ ...a, html: 'theirs' }, b));
  expect(unite(before, document(b, a), document(b, a), undefined, document(b, a))).toEqual(document(b, a));
  expect(unite(before, document(a, b), document(b, a, c), undefined, document(b, a))).toEqual(document(a, c, b));
  // a removed one that is wanted again
  expect(unite(before, before, document({ ...a, html: 'theirs' }), undefined, document(a))).toEqual(document({ ...a, html: 'theirs' }, b));
});

test('what is asked about is told apart: which block, the look, the order', () => {
  const [mine, theirs] = [{ ...a, html: 'mine' }, { ...a, html: 'theirs' }];
  expect(differences(before, document(mine, b), document(theirs, { ...b, html: 'theirs' }))).toEqual([{ of: 'block', mine, theirs }]);
  expect(differences(before, document(mine, b), document(b, c))).toEqual([{ of: 'block', mine, theirs: null }]);
  expect(differences(before, document(mine, b), document(a, c))).toEqual([]);
  const [left, right] = [{ ...before, style: { accent: '#000000' } }, { ...before, style: { accent: '#ffffff' } }];
  expect(differences(before, left, right)).toEqual([{ of: 'look', mine: left, theirs: right }]);
  const [up, down] = [document(b, a, c), document(a, c, b)];
  expect(differences(document(a, b, c), up, down)).toEqual([{ of: 'order', mine: up, theirs: down }]);
  const [one, two] = [document({ html: 'x' }), document({ html: 'y' })];
  expect(differences(before, one, two)).toEqual([{ of: 'whole', mine: one, theirs: two }]);
  // our own, which arrived
  expect(differences(before, document({ ...a, html: 'twice' }, b), document({ ...a, html: 'once' }, b), document({ ...a, html: 'once' }, b))).toEqual([]);
});
