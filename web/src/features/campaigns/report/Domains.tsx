/** The figures by the domains of addresses: where mails do not arrive, it is seen here. */
import { Paper, Skeleton, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
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
        <Table.ScrollContainer minWidth={560}>
          <Table aria-labelledby="domains">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('report.domain.name')}</Table.Th>
                <Table.Th ta="end">{t('campaigns.sent')}</Table.Th>
                {counted.map((one) => <Table.Th key={one} ta="end">{t(`report.who.response.${one}`)}</Table.Th>)}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((one) => <DomainRow key={one.domain} name={one.domain} figures={one} of={{ domain: one.domain }} />)}
              {other.sent > 0 && <DomainRow name={t('report.domain.other')} figures={other} of={{ not_domains: items.map((one) => one.domain).join(',') || undefined }} />}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}

interface RowProps {
  name: string;
  figures: Omit<Domain, 'domain'>;
  of: LedgerFilter;
}

function DomainRow({ name, figures, of }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = (n: number, what: string, more: LedgerFilter) =>
    <PeopleLink n={n} of={{ ...of, ...more }} what={`${name}, ${what}`} />;
  return (
    <Table.Tr>
      <Table.Td><bdi>{name}</bdi></Table.Td>
      <Table.Td ta="end">{number(figures.sent, t('campaigns.sent'), { state: 'sent' })}</Table.Td>
      {counted.map((response) => (
        <Table.Td key={response} ta="end" style={{ whiteSpace: 'nowrap' }}>
          {number(figures[response], t(`report.who.response.${response}`), { response })}
          {figures[response] > 0 && <Text span size="xs" c="dimmed" ms={6}>{format.percent(figures[response], figures.sent)}</Text>}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
