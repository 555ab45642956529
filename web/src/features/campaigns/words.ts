/** Why a campaign stands still or somebody was left out, in the words of people; what this program does not know yet shows its name. */
import { useTranslation } from 'react-i18next';
import { en } from '../../messages/en/index.ts';
import { useReasonTitle } from '../pushes/words.ts';
import { roughly } from './acts.ts';
import type { Campaign } from './queries.ts';

type HoldReason = keyof (typeof en)['campaigns']['hold'];
type OutReason = keyof (typeof en)['campaigns']['leftOut'];

export interface Standing {
  title: string;
  todo: string;
  /** In the relay's or the program's own words. */
  detail: string | null;
}

/** null: nothing holds it. */
export function useStanding(): (campaign: Pick<Campaign, 'hold' | 'paused_because' | 'status'>) => Standing | null {
  const { t } = useTranslation();
  return ({ hold, paused_because, status }) => {
    if (status === 'sent' || status === 'canceled') return null;
    if (hold) {
      const reason = (hold.reason in en.campaigns.hold ? hold.reason : 'other') as HoldReason;
      return { title: t(`campaigns.hold.${reason}.title`), todo: t(`campaigns.hold.${reason}.todo`), detail: hold.detail || null };
    }
    if (paused_because) return { title: t('campaigns.hold.other.title'), todo: t('campaigns.hold.other.todo'), detail: paused_because };
    return null;
  };
}

/** Why somebody was left out or refused. */
export function useReasonOf(): (reason: string) => string {
  const { t } = useTranslation();
  const ofPush = useReasonTitle();
  return (reason) => {
    if (reason === 'other') return t('report.noReason');
    return reason in en.campaigns.leftOut ? t(`campaigns.leftOut.${reason as OutReason}`) : ofPush(reason);
  };
}

export function useTimeLeft(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    const { unit, count } = roughly(seconds);
    return t(`campaigns.left.${unit}`, { count });
  };
}
