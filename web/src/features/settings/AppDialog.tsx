/** A program is made known: what it asks for is shown once. */
import { Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useAddApp } from './queries.ts';

export function AppDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddApp();
  const [name, setName] = useState('');
  const [back, setBack] = useState('');
  const problem = add.error ? problemOf(add.error) : null;
  const [ofName, ofBack] = [problem?.of('name'), problem?.of('redirect_uri')];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: name.trim(), redirect_uri: back.trim() });
  };
  if (add.data)
    return (
      <Dialog title={<bdi>{add.data.name}</bdi>} onClose={onClose}>
        <Stack gap="sm">
          <Text size="sm">{t('settings.apps.secretAbout')}</Text>
          <Shown label={t('settings.apps.clientId')} value={add.data.client_id} />
          <Shown label={t('settings.apps.clientSecret')} value={add.data.client_secret} />
          <Group justify="flex-end"><Button data-autofocus onClick={onClose}>{t('settings.apps.done')}</Button></Group>
        </Stack>
      </Dialog>
    );
  return (
    <Dialog title={t('settings.apps.add')} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" maxLength={100} label={t('settings.apps.name')} value={name} error={ofName} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput required dir="ltr" type="url" maxLength={500} label={t('settings.apps.back')} description={t('settings.apps.backAbout')} value={back} error={ofBack} onChange={(event) => setBack(event.currentTarget.value)} />
          {!ofName && !ofBack && <ProblemAlert error={add.error} title={t('settings.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim() || !back.trim()} loading={add.isPending}>{t('settings.apps.add')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Shown({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput readOnly dir="ltr" flex={1} label={label} value={value} onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={value}>
        {({ copied, copy }) => <Button variant="default" aria-label={`${t('users.copy')}: ${label}`} onClick={copy}>{t(copied ? 'users.copied' : 'users.copy')}</Button>}
      </CopyButton>
    </Group>
  );
}
