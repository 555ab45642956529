/** Whether somebody can be sent to: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person } from './queries.ts';

type MailStatus = Person['mail_status'];

const COLORS: Record<MailStatus, string> = {
  agreed: 'green.6', open: 'green.6', opted_out: 'red.6', held: 'yellow.6', no_address: 'gray.5',
  unsubscribed: 'red.6', pending: 'yellow.6', refused: 'yellow.6',
};

export function MailStateWord({ state }: { state: MailStatus }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap">
      <Box w={8} h={8} bg={COLORS[state]} bdrs="xl" flex="none" aria-hidden />
      <Text size="sm" truncate>{t(`people.state.${state}`)}</Text>
    </Group>
  );
}
