/** One row, or on a phone one card, of a list. */
import { Checkbox } from '@mantine/core';
import type { MouseEvent, ReactNode, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from './Card.tsx';
import type { Column } from './columns.ts';
import styles from './DataTable.module.css';
import { isSelected, type Selection } from './selection.ts';

interface Props<Row> {
  row: Row;
  index: number;
  columns: Column<Row>[];
  isCard: boolean;
  /** What the row is called, for its box. */
  name: string;
  selection: Selection;
  isActive: boolean;
  /** Of a card, which is as high as what it says. */
  measure?: Ref<HTMLTableRowElement>;
  acts?: ReactNode;
  onFocus: () => void;
  onOpen?: () => void;
  /** Left out: the row has no box. */
  onSelect?: (isRange: boolean) => void;
}

export function TableRow<Row extends { id: number }>(props: Props<Row>) {
  const { row, columns, isCard, selection, acts, onOpen, onSelect } = props;
  const { t } = useTranslation();
  const chosen = isSelected(selection, row.id);
  const onClick = (event: MouseEvent) => {
    const { target } = event;
    const isOther = !(target instanceof Element) || target.closest('a, input, button, label') !== null;
    // of a menu or a dialog of the row, which stands elsewhere
    const isOutside = !event.currentTarget.contains(target as Node);
    if (isOther || isOutside || String(window.getSelection()) !== '') return;
    onOpen?.();
  };
  return (
    <tr
      ref={props.measure}
      data-row={row.id}
      data-index={props.index}
      className={[styles.row, onOpen ? styles.opens : '', chosen ? styles.selected : '', isCard ? styles.card : ''].join(' ')}
      aria-rowindex={props.index + 2}
      aria-selected={onSelect && chosen}
      tabIndex={props.isActive ? 0 : -1}
      onFocus={props.onFocus}
      onClick={onClick}
    >
      {onSelect && (
        <td style={{ width: 40 }}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={t('table.selectRow', { name: props.name })}
            checked={chosen}
            onChange={(event) => onSelect((event.nativeEvent as globalThis.MouseEvent).shiftKey === true)}
          />
        </td>
      )}
      {isCard ? <td><Card row={row} columns={columns} /></td> : columns.map((column) => <td key={column.name}>{column.cell(row)}</td>)}
      {acts !== undefined && <td className={styles.acts}>{acts}</td>}
    </tr>
  );
}
