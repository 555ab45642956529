/** How the address left the audience, from where its own page has it. */
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../../ui/Ago.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { findMember, useCampaignIds, useFeed, useMemberMore, type Member } from '../../audience/members/queries.ts';
import { useReasonWord } from '../../audience/members/words.ts';
import { useTargets } from '../../composer/queries.ts';
import { leftBy } from './leftBy.ts';

export function AudienceLeft({ email }: { email: string }) {
  const listId = useTargets().data?.audience?.id;
  const found = useQuery({
    queryKey: ['audience', 'members', 'at', listId, email],
    enabled: listId !== undefined,
    // an account elsewhere is not asked from here
    queryFn: () => findMember(listId!, email).catch(() => null),
  });
  return found.data ? <Left member={found.data} /> : null;
}

function Left({ member }: { member: Member }) {
  const { t } = useTranslation();
  const reasonWord = useReasonWord();
  const more = useMemberMore(member, member.unsubscribe_reason !== undefined);
  const feed = useFeed(member);
  const campaigns = useCampaignIds(true).data;
  if (more.isLoading || feed.isPending) return null;
  const left = leftBy(member, { at: more.data?.unsubscribed_at ?? null, by: more.data?.unsubscribed_by ?? null }, feed.data?.pages[0]?.activity ?? []);
  if (!left) return null;
  const { how, by = '', at, campaign, reason } = left;
  const campaignId = campaign && campaigns?.get(campaign.hex);
  return (
    <Stack gap={0} mt="xs" fz="sm">
      <Text size="sm" fw={500} dir="auto">{t(`person.left.${how}`, { name: by })}</Text>
      {at && <Text size="xs" c="dimmed"><Ago at={at} /></Text>}
      {campaign && (
        <Text size="xs" c="dimmed">
          {t('person.left.after')}{' '}
          {campaignId === undefined ? <bdi>{campaign.title}</bdi> : <LinkAnchor to="/campaigns/$campaignId" params={{ campaignId }} fz="inherit"><bdi>{campaign.title}</bdi></LinkAnchor>}
        </Text>
      )}
      {reason && <Text size="xs" dir="auto">{t('members.reason', { reason: reasonWord(reason) })}</Text>}
      <LinkAnchor size="xs" to="/audience/members/$hash" params={{ hash: member.id }} search={{ list: member.list_id }}>{t('person.left.show')}</LinkAnchor>
    </Stack>
  );
}
