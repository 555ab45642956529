/** Which links people followed, the most followed first. */
import { Button, Paper, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { useIsPhone } from '../../../ui/DataTable/DataTable.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import type { Report } from './queries.ts';

const SHOWN = 20;

export function Links({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isPhone = useIsPhone();
  const [isWhole, setWhole] = useState(false);
  const { links, clicked } = report;
  const words = { count: links.length, n: format.number(links.length) };
  return (
    <Paper component="section" aria-labelledby="links">
      <Title order={2} fz="md" mb="xs" id="links">{t('campaigns.links')}</Title>
      {links.length === 0 ? <Text size="sm" c="dimmed">{t('report.link.none')}</Text> : (
        <Table layout="fixed" aria-labelledby="links">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('campaigns.link')}</Table.Th>
              <Table.Th ta="end" w={isPhone ? 80 : 110}>{t('report.link.people')}</Table.Th>
              {!isPhone && <Table.Th ta="end" w={150}>{t('report.link.share')}</Table.Th>}
              <Table.Th ta="end" w={isPhone ? 70 : 110}>{t('report.link.clicks')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(isWhole ? links : links.slice(0, SHOWN)).map((link) => (
              <Table.Tr key={link.id}>
                <Table.Td><Text size="sm" lineClamp={isPhone ? 3 : 1} style={{ overflowWrap: 'anywhere' }} title={link.url}><bdi>{link.url}</bdi></Text></Table.Td>
                <Table.Td ta="end"><PeopleLink n={link.people} of={{ link: link.id }} what={link.url} /></Table.Td>
                {!isPhone && <Table.Td ta="end">{format.percent(link.people, clicked.people)}</Table.Td>}
                <Table.Td ta="end">{format.number(link.clicks)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {links.length > SHOWN && !isWhole && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setWhole(true)}>{t('report.link.all', words)}</Button>
      )}
    </Paper>
  );
}
