/** One import: how far it is, what it asks, what became of it, and taking it back. */
import { Alert, Badge, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAnswerJob, useJob } from '../../api/jobs.ts';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ImportCounts } from './ImportCounts.tsx';
import { ImportPeople } from './ImportPeople.tsx';
import { NextStep } from './NextStep.tsx';
import { NoMail } from './NoMail.tsx';
import { PassedOver } from './PassedOver.tsx';
import { hasPeople, importQuery, isDry, isOpen, type Import } from './queries.ts';
import { Refusals } from './Refusals.tsx';
import type { Outcome } from './search.ts';
import { stateColors } from './states.ts';
import { Unclear } from './Unclear.tsx';
import { Undo, Undone } from './Undo.tsx';

/** An import that would opt many out waits for a word. */
function Confirm({ run }: { run: Import }) {
  const { t } = useTranslation();
  const job = useJob(run.job_id);
  const me = useMe();
  const confirm = useAnswerJob(run.job_id);
  const mayConfirm = may(me, 'market');
  const isOwn = run.user_name === me.name;
  const question = (job.data?.result as { question?: string } | null)?.question;
  return (
    <Alert color="yellow" title={t('imports.asks')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{question}</Text>
        <ProblemAlert error={confirm.error} />
        {!mayConfirm && <Text size="sm">{t('imports.asksManager')}</Text>}
        <Group>
          {mayConfirm && <Button onClick={() => confirm.mutate(true)} loading={confirm.isPending}>{t('imports.goOn')}</Button>}
          {(mayConfirm || isOwn) && (
            <Button variant="default" onClick={() => confirm.mutate(false)} disabled={confirm.isPending}>{t('imports.stop')}</Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

export function ImportPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { importId } = useParams({ from: '/signed-in/imports/$importId' });
  const { show } = useSearch({ from: '/signed-in/imports/$importId' });
  const navigate = useNavigate({ from: '/imports/$importId' });
  const opening = { show, onShow: (next?: Outcome) => void navigate({ search: { show: next }, replace: true }) };
  const found = useQuery(importQuery(importId));
  const run = found.data;
  const job = useJob(run?.job_id ?? null);

  if (!run) return found.error ? <ProblemAlert error={found.error} /> : <Skeleton h={240} />;
  const state = run.state ?? 'queued';
  return (
    <Stack>
      <PageHead
        title={run.file_name ?? t('imports.noName')}
        beside={<Badge variant="dot" color={stateColors[state]} tt="none">{t(`imports.state.${state}`)}</Badge>}
        action={<Group><Undo run={run} /><LinkButton to="/imports" variant="default">{t('imports.allImports')}</LinkButton></Group>}
      />
      <Text size="sm" c="dimmed">
        {run.user_name
          ? t('imports.by', { when: format.time(run.created_at), who: run.user_name })
          : t('imports.byProgram', { when: format.time(run.created_at) })}
        {isDry(run) && ` · ${t('imports.wasTrial')}`}
      </Text>
      {state === 'needs_confirmation' && <Confirm run={run} />}
      {state === 'failed' && <ProblemAlert error={new Error(run.error ?? '')} title={t('imports.failed')} />}
      {job.data && isOpen(run) && state !== 'undoing' && <Paper><JobProgress job={job.data} title={t('imports.running')} /></Paper>}
      <Undone run={run} />
      <NextStep run={run} />
      <Title order={2}>{t('imports.result')}</Title>
      <ImportCounts run={run} isTrial={isDry(run)} {...opening} />
      <NoMail run={run} isTrial={isDry(run)} {...opening} />
      {job.data && <PassedOver job={job.data} />}
      <Unclear run={run} />
      {show && show !== 'refused' && hasPeople(run) ? <ImportPeople run={run} outcome={show} /> : <Refusals run={run} />}
    </Stack>
  );
}
