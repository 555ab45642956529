/** What became of a campaign in numbers, people and machines apart, beside what is usual; each number opens its people. */
import { SimpleGrid, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Stat } from '../../../ui/Stat.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import type { Report } from './queries.ts';
import type { LedgerFilter } from './search.ts';

export function Figures({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { sent, delivered, caught, opened, clicked, bounced, unsubscribed, taken_back: back, complained, unknown, average, waiting } = report;
  const out = Object.values(report.left_out).reduce((all, n) => all + n, 0);
  const words = { count: report.recipients, n: format.number(report.recipients), out: format.number(out) };
  // what lies in the outbox can be opened there, so that it counts here
  const ofDelivered = (n: number) =>
    <Line>{t(caught > 0 ? 'report.shareArrived' : 'report.shareDelivered', { rate: format.percent(n, delivered + caught) })}</Line>;
  const machines = (n: number, of: LedgerFilter) => (
    <People n={n} of={of} isMachine>{t('campaigns.machines', { count: n, n: format.number(n) })}</People>
  );
  const usual = (rate: number | null) => <Usual rate={rate} campaigns={average.campaigns} />;
  return (
    <section aria-labelledby="figures">
      <Title order={2} fz="md" mb="xs" id="figures">{t('campaigns.figures')}</Title>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
        <Figure label={t('report.chosen')} n={report.recipients} of={{}}>
          <People n={unknown} of={{ state: 'unknown' }}>{t('campaigns.unknown', { count: unknown, n: format.number(unknown) })}</People>
        </Figure>
        {out > 0 && <Figure label={t('report.notSent')} n={out} of={{ state: 'not_sent' }}><Line>{t('report.ofThese', words)}</Line></Figure>}
        <Figure label={t('campaigns.sent')} n={sent} of={{ state: 'sent' }}>
          {out > 0 && <Line>{t('report.ofChosen', words)}</Line>}
        </Figure>
        {waiting > 0 && <Figure label={t('campaigns.waiting')} n={waiting} of={{ state: 'waiting' }} />}
        <Figure label={t('report.delivered')} n={delivered} of={{ state: 'delivered' }}>
          <Line>{t('report.shareSent', { rate: format.percent(delivered, sent) })}</Line>
        </Figure>
        {caught > 0 && (
          <Figure label={t('report.caught')} n={caught} of={{ state: 'caught' }} color="yellow"><Line>{t('report.caughtAbout')}</Line></Figure>
        )}
        <Figure label={t('campaigns.opened')} n={opened.people} of={{ response: 'opened' }}>
          {ofDelivered(opened.people)}
          {usual(average.opened)}
          {machines(opened.machines, { response: 'machine_opened' })}
        </Figure>
        <Figure label={t('campaigns.clicked')} n={clicked.people} of={{ response: 'clicked' }}>
          {ofDelivered(clicked.people)}
          {usual(average.clicked)}
          {machines(clicked.machines, { response: 'machine_clicked' })}
        </Figure>
        <Figure label={t('campaigns.bounced')} n={bounced.hard + bounced.soft} of={{ response: 'bounced' }} color="red">
          <People n={bounced.hard} of={{ response: 'bounced_hard' }}>{t('report.bouncedHard', { n: format.number(bounced.hard) })}</People>
          <People n={bounced.soft} of={{ response: 'bounced_soft' }}>{t('report.bouncedSoft', { n: format.number(bounced.soft) })}</People>
        </Figure>
        <Figure label={t('campaigns.unsubscribed')} n={unsubscribed} of={{ response: 'unsubscribed' }}>
          {ofDelivered(unsubscribed)}
          {back > 0 && <Line>{t('report.tookBack', { count: back, n: format.number(back) })}</Line>}
        </Figure>
        <Figure label={t('campaigns.complained')} n={complained} of={{ response: 'complained' }} color="red" />
      </SimpleGrid>
    </section>
  );
}

interface FigureProps {
  label: string;
  n: number;
  of: LedgerFilter;
  /** If there is anybody. */
  color?: string;
  children?: ReactNode;
}

function Figure({ label, n, of, color, children }: FigureProps) {
  const c = n > 0 && color ? `var(--mantine-color-${color}-light-color)` : undefined;
  return <Stat label={label} value={<PeopleLink n={n} of={of} what={label} c={c} underline="hover" />}>{children}</Stat>;
}

function Line({ title, children }: { title?: string; children: ReactNode }) {
  return <Text size="xs" c="dimmed" component="span" display="block" title={title}>{children}</Text>;
}

/** Below a figure, some of them. */
function People({ n, of, isMachine, children }: { n: number; of: LedgerFilter; isMachine?: boolean; children: ReactNode }) {
  if (n === 0) return null;
  return <PeopleLink n={n} of={of} fz="xs" lh="24px" display="block" underline="hover" c={isMachine ? 'violet' : undefined}>{children}</PeopleLink>;
}

/** What the organisation's own campaigns had. */
function Usual({ rate, campaigns }: { rate: number | null; campaigns: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (rate === null) return null;
  return (
    <Line title={t('report.usualAbout', { count: campaigns, n: format.number(campaigns) })}>
      {t('report.usual', { rate: format.percent(rate, 1) })}
    </Line>
  );
}
