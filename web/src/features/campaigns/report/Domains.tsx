/** The figures by the domains of addresses: where mails do not arrive, it is seen here. */
import { Paper, Skeleton, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import { useDomains, type Domain } from './queries.ts';
import type { LedgerFilter } from './search.ts';

const counted = ['opened', 'clicked', 'bounced', 'unsubscribed'] as const;

export function Domains({ campaignId }: { campaignId: number }) {
  const { t } = useTranslation();
  const found = useDomains(campaignId);
  const { items, other } = found.data ?? {};
  return (
    <Paper component="section" aria-labelledby="domains">
      <Title order={2} fz="md" mb="xs" id="domains">{t('report.domain.title')}</Title>
      <ProblemAlert error={found.error} title={t('report.domain.failed')} />
      {found.isPending && <Skeleton h={120} />}
      {items && other && (
        <FactTable
          labelledBy="domains"
          minWidth={560}
          rows={[
            ...items.map((one) => ({ name: one.domain, figures: one, of: { domain: one.domain } })),
            ...(other.sent > 0 ? [{ name: t('report.domain.other'), figures: other, of: { not_domains: items.map((one) => one.domain).join(',') || undefined } }] : []),
          ]}
          keyOf={(row) => row.name}
          columns={[
            { name: 'name', label: t('report.domain.name'), cell: (row) => <bdi>{row.name}</bdi> },
            {
              name: 'sent', label: t('campaigns.sent'), isNumber: true, isNamed: true,
              cell: (row) => <PeopleLink n={row.figures.sent} of={{ ...row.of, state: 'sent' }} what={`${row.name}, ${t('campaigns.sent')}`} />,
            },
            ...counted.map((response) => ({
              name: response, label: t(`report.who.response.${response}`), isNumber: true, isNamed: true, cell: (row: DomainRow) => <Response row={row} response={response} />,
            })),
          ]}
        />
      )}
    </Paper>
  );
}

interface DomainRow {
  name: string;
  figures: Omit<Domain, 'domain'>;
  of: LedgerFilter;
}

function Response({ row: { name, figures, of }, response }: { row: DomainRow; response: (typeof counted)[number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = figures[response];
  return (
    <>
      <PeopleLink n={n} of={{ ...of, response }} what={`${name}, ${t(`report.who.response.${response}`)}`} />
      {n > 0 && <Text span size="xs" c="dimmed" ms={6}>{format.percent(n, figures.sent)}</Text>}
    </>
  );
}
