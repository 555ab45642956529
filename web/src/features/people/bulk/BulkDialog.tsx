/** Asks what an act needs, says how many it is about, and begins it. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { sizeOf, type Selection } from '../../../ui/DataTable/selection.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ChoiceInput, NameInput } from '../../../ui/NameInput.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { isTypedRight, TypedNumber } from '../../../ui/TypedNumber.tsx';
import { useBulk, useTags, type BulkInput } from '../queries.ts';
import type { Listed } from '../search.ts';
import { bulkBody, isReady, isTyped, needsGroup, noInput, type ActInput, type BulkAct } from './acts.ts';
import { useGroupChoice } from './useGroupChoice.ts';

interface Props {
  act: BulkAct;
  listed: Listed;
  selection: Selection;
  total: number;
  onStarted: (jobId: number, body: BulkInput) => void;
  onLookAgain: () => void;
  onClose: () => void;
}

export function BulkDialog({ act, listed, selection, total, onStarted, onLookAgain, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const bulk = useBulk();
  const [input, setInput] = useState({ ...noInput, groupId: act === 'remove_from_group' ? (listed.group_id ?? null) : null });
  const group = useGroupChoice(act === 'add_to_group');
  const [typed, setTyped] = useState('');
  /** How many they were when the server said that there are more. */
  const [was, setWas] = useState<number | null>(null);
  const count = sizeOf(selection, total);
  const problem = bulk.error ? problemOf(bulk.error) : null;
  const isMore = problem?.status === 409 && selection.kind === 'all';
  const isConfirmed = !isTyped(act, count) || isTypedRight(typed, count);
  const needs = needsGroup(act, input);
  const isWhole = needs ? group.isReady : isReady(act, input);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole || !isConfirmed) return;
    const groupId = needs ? await group.id().catch(() => null) : input.groupId;
    if (needs && groupId === null) return;
    bulk.mutate(bulkBody(act, { ...input, groupId }, selection, listed, count), {
      onSuccess: ({ job_id }, body) => {
        onClose();
        onStarted(job_id, body);
      },
      onError: (error) => {
        if (problemOf(error).status === 409) setWas(count);
      },
    });
  };
  const words = { count, n: format.number(count) };
  return (
    <Dialog onClose={onClose} title={t(`bulk.act.${act}`)}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          {isMore ? (
            <Alert color="yellow" role="alert" title={t('bulk.more')}>
              <Text size="sm" mb="xs">
                {was !== null && count > was ? t('bulk.moreNow', { count: count - was, n: format.number(count) }) : problem.message}
              </Text>
              {was === count && (
                <Button size="xs" variant="default" onClick={onLookAgain}>{t('bulk.lookAgain')}</Button>
              )}
            </Alert>
          ) : (
            problem && !problem.of('tag') && !problem.of('reason') && <ProblemAlert error={problem} title={t('bulk.notBegun')} />
          )}
          <Text size="sm">{t(`bulk.about.${act}`, words)}</Text>
          {needs && <ChoiceInput choice={group} />}
          <Inputs act={act} input={input} onChange={setInput} errorOf={(field) => problem?.of(field)} />
          {isTyped(act, count) && <TypedNumber count={count} typed={typed} onType={setTyped} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button
              type="submit"
              color={act === 'delete' || act === 'opt_out' ? 'red' : undefined}
              disabled={!isWhole || !isConfirmed}
              loading={bulk.isPending || group.isBusy}
            >
              {t(`bulk.do.${act}`, words)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface InputsProps {
  act: BulkAct;
  input: ActInput;
  onChange: (input: ActInput) => void;
  errorOf: (field: string) => string | undefined;
}

function Inputs({ act, input, onChange, errorOf }: InputsProps) {
  const { t } = useTranslation();
  const known = useTags().data;
  if (act === 'tag' || act === 'untag')
    return (
      <NameInput
        kind="tag"
        label={t('bulk.tag')}
        known={known}
        mayMake={act === 'tag'}
        value={input.tag}
        error={errorOf('tag')}
        onChange={(tag) => onChange({ ...input, tag })}
      />
    );
  if (act === 'opt_out')
    return (
      <Textarea
        data-autofocus
        required
        label={t('bulk.reason')}
        description={t('bulk.reasonAbout')}
        dir="auto"
        autosize
        minRows={2}
        value={input.reason}
        error={errorOf('reason')}
        onChange={(event) => onChange({ ...input, reason: event.currentTarget.value })}
      />
    );
  return null;
}
