/** It is on its way, or gone: what was sent is not changed any more. */
import { Stack } from '@mantine/core';
import { IconMailFast } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import type { Campaign } from './queries.ts';

export function NotDraft({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <PageHead title={campaign.name} />
      <EmptyState
        icon={<IconMailFast size={24} />}
        title={t('composer.notDraft')}
        about={campaign.status === 'scheduled' ? t('composer.scheduledAbout') : t('composer.sentAbout')}
        action={<LinkButton to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>{t('composer.toCampaign')}</LinkButton>}
      />
    </Stack>
  );
}
