/** How it came about: a picture, and the same as a table. */
import { Box, Button, Group, Paper, SegmentedControl, Skeleton, Text, Title, VisuallyHidden } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Campaign } from '../queries.ts';
import { busySteps, LONG_HOURS, padded, spanOf, type Step } from './chart.ts';
import { Chart } from './Chart.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import { useSeries, type Report } from './queries.ts';
import { steps, type StepLength } from './search.ts';

const counted = ['sent', 'opened', 'clicked', 'bounced', 'unsubscribed'] as const;

export function OverTime({ campaign, report }: { campaign: Campaign; report: Report }) {
  const { t } = useTranslation();
  const { by, items, error } = useSteps(campaign.id);
  const isQuiet = report.opened.people + report.clicked.people === 0;
  return (
    <Paper component="section" aria-labelledby="over-time" pos="relative">
      <Group justify="space-between" mb="xs">
        <Title order={2} fz="md" id="over-time">{t('report.time.title')}</Title>
        {!isQuiet && <By value={by} />}
      </Group>
      <ProblemAlert error={error} title={t('report.time.failed')} />
      {isQuiet && <Quiet isText={campaign.content === 'plain'} />}
      {!isQuiet && !items && !error && <Skeleton h={240} />}
      {!isQuiet && items && items.length > 0 && <Steps items={items} by={by} />}
    </Paper>
  );
}

/** By hours if it took some days, else by days, unless somebody chose. */
function useSteps(id: number) {
  const { by: chosen } = useSearch({ from: '/signed-in/campaigns/$campaignId' });
  const hours = useSeries(id, 'hour', chosen !== 'day');
  const isLong = (hours.data?.items.length ?? 0) > LONG_HOURS;
  const by: StepLength = chosen ?? (isLong ? 'day' : 'hour');
  const days = useSeries(id, 'day', by === 'day');
  const { data, error } = by === 'day' ? days : hours;
  return { by, items: data?.items, error };
}

function By({ value }: { value: StepLength }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/campaigns/$campaignId' });
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('report.time.by')}
      data={steps.map((by) => ({ value: by, label: t(`report.time.${by}`) }))}
      value={value}
      onChange={(by) => void navigate({ search: (before) => ({ ...before, by: by as StepLength }), replace: true, resetScroll: false })}
    />
  );
}

function Quiet({ isText }: { isText: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" fw={600}>{t('report.time.none')}</Text>
      <Text size="sm" c="dimmed">{t(isText ? 'report.time.untold' : 'report.time.noneAbout')}</Text>
    </>
  );
}

function Steps({ items, by }: { items: Step[]; by: StepLength }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isTable, setTable] = useState(false);
  const navigate = useNavigate({ from: '/campaigns/$campaignId' });
  const open = ({ at, opened, clicked }: Step) => {
    if (opened + clicked > 0)
      void navigate({ search: { tab: 'recipients', response: opened > 0 ? 'opened' : 'clicked', ...spanOf(at, by) } });
  };
  // days are those of UTC
  const nameOf = (at: string) => (by === 'day' ? format.date(at.slice(0, 10)) : format.time(at));
  const table = <StepTable items={busySteps(items)} by={by} nameOf={nameOf} isShown={isTable} />;
  return (
    <>
      <Chart items={padded(items, by)} nameOf={nameOf} onOpen={open} />
      <Button variant="subtle" size="compact-sm" mt="xs" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
        {t(isTable ? 'report.time.hide' : 'report.time.show')}
      </Button>
      {isTable ? (
        <Box mt="xs" mah={360} style={{ overflow: 'auto' }} tabIndex={0} role="group" aria-labelledby="over-time">{table}</Box>
      ) : (
        <VisuallyHidden>{table}</VisuallyHidden>
      )}
    </>
  );
}

interface TableProps {
  items: Step[];
  by: StepLength;
  nameOf: (at: string) => string;
  /** What cannot be seen is no place for the focus. */
  isShown: boolean;
}

function StepTable({ items, by, nameOf, isShown }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const wordOf = (kind: (typeof counted)[number]) => (kind === 'sent' ? t('campaigns.sent') : t(`report.who.response.${kind}`));
  const number = (one: Step, kind: (typeof counted)[number]) => {
    const who = kind === 'sent' ? { state: kind } : { response: kind };
    return isShown ? <PeopleLink n={one[kind]} of={{ ...who, ...spanOf(one.at, by) }} what={`${nameOf(one.at)}, ${wordOf(kind)}`} /> : format.number(one[kind]);
  };
  return (
    <FactTable
      labelledBy="over-time"
      // unseen it has no width, and is a table
      minWidth={isShown ? 480 : 0}
      stickyHeader
      rows={items}
      keyOf={(one) => one.at}
      columns={[
        { name: 'at', label: t('report.time.at'), cell: (one) => nameOf(one.at) },
        ...counted.map((kind) => ({ name: kind, label: wordOf(kind), isNumber: true, isNamed: true, cell: (one: Step) => number(one, kind) })),
      ]}
    />
  );
}
