import { expect, it } from 'vitest';
import { csvTranslator } from './csvWords.ts';

const words = {
  head: (column: string) => ({ name: 'Name', state: 'Status; jetzt' })[column] ?? column,
  cell: (column: string, value: string) => (column === 'state' && value === 'accepted' ? 'Gesendet' : value),
};
const FILE = 'name;state;note\r\n"Ada; ""the"" first";accepted;"two\r\nlines"\r\naccepted;left_out;\r\n';
const TOLD = 'Name;"Status; jetzt";note\r\n"Ada; ""the"" first";Gesendet;"two\r\nlines"\r\naccepted;left_out;\r\n';

it('has heads and states in words, and all else as it was', () => {
  expect(csvTranslator(words, ';')(FILE)).toBe(TOLD);
});

it('is the same however it comes in pieces', () => {
  for (let size = 1; size < FILE.length; size++) {
    const turn = csvTranslator(words, ';');
    let out = '';
    for (let at = 0; at < FILE.length; at += size) out += turn(FILE.slice(at, at + size));
    expect(out).toBe(TOLD);
  }
});
