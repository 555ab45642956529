/** It was sent off: a job makes it ready, or says why it did not go. */
import { Paper, Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Job } from '../../api/jobs.ts';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import type { Campaign } from './queries.ts';

/** The campaign will be another one soon. */
export function isReadying(job: Job | undefined): boolean {
  return job?.state !== 'failed' && job?.state !== 'canceled';
}

export function Readying({ campaign, job }: { campaign: Campaign; job: Job | undefined }) {
  const { t } = useTranslation();
  if (isReadying(job)) return <Paper>{job ? <JobProgress job={job} title={t('campaigns.readying')} /> : <Skeleton h={40} />}</Paper>;
  return (
    <Stack gap="sm">
      <ProblemAlert error={new Error(job?.error ?? '')} title={t('campaigns.notSent')} />
      <LinkButton to="/campaigns/$campaignId/edit" params={{ campaignId: campaign.id }} w="fit-content">{t('campaigns.backToDraft')}</LinkButton>
    </Stack>
  );
}
