/** Pushes in the words of people; a reason that this program does not know yet shows its name. */
import { useTranslation } from 'react-i18next';
import { en } from '../../messages/en/index.ts';

export type Reason = keyof (typeof en)['pushes']['leftOut'];

export function isReason(reason: string): reason is Reason {
  return reason in en.pushes.leftOut;
}

export function useReasonTitle(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => (isReason(reason) ? t(`pushes.leftOut.${reason}.title`) : reason);
}
