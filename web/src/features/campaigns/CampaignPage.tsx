/** One campaign: when it goes, how far it is, why it stands still, and what became of it. */
import { Anchor, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Fragment, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isGone, useJob } from '../../api/jobs.ts';
import { may, useMe } from '../../api/session.ts';
import { NotLoaded } from '../../app/errors.tsx';
import { useFormat } from '../../app/format.ts';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { MailFrame } from '../../ui/MailFrame.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { letters } from '../composer/abtest/abTest.ts';
import { useReadable } from '../composer/useReadable.ts';
import { CampaignActs } from './CampaignActs.tsx';
import { Caught } from './Caught.tsx';
import { ToWords } from './cells.tsx';
import { Held } from './Held.tsx';
import { campaignQuery, type Campaign } from './queries.ts';
import { isReadying, Readying } from './Readying.tsx';
import { ReportTabs } from './report/ReportTabs.tsx';
import { Scheduled } from './Scheduled.tsx';
import { Sending } from './Sending.tsx';
import { StatusWord } from './StatusWord.tsx';

export function CampaignPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { campaignId } = useParams({ from: '/signed-in/campaigns/$campaignId' });
  const { job: asked } = useSearch({ from: '/signed-in/campaigns/$campaignId' });
  const askedJob = useJob(asked ?? null);
  const awaited = asked === undefined || isGone(askedJob) ? null : asked;
  const found = useQuery(campaignQuery(campaignId, awaited !== null && isReadying(askedJob.data)));
  const campaign = found.data?.data;
  const jobId = campaign?.send_job_id ?? awaited;
  const job = useJob(jobId).data;
  if (!campaign && found.error) return <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!campaign) return <Skeleton h={240} />;
  const isLeaving = campaign.status === 'draft' && jobId !== null;
  if (campaign.status === 'draft' && !isLeaving && may(me, 'market')) return <ToComposer campaignId={campaignId} />;
  return (
    <Stack gap="md" key={campaignId}>
      <Head campaign={campaign} />
      {found.error && <ProblemAlert error={found.error} title={t('campaigns.old')} />}
      {isLeaving && <Readying campaign={campaign} job={job} />}
      {campaign.status === 'scheduled' && <Scheduled campaign={campaign} etag={found.data?.etag ?? null} />}
      {(campaign.status === 'scheduled' || (campaign.status === 'draft' && !isLeaving)) && <Held campaign={campaign} />}
      {(campaign.status === 'sending' || campaign.status === 'paused') && <Sending campaign={campaign} />}
      <Caught figures={campaign.figures} />
      {campaign.status === 'draft' || campaign.status === 'scheduled' ? <Mail campaign={campaign} /> : <ReportTabs campaign={campaign} />}
    </Stack>
  );
}

/** A draft has nothing to tell yet: it is written. */
function ToComposer({ campaignId }: { campaignId: number }) {
  const navigate = useNavigate();
  useEffect(() => void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId }, replace: true }), [campaignId, navigate]);
  return <Skeleton h={240} />;
}

function Head({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const read = useReadable();
  const { subject, preview_text, sent_at, started_at, user_name, origin, ab_test } = campaign;
  const at = sent_at ?? started_at;
  const subjects = ab_test?.what === 'subject' ? [subject, ...(ab_test.variants ?? []).map((one) => one.subject)] : [subject];
  return (
    <div>
      <LinkAnchor to="/campaigns" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('campaigns.title')}</LinkAnchor>
      <PageHead
        title={campaign.name}
        beside={<StatusWord status={campaign.status} />}
        action={<CampaignActs campaign={campaign} onDeleted={() => void navigate({ to: '/campaigns' })} />}
      />
      <Text size="sm" component="div" mt={-8}>
        {t('campaigns.subject')}:{' '}
        {subjects.length > 1 ? subjects.map((one, i) => <Fragment key={letters[i]}>{i > 0 && ' · '}{letters[i]}: <bdi>{one ? read(one) : t('campaigns.noSubject')}</bdi></Fragment>) : subject ? <bdi>{read(subject)}</bdi> : t('campaigns.noSubject')}
        {preview_text && <> – <bdi>{read(preview_text)}</bdi></>}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        {t('campaigns.to')}: <ToWords to={campaign.to} />
        {at && ` · ${t(sent_at ? 'campaigns.sentOn' : 'campaigns.begunOn', { when: format.time(at) })}`}
        {user_name && <> · {t('campaigns.madeBy')}: <bdi>{user_name}</bdi></>}
      </Text>
      {origin !== 'crm' && <Text size="sm" c="dimmed">{t(`campaigns.originAbout.${origin}`)}</Text>}
    </div>
  );
}

/** As it is saved. */
function Mail({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  if (!campaign.content) return null;
  const address = `/campaigns/${campaign.id}/preview`;
  return (
    <Paper component="section" aria-labelledby="mail-as-sent">
      <Title order={2} fz="md" id="mail-as-sent" mb="xs">{t('campaigns.mail')}</Title>
      <MailFrame src={address} version={campaign.updated_at ?? ''} title={t('campaigns.mailFrame', { name: campaign.name })} h="60vh" />
      <Anchor size="sm" href={address} target="_blank" rel="noopener">{t('campaigns.mailAlone')}</Anchor>
    </Paper>
  );
}
