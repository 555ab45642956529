/**
 * A group of those who are shown: the filter becomes its conditions. Words that
 * were searched for cannot; then it is a fixed list.
 */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUsersGroup } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useMakeList } from '../groups/edit/queries.ts';
import { usePeople } from './queries.ts';
import type { Shown } from './search.ts';

const NAME_MAX = 200;

interface Props {
  shown: Shown;
  isReady: boolean;
  /** The list is being filled. */
  onStarted: (jobId: number) => void;
}

export function MakeGroup({ shown, isReady, onStarted }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const people = usePeople(isReady ? shown : null);
  const total = people.totalIsLeast ? 0 : (people.total ?? 0); // it is being counted
  const [isOpen, dialog] = useDisclosure(false);
  if (!may(me, 'market') || total === 0 || (!shown.q && !shown.filter)) return null;
  const icon = <IconUsersGroup size={16} aria-hidden />;
  if (!shown.q)
    return (
      <LinkButton to="/groups/new" search={{ filter: shown.filter }} variant="default" leftSection={icon}>
        {t('groupEdit.fromList.make')}
      </LinkButton>
    );
  return (
    <>
      <Button variant="default" leftSection={icon} disabled={people.isOld} onClick={dialog.open}>{t('groupEdit.fromList.make')}</Button>
      {isOpen && <ListDialog shown={shown} total={total} onStarted={onStarted} onClose={dialog.close} />}
    </>
  );
}

interface DialogProps extends Pick<Props, 'shown' | 'onStarted'> {
  total: number;
  onClose: () => void;
}

function ListDialog({ shown, total, onStarted, onClose }: DialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const make = useMakeList();
  const [name, setName] = useState('');
  const problem = make.error ? problemOf(make.error) : null;
  const nameProblem = problem?.of('name');
  const words = { count: total, n: format.number(total) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const all = { ...(shown.q ? { q: shown.q } : {}), ...(shown.filter ? { filter: shown.filter } : {}) };
    make.mutate(
      { name: name.trim(), all, expected: total },
      {
        onSuccess: ({ job_id }) => {
          onClose();
          onStarted(job_id);
        },
      },
    );
  };
  return (
    <Dialog onClose={onClose} title={t('groupEdit.fromList.make')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t('groupEdit.fromList.words')}</Text>
          <Text size="sm">{t('groupEdit.fromList.about', words)}</Text>
          {problem && !nameProblem && <ProblemAlert error={problem} title={t('groupEdit.fromList.failed')} />}
          <TextInput
            data-autofocus
            required
            dir="auto"
            maxLength={NAME_MAX}
            label={t('groupEdit.fromList.name')}
            value={name}
            error={nameProblem}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!name.trim()} loading={make.isPending}>{t('groupEdit.fromList.do', words)}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
