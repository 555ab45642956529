/** Hours and days of a campaign, one after the other. */

export interface Step {
  at: string;
  sent: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
  bounced: number;
}

const LENGTH_MS = { hour: 3_600_000, day: 86_400_000 };
const LEAST = { hour: 12, day: 7 };

/** With empty steps behind, so that few are no walls. */
export function padded(items: readonly Step[], by: keyof typeof LEAST): Step[] {
  const last = items.at(-1);
  if (!last) return [];
  const more = Array.from({ length: Math.max(0, LEAST[by] - items.length) }, (_none, i) => ({
    at: new Date(Date.parse(last.at) + (i + 1) * LENGTH_MS[by]).toISOString(), sent: 0, opened: 0, clicked: 0, unsubscribed: 0, bounced: 0,
  }));
  return [...items, ...more];
}

/** From when on, and before when. */
export function spanOf(at: string, by: keyof typeof LENGTH_MS): { from: string; until: string } {
  return { from: new Date(at).toISOString(), until: new Date(Date.parse(at) + LENGTH_MS[by]).toISOString() };
}

/** Those in which something happened. */
export function busySteps<T extends Step>(items: readonly T[]): T[] {
  return items.filter((one) => one.sent + one.opened + one.clicked + one.unsubscribed + one.bounced > 0);
}

/** So many hours are told one by one; a longer time by days, unless somebody asks. */
export const LONG_HOURS = 96;
