/** A part of a record's page, with its title. */
import { Group, Paper, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

export function Panel({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="xs" mih={26} wrap="nowrap">
        <Title order={2} id={id} fz="md">{title}</Title>
        {beside}
      </Group>
      {children}
    </Paper>
  );
}
