/** The first people: to look around with, or later. */
import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { DemoData } from '../settings/DemoData.tsx';
import { demoQuery } from '../settings/queries.ts';

export function PeopleStep({ onDone, children }: { onDone: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  const demo = useQuery(demoQuery);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Paper>
          <Stack gap="sm">
            <Title order={3}>{t('jobs.demo')}</Title>
            <DemoData />
          </Stack>
        </Paper>
        <Paper>
          <Stack gap="sm">
            <Title order={3}>{t('setup.import')}</Title>
            <Text size="sm" c="dimmed">{t('setup.importAbout')}</Text>
            <LinkButton to="/imports" variant="default" w="fit-content">
              {t('setup.importGo')}
            </LinkButton>
          </Stack>
        </Paper>
      </SimpleGrid>
      <Group>
        {(demo.data?.present || demo.data?.job_id) && <Button onClick={onDone}>{t('setup.goOn')}</Button>}
        {children}
      </Group>
    </Stack>
  );
}
