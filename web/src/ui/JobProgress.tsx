/** Done, total, rate and time left; why it failed. */
import { Group, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hasEnded, type Job } from '../api/jobs.ts';
import { useFormat } from '../app/format.ts';

/** Units a second since it began; null: not known yet. */
function rateOf(job: Job, now: number): number | null {
  if (!job.started_at || job.done === 0) return null;
  const seconds = (now - Date.parse(job.started_at)) / 1000;
  return seconds > 0 ? job.done / seconds : null;
}

interface Props {
  job: Job;
  title: string;
  /** The title as a link to where more is said; the progress is named by the title all the same. */
  link?: ReactNode;
}

export function JobProgress({ job, title, link }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = hasEnded(job) ? null : rateOf(job, Date.now());
  const left = rate && job.total > job.done ? Math.ceil((job.total - job.done) / rate) : null;
  const part = job.total ? (100 * job.done) / job.total : hasEnded(job) ? 100 : 0;
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>{link ?? title}</Text>
        <Text size="xs" c="dimmed">{job.state === 'queued' && job.done > 0 ? t('jobs.goesOn') : t(`jobs.state.${job.state as 'running'}`)}</Text>
      </Group>
      <Progress value={part} color={job.state === 'failed' ? 'red' : undefined} animated={!hasEnded(job)} aria-label={title} />
      <Text size="xs" c="dimmed" aria-live="polite">
        {job.total > 0 && t('jobs.progress', { done: format.number(job.done), total: format.number(job.total) })}
        {rate !== null && ` · ${t('jobs.rate', { rate: format.number(Math.round(rate)) })}`}
        {left !== null && ` · ${t('jobs.left', { count: left })}`}
      </Text>
      {job.error && <Text size="xs" c="red">{job.error}</Text>}
    </Stack>
  );
}
