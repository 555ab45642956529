/** Members of a group of companies or leads. */
import { Text } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { nothing, type Selection } from '../../ui/DataTable/selection.ts';
import type { Scope } from '../people/search.ts';
import { useOtherMembers, type Other } from './queries.ts';
import { titleOf } from './titles.ts';

interface Props {
  entity: 'leads' | 'companies';
  scope: Scope;
  nobody: ReactNode;
  /** Of those who are selected; left out: nothing is done with many. */
  bar?: (selection: Selection, onSelect: (selection: Selection) => void) => ReactNode;
}

export function OtherMembers({ entity, scope, nobody, bar }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [q, setQ] = useState('');
  const [sort, setSort] = useState('name');
  const [selection, select] = useState(nothing);
  const rows = useOtherMembers(entity, { ...scope, q: q || undefined, sort });
  const columns = useColumns();
  const isSome = selection.kind === 'all' || selection.ids.size > 0;
  const words = { count: rows.total ?? 0, n: format.number(rows.total ?? 0) };
  return (
    <>
      <ListSearch label={t('people.search')} value={q} onChange={setQ} />
      {bar && isSome ? bar(selection, select) : (
        <ListTotal rows={rows} mt={6}>{t('groups.count', words)}</ListTotal>
      )}
      <DataTable
        name={entity}
        label={t('groups.members')}
        rows={rows}
        columns={columns}
        sort={sort}
        onSort={setSort}
        selection={bar && selection}
        onSelect={bar && select}
        nameOf={titleOf}
        empty={q ? <Text size="sm">{t('people.noneFits')}</Text> : nobody}
      />
    </>
  );
}

function useColumns(): Column<Other>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { name: 'name', label: t('people.field.name'), width: 240, isSortable: true, cell: (row) => <bdi>{titleOf(row)}</bdi> },
      { name: 'phone', label: t('people.field.phone'), width: 160, isSortable: false, isNamed: true, cell: (row) => row.phone && <bdi>{row.phone}</bdi> },
      { name: 'city', label: t('people.field.city'), width: 160, isSortable: true, isNamed: true, cell: (row) => row.city && <bdi>{row.city}</bdi> },
      { name: 'country', label: t('people.field.country'), width: 120, isSortable: true, isNamed: true, cell: (row) => row.country && <bdi>{row.country}</bdi> },
      {
        name: 'updated_at', label: t('people.field.updated_at'), width: 140, isSortable: true, isNamed: true,
        cell: (row) => <Ago at={row.updated_at} />,
      },
    ],
    // the format follows the language
    [t],
  );
}
