/** What a member was sent and did with it, and what other programs tell of them; machines are not counted. */
import { Button, Group, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconClick, IconFlag, IconMail, IconMailOpened, IconMessage, IconUserCheck, IconUserQuestion } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { en } from '../../../../messages/en/index.ts';
import { Ago } from '../../../../ui/Ago.tsx';
import { LinkAnchor } from '../../../../ui/LinkAnchor.tsx';
import { ProblemAlert } from '../../../../ui/ProblemAlert.tsx';
import { Panel } from '../../../people/record/Panel.tsx';
import { useCampaignIds, useEvents, useFeed, type Feed, type Member } from '../queries.ts';
import { usePermissionName } from '../words.ts';

type Kind = keyof (typeof en)['members']['did'];

const icons: Record<string, typeof IconMail> = {
  sent: IconMail, open: IconMailOpened, click: IconClick, bounce: IconAlertTriangle, unsub: IconBan, abuse: IconFlag, resubscribe: IconUserCheck,
  marketing_permission: IconUserQuestion,
};
const colors: Record<string, string> = { bounce: 'red', unsub: 'red', abuse: 'red', resubscribe: 'green' };

/** Variants are called by letters. */
const A = 65;

export function Activity({ member }: { member: Member }) {
  const { t } = useTranslation();
  const feed = useFeed(member);
  const items = feed.data?.pages.flatMap((page) => page.activity) ?? [];
  const campaigns = useCampaignIds(items.length > 0).data;
  return (
    <Panel title={t('members.activity')}>
      {feed.isPending && <Stack>{[1, 2, 3].map((n) => <Skeleton key={n} h={40} />)}</Stack>}
      {feed.data && items.length === 0 && <Text size="sm" c="dimmed">{t('members.noActivity')}</Text>}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {items.map((item, at) => <Did key={at} item={item} campaignId={campaigns?.get(item.campaign_id ?? '')} />)}
      </Stack>
      {feed.hasNextPage && (
        <Button mt="md" variant="default" fullWidth loading={feed.isFetchingNextPage} onClick={() => void feed.fetchNextPage()}>{t('person.older')}</Button>
      )}
      <ProblemAlert error={feed.error} title={t('person.noTimeline')} />
      <Events member={member} />
    </Panel>
  );
}

/** campaignId: of ours; a feed's has none. */
function Did({ item, campaignId }: { item: Feed; campaignId?: number }) {
  const { t } = useTranslation();
  const nameOf = usePermissionName();
  const permission = item.marketing_permission_opted_in;
  const kind = permission === undefined ? item.activity_type : permission ? 'permitted' : 'forbade';
  const Icon = icons[item.activity_type] ?? IconMessage;
  const letter = item.variant ? String.fromCharCode(A + item.variant - 1) : '';
  return (
    <Group component="li" gap="sm" align="flex-start" wrap="nowrap">
      <ThemeIcon variant="light" size={28} radius="xl" color={colors[kind]}><Icon size={15} aria-hidden /></ThemeIcon>
      <Stack gap={0} miw={0}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {kind in en.members.did ? t(`members.did.${kind as Kind}`) : kind}
          {item.campaign_title && ' · '}
          {campaignId === undefined ? <bdi>{item.campaign_title}</bdi> : (
            <LinkAnchor to="/campaigns/$campaignId" params={{ campaignId }} size="sm"><bdi>{item.campaign_title}</bdi></LinkAnchor>
          )}
          {permission !== undefined && <> · <bdi>{nameOf(item.marketing_permisson_text ?? '')}</bdi></>}
          {letter && ` · ${t('composer.ab.variant', { letter })}`}
        </Text>
        {item.link_clicked && <Text size="xs" c="dimmed" dir="ltr" ta="start" style={{ overflowWrap: 'anywhere' }}>{item.link_clicked}</Text>}
        <Text size="xs" c="dimmed"><Ago at={item.created_at_timestamp} />{item.updated_by && <> · <bdi>{item.updated_by}</bdi></>}</Text>
      </Stack>
    </Group>
  );
}

function Events({ member }: { member: Member }) {
  const { t } = useTranslation();
  const id = useId();
  const events = useEvents(member).data;
  if (!events || events.events.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <Title order={3} id={id} fz="sm" mt="md" mb="xs">{t('members.events', { count: events.total_items })}</Title>
      <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {events.events.map((event, at) => (
          <li key={at}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <bdi>{event.name}</bdi>
              {Object.entries(event.properties).map(([name, value]) => <Text span key={name} size="xs" c="dimmed"> · <bdi>{name}: {value}</bdi></Text>)}
            </Text>
            <Text size="xs" c="dimmed"><Ago at={event.occurred_at} /></Text>
          </li>
        ))}
      </Stack>
    </section>
  );
}
