/** Which links people followed, the most followed first. */
import { Paper, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import type { Report } from './queries.ts';

const SHOWN = 20;

export function Links({ links }: { links: Report['links'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = [...links].sort((a, b) => b.people - a.people).slice(0, SHOWN);
  if (rows.length === 0) return null;
  return (
    <Paper component="section" aria-labelledby="links">
      <Title order={2} fz="md" mb="xs" id="links">{t('campaigns.links')}</Title>
      <Table layout="fixed" aria-labelledby="links">
        <Table.Thead>
          <Table.Tr><Table.Th>{t('campaigns.link')}</Table.Th><Table.Th ta="end" w={120}>{t('campaigns.clicked')}</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((link) => (
            <Table.Tr key={link.url}>
              <Table.Td><Text size="sm" truncate title={link.url}><bdi>{link.url}</bdi></Text></Table.Td>
              <Table.Td ta="end">{format.number(link.people)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
