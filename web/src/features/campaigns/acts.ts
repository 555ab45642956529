/** What can be done with a campaign, by its state. Who may do it is the server's affair; what a role may not is not offered. */
import type { Right } from '../../api/session.ts';
import type { Status } from './search.ts';

/** Those that are asked about before. */
export const asked = ['cancel', 'finish', 'delete', 'unschedule'] as const;
export type Asked = (typeof asked)[number];
export type Act = 'edit' | 'pause' | 'resume' | 'replicate' | Asked;

const ofStatus: Record<Status, Act[]> = {
  draft: ['edit', 'replicate', 'delete'],
  scheduled: ['unschedule', 'replicate'],
  sending: ['pause', 'finish', 'cancel', 'replicate'],
  paused: ['resume', 'finish', 'cancel', 'replicate'],
  sent: ['replicate'],
  canceled: ['replicate'],
};

export const rightOf: Record<Act, Right> = {
  edit: 'market', replicate: 'market', delete: 'market', unschedule: 'send', pause: 'send', resume: 'send', cancel: 'send', finish: 'send',
};

/** What others sent is only looked at, and copied. */
export function actsOf(status: Status, isAllowed: (right: Right) => boolean, isOurs = true): Act[] {
  return ofStatus[status].filter((act) => isAllowed(rightOf[act]) && (isOurs || act === 'replicate'));
}

/** Something changes by itself, or somebody else goes on with it: it is looked at again and again. */
export function isMoving(status: Status): boolean {
  return status === 'sending' || status === 'scheduled' || status === 'paused';
}

export const statusColors: Record<Status, string> = {
  draft: 'gray', scheduled: 'blue', sending: 'yellow', paused: 'orange', sent: 'green', canceled: 'gray',
};

/** Seconds, as one says them: the largest unit that fits. */
export function roughly(seconds: number): { unit: 'seconds' | 'minutes' | 'hours' | 'days'; count: number } {
  if (seconds < 90) return { unit: 'seconds', count: Math.max(1, seconds) };
  if (seconds < 90 * 60) return { unit: 'minutes', count: Math.round(seconds / 60) };
  if (seconds < 36 * 3600) return { unit: 'hours', count: Math.round(seconds / 3600) };
  return { unit: 'days', count: Math.round(seconds / 86_400) };
}
