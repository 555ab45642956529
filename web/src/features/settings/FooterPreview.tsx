/** What stands below every mail, as delivery/mailing.c writes it. */
import { Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function FooterPreview({ organisation, address }: { organisation: string; address: string }) {
  const { t } = useTranslation();
  const oneLine = address.split('\n').map((line) => line.trim()).filter(Boolean).join(', ');
  return (
    <Stack gap={6} component="section" aria-label={t('settings.footer')}>
      <Text size="sm" fw={600}>{t('settings.footer')}</Text>
      <Paper p="lg" ta="center" lang="en" data-testid="footer-preview">
        <Text size="xs" c="dimmed">This e-mail was sent to ada@example.org.</Text>
        <Text size="xs" c="dimmed" dir="auto">{organisation || `(${t('settings.organisation')})`}</Text>
        <Text size="xs" c="dimmed" dir="auto">{oneLine || `(${t('settings.address')})`}</Text>
        <Text size="xs" c="dimmed" td="underline" mt="xs">Unsubscribe</Text>
      </Paper>
      <Text size="xs" c="dimmed">{t('settings.footerAbout')}</Text>
    </Stack>
  );
}
