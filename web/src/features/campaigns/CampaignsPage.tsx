/** All campaigns: how far each is, what became of it, and what can be done with it. */
import { Button, Group, MultiSelect } from '@mantine/core';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { pick, useKeptColumns } from '../../ui/DataTable/columns.ts';
import { ColumnsMenu } from '../../ui/DataTable/ColumnsMenu.tsx';
import { DataTable, ListPage } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { CampaignActs } from './CampaignActs.tsx';
import { CAMPAIGNS, DEFAULT_COLUMNS, useCampaignColumns } from './cells.tsx';
import { NewCampaign } from './NewCampaign.tsx';
import { useCampaigns } from './queries.ts';
import { NEWEST, statuses, type CampaignsSearch, type CampaignSort, type Status } from './search.ts';

export function CampaignsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const search = useSearch({ from: '/signed-in/campaigns' });
  const navigate = useNavigate({ from: '/campaigns' });
  const columns = useCampaignColumns();
  const [kept, keep] = useKeptColumns(CAMPAIGNS);
  const shown = kept ?? DEFAULT_COLUMNS;
  const [isNew, setNew] = useState(false);
  const campaigns = useCampaigns(search);
  const change = useCallback(
    (next: CampaignsSearch, replace = false) => void navigate({ search: (before) => ({ ...before, ...next }), replace }),
    [navigate],
  );
  const setQ = useCallback((q: string) => change({ q: q || undefined }, true), [change]);
  const isAll = !search.q && !search.status;
  const add = may(me, 'market') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNew(true)}>{t('campaigns.new')}</Button>
  );
  const icon = <IconMail size={24} aria-hidden />;
  const words = { count: campaigns.total ?? 0, n: format.number(campaigns.total ?? 0) };
  return (
    <ListPage>
      <PageHead title={t('campaigns.title')} action={add} />
      <Group gap="xs" mb="xs" align="flex-start">
        <ListSearch label={t('campaigns.search')} value={search.q ?? ''} onChange={setQ} />
        <MultiSelect
          size="xs"
          w={{ base: '100%', sm: 280 }}
          clearable
          aria-label={t('campaigns.statusHead')}
          placeholder={search.status ? undefined : t('campaigns.anyStatus')}
          data={statuses.map((value) => ({ value, label: t(`campaigns.status.${value}`) }))}
          value={search.status ?? []}
          onChange={(status) => change({ status: status.length > 0 ? (status as Status[]) : undefined })}
        />
        <Group gap="xs" ms="auto">
          <ColumnsMenu columns={columns} shown={shown} onChange={keep} />
        </Group>
      </Group>
      <ListTotal rows={campaigns}>{t(isAll ? 'campaigns.total' : 'campaigns.totalFits', words)}</ListTotal>
      <DataTable
        name={CAMPAIGNS}
        label={t('campaigns.title')}
        rows={campaigns}
        columns={pick(columns, shown)}
        sortable={columns}
        sort={search.sort ?? NEWEST}
        onSort={(sort) => change({ sort: sort === NEWEST ? undefined : (sort as CampaignSort) })}
        nameOf={(campaign) => campaign.name}
        onOpen={(campaign) => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })}
        acts={may(me, 'market') || may(me, 'send') ? (campaign) => <CampaignActs campaign={campaign} isRow /> : undefined}
        empty={isAll ? <EmptyState icon={icon} title={t('campaigns.none')} about={t('campaigns.noneAbout')} action={add} /> : (
          <EmptyState
            icon={icon}
            title={t('campaigns.noneFits')}
            about={t('campaigns.noneFitsAbout')}
            action={<Button variant="default" onClick={() => change({ q: undefined, status: undefined })}>{t('campaigns.showAll')}</Button>}
          />
        )}
      />
      {isNew && <NewCampaign onClose={() => setNew(false)} />}
    </ListPage>
  );
}
