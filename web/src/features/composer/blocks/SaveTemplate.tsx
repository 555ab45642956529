/** This mail's blocks, for other mails to begin with. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useSaveTemplate } from '../queries.ts';

const NAME_MAX = 100;

export function SaveTemplate({ name: first, design, onClose }: { name: string; design: object; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveTemplate();
  const [name, setName] = useState(first.slice(0, NAME_MAX));
  const done = () => {
    toast.tell(t('composer.template.saved', { name: name.trim() }));
    onClose();
  };
  return (
    <Dialog title={t('composer.template.save')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name: name.trim(), design }, { onSuccess: done });
        }}
      >
        <Stack>
          <TextInput data-autofocus label={t('composer.template.name')} dir="auto" maxLength={NAME_MAX} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <ProblemAlert error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={save.isPending} disabled={!name.trim()}>{t('ui.save')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
