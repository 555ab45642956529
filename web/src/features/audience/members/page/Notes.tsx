/** What users wrote about a member. */
import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { Ago } from '../../../../ui/Ago.tsx';
import { AskFirst } from '../../../../ui/AskFirst.tsx';
import { useUnsaved } from '../../../../ui/useUnsaved.tsx';
import { Panel } from '../../../people/record/Panel.tsx';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { useNotes, useRemoveNote, useSaveNote, type Member, type Note } from '../queries.ts';

const LETTERS_MOST = 1000;

export function Notes({ member }: { member: Member }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const notes = useNotes(member);
  const [version, setVersion] = useState(0);
  return (
    <Panel title={t('members.notes')}>
      {notes.data?.length === 0 && !mayChange && <Text size="sm" c="dimmed">{t('members.noNotes')}</Text>}
      {mayChange && <NoteForm key={version} member={member} onDone={() => setVersion(version + 1)} />}
      <AudienceProblem error={notes.error} />
      <Stack gap="sm" component="ul" p={0} mx={0} my="xs" style={{ listStyle: 'none' }}>
        {notes.data?.map((note) => <One key={note.id} member={member} note={note} mayChange={mayChange} />)}
      </Stack>
    </Panel>
  );
}

function One({ member, note, mayChange }: { member: Member; note: Note; mayChange: boolean }) {
  const { t } = useTranslation();
  const remove = useRemoveNote(member);
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const close = () => setOpen(null);
  return (
    <li>
      {open === 'edit' ? <NoteForm member={member} note={note} onDone={close} onCancel={close} /> : (
        <Text size="sm" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{note.note}</Text>
      )}
      <Group gap={4} justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">{note.created_by && <><bdi>{note.created_by}</bdi> · </>}<Ago at={note.created_at} /></Text>
        {mayChange && open !== 'edit' && (
          <Group gap={4} wrap="nowrap">
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('members.editNote')} onClick={() => setOpen('edit')}><IconPencil size={14} aria-hidden /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('members.removeNote')} onClick={() => setOpen('remove')}><IconTrash size={14} aria-hidden /></ActionIcon>
          </Group>
        )}
      </Group>
      <AskFirst
        isOpen={open === 'remove'}
        title={t('members.removeNote')}
        about={t('members.removeNoteAbout')}
        act={t('members.remove')}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(note.id, { onSuccess: close })}
        onClose={close}
      />
    </li>
  );
}

interface FormProps {
  member: Member;
  /** Left out: a new one. */
  note?: Note;
  onDone: () => void;
  onCancel?: () => void;
}

function NoteForm({ member, note, onDone, onCancel }: FormProps) {
  const { t } = useTranslation();
  const save = useSaveNote(member);
  const before = note?.note ?? '';
  const [text, setText] = useState(before);
  const isDirty = text.trim() !== before && text.trim() !== '';
  const leaving = useUnsaved(isDirty && !save.isPending);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isDirty) save.mutate({ noteId: note?.id, note: text.trim() }, { onSuccess: onDone });
  };
  const label = t(note ? 'members.editNote' : 'members.newNote');
  return (
    <form onSubmit={submit} noValidate>
      {leaving}
      <Stack gap={6}>
        <Textarea autosize minRows={2} maxRows={10} dir="auto" maxLength={LETTERS_MOST} aria-label={label} placeholder={label} autoFocus={note !== undefined} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <AudienceProblem error={save.error} title={t('audience.notSaved')} />
        <Group gap="xs">
          <Button type="submit" size="compact-sm" disabled={!isDirty} loading={save.isPending}>{t(note ? 'ui.save' : 'members.addNote')}</Button>
          {onCancel && <Button size="compact-sm" variant="default" onClick={onCancel}>{t('ui.cancel')}</Button>}
        </Group>
      </Stack>
    </form>
  );
}
