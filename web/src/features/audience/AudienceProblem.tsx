/** What was refused; of what somebody else has removed meanwhile, in words that say so. */
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';

const GONE = 404;

export function AudienceProblem({ error, title }: { error: unknown; title?: string }) {
  const { t } = useTranslation();
  const isGone = Boolean(error) && problemOf(error).status === GONE;
  return <ProblemAlert error={isGone ? new Error(t('audience.gone')) : error} title={title} />;
}
