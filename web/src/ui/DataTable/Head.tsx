/** The head of a list: all or none, and by which column it is sorted. */
import { Checkbox, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { partsOfCard } from './Card.tsx';
import { ariaSort, nextSort, type Column } from './columns.ts';
import styles from './DataTable.module.css';
import { headState, type Selection } from './selection.ts';

interface Props<Row> {
  columns: Column<Row>[];
  isPhone: boolean;
  sort?: string;
  onSort?: (sort: string) => void;
  selection: Selection;
  loaded: readonly number[];
  /** Left out: rows have no boxes. */
  onSelectLoaded?: () => void;
  acts?: unknown;
}

export function Head<Row>({ columns, isPhone, sort = '', onSort, selection, loaded, onSelectLoaded, acts }: Props<Row>) {
  const { t } = useTranslation();
  const state = headState(selection, loaded);
  return (
    <thead className={styles.head}>
      <tr aria-rowindex={1}>
        {onSelectLoaded && (
          <th scope="col" style={{ width: 40 }}>
            <Checkbox
              size="xs"
              aria-label={t('table.selectLoaded')}
              checked={state === 'all'}
              indeterminate={state === 'some'}
              disabled={loaded.length === 0}
              onChange={onSelectLoaded}
            />
          </th>
        )}
        {(isPhone ? columns.filter((column) => column === partsOfCard(columns).first) : columns).map((column) => {
          const order = ariaSort(sort, column.name);
          const Arrow = order === 'descending' ? IconArrowDown : IconArrowUp;
          return (
            <th key={column.name} scope="col" style={isPhone ? undefined : { width: column.width }} aria-sort={column.isSortable ? order : undefined}>
              {column.isSortable ? (
                <UnstyledButton
                  className={`${styles.sort} ${order === 'none' ? '' : styles.sorted}`}
                  onClick={() => onSort?.(nextSort(sort, column.name))}
                >
                  {column.label}
                  <Arrow size={14} aria-hidden className={styles.arrow} />
                </UnstyledButton>
              ) : (
                column.label
              )}
            </th>
          );
        })}
        {acts !== undefined && <th scope="col" style={{ width: 40 }}><VisuallyHidden>{t('table.acts')}</VisuallyHidden></th>}
      </tr>
    </thead>
  );
}
