/** Who is in the audience: found by what they are, are called, have chosen, or how they begin. */
import { Button, Group, Text } from '@mantine/core';
import { IconTrendingUp, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { spreadsheetQuery } from '../../../app/spreadsheet.ts';
import { CsvButton } from '../../../ui/CsvButton.tsx';
import { pick, useKeptColumns } from '../../../ui/DataTable/columns.ts';
import { ColumnsMenu } from '../../../ui/DataTable/ColumnsMenu.tsx';
import { DataTable, ListPage, useIsPhone } from '../../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../../ui/DataTable/ListTotal.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { nothing, sizeOf, type Selection } from '../../../ui/DataTable/selection.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { GrowthChart } from '../growth/GrowthChart.tsx';
import { BulkBar } from './bulk/BulkBar.tsx';
import { MembersDone, type MembersBegun } from './bulk/MembersDone.tsx';
import { DEFAULT_COLUMNS, MEMBERS, useMemberColumns } from './columns.tsx';
import { FilterButton, InterestFilter, StatusFilter, TagFilter } from './filters.tsx';
import { NewMember } from './NewMember.tsx';
import { NotInCrm } from './NotInCrm.tsx';
import { useMembers } from './queries.ts';
import { apiQuery, isAll, NEWEST, sorts, type Listed } from './search.ts';
import { useCsvWords } from './useCsvWords.ts';

/** px of title and tabs. */
const ABOVE = 112;

export function MembersPanel({ listId, isMaster }: { listId: string; isMaster: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayChange = may(useMe(), 'market');
  const { q, status, tag, interest, notInCrm, sort, job } = useSearch({ from: '/signed-in/audience' });
  const navigate = useNavigate({ from: '/audience' });
  const columns = useMemberColumns(listId);
  const [kept, keep] = useKeptColumns(MEMBERS);
  const shown = kept ?? DEFAULT_COLUMNS;
  const [isNew, setNew] = useState(false);
  const [isGrowing, setGrowing] = useState(false);
  const isPhone = useIsPhone();
  const [isFiltering, setFiltering] = useState(false);
  const listed: Listed = { q, status, tag, interest, notInCrm };
  const members = useMembers(listId, listed, sort);
  const [selection, select] = useSelection(JSON.stringify(apiQuery(listId, listed)));
  const [begun, setBegun] = useState<MembersBegun>();
  const setJob = (next?: number) => void navigate({ search: (before) => ({ ...before, job: next }), replace: true });
  const change = useCallback(
    (next: Listed, replace = false) => void navigate({ search: (before) => ({ ...before, ...next }), replace }),
    [navigate],
  );
  const setQ = useCallback((next: string) => change({ q: next || undefined }, true), [change]);
  const showAll = () => change({ q: undefined, status: undefined, tag: undefined, interest: undefined, notInCrm: undefined });
  const add = mayChange && (
    <Button size="xs" leftSection={<IconUserPlus size={14} aria-hidden />} onClick={() => setNew(true)}>{t('members.new')}</Button>
  );
  const icon = <IconUsers size={24} aria-hidden />;
  const total = members.total ?? 0;
  const words = { count: total, n: format.number(total) };
  // an act on all of a choice knows nothing of the CRM
  const mayChoose = mayChange && !notInCrm;
  // nobody acts on a number that is not known
  const selectable = members.totalIsLeast ? members.rows.length : total;
  return (
    <ListPage above={ABOVE}>
      <Group gap="xs" mb="xs">
        <ListSearch label={t('members.search')} value={q ?? ''} onChange={setQ} />
        {(!isPhone || isFiltering) && (
          <>
            <TagFilter listId={listId} value={tag} onChange={(next) => change({ tag: next })} />
            <InterestFilter listId={listId} value={interest} onChange={(next) => change({ interest: next })} />
          </>
        )}
        {isPhone && <FilterButton isOpen={isFiltering} count={[status, tag, interest].filter((one) => one !== undefined).length} onToggle={() => setFiltering(!isFiltering)} />}
        <Group gap="xs" ms="auto">
          {!isPhone && <ColumnsMenu columns={columns} shown={shown} onChange={keep} />}
          {add}
        </Group>
      </Group>
      {(!isPhone || isFiltering) && (
        <Group gap="xs" mb="xs" justify="space-between" mih={30}>
          <StatusFilter counts={members.first?.counts} value={status} onChange={(next) => change({ status: next })} />
          <Group gap="xs">
            <Button size="xs" variant="default" leftSection={<IconTrendingUp size={14} aria-hidden />} onClick={() => setGrowing(true)}>{t('growth.title')}</Button>
            {total > 0 && <Download listId={listId} listed={listed} />}
            {isPhone && <ColumnsMenu columns={columns} shown={shown} onChange={keep} />}
          </Group>
        </Group>
      )}
      {job !== undefined && <MembersDone listId={listId} jobId={job} begun={begun} onClose={() => setJob()} />}
      {mayChoose && sizeOf(selection, selectable) > 0 ? (
        <BulkBar
          {...{ listId, isMaster, listed, selection }}
          total={selectable}
          onSelect={select}
          onStarted={(jobId, act) => {
            select(nothing);
            setBegun({ jobId, act });
            setJob(jobId);
          }}
          onLookAgain={members.again}
        />
      ) : (
        <Group gap="md" justify="space-between" mb={6} mih={30} flex="none">
          <ListTotal rows={members} mb={0}>{t(members.totalIsLeast ? 'members.totalLeast' : isAll(listed) ? 'members.total' : 'members.totalFits', words)}</ListTotal>
          {members.first?.is_indexing && <Text size="sm" c="dimmed" role="status">{t('members.indexing')}</Text>}
          <NotInCrm listId={listId} listed={listed} subscribed={members.first?.counts.subscribed} found={members.isOld ? null : members.total} onChange={(next) => change({ notInCrm: next, status: undefined })} />
        </Group>
      )}
      <DataTable
        name={MEMBERS}
        label={t('audience.tab.members')}
        rows={members}
        columns={pick(columns, shown)}
        sortable={columns}
        sort={sort ?? NEWEST}
        onSort={(next) => void navigate({ search: (before) => ({ ...before, sort: sorts.find((one) => one === next && one !== NEWEST) }) })}
        selection={selection}
        onSelect={mayChoose ? select : undefined}
        nameOf={(row) => row.email}
        onOpen={(row) => void navigate({ to: '/audience/members/$hash', params: { hash: row.hash }, search: { list: listId } })}
        empty={isAll(listed) ? <EmptyState icon={icon} title={t('members.none')} about={t('members.noneAbout')} action={(
          <Group gap="xs" justify="center">
            <LinkButton size="xs" variant="default" to="/groups">{t('members.toGroups')}</LinkButton>
            {add}
          </Group>
        )} /> : (
          <EmptyState
            icon={icon}
            title={t('members.noneFits')}
            about={t('members.noneFitsAbout')}
            action={<Button variant="default" onClick={showAll}>{t('members.showAll')}</Button>}
          />
        )}
      />
      {isGrowing && <Dialog title={t('growth.title')} size="xl" onClose={() => setGrowing(false)}><GrowthChart listId={listId} /></Dialog>}
      {isNew && <NewMember listId={listId} onClose={() => setNew(false)} />}
    </ListPage>
  );
}

/** Of what is shown: another search begins anew. */
function useSelection(of: string): [Selection, (selection: Selection) => void] {
  const [kept, setKept] = useState({ of, selection: nothing });
  return [kept.of === of ? kept.selection : nothing, (selection) => setKept({ of, selection })];
}

function Download({ listId, listed }: { listId: string; listed: Listed }) {
  const { t } = useTranslation();
  const words = useCsvWords();
  const query = { ...apiQuery(listId, listed), ...spreadsheetQuery() };
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return <CsvButton address={`/api/v1/audience/members.csv?${search}`} words={words}>{t('members.download')}</CsvButton>;
}
