/** What the mail says: begun from something, then written. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { NotFound, NotLoaded } from '../../../app/errors.tsx';
import { NotAllowed } from '../../../ui/NotAllowed.tsx';
import { NotDraft } from '../NotDraft.tsx';
import { campaignQuery, designQuery } from '../queries.ts';
import { isWritten, useOpened } from '../useOpened.ts';
import { HtmlContent } from './HtmlContent.tsx';
import { PlainContent } from './PlainContent.tsx';
import { StartPage } from './StartPage.tsx';

const BlocksContent = lazy(() => import('../blocks/BlocksContent.tsx').then((file) => ({ default: file.BlocksContent })));

export function ContentPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { campaignId } = useParams({ from: '/signed-in/campaigns/$campaignId/edit/content' });
  const { begin } = useSearch({ from: '/signed-in/campaigns/$campaignId/edit/content' });
  const campaign = useQuery(campaignQuery(campaignId));
  const content = useQuery(designQuery(campaignId));
  const isOpened = useOpened(campaign.data?.data);
  const error = campaign.error ?? content.error;
  if (!may(me, 'market')) return <NotAllowed about={t('composer.notAllowed')} />;
  if ((!campaign.data || !content.data) && error) {
    const again = () => void Promise.all([campaign.refetch(), content.refetch()]);
    return Number.isNaN(campaignId) ? <NotFound /> : <NotLoaded error={error} onAgain={again} />;
  }
  if (!campaign.data || !content.data) return <Skeleton h={320} role="status" aria-label={t('composer.loading')} />;
  if (!isOpened) return <NotDraft campaign={campaign.data.data} />;
  const { design, html, plain_text } = content.data.data;
  const props = { key: campaignId, campaign: campaign.data.data };
  if (!isWritten(campaign.data.data) && (begin || (!design && !html && !plain_text))) return <NotDraft campaign={campaign.data.data} />;
  if (begin || (!design && !html && !plain_text)) return <StartPage {...props} />;
  if (design)
    return (
      <Suspense fallback={<Skeleton h={320} role="status" aria-label={t('composer.loading')} />}>
        <BlocksContent {...props} found={content.data} />
      </Suspense>
    );
  return html ? <HtmlContent {...props} found={campaign.data} /> : <PlainContent {...props} found={campaign.data} />;
}
