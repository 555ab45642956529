/** The saved mail as it arrives: as somebody gets it, and how an inbox shows it. */
import { Box, Group, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MailPreview, type View } from '../../../ui/MailPreview/MailPreview.tsx';
import { PersonSelect } from '../PersonSelect.tsx';
import { WhoseItIs } from '../WhoseItIs.tsx';
import { lettersOf, type Letter } from '../abtest/abTest.ts';
import { VariantControl } from '../abtest/VariantControl.tsx';
import { campaignQuery, useEnvelope } from '../queries.ts';

interface Props {
  id: number;
  version: string;
  /** Of an A/B test of contents; left out: any can be chosen. */
  variant?: Letter;
  /** The one that is shown first. */
  first?: Letter;
  onLetter?: (letter: Letter) => void;
  views?: readonly View[];
}

export function CampaignPreview({ id, version, variant: only, first = 'A', onLetter, views }: Props) {
  const { t } = useTranslation();
  const [personId, setPersonId] = useState<number | null>(null);
  const [letter, setLetter] = useState<Letter>(first);
  const test = useQuery(campaignQuery(id)).data?.data.ab_test;
  const letters = only || !test ? [] : lettersOf({ variants: test.variants ?? [{}] });
  const variant = only ?? (letters.includes(letter) ? letter : undefined);
  const { data } = useEnvelope(id, personId, variant);
  return (
    <Box>
      {letters.length > 0 && (
        <Group mb="sm">
          <VariantControl
            label={t('composer.ab.shown')} letters={letters} value={variant ?? 'A'}
            onChange={(next) => {
              setLetter(next);
              onLetter?.(next);
            }}
          />
        </Group>
      )}
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
