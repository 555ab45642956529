/** What was left for later when the server was set up, and the way there. */
import { Group, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { setupQuery } from '../setup/queries.ts';
import { names, order } from '../setup/steps.ts';

export function OpenSteps() {
  const { t } = useTranslation();
  const steps = useQuery(setupQuery).data;
  const open = steps ? order.filter((step) => steps[step] !== 'done') : [];
  if (open.length === 0) return null;
  return (
    <Paper p="xs" mb="md">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t('setup.stillOpen', { count: open.length, steps: open.map((step) => t(names[step])).join(', ') })}</Text>
        <LinkButton to="/setup" size="compact-sm" variant="default">{t('setup.openSetup')}</LinkButton>
      </Group>
    </Paper>
  );
}
