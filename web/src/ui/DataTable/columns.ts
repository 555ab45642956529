/** What a list shows, and what is remembered of it. */
import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface Column<Row> {
  name: string;
  label: string;
  width: number;
  isSortable: boolean;
  /** On a phone's card it stands beside the first one, wherever it is in the order. */
  isBeside?: boolean;
  /** On a card its head stands before it: alone it would not say what it is. Null or '' is left out there, with its head. */
  isNamed?: boolean;
  cell: (row: Row) => ReactNode;
}

/** Names in the order in which they are shown; null: never chosen. */
export function useKeptColumns(list: string) {
  return useLocalStorage<string[] | null>({
    key: `muster-columns-${list}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
}

/** Those that there are, in the order that was chosen. */
export function pick<Row>(columns: Column<Row>[], names: readonly string[]): Column<Row>[] {
  return names.flatMap((name) => columns.find((column) => column.name === name) ?? []);
}

/** "name" up, "-name" down. */
export function nextSort(sort: string, name: string): string {
  return sort === name ? `-${name}` : name;
}

export function readSort(sort: string): { name: string; isDown: boolean } {
  return sort.startsWith('-') ? { name: sort.slice(1), isDown: true } : { name: sort, isDown: false };
}

export function sortOf(name: string, isDown: boolean): string {
  return isDown ? `-${name}` : name;
}

export function ariaSort(sort: string, name: string): 'ascending' | 'descending' | 'none' {
  if (sort === name) return 'ascending';
  return sort === `-${name}` ? 'descending' : 'none';
}
