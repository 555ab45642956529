/** Everybody of the ledger: what became of the mail, why not, and what they did with it. */
import { Button, Flex, Group } from '@mantine/core';
import { IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { CsvButton } from '../../../ui/CsvButton.tsx';
import { pick, useKeptColumns } from '../../../ui/DataTable/columns.ts';
import { ColumnsMenu } from '../../../ui/DataTable/ColumnsMenu.tsx';
import { DataTable } from '../../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import type { Campaign } from '../queries.ts';
import { DEFAULT_COLUMNS, RECIPIENTS, useRecipientColumns, useRecipientCsv } from './cells.tsx';
import { Filters } from './Filters.tsx';
import { GroupOf } from './GroupOf.tsx';
import { useRecipients, type Report } from './queries.ts';
import { DEFAULT_SORT, everybody, exportAddress, filterOf, type RecipientSort, type ReportSearch } from './search.ts';

export function Recipients({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const search = useSearch({ from: '/signed-in/campaigns/$campaignId' });
  const navigate = useNavigate({ from: '/campaigns/$campaignId' });
  const [isAsking, setAsking] = useState(false);
  const filter = filterOf(search);
  const isAll = Object.keys(filter).length === 0;
  const rows = useRecipients(campaign.id, filter, search.sort ?? DEFAULT_SORT);
  const columns = useRecipientColumns();
  const csvWords = useRecipientCsv();
  const [kept, keep] = useKeptColumns(RECIPIENTS);
  const shown = kept ?? DEFAULT_COLUMNS;
  const change = useCallback(
    (next: ReportSearch, replace = false) => void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const setQ = useCallback((q: string) => change({ q: q || undefined }, true), [change]);
  const words = { count: rows.total ?? 0, n: format.number(rows.total ?? 0) };
  return (
    <section aria-label={t('campaigns.whoGotIt')}>
      <Group gap="xs" mb="xs">
        <ListSearch label={t('campaigns.searchPeople')} value={search.q ?? ''} onChange={setQ} />
        <Filters report={report} filter={filter} onChange={change} />
        <Group gap="xs" ms="auto">
          <ColumnsMenu columns={columns} shown={shown} onChange={keep} />
<CsvButton address={exportAddress(campaign.id, filter)} words={csvWords}>{t('people.export')}</CsvButton>
          {may(me, 'market') && (
            <Button size="xs" variant="default" disabled={!rows.total} leftSection={<IconUsersGroup size={14} aria-hidden />} onClick={() => setAsking(true)}>
              {t('campaigns.createGroup')}
            </Button>
          )}
        </Group>
      </Group>
      <ListTotal rows={rows}>{t(isAll ? 'people.total' : 'people.totalFilter', words)}</ListTotal>
      <Flex direction="column" mah={{ base: 560, sm: 'max(420px, calc(100dvh - 240px))' }}>
        <DataTable
          name={`campaign-${campaign.id}`}
          label={t('campaigns.whoGotIt')}
          rows={rows}
          columns={pick(columns, shown)}
          sortable={columns}
          sort={search.sort ?? DEFAULT_SORT}
          onSort={(sort) => change({ sort: sort === DEFAULT_SORT ? undefined : (sort as RecipientSort) })}
          nameOf={(row) => row.name ?? row.address ?? String(row.person_id)}
          onOpen={(row) => row.kind === 'person' && void navigate({ to: '/people/$personId', params: { personId: row.person_id } })}
          empty={
            <EmptyState
              icon={<IconUsers size={24} aria-hidden />}
              title={t('campaigns.nobody')}
              about={t('campaigns.nobodyAbout')}
              action={isAll ? undefined : <Button variant="default" onClick={() => change(everybody)}>{t('people.showAll')}</Button>}
            />
          }
        />
      </Flex>
      {isAsking && <GroupOf campaign={campaign} report={report} filter={filter} onClose={() => setAsking(false)} />}
    </section>
  );
}
