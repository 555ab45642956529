/** What became of it: in numbers, over time, link by link, domain by domain, and on the mail itself. */
import { Stack } from '@mantine/core';
import type { Campaign } from '../queries.ts';
import { ClickMap } from './ClickMap.tsx';
import { Domains } from './Domains.tsx';
import { Figures } from './Figures.tsx';
import { Links } from './Links.tsx';
import { NotSent } from './NotSent.tsx';
import { OverTime } from './OverTime.tsx';
import type { Report } from './queries.ts';

export function Performance({ campaign, report }: { campaign: Campaign; report: Report }) {
  return (
    <Stack gap="md">
      <Figures report={report} />
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
