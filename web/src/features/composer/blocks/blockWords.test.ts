import { expect, test } from 'vitest';
import { innerBlocks, settingsOf, wordsIn } from './blockWords.ts';

test('what a block says is its words', () => {
  expect(wordsIn({ type: 'button', label: 'Buy', href: 'https://x.example' })).toBe('Buy');
  expect(wordsIn({ type: 'columns', columns: [[{ type: 'image', alt: 'A cat' }], [{ type: 'button', label: 'Buy' }, { type: 'divider' }]] })).toBe('A cat · Buy');
  expect(wordsIn({ type: 'social', links: [{ network: 'X', href: 'https://x.example' }] })).toBe('X https://x.example');
  expect([wordsIn({ type: 'divider' }), wordsIn({ type: 'new', words: 'x' }), innerBlocks({ columns: 'x' })]).toEqual(['', '', []]);
});

test('what is set is told where it differs, inside columns too', () => {
  expect(settingsOf({ id: 'a', type: 'text', html: 'x', align: 'center' }, { id: 'a', type: 'text', html: 'y', align: 'end', background: '#ffffff' })).toEqual([
    ['align', 'center'], ['background', undefined],
  ]);
  const inColumn = (height: number) => ({ type: 'columns', columns: [[{ id: 'b', type: 'spacer', height }], []] });
  expect(settingsOf(inColumn(8), inColumn(16))).toEqual([['height', 8]]);
});
