/**
 * The list of the program: any number of rows as if there were ten.
 *
 * Rows come page by page (rows.ts) and only those in sight are made. Up, down,
 * Home, End, Page Up and Page Down move, Enter opens, space selects; the row
 * that somebody opened has the focus again when they come back. On a phone a
 * row is a card with all the columns that are shown.
 */
import { Alert, Button, Flex, Group, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { useFormat } from '../../app/format.ts';
import { useProblemText } from '../ProblemAlert.tsx';
import type { Column } from './columns.ts';
import styles from './DataTable.module.css';
import { isForButton, isTyping, nextRow } from './gridKeys.ts';
import { Head } from './Head.tsx';
import { rememberOpened, takeOpened } from './lastOpened.ts';
import { TableRow } from './TableRow.tsx';
import { MOST, type Rows } from './rows.ts';
import { SortMenu } from './SortMenu.tsx';
import { nothing, selectRange, toggle, toggleLoaded, type Selection } from './selection.ts';
import { TableSkeleton } from './TableSkeleton.tsx';

const ROW_PX = 41;
/** Of a card before it is measured. */
const CARD_PX = 81;
/** Of the boxes, and of what can be done with a row. */
const EDGE_PX = 40;
/** So many rows before the end, the next page is asked for. */
const EARLY = 30;

export interface DataTableProps<Row extends { id: number }> {
  /** Names the list where something of it is remembered. */
  name: string;
  /** For who does not see it. */
  label: string;
  rows: Rows<Row>;
  columns: Column<Row>[];
  /** What it can be sorted by; a phone offers them in a menu. Left out: those of the columns. */
  sortable?: Column<Row>[];
  /** Both left out: in the order of the server. */
  sort?: string;
  onSort?: (sort: string) => void;
  /** Both left out: rows have no boxes. */
  selection?: Selection;
  onSelect?: (selection: Selection) => void;
  nameOf: (row: Row) => string;
  /** Left out: there is nothing to open. */
  onOpen?: (row: Row) => void;
  /** What can be done with a row, at its end. */
  acts?: (row: Row) => ReactNode;
  /** Instead of the table, if nothing fits. */
  empty: ReactNode;
}

/**
 * Around a list and what stands above it: as high as the window, so that only the rows scroll. above: px of the page
 * that stand before it.
 */
export function ListPage({ above = 0, children }: { above?: number; children: ReactNode }) {
  return (
    <Flex direction="column" mih={{ base: 640, sm: 420 }} h={`calc(100dvh - var(--app-shell-header-offset, 52px) - 2 * var(--mantine-spacing-md) - ${above}px)`}>
      {children}
    </Flex>
  );
}

export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false }) ?? false;
}

