/** One push: how far it is, what it asks, and exactly who was in it. */
import { Alert, Badge, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswerJob, useJob } from '../../api/jobs.ts';
import { may, useMe, type Right } from '../../api/session.ts';
import { NotLoaded } from '../../app/errors.tsx';
import { useFormat } from '../../app/format.ts';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { NewCampaign } from '../campaigns/NewCampaign.tsx';
import { Back } from './PlanPage.tsx';
import { PushReport } from './PushReport.tsx';
import { pushQuery, useOutcomeCount, useStopJob, type Push } from './queries.ts';
import type { RowsSearch } from './search.ts';
import { isRunning, stateColors, stateOf } from './states.ts';

export function PushPage() {
  const { t } = useTranslation();
  const { pushId } = useParams({ from: '/signed-in/pushes/$pushId' });
  const search = useSearch({ from: '/signed-in/pushes/$pushId' });
  const navigate = useNavigate({ from: '/pushes/$pushId' });
  const found = useQuery(pushQuery(pushId));
  const push = found.data;
  useEndOf(push);
  if (!push && found.error) return <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!push) return <Skeleton h={240} />;
  const change = (rows: RowsSearch) => void navigate({ search: rows, replace: rows.q !== search.q });
  return (
    <Stack gap="md">
      <Head push={push} />
      {found.error && <ProblemAlert error={found.error} title={t('pushes.old')} />}
      <Condition push={push} />
      <WriteNext push={push} />
      {push.result && !isRunning(push) && <PushReport pushId={push.id} result={push.result} search={search} onChange={change} />}
    </Stack>
  );
}

/** What it changed is read anew as soon as it has ended. */
function useEndOf(push: Push | undefined) {
  const queries = useQueryClient();
  const isOver = push !== undefined && !isRunning(push);
  useEffect(() => {
    if (!isOver) return;
    void queries.invalidateQueries({ queryKey: ['groups'] });
    void queries.invalidateQueries({ queryKey: ['pushes', 'of'] });
  }, [isOver, queries]);
}

function Head({ push }: { push: Push }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const state = stateOf(push);
  const mayPlan = may(me, 'market') && !isRunning(push);
  return (
    <div>
      <Back groupId={push.group_id} name={push.group_name} />
      <PageHead
        title={t(push.dry_run ? 'pushes.planTitle' : 'pushes.title', { name: push.group_name })}
        beside={<Badge variant="dot" color={stateColors[state]} tt="none">{t(`pushes.state.${state}`)}</Badge>}
        action={mayPlan && (
          <LinkButton to="/groups/$groupId/push" params={{ groupId: push.group_id }} variant="default">
            {t(push.dry_run ? 'pushes.planAgain' : 'pushes.pushAgain')}
          </LinkButton>
        )}
      />
      <Text size="sm" c="dimmed" mt={-8}>
        {push.user_name
          ? t('pushes.by', { when: format.time(push.at), who: push.user_name })
          : t('pushes.byProgram', { when: format.time(push.at) })}
        {push.finished_at && !push.dry_run && ` ${t('pushes.until', { when: format.time(push.finished_at) })}`}
      </Text>
    </div>
  );
}

/** Progress, a question, or why it ended early. */
function Condition({ push }: { push: Push }) {
  const { t } = useTranslation();
  const state = stateOf(push);
  const job = useJob(isRunning(push) ? push.job_id : null);
  if (state === 'asking') return <Question push={push} />;
  if (state === 'failed') return <ProblemAlert error={new Error(push.error ?? '')} title={t('pushes.failed')} />;
  if (state === 'canceled') return <Alert color="gray" variant="light" title={t('pushes.stopped')}>{t('pushes.stoppedAbout')}</Alert>;
  if (state === 'done') return <NotTaken push={push} />;
  return (
    <Paper>
      <ForCampaign push={push} />
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ flex: 1, minWidth: 0 }}>
          {job.data ? <JobProgress job={job.data} title={t('pushes.running')} /> : <Skeleton h={40} />}
          <Text size="xs" c="dimmed" mt={4}>{t('bulk.mayLeave')}</Text>
        </div>
        {push.job_id !== null && <Stop jobId={push.job_id} right={rightOf(push)} />}
      </Group>
      <ProblemAlert error={job.error} />
    </Paper>
  );
}

