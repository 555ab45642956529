/** What is set up, and what was left for later; on to the people. */
import { Button, List, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useSetupSteps, type SetupSteps } from './queries.ts';
import { names, order } from './steps.ts';

export function EndStep({ steps }: { steps: SetupSteps }) {
  const { t } = useTranslation();
  const router = useRouter();
  const finish = useSetupSteps();
  return (
    <Stack>
      <List spacing="xs" center listStyleType="none">
        {order.map((name) => {
          const isDone = steps[name] === 'done';
          return (
            <List.Item
              key={name}
              icon={
                <ThemeIcon size={20} radius="xl" color={isDone ? 'green' : 'gray'} variant="light" aria-hidden>
                  {isDone ? <IconCheck size={14} /> : <IconClock size={14} />}
                </ThemeIcon>
              }
            >
              {t(isDone ? 'setup.isDone' : 'setup.isLater', { step: t(names[name]) })}
            </List.Item>
          );
        })}
      </List>
      <Text size="sm" c="dimmed">{t('setup.endAbout')}</Text>
      <ProblemAlert error={finish.error} />
      <Button
        w="fit-content"
        loading={finish.isPending}
        onClick={() => finish.mutate({ finished: true }, { onSuccess: () => void router.navigate({ to: '/people' }) })}
      >
        {t('setup.toPeople')}
      </Button>
    </Stack>
  );
}
