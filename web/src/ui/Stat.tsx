/** A number and what it counts; it may open what it counts. */
import { Paper, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './Stat.module.css';

interface Props {
  label: string;
  value: ReactNode;
  color?: string;
  /** Below: what it means, or where it leads. */
  children?: ReactNode;
  /** Shows what it counts, on this page. */
  onOpen?: () => void;
  /** What it counts is shown. */
  isOpen?: boolean;
}

export function Stat({ onOpen, isOpen, ...props }: Props) {
  if (!onOpen)
    return (
      <Paper p="sm" miw={120} flex={1}>
        <Words {...props} />
      </Paper>
    );
  return (
    <UnstyledButton className={styles.opens} miw={120} flex={1} aria-pressed={isOpen} onClick={onOpen}>
      <Words {...props} />
    </UnstyledButton>
  );
}

function Words({ label, value, color, children }: Omit<Props, 'onOpen' | 'isOpen'>) {
  return (
    <>
      <Text size="xs" c="dimmed" component="span" display="block">{label}</Text>
      <Text fz={22} fw={600} c={color && `var(--mantine-color-${color}-light-color)`} component="span" display="block">{value}</Text>
      {children}
    </>
  );
}
