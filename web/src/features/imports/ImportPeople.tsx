/** Whom an import made, changed, left alone or opted out, one by one. */
import { Flex, Group, Text, Title } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { CellLink, NameLink } from '../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import type { Entity } from './choices.ts';
import { useFieldName } from './fields.ts';
import { useImportPeople, type Import, type ImportPerson } from './queries.ts';
import type { PeopleOutcome } from './search.ts';

export function ImportPeople({ run, outcome }: { run: Import; outcome: PeopleOutcome }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const id = useId();
  const rows = useImportPeople(run.id, outcome);
  const columns = useColumns(outcome, run.entity ?? 'people');
  const n = rows.total ?? 0;
  const filter = { match: 'all' as const, conditions: [{ field: 'import_id', op: 'is', value: run.id }] };
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" gap="xs">
        <Title order={3} id={id}>{t(`imports.people.${outcome}`)}</Title>
        {outcome === 'created' && run.entity === 'people' && (
          <LinkAnchor size="sm" to="/people" search={{ filter }}>{t('imports.showThem')}</LinkAnchor>
        )}
      </Group>
      <ListTotal rows={rows}>{t(`imports.total.${run.entity ?? 'people'}`, { count: n, n: format.number(n) })}</ListTotal>
      <Flex direction="column" mah={480}>
        <DataTable
          name={`import-${run.id}`}
          label={t(`imports.people.${outcome}`)}
          rows={rows}
          columns={columns}
          nameOf={(row) => row.name ?? row.email ?? ''}
          onOpen={(row) => {
            if (row.entity === 'people') void navigate({ to: '/people/$personId', params: { personId: row.record_id } });
          }}
          empty={<EmptyState icon={<IconUsers size={24} aria-hidden />} title={t('imports.nobody')} about={t('imports.nobodyAbout')} />}
        />
      </Flex>
    </section>
  );
}

function useColumns(outcome: PeopleOutcome, entity: Entity): Column<ImportPerson>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const columns: Column<ImportPerson>[] = [
      { name: 'name', label: t('people.field.name'), width: 200, isSortable: false, cell: (row) => <Name row={row} /> },
      { name: 'email', label: t('people.field.email'), width: 240, isSortable: false, cell: (row) => row.email && <bdi>{row.email}</bdi> },
    ];
    if (outcome === 'updated')
      columns.push({ name: 'changes', label: t('imports.changes'), width: 420, isSortable: false, cell: (row) => <Changes row={row} entity={entity} /> });
    else if (outcome === 'opted_out')
      columns.push({ name: 'why', label: t('imports.why'), width: 300, isSortable: false, cell: (row) => row.source && t(`imports.outBy.${row.source}`) });
    else if (outcome === 'shares_address')
      columns.push(
        { name: 'opted_out', label: t('people.field.mail_status'), width: 160, isSortable: false, isBeside: true, cell: (row) => row.opted_out && t('people.state.opted_out') },
        { name: 'holders', label: t('imports.holders'), width: 240, isSortable: false, cell: (row) => <Holders row={row} /> },
      );
    else
      columns.push({ name: 'opted_out', label: t('people.field.mail_status'), width: 160, isSortable: false, isBeside: true, cell: (row) => row.opted_out && t('people.state.opted_out') });
    return columns;
    // the texts follow the language
  }, [outcome, entity, t]);
}

/** Only people have a page. */
function Name({ row }: { row: ImportPerson }) {
  const { t } = useTranslation();
  const name = row.name || t('people.noName');
  if (row.entity !== 'people') return <bdi>{name}</bdi>;
  return <NameLink to="/people/$personId" params={{ personId: row.record_id }} title={name}>{name}</NameLink>;
}

/** All who have the address. */
function Holders({ row }: { row: ImportPerson }) {
  const { t } = useTranslation();
  const filter = { match: 'all' as const, conditions: [{ field: 'email', op: 'is', value: row.email ?? '' }] };
  return <CellLink to="/people" search={{ filter }}>{t('imports.showHolders')}</CellLink>;
}

/** What each field was and is. */
function Changes({ row, entity }: { row: ImportPerson; entity: Entity }) {
  const { t } = useTranslation();
  const fieldName = useFieldName(entity);
  const told = row.changes.map(({ field, before, after }) =>
    t('imports.change', { field: fieldName(field), before: before ?? t('ui.nothing'), after: after ?? t('ui.nothing') }));
  if (row.opted_out && told.length === 0) told.push(t('people.state.opted_out'));
  const since = row.changed_since ? t('imports.changedSince') : '';
  const text = [...told, since].filter(Boolean).join(' · ');
  return text && <Text span size="sm" dir="auto" title={text}>{text}</Text>;
}
