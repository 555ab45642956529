/** Two or three variants that are tried on some, so that the rest gets the better one. What is tried is written in a file of its own. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../api/problem.ts';
import { Line, type LineProps } from '../lines/Line.tsx';
import { useEstimate } from '../queries.ts';
import { testIn } from './abTest.ts';
import { useAbWords } from './useAbWords.ts';

const AbEditor = lazy(() => import('./AbEditor.tsx').then((file) => ({ default: file.AbEditor })));

interface Props extends LineProps {
  id: number;
  /** Whom it goes to, as that was saved. */
  to: string;
  content: string | null;
  problem: Problem | null;
}

export function AbLine({ id, to, content, problem, ...line }: Props) {
  const { t } = useTranslation();
  const { sentence } = useAbWords();
  const test = testIn(line.values.ab_test);
  const people = useEstimate(id, to).data?.goes;
  const words = test && sentence(test, people ? people : null);
  return (
    <Line
      {...line}
      title={t('composer.ab.title')}
      edit={test ? t('composer.change') : t('composer.ab.begin')}
      summary={test ? <>{t(`composer.ab.what.${test.what}`)}. {words}</> : t('composer.ab.none')}
    >
      <Suspense fallback={<Skeleton h={160} role="status" aria-label={t('composer.loading')} />}>
        <AbEditor id={id} test={test} words={words} content={content} values={line.values} change={line.change} error={problem?.of('ab_test')} />
      </Suspense>
    </Line>
  );
}
