/** What figures of a test say, in words. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import type { AbReport } from './queries.ts';

/** As surely as this is never said: what is measured is never certain. */
const MOST = 99.9;

export function useConfidenceWords(): (result: AbReport) => string {
  const { t } = useTranslation();
  return ({ winner, variants, confidence }) => {
    const { better, than, by, percent, is_sure } = confidence;
    const words = { better, than, by: t(`report.ab.by.${by}`) };
    if (variants.every(({ sent }) => sent === 0)) return t('report.ab.nothing');
    if (percent === null) return t('report.ab.tooFew', words);
    if (!is_sure) return t(winner ? 'report.ab.chanceWon' : 'report.ab.chance', words);
    return t('report.ab.sure', { ...words, percent: shownPercent(percent) });
  };
}

/** Whole, as long as it does not say that it is certain. */
export function shownPercent(percent: number): number {
  return percent >= 99.5 ? Math.min(MOST, Math.floor(percent * 10) / 10) : Math.floor(percent);
}

export function useWaitingWords(): (result: AbReport) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ winner_by, until }) => {
    if (winner_by === 'manual') return t('report.ab.waitingManual');
    return until ? t('report.ab.waiting', { until: format.time(until) }) : t('report.ab.waitingSome');
  };
}
