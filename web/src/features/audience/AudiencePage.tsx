/** The audience: its members, what they may choose, how they come into it, and what works on it. */
import { Select, Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { NotLoaded } from '../../app/errors.tsx';
import { Explain } from '../../ui/Explain.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { TabsLine } from '../../ui/TabsLine.tsx';
import { BlockedPanel } from './blocked/BlockedPanel.tsx';
import { FeedsPanel } from './feeds/FeedsPanel.tsx';
import { FieldsPanel } from './fields/FieldsPanel.tsx';
import { FormPanel } from './form/FormPanel.tsx';
import { InterestsPanel } from './interests/InterestsPanel.tsx';
import { MembersPanel } from './members/MembersPanel.tsx';
import { listsQuery, type List } from './queries.ts';
import { audienceTabs, type AudienceTab } from './search.ts';
import { SegmentsPanel } from './segments/SegmentsPanel.tsx';
import { TemplatesPanel } from './templates/TemplatesPanel.tsx';
import { WorkPanel } from './work/WorkPanel.tsx';

export function AudiencePage() {
  const { t } = useTranslation();
  const { tab = audienceTabs[0], list: wanted, q = '' } = useSearch({ from: '/signed-in/audience' });
  const navigate = useNavigate({ from: '/audience' });
  const lists = useQuery(listsQuery);
  const search = useCallback(
    (next: string) => void navigate({ search: (before) => ({ ...before, q: next || undefined }), replace: true }),
    [navigate],
  );
  if (!lists.data) return lists.error ? <NotLoaded error={lists.error} onAgain={() => void lists.refetch()} /> : <Skeleton h={240} />;
  const list = lists.data.find(({ id }) => id === wanted) ?? lists.data[0];
  if (!list) return null;
  return (
    <>
      <PageHead
        title={t('shell.audience')}
        beside={<Explain words={['audience']} />}
        action={lists.data.length > 1 && (
          <WhichList lists={lists.data} value={list.id} onChange={(id) => void navigate({ search: { tab, list: id } })} />
        )}
      />
      <Tabs
        value={tab}
        onChange={(to) => to && void navigate({ search: { tab: to as AudienceTab, list: wanted } })}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <TabsLine value={tab}>
          {audienceTabs.map((one) => <Tabs.Tab key={one} value={one} px={{ base: 8, sm: 'md' }}>{t(`audience.tab.${one}`)}</Tabs.Tab>)}
        </TabsLine>
        <Tabs.Panel value="members" pt="lg"><MembersPanel key={list.id} listId={list.id} isMaster={list === lists.data[0]} /></Tabs.Panel>
        <Tabs.Panel value="segments" pt="lg"><SegmentsPanel key={list.id} listId={list.id} isMaster={list === lists.data[0]} q={q} onSearch={search} /></Tabs.Panel>
        <Tabs.Panel value="fields" pt="lg"><FieldsPanel key={list.id} listId={list.id} isMaster={list === lists.data[0]} /></Tabs.Panel>
        <Tabs.Panel value="interests" pt="lg"><InterestsPanel key={list.id} listId={list.id} /></Tabs.Panel>
        <Tabs.Panel value="form" pt="lg"><FormPanel key={list.id} listId={list.id} /></Tabs.Panel>
        <Tabs.Panel value="feeds" pt="lg"><FeedsPanel key={list.id} listId={list.id} /></Tabs.Panel>
        <Tabs.Panel value="templates" pt="lg"><TemplatesPanel q={q} onSearch={search} /></Tabs.Panel>
        <Tabs.Panel value="blocked" pt="lg"><BlockedPanel key={list.id} listId={list.id} /></Tabs.Panel>
        <Tabs.Panel value="work" pt="lg"><WorkPanel /></Tabs.Panel>
      </Tabs>
    </>
  );
}

function WhichList({ lists, value, onChange }: { lists: List[]; value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      size="xs"
      aria-label={t('audience.list')}
      allowDeselect={false}
      data={lists.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={(id) => id && onChange(id)}
    />
  );
}
