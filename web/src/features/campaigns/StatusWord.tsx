/** The state of a campaign. */
import { useTranslation } from 'react-i18next';
import { DotWord } from '../../ui/DotWord.tsx';
import { statusColors } from './acts.ts';
import type { Status } from './search.ts';

export function StatusWord({ status }: { status: Status }) {
  const { t } = useTranslation();
  return <DotWord color={`${statusColors[status]}.6`} isWhole word={t(`campaigns.status.${status}`)} />;
}
