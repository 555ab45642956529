/** Whether somebody can be sent to: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { mailColors, type MailStatus } from './mailColors.ts';

/** isWhole: in as many words as it takes; else in the one or two that a list has room for. */
export function MailStateWord({ state, isWhole = false }: { state: MailStatus; isWhole?: boolean }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      <Box w={8} h={8} bg={mailColors[state]} bdrs="xl" flex="none" aria-hidden />
      <Text size="sm" truncate={!isWhole} title={isWhole ? undefined : t(`people.mailStatus.${state}`)}>{t(isWhole ? `people.mailStatus.${state}` : `people.state.${state}`)}</Text>
    </Group>
  );
}
