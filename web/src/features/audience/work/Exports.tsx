/** Everything of the account in one file, to keep or to take elsewhere. */
import { Button, Checkbox, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { FileLink } from './FileLink.tsx';
import { exportsQuery, parts, useBeginExport, type AccountExport, type Part } from './queries.ts';
import { isWaitedFor, sizeOf } from './states.ts';

export function Exports() {
  const { t } = useTranslation();
  const found = useQuery(exportsQuery);
  const begin = useBeginExport();
  const [chosen, setChosen] = useState<Part[]>([...parts]);
  const exports = found.data ?? [];
  return (
    <Stack component="section" gap="sm" aria-labelledby="exports">
      <Title order={2} id="exports">{t('audience.exports')}</Title>
      <Text size="sm" c="dimmed" maw={560}>{t('audience.exportsAbout')}</Text>
      <Checkbox.Group aria-label={t('audience.exportParts')} value={chosen} onChange={(next) => setChosen(next as Part[])}>
        <Group gap="md">
          {parts.map((part) => <Checkbox key={part} size="sm" value={part} label={t(`audience.part.${part}`)} />)}
        </Group>
      </Checkbox.Group>
      <Group>
        <Button disabled={chosen.length === 0} loading={begin.isPending} onClick={() => begin.mutate(chosen)}>{t('audience.beginExport')}</Button>
      </Group>
      <AudienceProblem error={begin.error ?? found.error} title={begin.error ? t('audience.noExport') : undefined} />
      {exports.length > 0 && (
        <FactTable
          labelledBy="exports"
          minWidth={420}
          rows={exports}
          keyOf={(one) => one.export_id}
          columns={[
            { name: 'begun', label: t('audience.begun'), cell: ({ started }) => <Ago at={started} /> },
            { name: 'state', label: t('audience.state'), cell: (one) => <State one={one} /> },
            { name: 'file', label: t('audience.file'), cell: (one) => <File one={one} /> },
          ]}
        />
      )}
    </Stack>
  );
}

function State({ one }: { one: AccountExport }) {
  const { t } = useTranslation();
  if (!isWaitedFor(one)) return t('audience.exportDone');
  return <Group gap={6} role="status"><Loader size={14} aria-hidden />{t('audience.exportMade')}</Group>;
}

function File({ one }: { one: AccountExport }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!one.download_url) return null;
  const { n, unit } = sizeOf(one.size_in_bytes);
  return <FileLink address={one.download_url} label={t('audience.downloadExport', { when: format.time(one.started) })}>{t(`audience.size.${unit}`, { size: format.number(n) })}</FileLink>;
}
