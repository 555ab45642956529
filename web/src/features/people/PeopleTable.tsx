/**
 * People as a list, with all that belongs to it: search, filter, order,
 * columns, export, and what can be done with many of them. The list of all
 * people and the members of a group are this one.
 */
import { Button, Group } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { spreadsheetQuery } from '../../app/spreadsheet.ts';
import { CsvButton } from '../../ui/CsvButton.tsx';
import { pick } from '../../ui/DataTable/columns.ts';
import { ColumnsMenu } from '../../ui/DataTable/ColumnsMenu.tsx';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import type { Rows } from '../../ui/DataTable/rows.ts';
import { nothing, sizeOf, type Selection } from '../../ui/DataTable/selection.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { FieldInfo } from '../../ui/FilterBar/criteria.ts';
import { FilterBar } from '../../ui/FilterBar/FilterBar.tsx';
import { BulkBar, type BulkBarProps } from './bulk/BulkBar.tsx';
import { BulkResult, type Begun } from './bulk/BulkResult.tsx';
import { PEOPLE, usePeopleColumns } from './cells.tsx';
import { useCsvWords, useFieldLabel } from './fields.ts';
import { nameOf } from './person.ts';
import { peoplePickers } from './pickers.tsx';
import { fieldsQuery, usePeople, type Person } from './queries.ts';
import { apiQuery, type Listed, type Scope, type Shown } from './search.ts';

const NO_FIELDS: never[] = [];
const EVERYBODY: Scope = {};

interface Props {
  /** For who does not see it. */
  label: string;
  shown: Shown;
  /** false: it is not whole yet, such as of a view that is still read. */
  isReady?: boolean;
  scope?: Scope;
  /** A bulk act, whose progress and result are shown. */
  job?: number;
  onChange: (change: Partial<Shown>) => void;
  onJob: (job?: number) => void;
  /** Before the search. */
  before?: ReactNode;
  /** Of those who are selected; left out: all bulk acts. */
  bar?: (props: BulkBarProps) => ReactNode;
  /** If there is nobody, whatever is searched. */
  nobody: ReactNode;
}

export function PeopleTable({ label, shown, isReady = true, scope = EVERYBODY, job, onChange, onJob, before, bar, nobody }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fields = useQuery(fieldsQuery).data ?? NO_FIELDS;
  const labelOf = useFieldLabel();
  const columns = usePeopleColumns(fields);
  const people = usePeople(isReady ? shown : null, scope);
  const listed = { q: shown.q, filter: shown.filter, ...scope };
  const [selection, select] = useSelection(JSON.stringify(apiQuery(listed)));
  const [begun, setBegun] = useState<Begun>();
  const setQ = useCallback((q: string) => onChange({ q }), [onChange]);
  // nobody acts on a number that is not known
  const total = people.totalIsLeast ? people.rows.length : (people.total ?? 0);
  const barProps: BulkBarProps = {
    listed,
    selection,
    total,
    onSelect: select,
    onStarted: (started, body) => {
      select(nothing);
      setBegun({ jobId: started, body });
      onJob(started);
    },
    onLookAgain: people.again,
  };
  return (
    <>
      <Group gap="xs" mb="xs">
        {before}
        <ListSearch label={t('people.search')} value={shown.q} onChange={setQ} />
        <Group gap="xs" ms="auto">
          {total > 0 && <ExportButton listed={listed} selection={selection} fields={fields} />}
          <ColumnsMenu columns={columns} shown={shown.columns} onChange={(names) => onChange({ columns: names })} />
        </Group>
      </Group>
      <Group gap="xs" mb="xs" justify="space-between">
        <FilterBar
          fields={fields}
          labelOf={labelOf}
          pickers={peoplePickers}
          criteria={shown.filter}
          onChange={(filter) => onChange({ filter })}
        />
      </Group>
      {job !== undefined && <BulkResult jobId={job} begun={begun} onClose={() => onJob(undefined)} onUndone={onJob} />}
      {sizeOf(selection, total) > 0 ? (
        (bar?.(barProps) ?? <BulkBar {...barProps} />)
      ) : (
        <Total rows={people} shown={shown} />
      )}
      <DataTable
        name={PEOPLE}
        label={label}
        rows={people}
        columns={columns.length > 0 ? pick(columns, shown.columns) : []}
        sortable={columns}
        sort={shown.sort}
        onSort={(sort) => onChange({ sort })}
        selection={selection}
        onSelect={select}
        nameOf={(person) => nameOf(person) || t('people.noName')}
        onOpen={(person) => void navigate({ to: '/people/$personId', params: { personId: person.id } })}
        empty={!shown.q && !shown.filter ? nobody : (
          <EmptyState
            icon={<IconUsers size={24} aria-hidden />}
            title={t('people.noneFits')}
            about={t('people.noneFitsAbout')}
            action={<Button variant="default" onClick={() => onChange({ q: '', filter: undefined })}>{t('people.showAll')}</Button>}
          />
        )}
      />
    </>
  );
}

/** Of what is shown: another search begins anew. */
function useSelection(of: string): [Selection, (selection: Selection) => void] {
  const [kept, setKept] = useState({ of, selection: nothing });
  return [kept.of === of ? kept.selection : nothing, (selection) => setKept({ of, selection })];
}

/** How many, and what leaves others out. */
function Total({ rows, shown }: { rows: Rows<Person>; shown: Shown }) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = format.number(rows.total ?? 0);
  const words = { count: rows.total ?? 0, n: rows.totalIsLeast ? t('people.moreThan', { n: number }) : number, q: shown.q };
  const text = () => {
    if (shown.q && shown.filter) return t('people.totalBoth', words);
    if (shown.q) return t('people.totalWords', words);
    return shown.filter ? t('people.totalFilter', words) : t('people.total', words);
  };
  return <ListTotal rows={rows} mih={30} lh="30px">{text()}</ListTotal>;
}

/** So many ids fit into an address. */
const IDS_MOST = 400;

function ExportButton({ listed, selection, fields }: { listed: Listed; selection: Selection; fields: FieldInfo[] }) {
  const { t } = useTranslation();
  const words = useCsvWords(fields);
  const ids = selection.kind === 'rows' && selection.ids.size > 0 ? [...selection.ids] : null;
  const isSome = ids !== null && ids.length <= IDS_MOST;
  const query = isSome ? { ids: ids.join() } : apiQuery(listed);
  const search = new URLSearchParams(Object.entries({ ...query, ...spreadsheetQuery() }).map(([name, value]) => [name, String(value)]));
  return (
    <CsvButton address={`/api/v1/export/people.csv?${search}`} words={words}>
      {isSome ? t('people.exportSelected', { count: ids.length }) : t('people.export')}
    </CsvButton>
  );
}
