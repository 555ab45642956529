/** What stands around the set-up: nothing that could distract. */
import { Box, Container, Group, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  /** At the end of the top line: a way out. */
  action?: ReactNode;
  children: ReactNode;
}

export function SetupFrame({ action, children }: Props) {
  const { t } = useTranslation();
  useDocumentTitle(`${t('setup.title')} · Muster`);
  return (
    <Box>
      <Box component="header" px="md" style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
        <Group h={52} justify="space-between">
          <Text fw={700}>Muster</Text>
          {action}
        </Group>
      </Box>
      <Container component="main" size="md" py="xl">
        {children}
      </Container>
    </Box>
  );
}
