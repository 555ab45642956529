/** The page's title, and at its right what is done here most. */
import { Group, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** Beside the title: a status, a number. */
  beside?: ReactNode;
  action?: ReactNode;
}

export function PageHead({ title, beside, action }: Props) {
  useDocumentTitle(`${title} · Muster`);
  return (
    <Group justify="space-between" mb="md" wrap="wrap" gap="sm">
      <Group gap="sm">
        <Title order={1} dir="auto">
          {title}
        </Title>
        {beside}
      </Group>
      {action}
    </Group>
  );
}
