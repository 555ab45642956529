/** Forgetting a person for good: says what it does, and takes the name to be typed. */
import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { nameOf } from '../person.ts';
import type { Person } from '../queries.ts';
import { useErasePerson } from './queries.ts';

interface Props {
  person: Person;
  onClose: () => void;
  onErased: () => void;
}

export function EraseDialog({ person, onClose, onErased }: Props) {
  const { t } = useTranslation();
  const erase = useErasePerson(person.id);
  const [typed, setTyped] = useState('');
  const name = nameOf(person) || String(person.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    erase.mutate(undefined, { onSuccess: onErased });
  };
  return (
    <Dialog onClose={onClose} title={t('person.erase')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('person.eraseAbout')}</Text>
          <List size="sm" spacing={4}>
            <List.Item>{t('person.eraseGone')}</List.Item>
            <List.Item>{t('person.eraseAudience')}</List.Item>
            <List.Item>{t('person.eraseFigures')}</List.Item>
            <List.Item>{t('person.eraseImport')}</List.Item>
          </List>
          <ProblemAlert error={erase.error} title={t('person.notErased')} />
          <TextInput
            data-autofocus
            dir="auto"
            autoComplete="off"
            label={t('person.typeName', { name })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" color="red" loading={erase.isPending} disabled={typed.trim() !== name.trim()}>
              {t('person.eraseDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
