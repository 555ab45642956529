/** How many get it now; who does not, and why. */
import { List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { useProblemText } from '../../../ui/ProblemAlert.tsx';
import { problemOf } from '../../../api/problem.ts';
import { useReasonTitle } from '../../pushes/words.ts';
import { useEstimate } from '../queries.ts';
import { isRough } from '../values.ts';

export function EstimateWords({ id, to, isShort = false }: { id: number; to: string; isShort?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = useReasonTitle();
  const problemText = useProblemText();
  const found = useEstimate(id, to);
  if (to === 'null') return null;
  if (found.error) return isShort ? null : <Text size="sm" c="dimmed">{problemText(problemOf(found.error))}</Text>;
  if (!found.data) return null;
  const { goes, left_out, unknown, job_id } = found.data;
  const people = t('composer.to.people', { count: goes, n: format.number(goes) });
  const isMost = isRough(to);
  if (isShort) return <>· {isMost ? t('composer.to.most', { people }) : people}</>;
  const reasons = Object.entries(left_out).filter(([, n]) => n > 0).sort(([, n], [, m]) => m - n);
  const out = reasons.reduce((sum, [, n]) => sum + n, 0);
  return (
    <Stack gap={4} role="status">
      <Text size="sm" fw={600}>{isMost ? t('composer.to.goesMost', { count: goes, n: format.number(goes) }) : t('composer.to.goes', { count: goes, n: format.number(goes) })}</Text>
      {isMost && goes > 0 && <Text size="sm" c="dimmed">{t('composer.to.mostAbout')}</Text>}
      {unknown > 0 && <Text size="sm" c="dimmed">{t('composer.to.unknown', { count: unknown, n: format.number(unknown) })}</Text>}
      {out > 0 && (
        <>
          <Text size="sm">{t('composer.to.leftOut', { count: out, n: format.number(out) })}</Text>
          <List size="sm" c="dimmed">
            {reasons.map(([reason, n]) => <List.Item key={reason}>{`${titleOf(reason)}: ${format.number(n)}`}</List.Item>)}
          </List>
        </>
      )}
      {job_id != null && <Text size="xs" c="dimmed">{t('composer.to.looking')}</Text>}
    </Stack>
  );
}
