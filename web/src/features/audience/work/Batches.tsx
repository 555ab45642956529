/** What programs have sent as batches of many operations: how far they are, and what was answered. */
import { ActionIcon, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { FileLink } from './FileLink.tsx';
import { batchesQuery, useRemoveBatch, type Batch } from './queries.ts';
import { isUnderWay, partDone } from './states.ts';

export function Batches() {
  const { t } = useTranslation();
  const found = useQuery(batchesQuery);
  const [leaving, setLeaving] = useState<Batch | null>(null);
  const batches = found.data ?? [];
  return (
    <Stack component="section" gap="sm" aria-labelledby="batches">
      <Title order={2} id="batches">{t('audience.batches')}</Title>
      <Text size="sm" c="dimmed" maw={560}>{t('audience.batchesAbout')}</Text>
      <AudienceProblem error={found.error} />
      {found.data?.length === 0 && <Text size="sm">{t('audience.noBatches')}</Text>}
      {batches.length > 0 && (
        <FactTable
          labelledBy="batches"
          minWidth={560}
          rows={batches}
          keyOf={(batch) => batch.id}
          columns={[
            { name: 'begun', label: t('audience.begun'), cell: ({ submitted_at }) => <Ago at={submitted_at} /> },
            { name: 'state', label: t('audience.state'), width: '40%', cell: (batch) => <State batch={batch} /> },
            { name: 'file', label: t('audience.answers'), cell: (batch) => <File batch={batch} /> },
          ]}
          acts={{ label: t('audience.acts'), of: (batch) => <Remove batch={batch} onAsk={setLeaving} /> }}
        />
      )}
      {leaving && <RemoveBatch batch={leaving} onClose={() => setLeaving(null)} />}
    </Stack>
  );
}

function State({ batch }: { batch: Batch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { finished_operations: done, total_operations: total, errored_operations: wrong } = batch;
  return (
    <Stack gap={4}>
      {isUnderWay(batch) && <Progress value={partDone(batch)} animated aria-label={t('audience.batches')} />}
      <Text size="sm" role={isUnderWay(batch) ? 'status' : undefined}>
        {isUnderWay(batch) && total === 0 ? t('audience.batchWaits') : t('jobs.progress', { done: format.number(done), total: format.number(total) })}
        {wrong > 0 && <Text span c="red" size="sm">{` · ${t('audience.batchWrong', { count: wrong, n: format.number(wrong) })}`}</Text>}
      </Text>
    </Stack>
  );
}

function File({ batch }: { batch: Batch }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!batch.response_body_url) return null;
  return <FileLink address={batch.response_body_url} label={t('audience.downloadAnswers', { when: format.time(batch.submitted_at) })}>{t('audience.download')}</FileLink>;
}

function Remove({ batch, onAsk }: { batch: Batch; onAsk: (batch: Batch) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group justify="flex-end">
      <ActionIcon variant="subtle" color="gray" aria-label={t('audience.removeBatch', { when: format.time(batch.submitted_at) })} onClick={() => onAsk(batch)}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function RemoveBatch({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const remove = useRemoveBatch();
  const left = batch.total_operations - batch.finished_operations;
  return (
    <AskFirst
      isOpen
      title={t('audience.removeBatchTitle')}
      about={t('audience.removeBatchAbout')}
      act={left > 0 ? t('audience.stopBatch', { count: left, n: format.number(left) }) : t('audience.forgetAnswers')}
      isBusy={remove.isPending}
      error={remove.error}
      onAct={() => remove.mutate(batch.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
