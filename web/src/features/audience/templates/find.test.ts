import { expect, test } from 'vitest';
import { findTemplates } from './find.ts';

const all = [{ name: 'Spring Newsletter', folder_id: 'a' }, { name: 'Übersicht', folder_id: '' }];
const folderOf = (id: string) => (id === 'a' ? 'Club' : '');

test('by words of the name and of the folder, in any order and case', () => {
  expect(findTemplates(all, 'newsletter spr', folderOf)).toEqual([all[0]]);
  expect(findTemplates(all, 'club', folderOf)).toEqual([all[0]]);
  expect(findTemplates(all, 'ÜBER', folderOf)).toEqual([all[1]]);
  expect(findTemplates(all, ' ', folderOf)).toEqual(all);
  expect(findTemplates(all, 'nothing', folderOf)).toEqual([]);
});
