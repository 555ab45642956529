/** Why it stands still or was not sent, and what to do about it. */
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { LinkButton } from '../../ui/LinkButton.tsx';
import type { Campaign } from './queries.ts';
import { useStanding } from './words.ts';

/** It asks about its push, which a user is to look at. */
export function isAsking({ hold, push_id }: Pick<Campaign, 'hold' | 'push_id'>): boolean {
  return hold?.reason === 'confirm' && push_id != null;
}

export function Held({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const standing = useStanding()(campaign);
  if (!standing) return null;
  return (
    <Alert color="yellow" variant="light" role="status" title={standing.title}>
      <Text size="sm">{standing.todo}</Text>
      {standing.detail && <Text size="sm" c="dimmed" mt={4}>{t('campaigns.inWords')} <bdi>{standing.detail}</bdi></Text>}
      {campaign.hold?.since && <Text size="xs" c="dimmed" mt={4}>{t('campaigns.since', { when: format.time(campaign.hold.since) })}</Text>}
      {isAsking(campaign) && (
        <LinkButton to="/pushes/$pushId" params={{ pushId: campaign.push_id! }} size="xs" mt="xs">{t('campaigns.toPush')}</LinkButton>
      )}
    </Alert>
  );
}
