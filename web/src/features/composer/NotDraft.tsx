/** It is about to go, on its way, or gone: what was sent is not changed any more. */
import { Stack } from '@mantine/core';
import { IconMailFast } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import type { Campaign } from './queries.ts';

export function NotDraft({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const about = { draft: t('composer.leavingAbout'), scheduled: t('composer.scheduledAbout') };
  return (
    <Stack>
      <PageHead title={campaign.name} />
      <EmptyState
        icon={<IconMailFast size={24} />}
        title={campaign.status === 'draft' ? t('campaigns.readying') : t('composer.notDraft')}
        about={about[campaign.status as keyof typeof about] ?? t('composer.sentAbout')}
        action={<LinkButton to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>{t('composer.toCampaign')}</LinkButton>}
      />
    </Stack>
  );
}
