/** The rows that could not be taken: by reason, one by one, and as a file to be mended. */
import { Anchor, Chip, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { MoreButton } from '../../ui/MoreButton.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useReasonText } from './fields.ts';
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
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={t('imports.refusedRows')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={80}>{t('imports.row')}</Table.Th>
              <Table.Th w={220}>{t('imports.why')}</Table.Th>
              <Table.Th>{t('imports.text')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.data.pages.flatMap((page) => page.items).map((refusal) => (
              <Table.Tr key={refusal.row}>
                <Table.Td>{format.number(refusal.row)}</Table.Td>
                <Table.Td>
                  <Text size="sm">{reasonText(refusal.reason)}</Text>
                  <Text size="xs" c="dimmed" dir="auto">{refusal.detail}</Text>
                </Table.Td>
                <Table.Td><Text size="xs" ff="monospace" lineClamp={2} dir="auto">{refusal.text}</Text></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MoreButton pages={found} />
    </>
  );
}

export function Refusals({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const reasons = useQuery(reasonsQuery(run.id, run.refused));
  const [reason, setReason] = useState(ALL);
  if (run.refused === 0) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={3}>{t('imports.refusedRows')}</Title>
        <Anchor href={`/api/v1/imports/${run.id}/refused.csv?bom=true`} download size="sm">
          <Group gap={4} component="span"><IconDownload size={16} aria-hidden />{t('imports.download')}</Group>
        </Anchor>
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
