import { expect, test } from 'vitest';
import { lengthRead, readable, tagHtml, tagText } from './mergeTags.ts';

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

test('in HTML its words are text, and an address is a link', () => {
  expect(tagHtml(tagText('FNAME', 'A & <b>'))).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*A &amp; &lt;b&gt;*|END:IF|*');
  expect(tagHtml('*|UNSUB|*', 'Leave & go')).toBe('<a href="*|UNSUB|*">Leave &amp; go</a>');
});
