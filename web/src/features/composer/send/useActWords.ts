/** What the button does that sends it off, and to how many; at most, where nobody knows better. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { isRough } from '../values.ts';

interface Act {
  isLater: boolean;
  /** Whom it goes to, as text (values.ts). */
  to: string;
  goes: number;
}

export function useActWords(): (act: Act) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ isLater, to, goes }) =>
    t(`composer.send.${isLater ? 'schedule' : 'send'}${isRough(to) ? 'Most' : ''}`, { count: goes, n: format.number(goes) });
}
