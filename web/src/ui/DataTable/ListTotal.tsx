/** How many there are, above a list. An old number never stands under new words. */
import { Text, type TextProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rows } from './rows.ts';

interface Props extends TextProps {
  rows: Pick<Rows<unknown>, 'total' | 'isOld' | 'error'>;
  /** Once the number is known. */
  children: ReactNode;
}

export function ListTotal({ rows, children, ...style }: Props) {
  const { t } = useTranslation();
  return (
    <Text size="sm" c="dimmed" mb={6} role="status" aria-busy={rows.isOld} {...style}>
      {rows.isOld ? !rows.error && t('ui.counting') : rows.total !== null && children}
    </Text>
  );
}
