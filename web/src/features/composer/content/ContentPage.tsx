/** What the mail says: begun from something, then written. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { NotFound, NotLoaded } from '../../../app/errors.tsx';
import { NotAllowed } from '../../../ui/NotAllowed.tsx';
import { lettersOf } from '../abtest/abTest.ts';
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
  const { begin, variant: wanted } = useSearch({ from: '/signed-in/campaigns/$campaignId/edit/content' });
  const campaign = useQuery(campaignQuery(campaignId));
  const test = campaign.data?.data.ab_test;
  // a test may have been switched off since: then there is but one content
  const variant = test?.what === 'content' && wanted && lettersOf({ variants: test.variants ?? [{}] }).includes(wanted) ? wanted : undefined;
  const content = useQuery({ ...designQuery(campaignId, variant), enabled: campaign.data !== undefined });
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
  const props = { campaign: campaign.data.data };
  if (!isWritten(campaign.data.data) && (begin || (!design && !html && !plain_text))) return <NotDraft campaign={campaign.data.data} />;
  if (begin || (!design && !html && !plain_text)) return <StartPage key={campaignId} {...props} />;
  if (design)
    return (
      <Suspense fallback={<Skeleton h={320} role="status" aria-label={t('composer.loading')} />}>
        <BlocksContent key={`${campaignId}${variant ?? ''}`} {...props} found={content.data} variant={variant} />
      </Suspense>
    );
  return html ? <HtmlContent key={campaignId} {...props} found={campaign.data} /> : <PlainContent key={campaignId} {...props} found={campaign.data} />;
}
