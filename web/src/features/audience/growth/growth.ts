/** How a list grew, step by step, the oldest first. */
import type { Marketing } from '../../../api/client.ts';

export interface GrowthStep {
  at: string;
  /** How many subscribed at its end; null: it is not told by days. */
  subscribed: number | null;
  joined: number;
  unsubscribed: number;
  /** Bounced, or were deleted. */
  lost: number;
}

type Month = Pick<Marketing['GrowthMonth'], 'month' | 'subscribed' | 'optins' | 'imports' | 'unsubscribed' | 'cleaned' | 'deleted'>;
type Day = Pick<Marketing['ListDay'], 'day' | 'subs' | 'unsubs' | 'hard_bounce' | 'other_removes'>;

export function byMonths(newestFirst: readonly Month[]): GrowthStep[] {
  return newestFirst
    .map(({ month, subscribed, optins, imports, unsubscribed, cleaned, deleted }) => ({ at: `${month}-01`, subscribed, joined: optins + imports, unsubscribed, lost: cleaned + deleted }))
    .reverse();
}

export function byDays(newestFirst: readonly Day[]): GrowthStep[] {
  return newestFirst
    .map(({ day, subs, unsubs, hard_bounce, other_removes }) => ({ at: day, subscribed: null, joined: subs, unsubscribed: unsubs, lost: hard_bounce + other_removes }))
    .reverse();
}

/** From the first step in which there was anything on. */
export function begun(items: readonly GrowthStep[]): GrowthStep[] {
  const first = items.findIndex((one) => (one.subscribed ?? 0) + one.joined + one.unsubscribed + one.lost > 0);
  return first < 0 ? [] : items.slice(first);
}

const LEAST = { month: 6, day: 14 };

/** With empty steps before, so that few are no walls. */
export function padded(items: readonly GrowthStep[], by: keyof typeof LEAST): GrowthStep[] {
  const first = items[0];
  if (!first) return [];
  const [year, month, day] = first.at.split('-').map(Number) as [number, number, number];
  const missing = Math.max(0, LEAST[by] - items.length);
  const before = Array.from({ length: missing }, (_none, i) => {
    const back = missing - i;
    const at = by === 'month' ? Date.UTC(year, month - 1 - back, 1) : Date.UTC(year, month - 1, day - back);
    return { at: new Date(at).toISOString().slice(0, 10), subscribed: by === 'month' ? 0 : null, joined: 0, unsubscribed: 0, lost: 0 };
  });
  return [...before, ...items];
}
