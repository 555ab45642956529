/** What a feed has brought: each mail, and what became of it. */
import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sentQuery, type FeedCampaign } from './queries.ts';

export function SentDialog({ campaign, name, onClose }: { campaign: FeedCampaign; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery(sentQuery(campaign.id));
  return (
    <Dialog title={t('audience.feedSentOf', { name })} size="xl" onClose={onClose}>
      {!found.data && (found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={120} />)}
      {found.data?.length === 0 && <Text size="sm">{t('audience.feedSentNone')}</Text>}
      {found.data && found.data.length > 0 && (
        <FactTable
          label={t('audience.feedSentOf', { name })}
          minWidth={520}
          rows={found.data}
          keyOf={({ id }) => id}
          columns={[
            { name: 'subject', label: t('audience.feedSubject'), width: '45%', cell: ({ settings }) => <bdi>{settings.subject_line}</bdi> },
            { name: 'when', label: t('audience.begun'), isNamed: true, cell: ({ send_time }) => <Ago at={send_time} /> },
            { name: 'sent', label: t('audience.feedMails'), isNamed: true, isNumber: true, cell: ({ emails_sent }) => format.number(emails_sent) },
            { name: 'opens', label: t('audience.feedOpens'), isNamed: true, isNumber: true, cell: ({ report_summary: sum }) => format.percent(sum?.open_rate ?? 0, 1) },
            { name: 'clicks', label: t('audience.feedClicks'), isNamed: true, isNumber: true, cell: ({ report_summary: sum }) => format.percent(sum?.click_rate ?? 0, 1) },
          ]}
        />
      )}
    </Dialog>
  );
}
