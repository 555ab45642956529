/** Person by person: what happens to them, or happened, and why not. */
import { Box, Button, Flex, Group, Text, Title } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { spreadsheetQuery } from '../../app/spreadsheet.ts';
import type { CsvWords } from '../../app/csvWords.ts';
import { Choice } from '../../ui/Choice.tsx';
import { CsvButton } from '../../ui/CsvButton.tsx';
import { NameLink } from '../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { usePushRows, type NumberedRow, type PushResult } from './queries.ts';
import { actions, type RowsSearch } from './search.ts';
import { reasonsOf } from './states.ts';
import { useReasonTitle } from './words.ts';

interface Props {
  pushId: number;
  result: PushResult;
  search: RowsSearch;
  onChange: (search: RowsSearch) => void;
}

/** What the audience said no to, and what it is asked again by hand or by itself. */
const TOLD_OUTCOMES = ['applied', 'refused', 'parked', 'intended'] as const;

export function PushRows({ pushId, result, search, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const titleOf = useReasonTitle();
  const rows = usePushRows(pushId, search);
  const when = result.dry_run ? 'plan' : 'done';
  const columns = useColumns(when);
  const setQ = useCallback((q: string) => onChange({ q: q || undefined }), [onChange]);
  const isAll = !search.q && !search.action && !search.reason && !search.outcome;
  const all = { q: undefined, action: undefined, reason: undefined, outcome: undefined };
  return (
    <section aria-label={t('pushes.rows')}>
      <Title order={2} fz="md" mb="xs">{t('pushes.rows')}</Title>
      <Group gap="xs" mb="xs" align="flex-end">
        <ListSearch label={t('pushes.search')} value={search.q ?? ''} onChange={setQ} />
        <Choice
          label={t('pushes.whatHappens')}
          among={actions.map((action) => ({ value: action, label: t(`pushes.action.${action}.${when}`) }))}
          value={search.action}
          onChange={(action) => onChange({ action, reason: undefined })}
        />
        <Choice
          label={t('pushes.reason')}
          among={reasonsOf(result).map(([reason]) => ({ value: reason, label: titleOf(reason) }))}
          value={search.reason}
          onChange={(reason) => onChange({ reason, action: reason ? 'left_out' : search.action })}
        />
        {!result.dry_run && (
          <Choice
            label={t('pushes.outcomeTitle')}
            among={TOLD_OUTCOMES.map((outcome) => ({ value: outcome, label: t(`pushes.outcome.${outcome}`) }))}
            value={search.outcome}
            onChange={(outcome) => onChange({ outcome })}
          />
        )}
        <Export pushId={pushId} search={search} when={when} />
      </Group>
      <ListTotal rows={rows}>{t(isAll ? 'people.total' : 'people.totalFilter', { count: rows.total ?? 0, n: format.number(rows.total ?? 0) })}</ListTotal>
      <Flex direction="column" mah={{ base: 560, sm: 'max(420px, calc(100dvh - 240px))' }}>
        <DataTable
          name={`push-${pushId}`}
          label={t('pushes.rows')}
          rows={rows}
          columns={columns}
          nameOf={(row) => row.name ?? row.address ?? ''}
          onOpen={(row) => {
            if (row.person_id !== null && !row.deleted) void navigate({ to: '/people/$personId', params: { personId: row.person_id } });
          }}
          empty={
            <EmptyState
              icon={<IconUsers size={24} aria-hidden />}
              title={t('pushes.noRows')}
              about={isAll ? t('pushes.noRowsAbout') : t('pushes.noneFits')}
              action={isAll ? undefined : <Button variant="default" onClick={() => onChange(all)}>{t('people.showAll')}</Button>}
            />
          }
        />
      </Flex>
    </section>
  );
}

function Export({ pushId, search, when }: { pushId: number; search: RowsSearch; when: 'plan' | 'done' }) {
  const { t } = useTranslation();
  const words = useCsvWords(when);
  const { action, reason, outcome } = search;
  const given = Object.entries({ action, reason, outcome, ...spreadsheetQuery() }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return <CsvButton ms="auto" address={`/api/v1/export/pushes/${pushId}.csv?${new URLSearchParams(given)}`} words={words}>{t('people.export')}</CsvButton>;
}

/** An export in the words of the list. */
function useCsvWords(when: 'plan' | 'done'): CsvWords {
  const { t } = useTranslation();
  const titleOf = useReasonTitle();
  const heads: Record<string, string> = {
    person_id: 'ID', name: t('people.field.name'), address: t('people.field.email'), action: t('pushes.whatHappens'),
    outcome: t('pushes.outcomeTitle'), reason: t('pushes.reason'), detail: t('pushes.detail'),
  };
  return {
    head: (column) => heads[column] ?? column,
    cell: (column, value) => {
      const action = actions.find((one) => one === value);
      const outcome = TOLD_OUTCOMES.find((one) => one === value);
      if (column === 'action' && action) return t(`pushes.action.${action}.${when}`);
      if (column === 'outcome' && outcome) return t(`pushes.outcome.${outcome}`);
      return column === 'reason' ? titleOf(value) : value;
    },
  };
}

function useColumns(when: 'plan' | 'done'): Column<NumberedRow>[] {
  const { t } = useTranslation();
  const titleOf = useReasonTitle();
  return useMemo(
    () => [
      { name: 'name', label: t('people.field.name'), width: 200, isSortable: false, cell: (row) => <Name row={row} /> },
      { name: 'address', label: t('people.field.email'), width: 240, isSortable: false, cell: (row) => row.address && <bdi title={row.address}>{row.address}</bdi> },
      { name: 'action', label: t('pushes.whatHappens'), width: 170, isSortable: false, isBeside: true, cell: (row) => t(`pushes.action.${row.action}.${when}`) },
      { name: 'reason', label: t('pushes.reason'), width: 260, isSortable: false, cell: (row) => <Why row={row} titleOf={titleOf} /> },
    ],
    // the texts follow the language
    [t, when],
  );
}

function Name({ row }: { row: NumberedRow }) {
  const { t } = useTranslation();
  const name = row.name || row.address || t('people.noName');
  if (row.person_id === null) return <Text size="sm" c="dimmed">{t('pushes.nobodyHere')}</Text>;
  if (row.deleted) return <span><bdi>{name}</bdi> <Text span size="xs" c="dimmed">{t('pushes.deleted')}</Text></span>;
  return (
    <NameLink to="/people/$personId" params={{ personId: row.person_id }}>
      {name}
    </NameLink>
  );
}

/** The reason, else what came of it; the audience's own words, and values that it did not take. */
function Why({ row, titleOf }: { row: NumberedRow; titleOf: (reason: string) => string }) {
  const { t } = useTranslation();
  const said = row.action === 'untag' ? null : row.detail;
  const outcome = row.outcome === 'refused' || row.outcome === 'parked' ? t(`pushes.outcome.${row.outcome}`) : '';
  const words = [row.reason ? titleOf(row.reason) : outcome, said, row.dropped.length > 0 && t('pushes.droppedOf', { tags: row.dropped.join(', ') })];
  const text = words.filter(Boolean).join(' · ');
  return text && <Box component="span" dir="auto" title={text}>{text}</Box>;
}
