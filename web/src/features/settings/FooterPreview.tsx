/** What stands below every mail, as delivery/mailing.c writes it; the address begins with the name, as campaign/merge/merge_name.c sees to. */
import { Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFooter } from './queries.ts';

interface Props {
  organisation: string;
  address: string;
  /** Of mails that do not say theirs; '': English. */
  language: string;
}

export function FooterPreview({ organisation, address, language }: Props) {
  const { t } = useTranslation();
  const footer = useFooter(language);
  const lines = address.split('\n').map((line) => line.trim()).filter(Boolean);
  const isNamed = organisation !== '' && lines.some((line) => namesAtFirst(line, organisation.trim()));
  return (
    <Stack gap={6} component="section" aria-label={t('settings.footer')}>
      <Text size="sm" fw={600}>{t('settings.footer')}</Text>
      <Paper p="lg" ta="center" lang={footer?.language} dir={footer?.direction} data-testid="footer-preview">
        <Text size="xs" c="dimmed">{footer?.sent_to.replace('*|EMAIL|*', 'ada@example.org')}</Text>
        <Text size="xs" c="dimmed" dir="auto">
          {[...(isNamed ? [] : [organisation.trim() || `(${t('settings.organisation')})`]), ...(lines.length > 0 ? lines : [`(${t('settings.address')})`])].join(', ')}
        </Text>
        <Text size="xs" c="dimmed" mt="xs">
          <Text span inherit td="underline">{footer?.preferences}</Text> · <Text span inherit td="underline">{footer?.unsubscribe}</Text>
        </Text>
      </Paper>
      <Text size="xs" c="dimmed">{t('settings.footerAbout')}</Text>
    </Stack>
  );
}

function namesAtFirst(line: string, name: string): boolean {
  return line.toLowerCase().startsWith(name.toLowerCase()) && ' ,;.|'.includes(line.charAt(name.length));
}
