/** Tabs in one line: where they have no room it scrolls, and the one that is shown is in sight. */
import { Tabs } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import styles from './TabsLine.module.css';

interface Props {
  /** That is shown. */
  value: string;
  children: ReactNode;
}

export function TabsLine({ value, children }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [value]);
  return <Tabs.List ref={list} className={styles.line}>{children}</Tabs.List>;
}
