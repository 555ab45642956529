/** All groups: who is in them, when they were pushed last, and what can be done with each. */
import { Button, Group as Row, SegmentedControl } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { pick, useKeptColumns } from '../../ui/DataTable/columns.ts';
import { ColumnsMenu } from '../../ui/DataTable/ColumnsMenu.tsx';
import { DataTable, ListPage } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { DEFAULT_COLUMNS, GROUPS, useGroupColumns } from './cells.tsx';
import { GroupActs } from './GroupActs.tsx';
import { useGroups } from './queries.ts';
import { kinds, type GroupsSearch, type GroupSort, type Kind } from './search.ts';

const ALL = 'all';

export function GroupsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const search = useSearch({ from: '/signed-in/groups' });
  const navigate = useNavigate({ from: '/groups' });
  const columns = useGroupColumns();
  const [kept, keep] = useKeptColumns(GROUPS);
  const shown = kept ?? DEFAULT_COLUMNS;
  const groups = useGroups({ sort: 'name', ...search });
  const change = useCallback(
    (next: GroupsSearch, replace = false) => void navigate({ search: (before) => ({ ...before, ...next }), replace }),
    [navigate],
  );
  const setQ = useCallback((q: string) => change({ q: q || undefined }, true), [change]);
  const isAll = !search.q && !search.kind;
  const add = may(me, 'market') && (
    <LinkButton to="/groups/new" leftSection={<IconPlus size={16} aria-hidden />}>{t('groups.new')}</LinkButton>
  );
  const icon = <IconUsersGroup size={24} aria-hidden />;
  return (
    <ListPage>
      <PageHead title={t('groups.title')} action={add} />
      <Row gap="xs" mb="xs">
        <ListSearch label={t('groups.search')} value={search.q ?? ''} onChange={setQ} />
        <SegmentedControl
          size="xs"
          aria-label={t('groups.kindHead')}
          data={[{ value: ALL, label: t('groups.allKinds') }, ...kinds.map((kind) => ({ value: kind, label: t(`groups.kind.${kind}`) }))]}
          value={search.kind ?? ALL}
          onChange={(kind) => change({ kind: kind === ALL ? undefined : (kind as Kind) })}
        />
        <Row gap="xs" ms="auto">
          <ColumnsMenu columns={columns} shown={shown} onChange={keep} />
        </Row>
      </Row>
      <ListTotal rows={groups}>{t(isAll ? 'groups.total' : 'groups.totalFits', { count: groups.total ?? 0, n: format.number(groups.total ?? 0) })}</ListTotal>
      <DataTable
        name={GROUPS}
        label={t('groups.title')}
        rows={groups}
        columns={pick(columns, shown)}
        sort={search.sort ?? 'name'}
        onSort={(sort) => change({ sort: sort === 'name' ? undefined : (sort as GroupSort) })}
        nameOf={(group) => group.name}
        onOpen={(group) => void navigate({ to: '/groups/$groupId', params: { groupId: group.id } })}
        acts={may(me, 'market') ? (group) => <GroupActs group={group} isRow /> : undefined}
        empty={isAll ? <EmptyState icon={icon} title={t('groups.none')} about={t('groups.noneAbout')} action={add} /> : (
          <EmptyState
            icon={icon}
            title={t('groups.noneFits')}
            about={t('groups.noneFitsAbout')}
            action={<Button variant="default" onClick={() => change({ q: undefined, kind: undefined })}>{t('groups.showAll')}</Button>}
          />
        )}
      />
    </ListPage>
  );
}
