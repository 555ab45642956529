/** How far a push is, and what its numbers add up to. */
import type { Push, PushResult } from './queries.ts';

export type PushState = 'waiting' | 'running' | 'asking' | 'done' | 'failed' | 'canceled';

/** The job knows best; jobs are forgotten earlier than pushes. */
export function stateOf({ job_state, state }: Pick<Push, 'job_state' | 'state'>): PushState {
  switch (job_state) {
    case 'queued': return 'waiting';
    case 'running': return 'running';
    case 'needs_confirmation': return 'asking';
    case 'failed': return 'failed';
    case 'canceled': return 'canceled';
    default: return state === 'done' || state === 'planned' ? 'done' : 'canceled';
  }
}

/** Something of it still goes on, or waits for a word. */
export function isRunning(push: Pick<Push, 'job_state' | 'state'>): boolean {
  return ['waiting', 'running', 'asking'].includes(stateOf(push));
}

export const stateColors: Record<PushState, string> = {
  waiting: 'yellow', running: 'yellow', asking: 'orange', done: 'green', failed: 'red', canceled: 'gray',
};

export function leftOut(result: PushResult): number {
  return Object.values(result.left_out).reduce((sum, n) => sum + n, 0);
}

/** Those for whom something is to be done there. */
export function toPush({ add, update, tag }: PushResult): number {
  return add + update + tag;
}

/** Who has the tag afterwards. */
export function inTag(result: PushResult): number {
  return toPush(result) + result.unchanged;
}

/** Reasons with their numbers, the most frequent first. */
export function reasonsOf(result: Pick<PushResult, 'left_out'>): [string, number][] {
  return Object.entries(result.left_out).filter(([, n]) => n > 0).sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}
