/** How many fit now, and the first of them. The last number stays until there is a new one. */
import { Button, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { criteriaText, type Criteria } from '../../../ui/FilterBar/criteria.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { useProblemText } from '../../../ui/ProblemAlert.tsx';
import { nameOf } from '../../people/person.ts';
import { usePreview, type Entity, type Sample } from './queries.ts';

const WAIT_MS = 400;

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
  return (
    <Paper className={className} component="section" aria-label={t('groupEdit.preview')}>
      <Title order={2} mb="xs">{t('groupEdit.preview')}</Title>
      {isByHand ? <Text size="sm" c="dimmed">{t('groupEdit.byHandNext')}</Text> : <Count entity={entity} criteria={criteria} unfinished={unfinished} />}
    </Paper>
  );
}

function Count({ entity, criteria, unfinished }: Omit<Props, 'isByHand'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const wanted = criteria ? criteriaText(criteria) : null;
  const [asked] = useDebouncedValue(wanted, WAIT_MS);
  const found = usePreview(entity, asked);
  const [last, setLast] = useState(found.data);
  if (found.data && found.data !== last) setLast(found.data);
  const isOld = wanted !== asked || found.data !== last || found.isFetching;
  const problem = found.error && !found.isFetching ? problemOf(found.error) : null;
  const isRefused = problem?.status === 400;
  return (
    <Stack gap="xs">
      <div role="status" aria-busy={isOld}>
        {last ? (
          <Text opacity={isOld || problem ? 0.6 : 1}>
            <Number n={format.number(last.count)} entity={entity} criteria={criteria} />{' '}
            {t(`groupEdit.count.${entity}`, { count: last.count })}
          </Text>
        ) : (
          !problem && <Skeleton h={30} w={160} />
        )}
      </div>
      {isRefused && <Text size="sm" role="alert">{t('groupEdit.notCountable')}</Text>}
      {problem && !isRefused && (
        <div role="alert">
          <Text size="sm">{last ? t('groupEdit.oldNumber') : t('groupEdit.noNumber')} {problemText(problem)}</Text>
          <Button variant="default" size="xs" mt={6} onClick={() => void found.refetch()}>{t('errors.again')}</Button>
        </div>
      )}
      {unfinished > 0 && <Text size="xs" c="dimmed">{t('groupEdit.notCounted', { count: unfinished })}</Text>}
      {last && <Samples items={last.sample} count={last.count} />}
    </Stack>
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

function Samples({ items, count }: { items: Sample[]; count: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const more = count - items.length;
  return (
    <>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('groupEdit.sample')}>
        {items.map((one) => {
          const { name, about } = wordsOf(one);
          return (
            <li key={one.id}>
              <Text size="sm" dir="auto" truncate>{name || about || t('people.noName')}</Text>
              {name && about && <Text size="xs" c="dimmed" dir="auto" truncate>{about}</Text>}
            </li>
          );
        })}
      </Stack>
      {more > 0 && <Text size="xs" c="dimmed">{t('groupEdit.moreOfThem', { count: more, n: format.number(more) })}</Text>}
    </>
  );
}

function wordsOf(one: Sample): { name: string; about: string } {
  if ('first_name' in one) {
    const name = nameOf(one);
    return { name: name === one.email ? '' : name, about: one.email ?? '' };
  }
  return { name: one.name ?? '', about: one.city ?? '' };
}
