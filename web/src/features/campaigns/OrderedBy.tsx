/** Who has scheduled or sent it, and when. Of what was canceled, that tells nothing. */
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import type { Campaign } from './queries.ts';

export function OrderedBy({ campaign: { status, schedule_at, ordered_by, ordered_at } }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!ordered_by || !ordered_at || status === 'canceled') return null;
  const words = { who: ordered_by, when: format.time(ordered_at) };
  return <Text size="sm" c="dimmed">{t(schedule_at ? 'campaigns.scheduledBy' : 'campaigns.sentBy', words)}</Text>;
}
