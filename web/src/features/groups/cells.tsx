/** What a list of groups says of each. */
import { Skeleton, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { CellLink, NameLink } from '../../ui/DataTable/CellLink.tsx';
import { rememberOpened } from '../../ui/DataTable/lastOpened.ts';
import { inTag } from '../pushes/states.ts';
import { useGroupCount, type Group } from './queries.ts';

export const GROUPS = 'groups';
export const DEFAULT_COLUMNS = ['name', 'kind', 'count', 'last_push', 'updated_at', 'created_by'];

export function useGroupColumns(): Column<Group>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      { name: 'name', label: t('groups.name'), width: 250, isSortable: true, cell: (group) => <NameCell group={group} /> },
      { name: 'kind', label: t('groups.kindHead'), width: 140, isSortable: false, cell: (group) => t(`groups.kind.${group.kind}`) },
      { name: 'entity', label: t('groups.of'), width: 100, isSortable: false, cell: (group) => t(`groups.entity.${group.entity}`) },
      { name: 'count', label: t('groups.members'), width: 110, isSortable: false, isNamed: true, cell: (group) => <Count id={group.id} /> },
      { name: 'last_push', label: t('groups.lastPush'), width: 220, isSortable: false, isNamed: true, cell: (group) => <LastPush group={group} format={format} /> },
      { name: 'updated_at', label: t('groups.changed'), width: 130, isSortable: true, isNamed: true, cell: (group) => <Ago at={group.updated_at} /> },
      { name: 'created_at', label: t('groups.created'), width: 130, isSortable: true, isNamed: true, cell: (group) => <Ago at={group.created_at} /> },
      { name: 'created_by', label: t('groups.madeBy'), width: 150, isSortable: false, isNamed: true, cell: (group) => group.created_by && <bdi>{group.created_by}</bdi> },
    ],
    // the format follows the language
    [t],
  );
}

function NameCell({ group }: { group: Group }) {
  return (
    <NameLink to="/groups/$groupId" params={{ groupId: group.id }} title={group.name} onClick={() => rememberOpened(GROUPS, group.id)}>
      {group.name}
    </NameLink>
  );
}

function Count({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = useGroupCount(id);
  if (count.data === null || count.data === undefined)
    return count.error ? <Text span size="xs" c="dimmed">{t('groups.uncounted')}</Text> : <Skeleton h={10} w={48} />;
  return (
    <CellLink to="/groups/$groupId" params={{ groupId: id }} onClick={() => rememberOpened(GROUPS, id)}>
      {format.number(count.data)}
    </CellLink>
  );
}

function LastPush({ group, format }: { group: Group; format: Format }) {
  const { t } = useTranslation();
  const push = group.last_push;
  if (!push) return group.entity === 'people' && <Text span size="xs" c="dimmed">{t('groups.never')}</Text>;
  const n = push.result ? inTag(push.result) : 0;
  return (
    <CellLink to="/pushes/$pushId" params={{ pushId: push.id }} title={format.time(push.at)}>
      {format.relative(push.at)}
      {' · '}
      {push.state === 'done' ? t('groups.pushed', { count: n, n: format.number(n) }) : t(`groups.lastState.${push.state}`)}
    </CellLink>
  );
}
