import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { de } from '../../messages/de/index.ts';
import { en } from '../../messages/en/index.ts';
import { ADDRESS_LINE, ADDRESS_TAG, commonTags, inNames, isOwnField, lengthRead, linkTagIn, linkTags, ownFields, readable, tagHtml, tagPieces, tagText, withFallback, withFallbackInDesign, withoutTagNodes, withTagNodes } from './mergeTags.ts';

const source = (path: string) => readFileSync(new URL(`../../../../src/${path}`, import.meta.url), 'utf8');

/** What an audience has from the beginning, and what the bridge adds, each with its name. */
function fieldsOfServer(): Record<string, string> {
  const begun = [...source('audience/merge_field.c').matchAll(/\.tag = "(\w+)",\s*\.name = "([^"]+)"/g)].map(([, tag, name]) => [tag!, name!]);
  const always = /always\[\] = \{([\s\S]*?)\n\t\};/.exec(source('bridge/field_own.c'))![1]!;
  const added = [...always.matchAll(/\{ "(\w+)", "(\w+)" \}/g)].map(([, field, tag]) => [tag!, `${field![0]!.toUpperCase()}${field!.slice(1)}`]);
  return Object.fromEntries([...begun, ...added]) as Record<string, string>;
}

test('every merge tag that the program makes has a word in each language, and its name is known', () => {
  const found = fieldsOfServer();
  expect(Object.keys(found).length).toBeGreaterThan(6);
  expect(ownFields).toEqual(found);
  const tags = [...Object.keys(found), ADDRESS_TAG, ADDRESS_LINE, ...commonTags, ...linkTags].map((tag) => tag.replace(':', '_'));
  for (const messages of [en, de]) expect(Object.keys(messages.composer.tag.of).sort()).toEqual([...tags].sort());
  const same = tags.filter((tag) => (de.composer.tag.of as Record<string, string>)[tag] === (en.composer.tag.of as Record<string, string>)[tag]);
  expect(same).toEqual([]); // no word of these is the same in both
});

test('a field that somebody has called otherwise keeps that name', () => {
  expect([isOwnField({ tag: 'FNAME', name: 'First Name' }), isOwnField({ tag: 'FNAME', name: null }), isOwnField({ tag: 'FNAME', name: 'Rufname' }), isOwnField({ tag: 'SIZE', name: null })])
    .toEqual([true, true, false, false]);
});

test('a tag has what is said instead, which ends no tag', () => {
  expect(tagText('FNAME')).toBe('*|FNAME|*');
  expect(tagText('FNAME', '  ')).toBe('*|FNAME|*');
  expect(tagText('FNAME', ' "friend" & \'co\' ')).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*"friend" & \'co\'*|END:IF|*');
  expect(tagText('FNAME', 'a*|END:IF|*b')).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*a END:IF b*|END:IF|*');
});

test('a text is read and measured without the code of its tags', () => {
  const nameOf = (tag: string) => ({ FNAME: 'First name' })[tag] ?? tag;
  const text = `Wine for ${tagText('FNAME', 'Weinfreund')}, *|MC:DATE|*`;
  expect(readable(text, nameOf)).toBe('Wine for [First name / Weinfreund], [MC:DATE]');
  expect(lengthRead(text)).toBe('Wine for Weinfreund, '.length + 8);
  expect(lengthRead('Grüße 🎉')).toBe(7);
  expect(readable('*|IF:FNAME|*broken', nameOf)).toBe('[IF:FNAME]broken');
});

test('a text is in pieces, and a tag goes into the editor and comes back as it was', () => {
  const guarded = tagText('FNAME', 'A & "B"');
  expect(tagPieces(`Dear ${guarded}, *|MC:DATE|*!`)).toEqual(['Dear ', { code: guarded, tag: 'FNAME', fallback: 'A & "B"' }, ', ', { code: '*|MC:DATE|*', tag: 'MC:DATE', fallback: '' }, '!']);
  expect(tagPieces('*|IF:FNAME|**|FNAME|**|ELSE:|*')).toEqual(['*|IF:FNAME|**|FNAME|**|ELSE:|*']); // it is being written
  for (const html of [`<p>Dear ${tagHtml(guarded)}, <a href="*|UNSUB|*">no</a> *|IF:X|*y*|END:IF|*</p>`, '<p>**|FNAME|**</p>']) {
    expect(withTagNodes(html)).toContain('data-tag="*|');
    expect(withoutTagNodes(withTagNodes(html))).toBe(html);
  }
});

test('in HTML its words are text, and an address is a link', () => {
  expect(tagHtml(tagText('FNAME', 'A & <b>'))).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*A &amp; &lt;b&gt;*|END:IF|*');
  expect(tagHtml('*|UNSUB|*', 'Leave & go')).toBe('<a href="*|UNSUB|*">Leave &amp; go</a>');
});

test('a text that is a link tag is told from one that has it', () => {
  expect(linkTagIn(' *|FORWARD|* ')).toBe('FORWARD');
  expect(linkTagIn('See *|FORWARD|*')).toBeUndefined();
  expect(linkTagIn('*|FNAME|*')).toBeUndefined();
});

test('a field gets words to stand in its place where it has none, and nowhere else', () => {
  const guarded = tagText('FNAME', 'you');
  expect(withFallback(`*|FNAME|* ${guarded} *|LNAME|*`, 'FNAME', 'friend')).toBe(`${tagText('FNAME', 'friend')} ${guarded} *|LNAME|*`);
  const design = { blocks: [
    { type: 'heading', level: 1, text: '*|FNAME|* & co' },
    { type: 'columns', columns: [[{ type: 'text', html: '<p><a href="https://x.example/?n=*|FNAME|*">*|FNAME|*</a></p>' }]] },
    { type: 'button', label: 'Go', href: 'https://x.example/*|FNAME|*' },
  ] };
  expect(withFallbackInDesign(design, 'FNAME', 'a & b')).toEqual({ blocks: [
    { type: 'heading', level: 1, text: `${tagText('FNAME', 'a & b')} & co` },
    { type: 'columns', columns: [[{ type: 'text', html: `<p><a href="https://x.example/?n=*|FNAME|*">${tagText('FNAME', 'a &amp; b')}</a></p>` }]] },
    design.blocks[2],
  ] });
});

test.each([
  ['Dear *|FNAME|*,', 'Dear [First name],'],
  ['*|IF:FNAME|*Dear *|FNAME|*,*|ELSE:|*Hello,*|END:IF|* we', 'Dear [First name], we'],
  ['Welcome*|IF:FNAME|*, *|FNAME|**|END:IF|*!', 'Welcome, [First name]!'],
  ['*|ELSE:|* of another run', ' of another run'],
  ['5 *|* 3 *| x', '5 *|* 3 *| x'],
  ['**|FNAME|** *|LIST:COMPANY|*', '*[First name]* [LIST:COMPANY]'],
])('%s is read as %s', (text, read) => {
  expect(inNames(text, (tag) => (tag === 'FNAME' ? 'First name' : tag))).toBe(read);
});
