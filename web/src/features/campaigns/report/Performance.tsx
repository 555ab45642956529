/** What became of it: in numbers, over time, link by link, domain by domain, and on the mail itself. */
import { Stack } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Campaign } from '../queries.ts';
import { ClickMap } from './ClickMap.tsx';
import { Domains } from './Domains.tsx';
import { Figures } from './Figures.tsx';
import { Links } from './Links.tsx';
import { NotSent } from './NotSent.tsx';
import { OverTime } from './OverTime.tsx';
import type { Report } from './queries.ts';

const AbResult = lazy(() => import('../abtest/AbResult.tsx').then((file) => ({ default: file.AbResult })));

export function Performance({ campaign, report }: { campaign: Campaign; report: Report }) {
  const test = report.ab_test && <Suspense><AbResult campaign={campaign} result={report.ab_test} /></Suspense>;
  // what there is to be decided comes first
  const isAwaited = report.ab_test?.is_waiting === true;
  return (
    <Stack gap="md">
      {isAwaited && test}
      <Figures report={report} />
      {!isAwaited && test}
      <NotSent report={report} />
      {report.sent > 0 && (
        <>
          <OverTime campaign={campaign} report={report} />
          <Links report={report} />
          <Domains campaignId={campaign.id} />
        </>
      )}
      <ClickMap campaign={campaign} report={report} />
    </Stack>
  );
}
