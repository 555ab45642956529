/** What a list of recipients says of each. */
import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CsvWords } from '../../../app/csvWords.ts';
import { useFormat } from '../../../app/format.ts';
import { en } from '../../../messages/en/index.ts';
import { NameLink } from '../../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../../ui/DataTable/columns.ts';
import { useReasonOf } from '../words.ts';
import type { LedgerRow } from './queries.ts';
import type { LedgerState } from './search.ts';

export const RECIPIENTS = 'recipients';
export const DEFAULT_COLUMNS = ['name', 'address', 'state', 'reason', 'did', 'opens', 'clicks'];

export function useRecipientColumns(): Column<LedgerRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useReasonOf();
  return useMemo(
    () => [
      { name: 'name', label: t('campaigns.person'), width: 150, isSortable: true, cell: (row) => <Name row={row} /> },
      { name: 'address', label: t('people.field.email'), width: 205, isSortable: false, cell: (row) => row.address && <bdi>{row.address}</bdi> },
      { name: 'state', label: t('campaigns.statusHead'), width: 115, isSortable: false, isBeside: true, cell: (row) => t(row.caught ? 'campaigns.caught.state' : `campaigns.state.${row.state as LedgerState}`) },
      { name: 'reason', label: t('campaigns.reason'), width: 135, isSortable: false, cell: (row) => (row.reason ? <span title={row.detail ?? ''}>{titleOf(row.reason)}</span> : row.detail && <bdi title={row.detail}>{row.detail}</bdi>) },
      { name: 'did', label: t('campaigns.responseHead'), width: 215, isSortable: false, cell: (row) => <Did row={row} /> },
      { name: 'opens', label: t('report.who.opens'), width: 120, isSortable: true, isNamed: true, cell: (row) => row.opens > 0 && format.number(row.opens) },
      { name: 'clicks', label: t('report.who.clicks'), width: 90, isSortable: true, isNamed: true, cell: (row) => row.clicks > 0 && format.number(row.clicks) },
      { name: 'at', label: t('report.who.at'), width: 130, isSortable: true, isNamed: true, cell: (row) => row.at && <time dateTime={row.at} title={format.relative(row.at)}>{format.time(row.at)}</time> },
    ],
    // the texts and the format follow the language
    [t],
  );
}

/** An export in the words of the list. */
export function useRecipientCsv(): CsvWords {
  const { t } = useTranslation();
  const titleOf = useReasonOf();
  return {
    head: (column) => (column in en.report.csv ? t(`report.csv.${column as keyof typeof en.report.csv}`) : column),
    cell: (column, value) => {
      if (column === 'state' && value in en.campaigns.state) return t(`campaigns.state.${value as LedgerState}`);
      if (column === 'reason') return titleOf(value);
      if (column === 'kind' && value in en.report.csvKind) return t(`report.csvKind.${value as keyof typeof en.report.csvKind}`);
      if (column === 'opened_by_machine' || column === 'caught') return t(value === 'true' ? 'filter.yes' : 'filter.no');
      return value;
    },
  };
}

/** Who is nobody in the CRM, or no longer, has no page. */
function Name({ row }: { row: LedgerRow }) {
  const { t } = useTranslation();
  if (row.kind !== 'person') return <Text span size="xs" c="dimmed">{t(`campaigns.kind.${row.kind}`)}</Text>;
  return <NameLink to="/people/$personId" params={{ personId: row.person_id }}>{row.name ?? t('people.noName')}</NameLink>;
}

function Did({ row }: { row: LedgerRow }) {
  const { t } = useTranslation();
  // first what matters most, where there is no room for all
  const did = (['complained', 'unsubscribed', 'bounced', 'clicked', 'opened'] as const).filter((one) => row[`${one}_at`])
    .map((one) => t(one === 'unsubscribed' && row.taken_back_at ? 'report.who.tookBack' : `campaigns.response.${one}`));
  const machine = row.opened_by_machine && !row.opened_at ? [t('report.who.response.machine_opened')] : [];
  const words = [...did, ...machine].join(' · ');
  return words && <span title={words}>{words}</span>;
}
