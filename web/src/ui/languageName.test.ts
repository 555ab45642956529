import { expect, test } from 'vitest';
import { languageCode, languageName } from './languageName.ts';

test('a language is called alike, however it was written', () => {
  expect(['DE', 'de', 'German', 'deutsch', ' Deutsch '].map((text) => languageName(text, 'de'))).toEqual(Array(5).fill('Deutsch'));
  expect(['pt_BR', 'français', 'EN'].map(languageCode)).toEqual(['pt-BR', 'fr', 'en']);
  expect(languageName('pt_BR', 'en')).toBe('Brazilian Portuguese');
});

test('what is no language stays as it is', () => {
  expect(['', 'Plattdeutsch & mehr', '<b>'].map((text) => languageName(text, 'de'))).toEqual(['', 'Plattdeutsch & mehr', '<b>']);
});
