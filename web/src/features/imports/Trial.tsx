/** What the import would do; nothing was changed. */
import { Paper, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useJob } from '../../api/jobs.ts';
import { JobProgress } from '../../ui/JobProgress.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ImportCounts } from './ImportCounts.tsx';
import { NoMail } from './NoMail.tsx';
import { importQuery, isOpen } from './queries.ts';
import { Refusals } from './Refusals.tsx';

export function Trial({ id }: { id: number }) {
  const { t } = useTranslation();
  const run = useQuery(importQuery(id));
  const job = useJob(run.data && isOpen(run.data) ? run.data.job_id : null);
  if (!run.data) return <ProblemAlert error={run.error} />;
  return (
    <Paper aria-live="polite">
      <Stack>
        <Title order={2}>{t('imports.trial')}</Title>
        {isOpen(run.data) && job.data && <JobProgress job={job.data} title={t('imports.checking')} />}
        {run.data.state === 'failed' && <ProblemAlert error={new Error(run.data.error ?? '')} />}
        {run.data.state === 'done' && (
          <>
            <ImportCounts run={run.data} isTrial />
            <NoMail run={run.data} isTrial />
            <Refusals run={run.data} />
          </>
        )}
      </Stack>
    </Paper>
  );
}
