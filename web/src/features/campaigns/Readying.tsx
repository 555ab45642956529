/** It was sent off: a job makes it ready, or says why it does not go. */
import { Button, Paper, Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAnswerJob, type Job } from '../../api/jobs.ts';
import { may, useMe } from '../../api/session.ts';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { Held, isAsking } from './Held.tsx';
import type { Campaign } from './queries.ts';

/** The campaign will be another one soon. */
export function isReadying(job: Job | undefined): boolean {
  return job?.state !== 'failed' && job?.state !== 'canceled';
}

export function Readying({ campaign, job }: { campaign: Campaign; job: Job | undefined }) {
  const { t } = useTranslation();
  const isOn = isReadying(job);
  return (
    <Stack gap="sm">
      {isOn && !isAsking(campaign) && <Paper>{job ? <JobProgress job={{ ...job, error: null }} title={t('campaigns.readying')} /> : <Skeleton h={40} />}</Paper>}
      {isOn || campaign.hold ? <Held campaign={campaign} /> : <ProblemAlert error={new Error(job?.error ?? '')} title={t('campaigns.notSent')} />}
      {isOn && job && <Stop jobId={job.id} />}
      {(!isOn || isAsking(campaign)) && (
        <LinkButton to="/campaigns/$campaignId/edit" params={{ campaignId: campaign.id }} variant="default" w="fit-content">{t('campaigns.backToDraft')}</LinkButton>
      )}
    </Stack>
  );
}

/** It is a draft again then. */
function Stop({ jobId }: { jobId: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const answer = useAnswerJob(jobId);
  if (!may(me, 'send')) return null;
  return (
    <>
      <Button variant="default" w="fit-content" loading={answer.isPending} onClick={() => answer.mutate(false)}>{t('campaigns.stopSending')}</Button>
      <ProblemAlert error={answer.error} title={t('campaigns.notDone')} />
    </>
  );
}
