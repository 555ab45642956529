/** Columns of which nothing was imported; loud, if one may have said who wants mail. */
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Job } from '../../api/jobs.ts';

interface Result {
  ignored_columns?: string[];
  yes_no_columns?: string[];
}

export function PassedOver({ job }: { job: Job }) {
  const { t } = useTranslation();
  const { ignored_columns: ignored = [], yes_no_columns: yesNo = [] } = (job.result ?? {}) as Result;
  const named = (columns: string[]) => ({ count: columns.length, columns: columns.join(', ') });
  const others = ignored.filter((column) => !yesNo.includes(column));
  return (
    <>
      {yesNo.length > 0 && (
        <Alert variant="light" color="yellow" title={t('imports.yesNoAsk')}>
          <Text size="sm" dir="auto">{t('imports.yesNoPassed', named(yesNo))}</Text>
        </Alert>
      )}
      {others.length > 0 && <Text size="sm" c="dimmed" dir="auto">{t('imports.passedOver', named(others))}</Text>}
    </>
  );
}
