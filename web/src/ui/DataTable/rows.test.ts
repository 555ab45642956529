import { expect, test } from 'vitest';
import { MOST, nextPage, type Page } from './rows.ts';

const page = (n: number, next: string | null): Page<number> => ({ items: Array(n).fill(0) as number[], total: 1e6, next });

test('pages follow by cursor until there are no more', () => {
  expect(nextPage(page(100, 'a'), [page(100, 'a')])).toEqual({ cursor: 'a', limit: 490 });
  expect(nextPage(page(20, null), [page(100, 'a'), page(20, null)])).toBeUndefined();
});

test('a list never holds more than its most', () => {
  const pages = [page(100, 'x')];
  for (let wanted = nextPage(pages.at(-1)!, pages); wanted; wanted = nextPage(pages.at(-1)!, pages))
    pages.push(page(wanted.limit, 'x'));
  expect(pages.reduce((n, p) => n + p.items.length, 0)).toBe(MOST);
  expect(pages.length).toBe(11);
});
