/** Whose mail it is that is shown, and if they get none of it, why. */
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useReasonTitle } from '../pushes/words.ts';
import type { Envelope } from './queries.ts';

export function WhoseItIs({ envelope }: { envelope: Envelope }) {
  const { t } = useTranslation();
  if (envelope.left_out) return <GetsNone envelope={envelope} />;
  return (
    <Text size="xs" c="dimmed" dir="auto">
      {envelope.person ? t('composer.subject.of', { name: envelope.person.name }) : t('composer.subject.ofNobody')}
    </Text>
  );
}

export function GetsNone({ envelope: { person, left_out } }: { envelope: Envelope }) {
  const { t } = useTranslation();
  const titleOf = useReasonTitle();
  if (!person || !left_out) return null;
  const why = left_out === 'not_chosen' ? t('composer.person.notChosen') : titleOf(left_out);
  return <Text size="xs" fw={600} c="var(--mantine-color-error)" dir="auto" role="status">{t('composer.person.getsNone', { name: person.name, why })}</Text>;
}
