/** Whether somebody can be sent to: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MailState } from './person.ts';

const COLORS: Record<MailState, string> = { canBeSentTo: 'green.6', optedOut: 'red.6', held: 'yellow.6', noAddress: 'gray.5' };

export function MailStateWord({ state }: { state: MailState }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap">
      <Box w={8} h={8} bg={COLORS[state]} bdrs="xl" flex="none" aria-hidden />
      <Text size="sm" truncate>{t(`people.state.${state}`)}</Text>
    </Group>
  );
}
