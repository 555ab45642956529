/** The state of a campaign: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { statusColors } from './acts.ts';
import type { Status } from './search.ts';

export function StatusWord({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Group component="span" display="inline-flex" gap={6} wrap="nowrap">
      <Box component="span" w={8} h={8} bg={`${statusColors[status]}.6`} bdrs="xl" flex="none" aria-hidden />
      <Text span size="sm">{t(`campaigns.status.${status}`)}</Text>
    </Group>
  );
}
