/** It is about to go, on its way, or gone: what was sent is not changed any more. What was typed too late can be taken along. */
import { Alert, Button, CopyButton, Stack, Text, Textarea } from '@mantine/core';
import { IconMailFast } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { OrderedBy } from '../campaigns/OrderedBy.tsx';
import { StatusWord } from '../campaigns/StatusWord.tsx';
import type { Campaign } from './queries.ts';

/** What was not saved. */
export interface Lost {
  label: string;
  words: string;
}

export function NotDraft({ campaign, lost = [] }: { campaign: Campaign; lost?: Lost[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, name, status, schedule_at } = campaign;
  const isScheduled = status === 'scheduled';
  return (
    <Stack>
      <PageHead title={name} beside={<StatusWord status={status} />} />
      {lost.length > 0 && <TooLate lost={lost} />}
      <EmptyState
        icon={<IconMailFast size={24} />}
        title={status === 'draft' ? t('campaigns.readying') : t('composer.notDraft')}
        about={
          isScheduled
            ? t('composer.scheduledAbout', { when: schedule_at ? format.time(schedule_at) : '' })
            : t(`composer.${status === 'draft' ? 'leaving' : status === 'canceled' || status === 'sent' ? status : 'sending'}About`)
        }
        action={
          <>
            <OrderedBy campaign={campaign} />
            <LinkButton to="/campaigns/$campaignId" params={{ campaignId: id }}>{t('composer.toCampaign')}</LinkButton>
          </>
        }
      />
    </Stack>
  );
}

function TooLate({ lost }: { lost: Lost[] }) {
  const { t } = useTranslation();
  const all = lost.map(({ label, words }) => `${label}\n${words}`).join('\n\n');
  return (
    <Alert color="yellow" variant="light" role="alert" title={t('composer.tooLate')}>
      <Stack gap="sm">
        <Text size="sm">{t('composer.tooLateAbout')}</Text>
        {lost.map(({ label, words }, i) => <Textarea key={i} label={label} dir="auto" readOnly autosize maxRows={12} value={words} />)}
        <CopyButton value={all}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" w="fit-content" onClick={copy}>{t(copied ? 'composer.copied' : 'composer.copy')}</Button>
          )}
        </CopyButton>
      </Stack>
    </Alert>
  );
}
