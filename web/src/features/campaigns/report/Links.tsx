/** The links of the mail, the most followed first; those that nobody followed, too. */
import { Button, Paper, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import type { Report } from './queries.ts';

const SHOWN = 20;

export function Links({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const { links, clicked } = report;
  const words = { count: links.length, n: format.number(links.length) };
  return (
    <Paper component="section" aria-labelledby="links">
      <Title order={2} fz="md" mb="xs" id="links">{t('campaigns.links')}</Title>
      {links.length === 0 ? <Text size="sm" c="dimmed">{t('report.link.none')}</Text> : (
        <FactTable
          isFixed
          labelledBy="links"
          minWidth={560}
          rows={isWhole ? links : links.slice(0, SHOWN)}
          keyOf={(link) => link.url}
          columns={[
            { name: 'link', label: t('campaigns.link'), cell: (link) => <Text span size="sm" style={{ overflowWrap: 'anywhere' }}><bdi>{link.url}</bdi></Text> },
            { name: 'people', label: t('report.link.people'), width: 110, isNumber: true, isNamed: true, cell: (link) => <PeopleLink n={link.people} of={{ link: link.id ?? undefined }} what={link.url} /> },
            { name: 'share', label: t('report.link.share'), width: 150, isNumber: true, isNamed: true, cell: (link) => clicked.people > 0 && format.percent(link.people, clicked.people) },
            { name: 'clicks', label: t('report.link.clicks'), width: 110, isNumber: true, isNamed: true, cell: (link) => format.number(link.clicks) },
          ]}
        />
      )}
      {links.length > SHOWN && !isWhole && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setWhole(true)}>{t('report.link.all', words)}</Button>
      )}
    </Paper>
  );
}
