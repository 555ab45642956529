import { expect, test } from 'vitest';
import { namedAs } from './names.ts';

test('a name is found as it was typed, or else whatever its case', () => {
  const known = [{ name: 'VIP' }, { name: 'vip' }, { name: 'Größe' }];
  expect(['vip', ' VIP ', 'Vip', 'GRÖSSE', 'größe', ''].map((typed) => namedAs(known, typed)?.name)).toEqual(['vip', 'VIP', 'VIP', 'Größe', 'Größe', undefined]);
});
