/** What happened, in days; a mail's events in a few words. */
import type { MailEvent, TimelineEntry } from './queries.ts';

export interface Day {
  /** YYYY-MM-DD where the reader is. */
  day: string;
  entries: TimelineEntry[];
}

export function dayOf(iso: string): string {
  const at = new Date(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Entries come the newest first, and stay so. */
export function byDay(entries: TimelineEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** Tells entries of all kinds apart. */
export function keyOf(entry: TimelineEntry): string {
  return [entry.type, entry.id ?? 0, entry.campaign_id ?? 0, entry.person_id ?? 0].join('-');
}

export interface EventCount {
  type: MailEvent['type'];
  machine: boolean;
  count: number;
}

/** Each kind of event once, people apart from machines, what matters most last. */
export function countEvents(events: MailEvent[]): EventCount[] {
  const order: MailEvent['type'][] = ['opened', 'clicked', 'bounced', 'unsubscribed', 'complained'];
  return order.flatMap((type) =>
    [false, true].flatMap((machine) => {
      const count = events.filter((event) => event.type === type && event.machine === machine).length;
      return count > 0 ? [{ type, machine, count }] : [];
    }),
  );
}

/** The audience gives a word as the reason of an opt-out, which its source says in the reader's language. */
export function isSourceOnly(source: string | null, reason: string | null): boolean {
  return (source === 'audience' && reason === 'unsubscribed') || (source === 'complaint' && reason === 'complained');
}
