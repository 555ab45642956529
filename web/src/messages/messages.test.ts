import { expect, test } from 'vitest';
import { signupGrounds } from '../features/imports/signupGrounds.ts';
import { de } from './de/index.ts';
import { en } from './en/index.ts';

/** Every key with its text: { "shell.people": "People" }. */
function flat(tree: object, before = ''): Record<string, string> {
  return Object.entries(tree).reduce<Record<string, string>>((all, [key, value]) => {
    if (typeof value === 'string') return { ...all, [before + key]: value };
    return { ...all, ...flat(value as object, `${before}${key}.`) };
  }, {});
}

const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test('both languages say the same things', () => {
  expect(Object.keys(flat(de)).sort()).toEqual(Object.keys(flat(en)).sort());
});

test('a text has the same slots in both languages, and is not empty', () => {
  const german = flat(de);
  for (const [key, text] of Object.entries(flat(en))) {
    expect(text.trim(), key).not.toBe('');
    expect(german[key]?.trim(), key).not.toBe('');
    expect(slots(german[key]!), key).toEqual(slots(text));
  }
});

/** Numbers that stand beside a word, not before one that is counted, and limits, which are always several. */
const NO_PLURAL = new Set([
  'builder.full', 'composer.check.showOf', 'composer.block.place', 'composer.block.addHere', 'composer.move.into', 'composer.social.link',
  'composer.social.remove', 'imports.allReasons', 'people.moreThan', 'report.bouncedHard', 'report.bouncedSoft', 'report.whoOf', 'ui.typeNumber',
]);

test('a number of something has a form for one', () => {
  for (const messages of [en, de]) {
    const texts = flat(messages);
    for (const [key, text] of Object.entries(texts)) {
      if (key.startsWith('server.') || NO_PLURAL.has(key) || !/\{\{(n|count)\}\}/.test(text)) continue;
      const counted = /^(.*)_(one|other)$/.exec(key);
      expect(counted, `${key}: ${text}`).not.toBeNull();
      expect(texts, key).toHaveProperty([`${counted![1]}_one`]);
      expect(texts, key).toHaveProperty([`${counted![1]}_other`]);
    }
  }
});

test('an import of sign-ups is known in whichever language it was begun', () => {
  expect(signupGrounds).toEqual([en.imports.groundOfSignups, de.imports.groundOfSignups]);
});
