/** Whose mail it is that is shown. */
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Envelope } from './queries.ts';

export function WhoseItIs({ envelope }: { envelope: Envelope }) {
  const { t } = useTranslation();
  return (
    <Text size="xs" c="dimmed" dir="auto">
      {envelope.person ? t('composer.subject.of', { name: envelope.person.name }) : t('composer.subject.ofNobody')}
    </Text>
  );
}
