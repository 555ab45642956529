import { expect, test } from 'vitest';
import { tagText } from './mergeTags.ts';

test('a tag has what is said instead, which ends no tag', () => {
  expect(tagText('FNAME')).toBe('*|FNAME|*');
  expect(tagText('FNAME', '  ')).toBe('*|FNAME|*');
  expect(tagText('FNAME', ' "friend" & \'co\' ')).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*"friend" & \'co\'*|END:IF|*');
  expect(tagText('FNAME', 'a*|END:IF|*b')).toBe('*|IF:FNAME|**|FNAME|**|ELSE:|*a END:IF b*|END:IF|*');
});