/** The tag is in the audience: what it was put there for. A push that a campaign waits for needs no other. */
function WriteNext({ push }: { push: Push }) {
  const { t } = useTranslation();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  if (stateOf(push) !== 'done' || push.dry_run || push.campaign || !may(me, 'market')) return null;
  return (
    <Paper>
      <Group justify="space-between" gap="sm">
        <Text size="sm" style={{ flex: '1 1 320px' }}>{t('pushes.nextAbout')}</Text>
        <Button leftSection={<IconMail size={16} aria-hidden />} onClick={() => setOpen(true)}>{t('groups.write')}</Button>
      </Group>
      {isOpen && <NewCampaign name={push.group_name} to={{ kind: 'group', id: push.group_id }} onClose={() => setOpen(false)} />}
    </Paper>
  );
}

/** To stop it, or answer what it asks: with it, a campaign goes out or does not. */
function rightOf({ campaign }: Push): Right {
  return campaign ? 'send' : 'market';
}

function Stop({ jobId, right }: { jobId: number; right: Right }) {
  const { t } = useTranslation();
  const me = useMe();
  const stop = useStopJob(jobId);
  if (!may(me, right)) return null;
  return (
    <Stack gap={4} align="flex-end">
      <Button variant="default" size="xs" loading={stop.isPending} onClick={() => stop.mutate()}>{t('pushes.stop')}</Button>
      <ProblemAlert error={stop.error} />
    </Stack>
  );
}

/** A push that would take the tag from very many waits for a word. */
function Question({ push }: { push: Push }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const answer = useAnswerJob(push.job_id ?? 0);
  const n = push.result?.untag ?? 0;
  const words = { count: n, n: format.number(n) };
  const mayAnswer = may(me, rightOf(push));
  return (
    <Alert color="yellow" role="alert" title={t('pushes.asks', words)}>
      <Stack gap="sm">
        <Text size="sm">{t('pushes.asksAbout', words)}</Text>
        <ForCampaign push={push} />
        {!mayAnswer && push.campaign && <Text size="sm">{t('pushes.askSender')}</Text>}
        <ProblemAlert error={answer.error} />
        {mayAnswer && (
          <Group>
            <Button loading={answer.isPending} onClick={() => answer.mutate(true)}>{t(push.campaign ? 'pushes.doUntagAndSend' : 'pushes.doUntag', words)}</Button>
            <Button variant="default" disabled={answer.isPending} onClick={() => answer.mutate(false)}>{t('pushes.stop')}</Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** It is part of sending one, which waits for it. */
function ForCampaign({ push: { campaign, job_state } }: { push: Push }) {
  const { t } = useTranslation();
  if (!campaign) return null;
  return (
    <Text size="sm">
      {t(job_state === 'needs_confirmation' ? 'pushes.askedFor' : 'pushes.madeFor')}{' '}
      <LinkAnchor to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} fz="inherit"><bdi>{campaign.name}</bdi></LinkAnchor>
    </Text>
  );
}

/** What the audience said no to, and what could not be done yet. */
function NotTaken({ push }: { push: Push }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate({ from: '/pushes/$pushId' });
  const refused = useOutcomeCount(push.id, 'refused', !push.dry_run).data ?? 0;
  const parked = useOutcomeCount(push.id, 'parked', !push.dry_run).data ?? 0;
  if (refused + parked === 0) return null;
  const open = (outcome: 'refused' | 'parked') => void navigate({ search: { outcome } });
  return (
    <Alert color="yellow" variant="light" title={t('pushes.notAllTaken')}>
      <Group gap="sm">
        {refused > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => open('refused')}>
            {t('pushes.refusedCount', { count: refused, n: format.number(refused) })}
          </Button>
        )}
        {parked > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => open('parked')}>
            {t('pushes.parkedCount', { count: parked, n: format.number(parked) })}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
