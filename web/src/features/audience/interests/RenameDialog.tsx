/** Another name for an interest, or for what is like one. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sayOfName } from './names.ts';

interface Named {
  id: string;
  name: string;
}

/** What is asked of a mutation. */
interface Renaming {
  mutate: (one: Named, then: { onSuccess: (saved: { name: string }) => void }) => void;
  isPending: boolean;
  error: unknown;
}

interface Props {
  one: Named;
  about?: string;
  rename: Renaming;
  onClose: () => void;
}

export function RenameDialog({ one, about, rename, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const [name, setName] = useState(one.name);
  const ofName = sayOfName(rename.error, 'name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate({ id: one.id, name: name.trim() }, {
      onSuccess: (saved) => {
        toast.tell(t('audience.saved', { name: saved.name }));
        onClose();
      },
    });
  };
  return (
    <Dialog onClose={onClose} title={t('audience.renameOf', { name: one.name })}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" label={t('audience.interestName')} description={about} value={name} error={ofName} onChange={(event) => setName(event.currentTarget.value)} />
          {!ofName && <AudienceProblem error={rename.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={rename.isPending}>{t('ui.save')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
