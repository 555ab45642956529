/** How many fit what is being built, and the first of them. The last number stays until there is a new one. */
import { Button, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { useFormat } from '../../app/format.ts';
import { criteriaText, type Criteria } from '../FilterBar/criteria.ts';
import { useProblemText } from '../ProblemAlert.tsx';

const WAIT_MS = 400;

export interface Found<T> {
  count: number;
  sample: T[];
}

export interface SampleWords {
  key: string | number;
  name: string;
  about: string;
}

interface Props<T> {
  /** Of rows that are finished; undefined: not known yet. */
  criteria: Criteria | undefined;
  unfinished: number;
  /** Asks for criteria as JSON; null: for nothing yet. */
  useFound: (asked: string | null) => UseQueryResult<Found<T>>;
  /** The number, which may open those whom it counts. */
  number: (n: string) => ReactNode;
  /** "people fit" */
  fit: (count: number) => string;
  wordsOf: (one: T) => SampleWords;
}

/** "Right now". */
export function LivePaper({ className, children }: { className?: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Paper className={className} component="section" aria-label={t('builder.live.preview')}>
      <Title order={2} mb="xs">{t('builder.live.preview')}</Title>
      {children}
    </Paper>
  );
}

export function LiveCount<T>({ criteria, unfinished, useFound, number, fit, wordsOf }: Props<T>) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const wanted = criteria ? criteriaText(criteria) : null;
  const [asked] = useDebouncedValue(wanted, WAIT_MS);
  const found = useFound(asked);
  const [last, setLast] = useState(found.data);
  if (found.data && found.data !== last) setLast(found.data);
  const isOld = wanted !== asked || found.data !== last || found.isFetching;
  const problem = found.error && !found.isFetching ? problemOf(found.error) : null;
  const isRefused = problem?.status === 400;
  return (
    <Stack gap="xs">
      <div role="status" aria-busy={isOld}>
        {last ? (
          <Text opacity={isOld || problem ? 0.6 : 1}>{number(format.number(last.count))} {fit(last.count)}</Text>
        ) : (
          !problem && <Skeleton h={30} w={160} />
        )}
      </div>
      {isRefused && <Text size="sm" role="alert">{t('builder.live.notCountable')}</Text>}
      {problem && !isRefused && (
        <div role="alert">
          <Text size="sm">{last ? t('builder.live.oldNumber') : t('builder.live.noNumber')} {problemText(problem)}</Text>
          <Button variant="default" size="xs" mt={6} onClick={() => void found.refetch()}>{t('errors.again')}</Button>
        </div>
      )}
      {unfinished > 0 && <Text size="xs" c="dimmed">{t('builder.live.notCounted', { count: unfinished })}</Text>}
      {last && <Samples items={last.sample.map(wordsOf)} count={last.count} />}
    </Stack>
  );
}

function Samples({ items, count }: { items: SampleWords[]; count: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const more = count - items.length;
  return (
    <>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('builder.live.sample')}>
        {items.map(({ key, name, about }) => (
          <li key={key}>
            <Text size="sm" truncate><bdi>{name || about || t('people.noName')}</bdi></Text>
            {name && about && <Text size="xs" c="dimmed" truncate><bdi>{about}</bdi></Text>}
          </li>
        ))}
      </Stack>
      {more > 0 && <Text size="xs" c="dimmed">{t('builder.live.moreOfThem', { count: more, n: format.number(more) })}</Text>}
    </>
  );
}
