/**
 * Pages of the API as one list. Loads forward by cursor, at most MOST rows:
 * whoever looks for one further down searches, filters or sorts.
 */
import { keepPreviousData, useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

export const MOST = 5000;
const FIRST = 100; // on screen at once
const FURTHER = 490; // ten of them make MOST

export interface Page<Row> {
  items: Row[];
  total: number;
  total_is_least?: boolean;
  next?: string | null;
}

export interface PageWanted {
  cursor?: string;
  limit: number;
}

export interface Rows<Row, First = Page<Row>> {
  rows: Row[];
  /** What the server said with the first of them. */
  first?: First;
  /** How many fit; null: not known yet. */
  total: number | null;
  /** There are more than that. */
  totalIsLeast: boolean;
  /** Nothing to show yet. */
  isLoading: boolean;
  /** What is shown belongs to what was asked before. */
  isOld: boolean;
  isLoadingMore: boolean;
  error: Error | null;
  hasMore: boolean;
  /** There are more, but not here. */
  isFull: boolean;
  loadMore: () => void;
  again: () => void;
}

interface Source<P> {
  key: QueryKey;
  enabled?: boolean;
  fetch: (page: PageWanted, signal: AbortSignal) => Promise<P>;
}

export function nextPage<Row>(last: Page<Row>, pages: Page<Row>[]): PageWanted | undefined {
  const have = pages.reduce((n, page) => n + page.items.length, 0);
  return last.next && have < MOST ? { cursor: last.next, limit: Math.min(FURTHER, MOST - have) } : undefined;
}

export function useRows<Row, P extends Page<Row> = Page<Row>>({ key, enabled = true, fetch }: Source<P>): Rows<Row, P> {
  const found = useInfiniteQuery({
    queryKey: key,
    enabled,
    initialPageParam: { limit: FIRST } as PageWanted,
    queryFn: ({ pageParam, signal }) => fetch(pageParam, signal),
    getNextPageParam: nextPage<Row>,
    placeholderData: keepPreviousData,
  });
  // what was asked for last could not be had: what was there before stays
  const shown = useRef(found.data);
  if (found.data) shown.current = found.data;
  const pages = shown.current?.pages ?? [];
  const last = pages.at(-1);
  const rows = pages.length === 1 ? pages[0]!.items : pages.flatMap((page) => page.items);
  const { fetchNextPage, refetch, hasNextPage, isFetching, isFetchNextPageError } = found;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return {
    rows,
    first: pages[0],
    total: pages[0]?.total ?? null,
    totalIsLeast: pages[0]?.total_is_least ?? false,
    isLoading: !shown.current && !found.error,
    isOld: found.isPlaceholderData || (!found.data && Boolean(shown.current)),
    isLoadingMore: found.isFetchingNextPage,
    error: found.error,
    hasMore: hasNextPage,
    isFull: rows.length >= MOST && Boolean(last?.next),
    loadMore,
    again: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}
