/** What somebody wrote down, changed where it stands. */
import { Button, Skeleton, Stack, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { FormActions } from '../../../ui/FormActions.tsx';
import { MeetingAlert } from '../../../ui/MeetingAlert.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useRecordForm, type Loaded } from '../../../ui/useRecordForm.ts';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { useEntry, type Entry, type EntryText } from './queries.ts';

interface Props {
  entry: Entry;
  personId: number;
  onClose: () => void;
}

const labels = { title: 'person.taskTitle', subject: 'person.subject', body: 'person.entryText' } as const;
type Name = keyof typeof labels;

export function EditEntry(props: Props) {
  const { t } = useTranslation();
  const { found, save, reload } = useEntry(props.personId, props.entry);
  if (found.data) return <Form {...props} loaded={found.data} save={save} reload={reload} />;
  if (!found.error) return <Skeleton h={96} />;
  return (
    <Stack gap="xs">
      <ProblemAlert error={found.error} />
      <Button variant="default" size="xs" w="fit-content" onClick={props.onClose}>{t('ui.close')}</Button>
    </Stack>
  );
}

interface FormProps extends Props {
  loaded: Loaded<EntryText>;
  save: (text: EntryText, etag: string | null) => Promise<Loaded<EntryText>>;
  reload: () => Promise<Loaded<EntryText>>;
}

function Form({ loaded, save, reload, onClose }: FormProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLFormElement>(null);
  const { form, ...record } = useRecordForm<EntryText>({ loaded, save, reload, onSaved: onClose });
  const leaving = useUnsaved(record.isDirty && !record.isSaving);
  const names = Object.keys(loaded.values) as Name[];
  useEffect(() => frame.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  return (
    <form ref={frame} onSubmit={record.submit} noValidate aria-label={t('person.editing')}>
      {leaving}
      <Stack gap="xs">
        {names.map((name) =>
          name === 'body' ? (
            <Textarea key={name} dir="auto" autosize minRows={2} maxRows={12} label={t(labels[name])} {...form.getInputProps(name)} />
          ) : (
            <TextInput key={name} dir="auto" label={t(labels[name])} {...form.getInputProps(name)} />
          ),
        )}
        {record.meeting && (
          <MeetingAlert
            rows={(record.meeting.fields as Name[]).map((name) => ({
              label: t(labels[name]), theirs: record.meeting!.theirs[name] ?? '', mine: form.values[name] ?? '',
            }))}
            onTakeTheirs={record.takeTheirs}
          />
        )}
        <ProblemAlert error={record.problem} title={t('person.notSavedKept')} />
        <FormActions save={t('ui.save')} isSaving={record.isSaving} isDirty={record.isDirty}>
          <Button variant="default" onClick={onClose} disabled={record.isSaving}>{t('ui.cancel')}</Button>
        </FormActions>
      </Stack>
    </form>
  );
}
