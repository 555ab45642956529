/** What became of the rows, by outcome. */
import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { Stat } from '../../ui/Stat.tsx';
import type { Import } from './queries.ts';

/** Those whom it made, as a list. */
function Made({ run }: { run: Import }) {
  const { t } = useTranslation();
  if (run.entity !== 'people' || run.created === 0 || run.state !== 'done') return null;
  const filter = { match: 'all' as const, conditions: [{ field: 'import_id', op: 'is', value: run.id }] };
  return <LinkAnchor size="xs" to="/people" search={{ filter }}>{t('imports.showThem')}</LinkAnchor>;
}

export function ImportCounts({ run, isTrial = false }: { run: Import; isTrial?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap="sm" align="stretch">
      <Stat label={t(isTrial ? 'imports.wouldCreate' : 'imports.created')} value={format.number(run.created)} color="green">
        {!isTrial && <Made run={run} />}
      </Stat>
      <Stat label={t(isTrial ? 'imports.wouldUpdate' : 'imports.updated')} value={format.number(run.updated)} />
      <Stat label={t('imports.unchanged')} value={format.number(run.unchanged)} />
      <Stat label={t('imports.refused')} value={format.number(run.refused)} color={run.refused ? 'red' : undefined} />
    </Group>
  );
}
