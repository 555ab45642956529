/** A file to drop, and all imports that there were. */
import { Badge, Skeleton, Stack, Text, Title } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileUpload, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import { FactTable } from '../../ui/DataTable/FactTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { MoreButton } from '../../ui/MoreButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { NewImport } from './NewImport.tsx';
import { hasPeople, importsQuery, isDry, signupsQuery, type Import } from './queries.ts';
import { stateColors } from './states.ts';

const counted = ['created', 'updated', 'unchanged', 'refused'] as const;

/** A number that opens whom it counts. */
function Count({ run, outcome }: { run: Import; outcome: (typeof counted)[number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = format.number(run[outcome]);
  if (run[outcome] === 0 || (outcome !== 'refused' && !hasPeople(run))) return count;
  return (
    <LinkAnchor to="/imports/$importId" params={{ importId: run.id }} search={{ show: outcome }} size="sm" aria-label={`${t(`imports.${outcome}`)}: ${count}`}>
      {count}
    </LinkAnchor>
  );
}

function File({ run }: { run: Import }) {
  const { t } = useTranslation();
  return (
    <>
      <LinkAnchor to="/imports/$importId" params={{ importId: run.id }} fw={500} size="sm"><bdi>{run.file_name ?? t('imports.noName')}</bdi></LinkAnchor>
      {isDry(run) && <Text span display="block" size="xs" c="dimmed">{t('imports.wasTrial')}</Text>}
    </>
  );
}

function State({ run }: { run: Import }) {
  const { t } = useTranslation();
  const state = run.state ?? 'queued';
  return <Badge variant="dot" color={stateColors[state]} tt="none">{t(`imports.state.${state}`)}</Badge>;
}

function History() {
  const { t } = useTranslation();
  const found = useInfiniteQuery(importsQuery);
  if (!found.data) return found.error ? <ProblemAlert error={found.error} /> : <Skeleton h={200} />;
  const runs = found.data.pages.flatMap((page) => page.items);
  if (runs.length === 0) return <Text c="dimmed">{t('imports.none')}</Text>;
  return (
    <>
      <FactTable
        label={t('imports.history')}
        minWidth={760}
        rows={runs}
        keyOf={(run) => run.id}
        columns={[
          { name: 'file', label: t('imports.file'), cell: (run) => <File run={run} /> },
          { name: 'when', label: t('imports.when'), cell: (run) => <Ago at={run.created_at} /> },
          { name: 'who', label: t('imports.who'), cell: (run) => <bdi>{run.user_name ?? t('imports.program')}</bdi> },
          { name: 'state', label: t('imports.stateHead'), isBeside: true, cell: (run) => <State run={run} /> },
          ...counted.map((outcome) => ({
            name: outcome, label: t(`imports.${outcome}`), isNumber: true, isNamed: true, cell: (run: Import) => <Count run={run} outcome={outcome} />,
          })),
        ]}
      />
      <MoreButton pages={found} />
    </>
  );
}

function Beginning({ file, ground, onOther }: { file: File; ground?: string; onOther: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={0}>
      <PageHead title={t('imports.newTitle')} />
      <NewImport key={`${file.name} ${file.lastModified}`} {...{ file, ground, onOther }} />
    </Stack>
  );
}

/** Who signed up and is not in the CRM, looked at as any other file. */
function Signups() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/imports' });
  const navigate = useNavigate();
  const [name] = useState(() => `${t('imports.signups')} ${new Date().toISOString().slice(0, 10)}.csv`);
  const found = useQuery(signupsQuery(search, name));
  if (found.data) return <Beginning file={found.data} ground={t('imports.groundOfSignups')} onOther={() => void navigate({ to: '/imports' })} />;
  if (found.error) return <ProblemAlert error={found.error} />;
  if (found.data === undefined) return <Skeleton h={240} />;
  return (
    <EmptyState
      icon={<IconUsers size={24} aria-hidden />}
      title={t('imports.noSignups')}
      about={t('imports.noSignupsAbout')}
      action={<LinkButton variant="default" to="/audience">{t('imports.toAudience')}</LinkButton>}
    />
  );
}

export function ImportsPage() {
  const { t } = useTranslation();
  const { signups } = useSearch({ from: '/signed-in/imports' });
  const [file, setFile] = useState<File | null>(null);

  if (signups) return <Signups />;
  if (file) return <Beginning file={file} onOther={() => setFile(null)} />;
  return (
    <Stack>
      <PageHead title={t('imports.title')} />
      <Dropzone onDrop={(files) => setFile(files[0] ?? null)} multiple={false} inputProps={{ 'aria-label': t('imports.drop') }}>
        <Stack align="center" gap={4} py="lg" style={{ pointerEvents: 'none' }}>
          <IconFileUpload size={36} stroke={1.5} aria-hidden />
          <Text fw={600}>{t('imports.drop')}</Text>
          <Text size="sm" c="dimmed" ta="center">{t('imports.dropAbout')}</Text>
        </Stack>
      </Dropzone>
      <Title order={2}>{t('imports.history')}</Title>
      <History />
    </Stack>
  );
}
