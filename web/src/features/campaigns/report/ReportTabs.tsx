/** The report of a campaign: how it went, and to whom. Which of both, and who, stands in the address. */
import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Campaign } from '../queries.ts';
import { Performance } from './Performance.tsx';
import { useFollowFigures, useReport } from './queries.ts';
import { Recipients } from './Recipients.tsx';

const tabs = ['performance', 'recipients'] as const;

export function ReportTabs({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const { tab = 'performance' } = useSearch({ from: '/signed-in/campaigns/$campaignId' });
  const navigate = useNavigate({ from: '/campaigns/$campaignId' });
  const { data: report, error } = useReport(campaign);
  useFollowFigures(campaign.id, report);
  if (!report) return error ? <ProblemAlert error={error} title={t('campaigns.noFigures')} /> : <Skeleton h={160} />;
  return (
    <Stack gap="sm">
      {error && <ProblemAlert error={error} title={t('campaigns.old')} />}
      <Tabs
        value={tab}
        onChange={(to) => to && void navigate({ search: { tab: to === 'recipients' ? to : undefined } })}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <Tabs.List>
          {tabs.map((one) => <Tabs.Tab key={one} value={one}>{t(`report.tab.${one}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value="performance" pt="md"><Performance campaign={campaign} report={report} /></Tabs.Panel>
        <Tabs.Panel value="recipients" pt="sm"><Recipients campaign={campaign} report={report} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
