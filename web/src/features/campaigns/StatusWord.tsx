/** The state of a campaign: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { statusColors } from './acts.ts';
import type { Status } from './search.ts';

export function StatusWord({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap">
      <Box w={8} h={8} bg={`${statusColors[status]}.6`} bdrs="xl" flex="none" aria-hidden />
      <Text size="sm" truncate>{t(`campaigns.status.${status}`)}</Text>
    </Group>
  );
}
