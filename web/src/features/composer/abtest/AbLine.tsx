/** Two or three variants that are tried on some, so that the rest gets the better one. What is tried is written in a file of its own. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../api/problem.ts';
import { Line, type LineProps } from '../lines/Line.tsx';
import { useEstimate } from '../queries.ts';
import type { Step } from '../values.ts';
import { testIn, type Letter } from './abTest.ts';
import { useAbWords } from './useAbWords.ts';

const AbEditor = lazy(() => import('./AbEditor.tsx').then((file) => ({ default: file.AbEditor })));

interface Props extends LineProps {
  id: number;
  /** Whom it goes to, as that was saved. */
  to: string;
  content: string | null;
  problem: Problem | null;
  /** Shows another line. */
  onGo: (step: Step) => void;
  /** Saves what is typed; false: that failed, and is told. */
  flush: () => Promise<boolean>;
  onTest: (letter: Letter) => void;
}

export function AbLine({ id, to, content, problem, onGo, flush, onTest, ...line }: Props) {
  const { t } = useTranslation();
  const { sentence, warning } = useAbWords();
  const test = testIn(line.values.ab_test);
  const people = useEstimate(id, to).data?.goes;
  const words = test && sentence(test, people ? people : null);
  return (
    <Line
      {...line}
      isOff={!test}
      title={t('composer.ab.title')}
      edit={test ? t('composer.change') : t('composer.ab.begin')}
      summary={test ? <>{t(`composer.ab.what.${test.what}`)}. {words}</> : t('composer.ab.none')}
    >
      <Suspense fallback={<Skeleton h={160} role="status" aria-label={t('composer.loading')} />}>
        <AbEditor
          id={id} test={test} words={words} warning={test && warning(test, people ?? null)} content={content} values={line.values} change={line.change}
          error={problem?.of('ab_test')} onGo={onGo} flush={flush} onTest={onTest}
        />
      </Suspense>
    </Line>
  );
}
