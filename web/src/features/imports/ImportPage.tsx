/** One import: how far it is, what it asks, what became of it, and taking it back. */
import { Alert, Badge, Button, Group, Paper, Radio, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswerJob, useJob } from '../../api/jobs.ts';
import { useFormat } from '../../app/format.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ImportCounts } from './ImportCounts.tsx';
import { ImportPeople } from './ImportPeople.tsx';
import { NoMail } from './NoMail.tsx';
import { hasPeople, importQuery, isDry, isOpen, useUndo, type Import } from './queries.ts';
import { Refusals } from './Refusals.tsx';
import type { Outcome } from './search.ts';
import { stateColors } from './states.ts';
import { Unclear } from './Unclear.tsx';

/** An import that would opt many out waits for a word. */
function Confirm({ run }: { run: Import }) {
  const { t } = useTranslation();
  const job = useJob(run.job_id);
  const confirm = useAnswerJob(run.job_id);
  const question = (job.data?.result as { question?: string } | null)?.question;
  return (
    <Alert color="yellow" title={t('imports.asks')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{question}</Text>
        <ProblemAlert error={confirm.error} />
        <Group>
          <Button onClick={() => confirm.mutate(true)} loading={confirm.isPending}>{t('imports.goOn')}</Button>
          <Button variant="default" onClick={() => confirm.mutate(false)} disabled={confirm.isPending}>{t('imports.stop')}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Undo({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const undo = useUndo(run.id);
  const [isAsking, setAsking] = useState(false);
  const [isKeeping, setKeeping] = useState(true);
  const optOuts = run.opt_outs ?? 0;
  if (!hasPeople(run)) return null;
  const about = { created: format.number(run.created), updated: format.number(run.updated) };
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {t('imports.undo')}
      </Button>
      <AskFirst
        isOpen={isAsking}
        title={t('imports.undoTitle')}
        about={t('imports.undoAbout', about)}
        act={t('imports.undoAct', { count: run.created + run.updated })}
        isBusy={undo.isPending}
        error={undo.error}
        onAct={() => undo.mutate(isKeeping, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {optOuts > 0 && (
          <Radio.Group
            label={t('imports.undoOptOuts', { count: optOuts, n: format.number(optOuts) })}
            value={isKeeping ? 'keep' : 'give'}
            onChange={(value) => setKeeping(value === 'keep')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={t('imports.undoKeep')} />
              <Radio value="give" label={t('imports.undoGive')} />
            </Stack>
          </Radio.Group>
        )}
      </AskFirst>
    </>
  );
}

/** What taking it back did, and what it kept because somebody had changed it since. */
function Undone({ run }: { run: Import }) {
  const { t } = useTranslation();
  const job = useJob(run.undo_job_id);
  const result = (job.data?.result ?? {}) as { removed?: number; restored?: number; kept?: number; opt_outs_kept?: number; opt_outs_given_back?: number };
  const optOuts = { kept: result.opt_outs_kept ?? 0, given: result.opt_outs_given_back ?? 0 };
  if (!run.undo_job_id || !job.data) return null;
  if (run.state === 'undoing') return <JobProgress job={job.data} title={t('imports.undoing')} />;
  return (
    <Alert variant="light" color="gray" title={t('imports.undone')}>
      {t('imports.undoneAbout', { removed: result.removed ?? 0, restored: result.restored ?? 0, kept: result.kept ?? 0 })}
      {(optOuts.kept > 0 || optOuts.given > 0) && ` ${t('imports.undoneOptOuts', optOuts)}`}
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
  const job = useJob(run && isOpen(run) && run.state !== 'undoing' ? run.job_id : null);

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
        {t('imports.by', { when: format.time(run.created_at), who: run.user_name ?? t('imports.program') })}
        {isDry(run) && ` · ${t('imports.wasTrial')}`}
      </Text>
      {state === 'needs_confirmation' && <Confirm run={run} />}
      {state === 'failed' && <ProblemAlert error={new Error(run.error ?? '')} title={t('imports.failed')} />}
      {job.data && isOpen(run) && <Paper><JobProgress job={job.data} title={t('imports.running')} /></Paper>}
      <Undone run={run} />
      <Title order={2}>{t('imports.result')}</Title>
      <ImportCounts run={run} isTrial={isDry(run)} {...opening} />
      <NoMail run={run} isTrial={isDry(run)} {...opening} />
      <Unclear run={run} />
      {show && show !== 'refused' && hasPeople(run) ? <ImportPeople run={run} outcome={show} /> : <Refusals run={run} />}
    </Stack>
  );
}
