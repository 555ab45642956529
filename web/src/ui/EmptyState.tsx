/** A place with nothing in it: what it is, and one thing to do. */
import { Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  icon: ReactNode;
  title: string;
  about: string;
  action?: ReactNode;
}

export function EmptyState({ icon, title, about, action }: Props) {
  return (
    <Center py={64}>
      <Stack align="center" gap="sm" maw={420} ta="center">
        <ThemeIcon size={48} radius="xl" variant="light">
          {icon}
        </ThemeIcon>
        <Title order={2}>{title}</Title>
        <Text c="dimmed">{about}</Text>
        {action}
      </Stack>
    </Center>
  );
}
