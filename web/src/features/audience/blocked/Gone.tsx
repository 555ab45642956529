/** Who unsubscribed, or whose address bounced, the last first. Nobody lifts that here: who left comes back by signing up. */
import { Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { goneQuery, type GoneStatus, type Member } from './queries.ts';

const SHOWN = 50;
const MOST = 1000;

export function Gone({ listId, status }: { listId: string; status: GoneStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [most, setMost] = useState(SHOWN);
  const found = useQuery(goneQuery(listId, status, most));
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={120} />;
  const { members, total_items } = found.data;
  const why = ({ unsubscribe_reason }: Member) => (status === 'cleaned' ? t('blocked.bounced') : /^N\/A/.test(unsubscribe_reason ?? '') ? t('blocked.byAdmin') : unsubscribe_reason);
  return (
    <>
      <Text size="sm" c="dimmed" maw={640}>{t(`blocked.goneAbout.${status}`)}</Text>
      <Text size="sm" c="dimmed" role="status">{total_items === 0 ? t(`blocked.none.${status}`) : t('blocked.total', { count: total_items, n: format.number(total_items) })}</Text>
      {members.length > 0 && (
        <FactTable<Member>
          label={t(`blocked.shown.${status}`)}
          minWidth={520}
          rows={members}
          keyOf={({ id }) => id}
          columns={[
            { name: 'address', label: t('blocked.address'), cell: ({ email_address }) => <bdi>{email_address}</bdi> },
            { name: 'why', label: t('blocked.why'), isNamed: true, cell: (one) => <Text span size="sm" dir="auto">{why(one)}</Text> },
            { name: 'at', label: t('blocked.since'), isNamed: true, cell: ({ last_changed }) => <Ago at={last_changed} /> },
          ]}
        />
      )}
      {total_items > most && most < MOST && (
        <Button variant="default" w="fit-content" loading={found.isFetching} onClick={() => setMost(Math.min(MOST, most + 4 * SHOWN))}>{t('ui.more')}</Button>
      )}
      {total_items > MOST && most >= MOST && (
        <Text size="sm">
          {t('blocked.most', { most: format.number(MOST) })}{' '}
          <LinkAnchor size="sm" underline="always" to="/audience" search={{ list: listId, status }}>{t('blocked.all')}</LinkAnchor>
        </Text>
      )}
    </>
  );
}
