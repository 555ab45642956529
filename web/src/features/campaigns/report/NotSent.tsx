/** Why some did not get it, with how many. */
import { Paper, Table, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { reasonsOf } from '../../pushes/states.ts';
import { useReasonOf } from '../words.ts';
import { PeopleLink } from './PeopleLink.tsx';
import type { Report } from './queries.ts';
import { ofReason } from './search.ts';

export function NotSent({ report }: { report: Report }) {
  const { t } = useTranslation();
  const titleOf = useReasonOf();
  const reasons = reasonsOf(report);
  if (reasons.length === 0) return null;
  return (
    <Paper component="section" aria-labelledby="not-sent">
      <Title order={2} fz="md" mb="xs" id="not-sent">{t('report.why')}</Title>
      <Table aria-labelledby="not-sent">
        <Table.Thead>
          <Table.Tr><Table.Th>{t('campaigns.reason')}</Table.Th><Table.Th ta="end" w={120}>{t('report.link.people')}</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reasons.map(([reason, n]) => (
            <Table.Tr key={reason}>
              <Table.Td>{titleOf(reason)}</Table.Td>
              <Table.Td ta="end"><PeopleLink n={n} of={ofReason(reason)} what={titleOf(reason)} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
