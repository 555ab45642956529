/** What happened and what to do; of a fault of the server, the request's id for whoever reads its log. */
import { Alert, Code, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { problemOf, type Problem } from '../api/problem.ts';

/** The server's own words, but for what only the browser knows. */
export function useProblemText(): (problem: Problem) => string {
  const { t } = useTranslation();
  return (problem) => {
    if (problem.isOffline) return t('errors.offline');
    if (problem.status === 403) return `${t('errors.denied')} ${problem.message}`;
    return problem.message;
  };
}

export function ProblemAlert({ error, title }: { error: unknown; title?: string }) {
  const { t } = useTranslation();
  const text = useProblemText();
  if (!error) return null;
  const problem = problemOf(error);
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} />} title={title ?? t('errors.title')}>
      <Text size="sm">{text(problem)}</Text>
      {problem.isFault && problem.requestId && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('errors.request')} <Code>{problem.requestId}</Code>
        </Text>
      )}
    </Alert>
  );
}
