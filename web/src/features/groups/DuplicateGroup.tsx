/** A second group that begins as this one is. */
import { Button, Group as Row, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { useFormat } from '../../app/format.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { IDS_MOST, TooManyByHand, useDuplicate, type Group } from './queries.ts';

const TAKEN = 409;

interface Props {
  group: Group;
  onMade: (made: Group) => void;
  onClose: () => void;
}

export function DuplicateGroup({ group, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const duplicate = useDuplicate();
  const [name, setName] = useState(t('groups.copyOf', { name: group.name }));
  const isTooMany = duplicate.error instanceof TooManyByHand;
  const problem = duplicate.error && !isTooMany ? problemOf(duplicate.error) : null;
  const ofName = problem?.status === TAKEN ? t('groups.taken') : problem?.of('name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    duplicate.mutate({ group, name: name.trim() }, {
      onSuccess: (made) => {
        onClose();
        onMade(made);
      },
    });
  };
  return (
    <Dialog onClose={onClose} title={t('groups.duplicate')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t('groups.duplicateAbout')}</Text>
          <TextInput
            data-autofocus
            required
            label={t('groups.newName')}
            dir="auto"
            maxLength={100}
            value={name}
            error={ofName}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {isTooMany && <ProblemAlert error={new Error(t('groups.tooMany', { most: format.number(IDS_MOST) }))} title={t('groups.notDuplicated')} />}
          {problem && !ofName && <ProblemAlert error={problem} title={t('groups.notDuplicated')} />}
          <Row justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={duplicate.isPending}>{t('groups.duplicate')}</Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  );
}
