/** Everybody of the ledger: what became of the mail, why not, and what they did with it. */
import { Button, Flex, Group, Select, Text, Title } from '@mantine/core';
import { IconDownload, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { NameLink } from '../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { GroupOf } from './GroupOf.tsx';
import { useRecipients, type Campaign, type LedgerFilter, type LedgerRow } from './queries.ts';
import { responses, states, type LedgerState, type Responded } from './search.ts';
import { useLeftOutTitle } from './words.ts';

export function Recipients({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [q, setQ] = useState('');
  const [state, setState] = useState<LedgerState | null>(null);
  const [response, setResponse] = useState<Responded | null>(null);
  const filter: LedgerFilter = { state: state ?? undefined, response: response ?? undefined, q: q || undefined };
  const rows = useRecipients(campaign, filter);
  const columns = useColumns();
  const words = { count: rows.total ?? 0, n: format.number(rows.total ?? 0) };
  return (
    <section aria-labelledby="recipients">
      <Title order={2} fz="md" mb="xs" id="recipients">{t('campaigns.whoGotIt')}</Title>
      <Group gap="xs" mb="xs">
        <ListSearch label={t('campaigns.searchPeople')} value={q} onChange={setQ} />
        <Select
          size="xs" w={200} clearable aria-label={t('campaigns.stateHead')} placeholder={t('campaigns.stateHead')}
          data={states.map((value) => ({ value, label: t(`campaigns.state.${value}`) }))}
          value={state} onChange={(next) => setState(next as LedgerState | null)}
        />
        <Select
          size="xs" w={200} clearable aria-label={t('campaigns.responseHead')} placeholder={t('campaigns.responseHead')}
          data={responses.map((value) => ({ value, label: t(`campaigns.response.${value}`) }))}
          value={response} onChange={(next) => setResponse(next as Responded | null)}
        />
        <Group gap="xs" ms="auto">
          <Button
            component="a" size="xs" variant="default" download href={exportAddress(campaign.id, filter)}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {t('people.export')}
          </Button>
          {may(me, 'market') && (
            <Button size="xs" variant="default" disabled={!rows.total} leftSection={<IconUsersGroup size={14} aria-hidden />} onClick={() => setAsking(true)}>
              {t('campaigns.createGroup')}
            </Button>
          )}
        </Group>
      </Group>
      <ListTotal rows={rows}>{t(state || response || q ? 'people.totalFilter' : 'people.total', words)}</ListTotal>
      <Flex direction="column" mah={480}>
        <DataTable
          name={`campaign-${campaign.id}`}
          label={t('campaigns.whoGotIt')}
          rows={rows}
          columns={columns}
          nameOf={(row) => row.name ?? row.address ?? String(row.person_id)}
          onOpen={(row) => row.kind === 'person' && void navigate({ to: '/people/$personId', params: { personId: row.person_id } })}
          empty={<EmptyState icon={<IconUsers size={24} aria-hidden />} title={t('campaigns.nobody')} about={t('campaigns.nobodyAbout')} />}
        />
      </Flex>
      {isAsking && <GroupOf campaign={campaign} filter={filter} onClose={() => setAsking(false)} />}
    </section>
  );
}

function useColumns(): Column<LedgerRow>[] {
  const { t } = useTranslation();
  const titleOf = useLeftOutTitle();
  return useMemo(
    () => [
      { name: 'name', label: t('campaigns.person'), width: 180, isSortable: false, cell: (row) => <Name row={row} /> },
      { name: 'address', label: t('people.field.email'), width: 220, isSortable: false, cell: (row) => <bdi>{row.address}</bdi> },
      { name: 'state', label: t('campaigns.stateHead'), width: 170, isSortable: false, cell: (row) => t(`campaigns.state.${row.state as LedgerState}`) },
      { name: 'reason', label: t('campaigns.reason'), width: 200, isSortable: false, cell: (row) => <span title={row.detail ?? ''}>{row.reason ? titleOf(row.reason) : ''}</span> },
      { name: 'did', label: t('campaigns.responseHead'), width: 270, isSortable: false, cell: (row) => <Did row={row} /> },
    ],
    // the texts follow the language
    [t],
  );
}

/** As it is shown, for Excel too. */
function exportAddress(id: number, filter: LedgerFilter): string {
  const given = Object.entries({ ...filter, bom: 'true' }).filter(([, value]) => value !== undefined);
  return `/api/v1/campaigns/${id}/recipients/export?${new URLSearchParams(given as [string, string][])}`;
}

/** Who is nobody in the CRM, or no longer, has no page. */
function Name({ row }: { row: LedgerRow }) {
  const { t } = useTranslation();
  if (row.kind !== 'person') return <Text span size="xs" c="dimmed">{t(`campaigns.kind.${row.kind}`)}</Text>;
  return <NameLink to="/people/$personId" params={{ personId: row.person_id }}>{row.name ?? t('people.noName')}</NameLink>;
}

function Did({ row }: { row: LedgerRow }) {
  const { t } = useTranslation();
  const did = (['opened', 'clicked', 'bounced', 'unsubscribed', 'complained'] as const).filter((one) => row[`${one}_at`]);
  return <>{did.map((one) => t(`campaigns.response.${one}`)).join(', ')}</>;
}
