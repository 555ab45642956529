/** What became of a campaign in numbers: people and machines apart, and who was left out and why. */
import { Group, Paper, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Stat } from '../../ui/Stat.tsx';
import type { Report } from './queries.ts';
import { useLeftOutTitle } from './words.ts';

function sum(by: Record<string, number>): number {
  return Object.values(by).reduce((all, n) => all + n, 0);
}

export function FigureCards({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const { recipients, sent, waiting, opened, clicked, bounced, unsubscribed, complained } = report;
  const out = sum(report.left_out);
  const share = (n: number) => <Text size="xs" c="dimmed" component="span" display="block">{format.percent(n, sent)}</Text>;
  const machines = (n: number) => n > 0 && <Text size="xs" c="violet" component="span" display="block">{t('campaigns.machines', { count: n, n: format.number(n) })}</Text>;
  const bounces = bounced.hard + bounced.soft;
  return (
    <section aria-labelledby="figures">
      <Title order={2} fz="md" mb="xs" id="figures">{t('campaigns.figures')}</Title>
      <Group gap="sm" align="stretch">
        <Stat label={t('campaigns.recipients')} value={format.number(recipients)}>
          {report.unknown > 0 && <Text size="xs" c="dimmed" component="span" display="block">{t('campaigns.unknown', { count: report.unknown, n: format.number(report.unknown) })}</Text>}
        </Stat>
        <Stat label={t('campaigns.sent')} value={format.number(sent)} color="green" />
        {waiting > 0 && <Stat label={t('campaigns.waiting')} value={format.number(waiting)} color="yellow" />}
        <Stat label={t('campaigns.opened')} value={format.number(opened.people)}>{share(opened.people)}{machines(opened.machines)}</Stat>
        <Stat label={t('campaigns.clicked')} value={format.number(clicked.people)}>{share(clicked.people)}{machines(clicked.machines)}</Stat>
        <Stat label={t('campaigns.bounced')} value={format.number(bounces)} color={bounces > 0 ? 'red' : undefined}>
          {bounces > 0 && <Text size="xs" c="dimmed" component="span" display="block">{t('campaigns.bouncedBy', { hard: format.number(bounced.hard), soft: format.number(bounced.soft) })}</Text>}
        </Stat>
        <Stat label={t('campaigns.unsubscribed')} value={format.number(unsubscribed)}>{share(unsubscribed)}</Stat>
        {complained > 0 && <Stat label={t('campaigns.complained')} value={format.number(complained)} color="red" />}
        <Stat
          label={t('campaigns.leftOutHead')}
          value={format.number(out)}
          onOpen={out > 0 ? () => setOpen(!isOpen) : undefined}
          isOpen={isOpen}
        >
          {out > 0 && <Text size="xs" c="dimmed" component="span" display="block">{t(isOpen ? 'campaigns.hideWhy' : 'campaigns.showWhy')}</Text>}
        </Stat>
      </Group>
      {isOpen && out > 0 && <Reasons by={report.left_out} />}
    </section>
  );
}

function Reasons({ by }: { by: Record<string, number> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useLeftOutTitle();
  const rows = Object.entries(by).filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a);
  return (
    <Paper mt="sm">
      <Table aria-label={t('campaigns.whyLeftOut')}>
        <Table.Thead>
          <Table.Tr><Table.Th>{t('campaigns.reason')}</Table.Th><Table.Th ta="end">{t('campaigns.number')}</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([reason, n]) => (
            <Table.Tr key={reason}><Table.Td>{titleOf(reason)}</Table.Td><Table.Td ta="end">{format.number(n)}</Table.Td></Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
