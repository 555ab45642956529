/**
 * Progress of an act on many, which can be left and found again (its number
 * stands in the address), and what came of it, with those who were refused.
 */
import { Button, CloseButton, Collapse, Group, List, Paper, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hasEnded, useJob } from '../api/jobs.ts';
import { useFormat } from '../app/format.ts';
import { outcomeOf, type BulkOutcome } from './bulkOutcome.ts';
import { JobProgress } from './JobProgress.tsx';
import { ProblemAlert } from './ProblemAlert.tsx';

interface Props {
  jobId: number;
  /** What it is called while nobody knows more. */
  title: string;
  /** What was done; left out: it was begun elsewhere. */
  what?: string;
  /** Once it has ended. */
  onOver: () => void;
  onClose: () => void;
  /** Beside the figures, such as a way back. */
  beside?: (outcome: BulkOutcome) => ReactNode;
  /** Those who were refused, each with its link. */
  refused: (outcome: BulkOutcome) => ReactNode;
}

export function BulkJob({ jobId, title, what, onOver, onClose, beside, refused }: Props) {
  const { t } = useTranslation();
  const panel = useRef<HTMLDivElement>(null);
  const over = useRef(onOver);
  over.current = onOver;
  const found = useJob(jobId);
  const job = found.data;
  const isOver = job !== undefined && hasEnded(job);
  const hasFailed = job?.state === 'failed';
  const outcome = isOver ? outcomeOf(job.result) : null;

  useEffect(() => panel.current?.focus(), [jobId]);
  useEffect(() => {
    if (isOver) over.current();
  }, [isOver]);

  return (
    <Paper ref={panel} tabIndex={-1} p="sm" mb="xs" role="region" aria-label={title} style={{ outline: 'none' }}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ flex: 1, minWidth: 0 }}>
          {found.error && <ProblemAlert error={found.error} />}
          {job && (!outcome || hasFailed) && <JobProgress job={job} title={title} />}
          {job && !isOver && <Text size="xs" c="dimmed">{t('bulk.mayLeave')}</Text>}
          {outcome && <Outcome outcome={outcome} hasFailed={hasFailed} what={what} beside={beside?.(outcome)} refused={refused} />}
        </div>
        <CloseButton aria-label={t('ui.close')} onClick={onClose} />
      </Group>
    </Paper>
  );
}

interface OutcomeProps {
  outcome: BulkOutcome;
  /** Then the progress says so, and these are the figures until then. */
  hasFailed: boolean;
  what?: string;
  beside: ReactNode;
  refused: (outcome: BulkOutcome) => ReactNode;
}

function Outcome({ outcome, hasFailed, what, beside, refused }: OutcomeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, list] = useDisclosure(false);
  const counts = [t('bulk.changed', { count: outcome.changed, n: format.number(outcome.changed) })];
  if (outcome.unchanged > 0) counts.push(t('bulk.unchanged', { count: outcome.unchanged, n: format.number(outcome.unchanged) }));
  return (
    <>
      <Group gap="sm" role="status">
        {!hasFailed && <Text size="sm" fw={600}>{what ? t('bulk.doneWhat', { what }) : t('bulk.done')}</Text>}
        {counts.map((text) => <Text key={text} size="sm">{text}</Text>)}
        {outcome.refused_count > 0 && (
          <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={list.toggle}>
            {t('bulk.refused', { count: outcome.refused_count, n: format.number(outcome.refused_count) })}
          </Button>
        )}
        {beside}
      </Group>
      <Collapse expanded={isOpen}>
        {isOpen && (
          <List size="sm" mt="xs" mah={200} style={{ overflowY: 'auto' }}>
            {refused(outcome)}
            {outcome.refused_count > outcome.refused.length && (
              <List.Item>{t('bulk.moreRefused', { count: outcome.refused_count - outcome.refused.length })}</List.Item>
            )}
          </List>
        )}
      </Collapse>
    </>
  );
}