export function DataTable<Row extends { id: number }>(props: DataTableProps<Row>) {
  const { rows, columns, sort, onSort, selection = nothing, onSelect, onOpen, acts, name } = props;
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const height = isPhone ? CARD_PX : ROW_PX;
  const frame = useRef<HTMLDivElement>(null);
  const ids = useMemo(() => rows.rows.map((row) => row.id), [rows.rows]);
  const [active, setActive] = useState<number | null>(null);
  const anchor = useRef<number | null>(null);
  const virtual = useVirtualizer({
    count: rows.rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    getItemKey: useCallback((index: number) => ids[index] ?? index, [ids]),
    overscan: 15,
    scrollPaddingStart: isPhone ? 0 : 40,
  });
  const seen = virtual.getVirtualItems();
  const focusSoon = useFocusOfRow(frame);

  useEffect(() => virtual.measure(), [virtual, height]);
  const lastSeen = seen.at(-1)?.index ?? 0;
  const { loadMore } = rows;
  useEffect(() => {
    if (ids.length > 0 && lastSeen >= ids.length - EARLY) loadMore();
  }, [lastSeen, ids.length, loadMore]);
  useEffect(() => {
    if (ids.length === 0) return;
    const id = takeOpened(name);
    const at = id === undefined ? -1 : ids.indexOf(id);
    if (at < 0) return;
    setActive(ids[at]!);
    virtual.scrollToIndex(at, { align: 'auto' });
    focusSoon(ids[at]!);
  }, [ids, name, virtual, focusSoon]);

  const moveTo = (at: number) => {
    setActive(ids[at]!);
    virtual.scrollToIndex(at, { align: 'auto' });
    focusSoon(ids[at]!);
  };
  const open = (row: Row) => {
    rememberOpened(name, row.id);
    onOpen?.(row);
  };
  const select = (id: number, isRange: boolean) => {
    const from = anchor.current;
    onSelect?.(isRange && from !== null ? selectRange(selection, from, id, ids) : toggle(selection, id, ids));
    anchor.current = id;
    setActive(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isHead = event.target instanceof HTMLElement && event.target.closest('thead') !== null;
    // of a menu or a dialog of a row, which stands elsewhere
    if (!event.currentTarget.contains(event.target as Node)) return;
    if (isHead || isTyping(event.target) || isForButton(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = active === null ? -1 : ids.indexOf(active);
    const to = nextRow(event.key, at, ids.length);
    if (to !== null) {
      if (event.shiftKey && at >= 0) onSelect?.(selectRange(selection, ids[at]!, ids[to]!, ids));
      moveTo(to);
    } else if (event.key === 'Enter' && onOpen && at >= 0) open(rows.rows[at]!);
    else if (event.key === ' ' && onSelect && at >= 0) select(ids[at]!, event.shiftKey);
    else return;
    event.preventDefault();
  };

  const failed = rows.error && <ListProblem error={rows.error} again={rows.again} keeps={ids.length > 0} />;
  if (rows.total === 0 && !rows.error && !rows.isOld) return props.empty;
  if (ids.length === 0 && rows.error) return failed;
  const before = seen[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (seen.at(-1)?.end ?? 0);
  const cells = (isPhone ? 1 : columns.length) + (onSelect ? 1 : 0) + (acts ? 1 : 0);
  const inSight = seen.some((item) => ids[item.index] === active) ? active : ids[seen[0]?.index ?? 0];
  return (
    <>
      {failed}
      {isPhone && sort !== undefined && onSort && (
        <Group justify="flex-end" mb={4} wrap="nowrap">
          <SortMenu columns={(props.sortable ?? columns).filter((column) => column.isSortable)} sort={sort} onSort={onSort} />
        </Group>
      )}
      <div
        ref={frame}
        className={styles.frame}
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        <table
          role="grid"
          className={styles.table}
          style={isPhone ? undefined : { minWidth: columns.reduce((sum, column) => sum + column.width, (onSelect ? EDGE_PX : 0) + (acts ? EDGE_PX : 0)) }}
          aria-label={props.label}
          aria-multiselectable={onSelect ? true : undefined}
          aria-rowcount={rows.total === null ? -1 : rows.total + 1}
          aria-busy={rows.isLoading || rows.isOld}
        >
          <Head
            {...props}
            isPhone={isPhone}
            selection={selection}
            loaded={ids}
            onSelectLoaded={onSelect && (() => onSelect(toggleLoaded(selection, ids)))}
          />
          <tbody className={rows.isOld ? styles.old : undefined}>
            {rows.isLoading && <TableSkeleton columns={isPhone ? 1 : columns.length} hasBoxes={onSelect !== undefined} />}
            <Space px={before} columns={cells} />
            {seen.map((item) => {
              const row = rows.rows[item.index];
              return row && (
                <TableRow
                  key={row.id}
                  row={row}
                  index={item.index}
                  columns={columns}
                  isCard={isPhone}
                  measure={isPhone ? virtual.measureElement : undefined}
                  name={props.nameOf(row)}
                  selection={selection}
                  isActive={row.id === inSight}
                  acts={acts?.(row)}
                  onFocus={() => setActive(row.id)}
                  onOpen={onOpen && (() => open(row))}
                  onSelect={onSelect && ((isRange) => select(row.id, isRange))}
                />
              );
            })}
            <Space px={after} columns={cells} />
          </tbody>
        </table>
      </div>
      <Foot rows={rows} />
      <VisuallyHidden aria-live="polite">{rows.isLoading && t('table.loading')}</VisuallyHidden>
    </>
  );
}

/** Focuses a row as soon as it is there; the frame, if it scrolls out of sight. */
function useFocusOfRow(frame: RefObject<HTMLDivElement | null>): (id: number) => void {
  const wanted = useRef<number | null>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    if (wanted.current !== null) {
      const row = frame.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
      if (!row) return;
      row.focus({ preventScroll: true });
      wanted.current = null;
    } else if (hadFocus.current && document.activeElement === document.body) frame.current?.focus({ preventScroll: true });
    hadFocus.current = frame.current?.contains(document.activeElement) ?? false;
  });
  return useMemo(() => (id: number) => { wanted.current = id; }, []);
}

/** The rows that are not made. */
function Space({ px, columns }: { px: number; columns: number }) {
  if (px <= 0) return null;
  return (
    <tr aria-hidden className={styles.space} style={{ height: px }}>
      <td colSpan={columns} />
    </tr>
  );
}

function ListProblem({ error, again, keeps }: { error: Error; again: () => void; keeps: boolean }) {
  const { t } = useTranslation();
  const text = useProblemText();
  return (
    <Alert color="red" variant="light" role="alert" mb="sm" title={keeps ? t('table.failedKept') : t('table.failed')}>
      <Group justify="space-between">
        <Text size="sm">{text(problemOf(error))}</Text>
        <Button size="xs" variant="default" onClick={again}>{t('errors.again')}</Button>
      </Group>
    </Alert>
  );
}

function Foot<Row>({ rows }: { rows: Rows<Row> }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!rows.isFull && !rows.isLoadingMore) return null;
  return (
    <Text size="xs" c="dimmed" mt={6} role="status">
      {rows.isFull ? t('table.full', { most: format.number(MOST) }) : t('table.loadingMore')}
    </Text>
  );
}
