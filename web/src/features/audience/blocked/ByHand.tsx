/** What users entered, which they may lift. */
import { Button, Skeleton, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { Lift } from './Lift.tsx';
import { byHandQuery } from './queries.ts';

export function ByHand({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useInfiniteQuery(byHandQuery);
  const [lifted, setLifted] = useState<string | null>(null);
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={120} />;
  const { items, total } = found.data;
  return (
    <>
      <Text size="sm" c="dimmed" role="status">{total === 0 ? t('blocked.none.hand') : t('blocked.total', { count: total, n: format.number(total) })}</Text>
      {items.length > 0 && (
        <FactTable
          label={t('blocked.shown.hand')}
          minWidth={520}
          rows={items}
          keyOf={({ address }) => address}
          columns={[
            { name: 'address', label: t('blocked.address'), cell: ({ address }) => <bdi>{address}</bdi> },
            { name: 'by', label: t('blocked.by'), isNamed: true, cell: ({ by }) => <bdi>{by}</bdi> },
            { name: 'at', label: t('blocked.since'), isNamed: true, cell: ({ at }) => <Ago at={at} /> },
          ]}
          acts={mayChange ? {
            label: t('audience.acts'),
            of: ({ address }) => <Button variant="subtle" size="compact-sm" aria-label={t('blocked.liftOf', { address })} onClick={() => setLifted(address)}>{t('blocked.lift')}</Button>,
          } : undefined}
        />
      )}
      {found.hasNextPage && <Button variant="default" w="fit-content" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t('ui.more')}</Button>}
      {lifted !== null && <Lift address={lifted} onClose={() => setLifted(null)} />}
    </>
  );
}
