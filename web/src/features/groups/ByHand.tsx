/** What was decided by hand in a group whose list is fixed, and is not asked of the criteria. */
import { Button, Group as Row, SegmentedControl, Text } from '@mantine/core';
import { IconUserMinus, IconUserPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { nothing, type Selection } from '../../ui/DataTable/selection.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { PeopleTable } from '../people/PeopleTable.tsx';
import type { Scope } from '../people/search.ts';
import { HandDialog } from './HandDialog.tsx';
import { OtherMembers } from './OtherMembers.tsx';
import { useByHand, type Group } from './queries.ts';
import { useShownMembers } from './useShownMembers.ts';

export function ByHand({ group }: { group: Group }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const { hand } = useSearch({ from: '/signed-in/groups/$groupId' });
  const navigate = useNavigate({ from: '/groups/$groupId' });
  const members = useShownMembers();
  const [isAdding, setAdding] = useState(false);
  const isOut = hand === 'out';
  const mayChange = may(me, 'market');
  const number = (n: number | undefined) => (n === undefined ? '' : ` (${format.number(n)})`);
  const scope: Scope = { group_id: group.id, how: isOut ? 'excluded' : 'hand' };
  const Icon = isOut ? IconUserMinus : IconUserPlus;
  const add = mayChange && (
    <Button size="xs" leftSection={<Icon size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t(isOut ? 'groups.takeOut' : 'groups.putIn')}
    </Button>
  );
  const nobody = (
    <EmptyState
      icon={<Icon size={24} aria-hidden />}
      title={t(isOut ? 'groups.noneOut' : 'groups.noneIn')}
      about={t(isOut ? 'groups.noneOutAbout' : 'groups.noneInAbout')}
    />
  );
  const bar = (selection: Selection, onSelect: (selection: Selection) => void) => (
    <HandBar group={group} mayChange={mayChange} selection={selection} onSelect={onSelect} />
  );
  return (
    <>
      <Row gap="xs" mb="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('groups.tab.hand')}
          data={[
            { value: 'in', label: `${t('groups.in')}${number(group.by_hand?.included)}` },
            { value: 'out', label: `${t('groups.out')}${number(group.by_hand?.excluded)}` },
          ]}
          value={isOut ? 'out' : 'in'}
          onChange={(to) => void navigate({ search: { tab: 'hand', hand: to === 'out' ? 'out' : undefined } })}
        />
        {add}
        {group.criteria && <Text size="xs" c="dimmed">{t(isOut ? 'groups.outAbout' : 'groups.inAbout')}</Text>}
      </Row>
      {group.entity === 'people' ? (
        <PeopleTable
          key={scope.how}
          {...members}
          label={t(isOut ? 'groups.out' : 'groups.in')}
          scope={scope}
          bar={({ selection, onSelect }) => bar(selection, onSelect)}
          nobody={nobody}
        />
      ) : (
        <OtherMembers key={scope.how} entity={group.entity} scope={scope} nobody={nobody} bar={bar} />
      )}
      {isAdding && <HandDialog group={group} act={isOut ? 'exclude' : 'include'} onClose={() => setAdding(false)} />}
    </>
  );
}

interface BarProps {
  group: Group;
  mayChange: boolean;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

/** Rows of the list, which are never more than a request can carry. */
function HandBar({ group, mayChange, selection, onSelect }: BarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const byHand = useByHand();
  const ids = selection.kind === 'rows' ? [...selection.ids] : [];
  const words = (count: number) => ({ count, n: format.number(count) });
  const reset = () =>
    byHand.mutate({ id: group.id, act: 'reset', ids }, {
      onSuccess: ({ changed }) => {
        toast.tell(t('groups.wasReset', words(changed)));
        onSelect(nothing);
      },
    });
  return (
    <>
      <Row gap="xs" mb={6} mih={30} flex="none" role="group" aria-label={t('bulk.title')}>
        <Text size="sm" fw={600} role="status">{t('bulk.selected', words(ids.length))}</Text>
        {mayChange && (
          <>
            <Button size="compact-sm" variant="default" loading={byHand.isPending} onClick={reset}>
              {t('groups.reset', words(ids.length))}
            </Button>
            <Text size="xs" c="dimmed">{t(group.criteria ? 'groups.resetAboutCriteria' : 'groups.resetAboutNone')}</Text>
          </>
        )}
        <Button size="compact-sm" variant="subtle" color="gray" c="dimmed" onClick={() => onSelect(nothing)}>
          {t('bulk.clear')}
        </Button>
      </Row>
      <ProblemAlert error={byHand.error} title={t('groups.notChanged')} />
    </>
  );
}
