/** Campaigns that are written by a feed: when they look next, what they have sent, and what keeps them. */
import { Alert, Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlus, IconRss } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { capital, serverText } from '../../../api/serverText.ts';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { FeedActs } from './FeedActs.tsx';
import { FeedDialog } from './FeedDialog.tsx';
import { feedCampaignsQuery, type FeedCampaign } from './queries.ts';

export function FeedsPanel({ listId }: { listId: string }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const found = useQuery(feedCampaignsQuery(listId));
  const [isAdding, setAdding] = useState(false);
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={240} />;
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('audience.newFeed')}</Button>
  );
  const dialog = isAdding && <FeedDialog listId={listId} campaign={null} onClose={() => setAdding(false)} />;
  if (found.data.length === 0)
    return (
      <>
        <EmptyState icon={<IconRss size={24} aria-hidden />} title={t('audience.noFeeds')} about={t('audience.feedsAbout')} action={add} />
        {dialog}
      </>
    );
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed" maw={560}>{t('audience.feedsAbout')}</Text>
        {add}
      </Group>
      <FactTable
        label={t('audience.tab.feeds')}
        minWidth={640}
        rows={found.data}
        keyOf={({ id }) => id}
        columns={[
          { name: 'title', label: t('audience.feedTitle'), width: '40%', cell: (one) => <Which campaign={one} /> },
          { name: 'state', label: t('audience.state'), cell: (one) => <State campaign={one} /> },
          { name: 'next', label: t('audience.feedNext'), isNamed: true, cell: (one) => <Next campaign={one} /> },
          { name: 'last', label: t('audience.feedLast'), isNamed: true, cell: ({ rss_opts: rss }) => rss?.last_sent ? <Ago at={rss.last_sent} /> : t('audience.feedNever') },
        ]}
        acts={{ label: t('audience.acts'), of: (one) => <FeedActs listId={listId} campaign={one} /> }}
      />
      {dialog}
    </>
  );
}

function Which({ campaign }: { campaign: FeedCampaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { settings, rss_opts: rss } = campaign;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} dir="auto">{settings.title || settings.subject_line}</Text>
      <Text size="xs" c="dimmed" dir="ltr">{rss?.feed_url}</Text>
      {rss?.failure && (
        <Alert color="red" p="xs" title={t('audience.feedFails', { when: rss.failed_since ? format.relative(rss.failed_since) : '' })}>
          <Text size="xs" dir="auto">{capital(serverText(rss.failure))}</Text>
        </Alert>
      )}
    </Stack>
  );
}

const colours: Record<string, string> = { sending: 'green', paused: 'yellow', save: 'gray' };

function State({ campaign }: { campaign: FeedCampaign }) {
  const { t } = useTranslation();
  const state = campaign.status === 'save' || campaign.status === 'sending' || campaign.status === 'paused' ? campaign.status : 'canceled';
  return <Badge variant="light" color={colours[state] ?? 'gray'}>{t(`audience.feedState.${state}`)}</Badge>;
}

function Next({ campaign }: { campaign: FeedCampaign }) {
  const format = useFormat();
  return campaign.rss_opts?.next_send ? <>{format.time(campaign.rss_opts.next_send)}</> : <>–</>;
}
