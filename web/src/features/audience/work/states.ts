/** How far what programs asked for is. */
import type { Marketing } from '../../../api/client.ts';

type Batch = Pick<Marketing['Batch'], 'status' | 'total_operations' | 'finished_operations'>;

export function isUnderWay({ status }: Pick<Batch, 'status'>): boolean {
  return status !== 'finished';
}

export function isWaitedFor({ finished }: Pick<Marketing['AccountExport'], 'finished'>): boolean {
  return finished === '';
}

/** In percent. */
export function partDone({ status, total_operations, finished_operations }: Batch): number {
  if (status === 'finished') return 100;
  return total_operations > 0 ? (100 * finished_operations) / total_operations : 0;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
const STEP = 1000;

/** A number of up to three digits, and of what. */
export function sizeOf(bytes: number): { n: number; unit: (typeof UNITS)[number] } {
  let n = bytes;
  let at = 0;
  while (n >= STEP && at < UNITS.length - 1) {
    n /= STEP;
    at += 1;
  }
  return { n: at === 0 ? n : Math.round(n * 10) / 10, unit: UNITS[at]! };
}
