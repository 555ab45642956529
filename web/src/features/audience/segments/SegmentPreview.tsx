/** How many subscribers fit now, and the first of them. */
import { Text } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { LiveCount, LivePaper } from '../../../ui/CriteriaBuilder/LiveCount.tsx';
import type { Criteria } from '../../../ui/FilterBar/criteria.ts';
import { apiOfCriteria, type Kinds } from './conditions.ts';
import { useSegmentPreview } from './queries.ts';

interface Props {
  listId: string;
  criteria: Criteria;
  kinds: Kinds;
  unfinished: number;
  className?: string;
}

export function SegmentPreview({ listId, criteria, kinds, unfinished, className }: Props) {
  const { t } = useTranslation();
  const useFound = useCallback(
    (asked: string | null) => useSegmentPreview(listId, asked === null ? null : JSON.stringify(apiOfCriteria(JSON.parse(asked) as Criteria, kinds))),
    [listId, kinds],
  );
  return (
    <LivePaper className={className}>
      <LiveCount
        criteria={criteria}
        unfinished={unfinished}
        useFound={useFound}
        number={(n) => <Text span fz={28} fw={600} lh={1.2}>{n}</Text>}
        fit={(count) => t('segments.fit', { count })}
        wordsOf={({ id, full_name, email_address }) => ({ key: id, name: full_name, about: email_address })}
      />
    </LivePaper>
  );
}
