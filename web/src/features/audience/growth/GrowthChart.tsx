/** How the audience grew, by months or by days: a picture, and the same as a table. */
import { Box, Button, Group, Paper, SegmentedControl, Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { StepChart, type Series } from '../../../ui/StepChart.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { begun, padded, type GrowthStep } from './growth.ts';
import { daysQuery, monthsQuery } from './queries.ts';

const lengths = ['month', 'day'] as const;
type Length = (typeof lengths)[number];

export function GrowthChart({ listId }: { listId: string }) {
  const { t } = useTranslation();
  const heading = useId();
  const [by, setBy] = useState<Length>('month');
  const months = useQuery({ ...monthsQuery(listId), enabled: by === 'month' });
  const days = useQuery({ ...daysQuery(listId), enabled: by === 'day' });
  const { data, error } = by === 'month' ? months : days;
  const items = data && begun(data);
  return (
    <Paper component="section" aria-labelledby={heading} pos="relative">
      <Group justify="space-between" mb="xs">
        <VisuallyHidden id={heading}>{t('growth.title')}</VisuallyHidden>
        <SegmentedControl size="xs" aria-label={t('growth.by')} data={lengths.map((one) => ({ value: one, label: t(`growth.${one}`) }))} value={by} onChange={(to) => setBy(to as Length)} />
      </Group>
      <AudienceProblem error={error} title={t('growth.failed')} />
      {!items && !error && <Skeleton h={200} />}
      {items?.length === 0 && <Text size="sm" c="dimmed">{t('growth.none')}</Text>}
      {items && items.length > 0 && <Steps items={items} by={by} heading={heading} />}
    </Paper>
  );
}

/** Of months how many there are and how many were new; of days who came and who left. */
function useSeries(by: Length): Series<GrowthStep>[] {
  const { t } = useTranslation();
  const joined = { name: 'joined', label: t('growth.joined'), of: (one: GrowthStep) => one.joined };
  return by === 'month'
    ? [{ name: 'subscribed', label: t('growth.subscribed'), of: (one) => one.subscribed ?? 0 }, joined]
    : [joined, { name: 'left', label: t('growth.left'), of: (one) => one.unsubscribed + one.lost }];
}

function Steps({ items, by, heading }: { items: GrowthStep[]; by: Length; heading: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const series = useSeries(by);
  const [isTable, setTable] = useState(false);
  const nameOf = (at: string) =>
    by === 'day' ? format.date(at) : new Intl.DateTimeFormat(i18n.language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(at));
  const words = (one: GrowthStep) => [nameOf(one.at), ...series.map(({ label, of }) => `${label}: ${format.number(of(one))}`)].join(' · ');
  const table = <StepTable items={[...items].reverse()} by={by} nameOf={nameOf} heading={heading} isShown={isTable} />;
  return (
    <>
      <StepChart series={series} items={padded(items, by)} label={t(`growth.picture.${by}`)} nameOf={nameOf} words={words} />
      <Button variant="subtle" size="compact-sm" mt="xs" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
        {t(isTable ? 'report.time.hide' : 'report.time.show')}
      </Button>
      {isTable ? (
        <Box mt="xs" mah={360} style={{ overflow: 'auto' }} tabIndex={0} role="group" aria-labelledby={heading}>{table}</Box>
      ) : (
        <VisuallyHidden>{table}</VisuallyHidden>
      )}
    </>
  );
}

interface TableProps {
  items: GrowthStep[];
  by: Length;
  nameOf: (at: string) => string;
  heading: string;
  isShown: boolean;
}

function StepTable({ items, by, nameOf, heading, isShown }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const counted = ['subscribed', 'joined', 'unsubscribed', 'lost'] as const;
  return (
    <FactTable
      labelledBy={heading}
      // unseen it has no width, and is a table
      minWidth={isShown ? 480 : 0}
      stickyHeader
      rows={items}
      keyOf={(one) => one.at}
      columns={[
        { name: 'at', label: t(`growth.${by}`), cell: (one) => nameOf(one.at) },
        ...counted.filter((name) => by === 'month' || name !== 'subscribed').map((name) => ({
          name, label: t(`growth.${name}`), isNumber: true, isNamed: true, cell: (one: GrowthStep) => format.number(one[name] ?? 0),
        })),
      ]}
    />
  );
}
