/** A condition of a list, which can be taken away. */
import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './FilterBar.module.css';

interface Props {
  isWide?: boolean;
  onRemove: () => void;
  children: ReactNode;
}

export function Chip({ isWide, onRemove, children }: Props) {
  const { t } = useTranslation();
  return (
    <span className={styles.chip} data-wide={isWide || undefined}>
      {children}
      <CloseButton size="xs" miw={24} mih={24} aria-label={t('filter.remove')} onClick={onRemove} />
    </span>
  );
}

export function ChipWords({ children }: { children: ReactNode }) {
  return <span className={styles.words}>{children}</span>;
}
