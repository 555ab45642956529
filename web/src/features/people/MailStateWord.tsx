/** Whether somebody can be sent to: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person } from './queries.ts';

type MailStatus = Person['mail_status'];

const COLORS: Record<MailStatus, string> = {
  agreed: 'green.6', open: 'gray.5', opted_out: 'red.6', shared_opt_out: 'red.6', held: 'yellow.6', no_address: 'gray.5',
  unsubscribed: 'red.6', pending: 'yellow.6', refused: 'yellow.6',
};

/** isWhole: in as many words as it takes; else in the one or two that a list has room for. */
export function MailStateWord({ state, isWhole = false }: { state: MailStatus; isWhole?: boolean }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      <Box w={8} h={8} bg={COLORS[state]} bdrs="xl" flex="none" aria-hidden />
      <Text size="sm" truncate={!isWhole} title={isWhole ? undefined : t(`people.mailStatus.${state}`)}>{t(isWhole ? `people.mailStatus.${state}` : `people.state.${state}`)}</Text>
    </Group>
  );
}
