/** The rows that could not be taken: by reason, one by one, and as a file to be mended. */
import { Chip, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { CsvButton } from '../../ui/CsvButton.tsx';
import { FactTable } from '../../ui/DataTable/FactTable.tsx';
import { MoreButton } from '../../ui/MoreButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useReasonText } from './fields.ts';
import { useRefusedCsv } from './refusedCsv.ts';
import { reasonsQuery, refusalsQuery, type Import } from './queries.ts';

const ALL = '';

function Rows({ run, reason }: { run: Import; reason: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const found = useInfiniteQuery(refusalsQuery(run.id, reason || null));
  if (!found.data) return <ProblemAlert error={found.error} />;
  return (
    <>
      <FactTable
        label={t('imports.refusedRows')}
        minWidth={560}
        rows={found.data.pages.flatMap((page) => page.items)}
        keyOf={(refusal) => refusal.row}
        columns={[
          { name: 'row', label: t('imports.row'), width: 80, isBeside: true, isNamed: true, cell: ({ row }) => format.number(row) },
          {
            name: 'why', label: t('imports.why'), width: 220,
            cell: ({ reason, detail }) => (
              <>
                <Text span display="block" size="sm">{reasonText(reason)}</Text>
                <Text span size="xs" c="dimmed" dir="auto">{detail}</Text>
              </>
            ),
          },
          { name: 'text', label: t('imports.text'), cell: ({ text }) => <Text span size="xs" ff="monospace" lineClamp={2}><bdi>{text}</bdi></Text> },
        ]}
      />
      <MoreButton pages={found} />
    </>
  );
}

export function Refusals({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const csvWords = useRefusedCsv();
  const reasons = useQuery(reasonsQuery(run.id, run.refused));
  const [reason, setReason] = useState(ALL);
  if (run.refused === 0) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={3}>{t('imports.refusedRows')}</Title>
        <CsvButton address={`/api/v1/imports/${run.id}/refused.csv`} words={csvWords}>{t('imports.download')}</CsvButton>
      </Group>
      <Chip.Group value={reason} onChange={(value) => setReason(String(value))}>
        <Group gap="xs" role="radiogroup" aria-label={t('imports.why')}>
          <Chip value={ALL} size="xs">{t('imports.allReasons', { count: run.refused })}</Chip>
          {reasons.data?.items.map((one) => (
            <Chip key={one.reason} value={one.reason} size="xs">
              {reasonText(one.reason)} · {format.number(one.count)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Rows run={run} reason={reason} />
    </Stack>
  );
}
