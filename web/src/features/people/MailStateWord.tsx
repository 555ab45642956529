/** Whether somebody can be sent to. */
import { useTranslation } from 'react-i18next';
import { DotWord } from '../../ui/DotWord.tsx';
import { mailColors, type MailStatus } from './mailColors.ts';

/** isWhole: in as many words as it takes; else in the one or two that a list has room for. */
export function MailStateWord({ state, isWhole = false }: { state: MailStatus; isWhole?: boolean }) {
  const { t } = useTranslation();
  const whole = t(`people.mailStatus.${state}`);
  return <DotWord color={mailColors[state]} isWhole={isWhole} word={isWhole ? whole : t(`people.state.${state}`)} title={isWhole ? undefined : whole} />;
}
