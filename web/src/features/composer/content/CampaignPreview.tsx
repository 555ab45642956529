/** The saved mail as it arrives: as somebody gets it, and how an inbox shows it. */
import { Box, Paper, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MailPreview, type View } from '../../../ui/MailPreview/MailPreview.tsx';
import { PersonSelect } from '../PersonSelect.tsx';
import { WhoseItIs } from '../WhoseItIs.tsx';
import type { Letter } from '../abtest/abTest.ts';
import { useEnvelope } from '../queries.ts';

interface Props {
  id: number;
  version: string;
  /** Of an A/B test. */
  variant?: Letter;
  views?: readonly View[];
}

export function CampaignPreview({ id, version, variant, views }: Props) {
  const { t } = useTranslation();
  const [personId, setPersonId] = useState<number | null>(null);
  const { data } = useEnvelope(id, personId, variant);
  return (
    <Box>
      {data && (
        <Paper p="sm" mb="sm" component="section" aria-label={t('composer.subject.inbox')}>
          <Text size="xs" c="dimmed" dir="auto">{[`${data.from_name} <${data.from_email}>`.trim(), data.to].filter(Boolean).join(' → ')}</Text>
          <Text size="sm" fw={600} dir="auto">{data.subject || t('composer.subject.missing')}</Text>
          <Text size="sm" c="dimmed" truncate dir="auto">{data.preview_text}</Text>
          <WhoseItIs envelope={data} />
        </Paper>
      )}
      <MailPreview address={`/campaigns/${id}/preview`} query={{ person_id: personId, variant: variant ?? null }} version={version} views={views} title={t('composer.content.frame')}>
        <PersonSelect campaignId={id} size="xs" label={t('composer.test.as')} value={personId} onChange={setPersonId} />
      </MailPreview>
    </Box>
  );
}
