/** A table of a few rows in a page, all of them there. Where its columns have no room, each row is a card. */
import { Group, Table, VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { Key, ReactNode } from 'react';
import { Card, type Fact } from './Card.tsx';
import styles from './DataTable.module.css';

export interface FactColumn<Row> extends Fact<Row> {
  width?: number | string;
  /** Numbers stand below each other. */
  isNumber?: boolean;
}

interface Props<Row> {
  columns: FactColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => Key;
  /** px that the columns take side by side. */
  minWidth: number;
  /** For who does not see it; or the heading that says it. */
  label?: string;
  labelledBy?: string;
  /** What can be done with a row, at its end. */
  acts?: { label: string; of: (row: Row) => ReactNode };
  isFixed?: boolean;
  stickyHeader?: boolean;
  isMarked?: (row: Row) => boolean;
}

export function FactTable<Row>(props: Props<Row>) {
  const { ref, width } = useElementSize();
  const named = { 'aria-label': props.label, 'aria-labelledby': props.labelledBy };
  return <div ref={ref}>{width > 0 && width < props.minWidth ? <Cards {...props} named={named} /> : <Columns {...props} named={named} />}</div>;
}

type Named = { named: { 'aria-label'?: string; 'aria-labelledby'?: string } };

function Columns<Row>({ columns, rows, keyOf, acts, isFixed, stickyHeader, isMarked, named }: Props<Row> & Named) {
  return (
    <Table layout={isFixed ? 'fixed' : undefined} stickyHeader={stickyHeader} {...named}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ name, label, width, isNumber }) => <Table.Th key={name} w={width} ta={isNumber ? 'end' : undefined}>{label}</Table.Th>)}
          {acts && <Table.Th w={48}><VisuallyHidden>{acts.label}</VisuallyHidden></Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)} fw={isMarked?.(row) ? 600 : undefined}>
            {columns.map(({ name, isNumber, cell }) => (
              <Table.Td key={name} ta={isNumber ? 'end' : undefined} style={isNumber ? { whiteSpace: 'nowrap' } : { overflowWrap: 'anywhere' }}>{cell(row)}</Table.Td>
            ))}
            {acts && <Table.Td ta="end">{acts.of(row)}</Table.Td>}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Cards<Row>({ columns, rows, keyOf, acts, isMarked, named }: Props<Row> & Named) {
  return (
    <ul className={styles.cards} {...named}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          <Group gap="xs" wrap="nowrap" align="flex-start" fw={isMarked?.(row) ? 600 : undefined}>
            <div className={styles.facts}><Card row={row} columns={columns} /></div>
            {acts?.of(row)}
          </Group>
        </li>
      ))}
    </ul>
  );
}
