/** How many there are, above a list. */
import { Text, type TextProps } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Rows } from './rows.ts';

interface Props extends TextProps {
  rows: Pick<Rows<unknown>, 'total' | 'isOld'>;
  /** Once the number is known. */
  children: ReactNode;
}

export function ListTotal({ rows, children, ...style }: Props) {
  return (
    <Text size="sm" c="dimmed" mb={6} role="status" aria-busy={rows.isOld} {...style}>
      {rows.total !== null && children}
    </Text>
  );
}
