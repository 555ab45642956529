import { expect, test } from 'vitest';
import { spreadsheetQuery } from './spreadsheet.ts';

test.each([
  ['de-DE', 'semicolon'], ['fr', 'semicolon'], ['pt-BR', 'semicolon'], ['nl', 'semicolon'],
  ['en-GB', undefined], ['de-CH', undefined], ['ja', undefined], ['es-MX', undefined],
])('a spreadsheet of %s', (language, delimiter) => {
  expect(spreadsheetQuery([language])).toEqual({ bom: 'true', ...(delimiter ? { delimiter } : {}) });
});

test('a browser that prefers nothing', () => {
  expect(spreadsheetQuery([])).toEqual({ bom: 'true' });
});
