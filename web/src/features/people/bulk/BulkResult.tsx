/**
 * Progress of a bulk act, which can be left and found again (its number stands
 * in the address), and what came of it, with those who were refused.
 */
import { Button, Collapse, CloseButton, Group, List, Paper, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { hasEnded, useJob } from '../../../api/jobs.ts';
import { useFormat } from '../../../app/format.ts';
import { JobProgress } from '../../../ui/JobProgress.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { nameOf } from '../person.ts';
import { useBulk, usePeopleOf, type BulkInput } from '../queries.ts';
import { outcomeOf, undoOf, type BulkOutcome } from './acts.ts';

/** An act that was begun here. */
export interface Begun {
  jobId: number;
  body: BulkInput;
}

interface Props {
  jobId: number;
  /** Left out: it was begun elsewhere, and is not taken back here. */
  begun?: Begun;
  onClose: () => void;
  /** The job that takes it back. */
  onUndone: (jobId: number) => void;
}

export function BulkResult({ jobId, begun, onClose, onUndone }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const panel = useRef<HTMLDivElement>(null);
  const found = useJob(jobId);
  const job = found.data;
  const isOver = job !== undefined && hasEnded(job);
  const outcome = isOver ? outcomeOf(job.result) : null;

  useEffect(() => panel.current?.focus(), [jobId]);
  useEffect(() => {
    if (!isOver) return;
    for (const key of ['people', 'tags', 'groups']) void queries.invalidateQueries({ queryKey: [key] });
  }, [isOver, queries]);

  return (
    <Paper ref={panel} tabIndex={-1} p="sm" mb="xs" role="region" aria-label={t('bulk.job')} style={{ outline: 'none' }}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ flex: 1, minWidth: 0 }}>
          {found.error && <ProblemAlert error={found.error} />}
          {job && !outcome && <JobProgress job={job} title={t('bulk.job')} />}
          {job && !isOver && <Text size="xs" c="dimmed">{t('bulk.mayLeave')}</Text>}
          {outcome && <Outcome outcome={outcome} body={begun?.jobId === jobId ? begun.body : undefined} onUndone={onUndone} />}
        </div>
        <CloseButton aria-label={t('ui.close')} onClick={onClose} />
      </Group>
    </Paper>
  );
}

interface OutcomeProps {
  outcome: BulkOutcome;
  body?: BulkInput;
  onUndone: (jobId: number) => void;
}

function Outcome({ outcome, body, onUndone }: OutcomeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, refused] = useDisclosure(false);
  const back = useBulk();
  const undo = body ? undoOf(body, outcome) : null;
  const counts = [t('bulk.changed', { count: outcome.changed, n: format.number(outcome.changed) })];
  if (outcome.unchanged > 0) counts.push(t('bulk.unchanged', { count: outcome.unchanged, n: format.number(outcome.unchanged) }));
  return (
    <>
      <Group gap="sm" role="status">
        <Text size="sm" fw={600}>{body ? t('bulk.doneWhat', { what: t(`bulk.act.${body.act}`) }) : t('bulk.done')}</Text>
        {counts.map((text) => <Text key={text} size="sm">{text}</Text>)}
        {outcome.refused_count > 0 && (
          <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={refused.toggle}>
            {t('bulk.refused', { count: outcome.refused_count, n: format.number(outcome.refused_count) })}
          </Button>
        )}
        {undo && (
          <Button
            size="compact-sm"
            variant="default"
            loading={back.isPending}
            onClick={() => back.mutate(undo, { onSuccess: (made) => onUndone(made.job_id) })}
          >
            {t('ui.undo')}
          </Button>
        )}
      </Group>
      <ProblemAlert error={back.error} />
      <Collapse expanded={isOpen}>{isOpen && <Refused outcome={outcome} />}</Collapse>
    </>
  );
}

function Refused({ outcome }: { outcome: BulkOutcome }) {
  const { t } = useTranslation();
  const people = usePeopleOf(outcome.refused.map(({ id }) => id)).data;
  return (
    <List size="sm" mt="xs" mah={200} style={{ overflowY: 'auto' }}>
      {outcome.refused.map(({ id, why }) => {
        const person = people?.get(id);
        return (
          <List.Item key={id}>
            <LinkAnchor to="/people/$personId" params={{ personId: id }} size="sm" underline="always" dir="auto">
              {(person && nameOf(person)) || t('people.number', { id })}
            </LinkAnchor>
            {` – ${why}`}
          </List.Item>
        );
      })}
      {outcome.refused_count > outcome.refused.length && (
        <List.Item>{t('bulk.moreRefused', { count: outcome.refused_count - outcome.refused.length })}</List.Item>
      )}
    </List>
  );
}
