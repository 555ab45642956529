/** What somebody is in the audience. */
import { useTranslation } from 'react-i18next';
import { DotWord } from '../../../ui/DotWord.tsx';
import type { MemberStatus } from './search.ts';

/** Green gets campaigns, amber waits, red is out; grey gets none, and nobody said no. */
export const memberColors: Record<MemberStatus, string> = {
  subscribed: 'green.6', pending: 'yellow.6', unsubscribed: 'red.6', cleaned: 'red.6', transactional: 'gray.5', archived: 'gray.5',
};

export function MemberWord({ status }: { status: MemberStatus }) {
  const { t } = useTranslation();
  return <DotWord color={memberColors[status]} isWhole word={t(`members.status.${status}`)} />;
}
