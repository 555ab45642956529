/** Progress of a bulk act on people, and what came of it, with a way back. */
import { Button, List } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { BulkJob } from '../../../ui/BulkJob.tsx';
import type { BulkOutcome } from '../../../ui/bulkOutcome.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { nameOf } from '../person.ts';
import { useBulk, usePeopleOf, type BulkInput } from '../queries.ts';
import { undoOf } from './acts.ts';

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
  const body = begun?.jobId === jobId ? begun.body : undefined;
  return (
    <BulkJob
      jobId={jobId}
      title={t('bulk.job')}
      what={body && t(`bulk.act.${body.act}`)}
      onOver={() => {
        for (const key of ['people', 'tags', 'groups']) void queries.invalidateQueries({ queryKey: [key] });
      }}
      onClose={onClose}
      beside={(outcome) => <Undo outcome={outcome} body={body} onUndone={onUndone} />}
      refused={(outcome) => <Refused outcome={outcome} />}
    />
  );
}

interface UndoProps {
  outcome: BulkOutcome;
  body?: BulkInput;
  onUndone: (jobId: number) => void;
}

function Undo({ outcome, body, onUndone }: UndoProps) {
  const { t } = useTranslation();
  const back = useBulk();
  const undo = body ? undoOf(body, outcome) : null;
  if (!undo) return null;
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={back.isPending}
        onClick={() => back.mutate(undo, { onSuccess: (made) => onUndone(made.job_id) })}
      >
        {t('ui.undo')}
      </Button>
      <ProblemAlert error={back.error} />
    </>
  );
}

function Refused({ outcome }: { outcome: BulkOutcome }) {
  const { t } = useTranslation();
  const people = usePeopleOf(outcome.refused.map(({ id }) => id)).data;
  return outcome.refused.map(({ id, why }) => {
    const person = people?.get(id);
    return (
      <List.Item key={id}>
        <LinkAnchor to="/people/$personId" params={{ personId: id }} size="sm" underline="always" dir="auto">
          {(person && nameOf(person)) || t('people.number', { id })}
        </LinkAnchor>
        {` – ${why}`}
      </List.Item>
    );
  });
}
