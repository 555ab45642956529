/** Hours of the account's time zone, as clocks here show them. */
import { queryOptions } from '@tanstack/react-query';
import { call, mc } from '../../../api/client.ts';

export const zoneQuery = queryOptions({
  queryKey: ['account', 'zone'],
  queryFn: async ({ signal }) => (await call(mc.GET('/', { params: { query: { fields: 'account_timezone' } }, signal }))).account_timezone ?? 'UTC',
});

/** How many minutes clocks of a zone are ahead of UTC; one that this browser does not know is taken for UTC. */
function aheadOf(zone: string, at: Date): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
    }).formatToParts(at);
    const n = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    const wall = Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'));
    return Math.round((wall - at.getTime()) / 60000);
  } catch {
    return 0;
  }
}

/** "09:00": what an hour of that zone is here, on that day. */
export function localHour(hour: number, zone: string, day: Date): string {
  const wall = Date.UTC(day.getFullYear(), day.getMonth(), day.getDate(), hour);
  const at = new Date(wall - aheadOf(zone, new Date(wall)) * 60000);
  return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':');
}
