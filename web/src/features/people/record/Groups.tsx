/** The groups that a person is in now, by criteria or by hand; they are put into one, or taken out. */
import { Button, CloseButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { ChoiceInput } from '../../../ui/NameInput.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useByHand } from '../../groups/queries.ts';
import { useGroupChoice } from '../bulk/useGroupChoice.ts';
import { Panel } from './Panel.tsx';
import { useGroupsOf } from './queries.ts';

export function Groups({ personId }: { personId: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const found = useGroupsOf(personId);
  const byHand = useByHand();
  const [isAdding, setAdding] = useState(false);
  const groups = found.data ?? [];
  const mayChange = may(me, 'market');
  const ids = [personId];
  const takeOut = (id: number, name: string) =>
    byHand.mutate({ id, act: 'exclude', ids }, {
      onSuccess: () => toast.tellUndo(t('groups.wentOut', { name }), () => byHand.mutate({ id, act: 'include', ids })),
    });
  return (
    <Panel title={t('groups.own')}>
      {found.isLoading && <Skeleton h={24} />}
      {found.data && groups.length === 0 && <Text size="sm" c="dimmed">{t('groups.ownNone')}</Text>}
      <Stack gap={4} mah={280} style={{ overflowY: 'auto' }}>
        {groups.map((group) => (
          <Group key={group.id} gap="xs" justify="space-between" wrap="nowrap" mih={26}>
            <Text size="sm" truncate>
              <LinkAnchor to="/groups/$groupId" params={{ groupId: group.id }} size="sm" dir="auto" title={group.name}>{group.name}</LinkAnchor>
              <Text span size="xs" c="dimmed"> {t(`groups.ownBy.${group.how}`)}</Text>
            </Text>
            {mayChange && group.kind === 'static' && (
              <CloseButton
                size="sm"
                aria-label={t('groups.takeOutOf', { name: group.name })}
                onClick={() => takeOut(group.id, group.name)}
              />
            )}
          </Group>
        ))}
      </Stack>
      {mayChange && (
        <Button mt="xs" size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
          {t('groups.putInto')}
        </Button>
      )}
      <ProblemAlert error={found.error} title={t('groups.ownFailed')} />
      <ProblemAlert error={byHand.error} title={t('groups.notChanged')} />
      {isAdding && <PutInto personId={personId} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function PutInto({ personId, onClose }: { personId: number; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const byHand = useByHand();
  const group = useGroupChoice(true);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const groupId = group.isReady ? await group.id().catch(() => null) : null;
    if (groupId === null) return;
    byHand.mutate({ id: groupId, act: 'include', ids: [personId] }, {
      onSuccess: () => {
        toast.tell(t('groups.wentIn'));
        onClose();
      },
    });
  };
  return (
    <Dialog onClose={onClose} title={t('groups.putIntoTitle')}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="sm">
          <ChoiceInput choice={group} />
          <ProblemAlert error={byHand.error} title={t('groups.notChanged')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!group.isReady} loading={byHand.isPending || group.isBusy}>{t('groups.putIntoDo')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
