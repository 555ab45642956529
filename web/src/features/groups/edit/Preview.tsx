/** How many would be in the group now, and the first of them. */
import { Text } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { LiveCount, LivePaper, type SampleWords } from '../../../ui/CriteriaBuilder/LiveCount.tsx';
import type { Criteria } from '../../../ui/FilterBar/criteria.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { nameOf } from '../../people/person.ts';
import { usePreview, type Entity, type Sample } from './queries.ts';

interface Props {
  entity: Entity;
  /** Of rows that are finished; undefined: not known yet. */
  criteria: Criteria | undefined;
  unfinished: number;
  isByHand: boolean;
  className?: string;
}

export function Preview({ entity, criteria, unfinished, isByHand, className }: Props) {
  const { t } = useTranslation();
  const useFound = useCallback((asked: string | null) => usePreview(entity, asked), [entity]);
  return (
    <LivePaper className={className}>
      {isByHand ? (
        <Text size="sm" c="dimmed">{t('groupEdit.byHandNext')}</Text>
      ) : (
        <LiveCount
          criteria={criteria}
          unfinished={unfinished}
          useFound={useFound}
          number={(n) => <Number n={n} entity={entity} criteria={criteria} />}
          fit={(count) => t(`groupEdit.count.${entity}`, { count })}
          wordsOf={wordsOf}
        />
      )}
    </LivePaper>
  );
}

/** It opens those whom it counts. */
function Number({ n, entity, criteria }: { n: string; entity: Entity; criteria: Criteria | undefined }) {
  if (entity !== 'people') return <Text span fz={28} fw={600} lh={1.2}>{n}</Text>;
  const isAll = !criteria || criteria.conditions.length === 0;
  return (
    <LinkAnchor to="/people" search={isAll ? {} : { filter: criteria }} target="_blank" fz={28} fw={600} lh={1.2}>
      {n}
    </LinkAnchor>
  );
}

function wordsOf(one: Sample): SampleWords {
  const key = one.id;
  if ('first_name' in one) {
    const name = nameOf(one);
    return { key, name: name === one.email ? '' : name, about: one.email ?? '' };
  }
  return { key, name: one.name ?? '', about: one.city ?? '' };
}
