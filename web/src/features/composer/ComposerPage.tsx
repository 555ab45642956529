/** A draft on one page: To, From, Subject, Content, When; and out it goes. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { NotFound, NotLoaded } from '../../app/errors.tsx';
import { NotAllowed } from '../../ui/NotAllowed.tsx';
import { Composer } from './Composer.tsx';
import { NotDraft } from './NotDraft.tsx';
import { campaignQuery } from './queries.ts';
import { useOpened } from './useOpened.ts';

export function ComposerPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { campaignId } = useParams({ from: '/signed-in/campaigns/$campaignId/edit' });
  const found = useQuery(campaignQuery(campaignId));
  const isOpened = useOpened(found.data?.data);
  if (!may(me, 'market')) return <NotAllowed about={t('composer.notAllowed')} />;
  if (!found.data && found.error)
    return Number.isNaN(campaignId) ? <NotFound /> : <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!found.data) return <Skeleton h={320} role="status" aria-label={t('composer.loading')} />;
  if (!isOpened) return <NotDraft campaign={found.data.data} />;
  return <Composer key={campaignId} found={found.data} />;
}
