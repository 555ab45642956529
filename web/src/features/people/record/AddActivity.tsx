/** A note, a call, a meeting, a letter, a task: written down where it will stand. What was typed stays until it is saved. */
import { Button, Group, Paper, SegmentedControl, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { useAddActivity, type Activity, type ActivityKind } from './queries.ts';

const kinds: ActivityKind[] = ['note', 'call', 'meeting', 'letter', 'task'];
const blank: Activity = { kind: 'note', subject: '', body: '', direction: null, day: '' };

function isReady({ kind, subject, body }: Activity): boolean {
  if (kind === 'note') return body.trim() !== '';
  return kind === 'task' ? subject.trim() !== '' : subject.trim() !== '' || body.trim() !== '';
}

export function AddActivity({ personId }: { personId: number }) {
  const { t } = useTranslation();
  const add = useAddActivity(personId);
  const [activity, setActivity] = useState(blank);
  const form = useRef<HTMLFormElement>(null);
  const { kind } = activity;
  const set = (change: Partial<Activity>) => setActivity({ ...activity, ...change });
  const hasText = kind !== 'task';
  const isOpen = activity.body !== '' || activity.subject !== '' || kind !== 'note';
  const leaving = useUnsaved(activity.body !== '' || activity.subject !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(activity, {
      onSuccess: () => {
        setActivity({ ...blank, kind });
        form.current?.querySelector<HTMLElement>('input[type=text], textarea')?.focus();
      },
    });
  };
  return (
    <Paper component="section" aria-label={t('person.write')}>
      <form ref={form} onSubmit={submit}>
        <Stack gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('person.kindTitle')}
            data={kinds.map((one) => ({ value: one, label: t(`person.kind.${one}`) }))}
            value={kind}
            onChange={(next) => set({ kind: next as ActivityKind })}
          />
          {kind !== 'note' && (
            <TextInput
              dir="auto"
              label={kind === 'task' ? t('person.taskTitle') : t('person.subject')}
              value={activity.subject}
              onChange={(event) => set({ subject: event.currentTarget.value })}
            />
          )}
          {hasText && (
            <Textarea
              dir="auto"
              autosize
              minRows={kind === 'note' && !isOpen ? 1 : 2}
              maxRows={12}
              aria-label={t(`person.text.${kind}`)}
              placeholder={t(`person.text.${kind}`)}
              value={activity.body}
              onChange={(event) => set({ body: event.currentTarget.value })}
            />
          )}
          {isOpen && (
            <Group gap="xs" align="flex-end">
              {kind !== 'note' && (
                <TextInput
                  type="date"
                  w={160}
                  label={kind === 'task' ? t('person.dueOn') : t('person.happenedOn')}
                  value={activity.day}
                  onChange={(event) => set({ day: event.currentTarget.value })}
                />
              )}
              {(kind === 'call' || kind === 'letter') && (
                <Select
                  w={160}
                  clearable
                  label={t('person.direction')}
                  data={[{ value: 'out', label: t('person.out') }, { value: 'in', label: t('person.in') }]}
                  value={activity.direction}
                  onChange={(direction) => set({ direction: direction as Activity['direction'] })}
                />
              )}
              <Button type="submit" ms="auto" loading={add.isPending} disabled={!isReady(activity)}>
                {t(`person.add.${kind}`)}
              </Button>
            </Group>
          )}
          <ProblemAlert error={add.error} title={t('person.notSavedKept')} />
        </Stack>
      </form>
      {leaving}
    </Paper>
  );
}
