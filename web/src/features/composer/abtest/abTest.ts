/** An A/B test as the composer has it: a text among the values of the campaign, which is the same for the same one. */
import type { Schemas } from '../../../api/client.ts';

export const whats = ['subject', 'from', 'content', 'send_time'] as const;
export type What = (typeof whats)[number];
export const winners = ['opens', 'clicks', 'manual'] as const;
export type Winner = (typeof winners)[number];
export const letters = ['A', 'B', 'C'] as const;
export type Letter = (typeof letters)[number];

/** '': not given yet. Of each only what is tried. */
export interface Variant {
  subject?: string;
  from_name?: string;
  from_email?: string;
  /** ISO. */
  send_at?: string;
}

/** B, or B and C: A is the campaign itself. */
export interface AbTest {
  what: What;
  variants: Variant[];
  sample: number;
  wait_hours: number;
  winner: Winner;
}

const members: Record<What, readonly (keyof Variant)[]> = {
  subject: ['subject'],
  from: ['from_name', 'from_email'],
  content: [],
  send_time: ['send_at'],
};

export const SAMPLE_MIN = 10;
export const ALL = 100;
export const waits = [1, 2, 4, 8, 12, 24, 48, 72] as const;

/** From so many for each variant on, a large difference is no chance (20 % against 35 %), and from so many on a small one (20 % against 25 %): four times out of five. */
export const TELLS_MUCH = 150;
export const TELLS_LITTLE = 1100;

export const NO_TEST = 'null';

const begun: Omit<AbTest, 'what' | 'variants'> = { sample: 20, wait_hours: 4, winner: 'opens' };

/** Another thing is tried, as far as there is one already. */
export function tryThing(test: AbTest | null, what: What): AbTest {
  const sample = what === 'send_time' ? ALL : test && test.what !== 'send_time' ? test.sample : begun.sample;
  const n = test?.variants.length ?? 1;
  // who opens a mail has not seen its content yet
  const winner = what === 'content' && (test?.winner ?? 'opens') === 'opens' ? 'clicks' : (test?.winner ?? begun.winner);
  return { ...begun, ...test, what, sample, winner, variants: Array.from({ length: n }, () => ({})) };
}

/** @param keep what is done with each text */
function write(test: AbTest, keep: (text: string) => string): string {
  const { what, sample, wait_hours, winner } = test;
  const variants = test.variants.map((one) => Object.fromEntries(members[what].map((name) => [name, keep(one[name] ?? '')])));
  return JSON.stringify({ what, variants, sample, wait_hours, winner });
}

/** As it is typed. */
export function testText(test: AbTest | null): string {
  return test ? write(test, (text) => text) : NO_TEST;
}

/** As the server keeps it: without the blanks around what was typed. */
export function storedTest(text: string): string {
  const test = testIn(text);
  return test ? write(test, (one) => one.trim()) : NO_TEST;
}

export function testIn(text: string): AbTest | null {
  return JSON.parse(text) as AbTest | null;
}

/** Of the campaign as the server has it. */
export function testOf(test: Schemas['AbTest'] | undefined): string {
  if (!test) return NO_TEST;
  const variants = (test.variants ?? [{}]).map((one) => ({
    subject: one.subject ?? '',
    from_name: one.from_name ?? '',
    from_email: one.from_email ?? '',
    send_at: one.send_at ? new Date(one.send_at).toISOString() : '',
  }));
  return testText({ ...begun, ...test, variants });
}

/** As the server takes it. */
export function bodyOf(text: string): Schemas['AbTest'] {
  const test = testIn(text);
  if (!test) return null;
  return { ...test, variants: test.variants.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, (value as string) || null]))) };
}

export function lettersOf(test: { variants: readonly unknown[] } | null): readonly Letter[] {
  return test ? letters.slice(0, test.variants.length + 1) : [];
}

/** How many get each variant, and how many wait for the better one; as the audience parts them. */
export function sharesOf(test: AbTest, people: number): { each: number[]; rest: number } {
  const n = test.variants.length + 1;
  const sample = Math.min(people, Math.max(Math.ceil((people * test.sample) / 100), Math.min(people, n)));
  const each = Array.from({ length: n }, (_, i) => Math.floor(sample / n) + (i < sample % n ? 1 : 0));
  return { each, rest: people - sample };
}

/** Whatever comes of it may be chance. */
export function isTooSmall(test: AbTest, people: number): boolean {
  return people > 0 && Math.min(...sharesOf(test, people).each) < TELLS_MUCH;
}

/** Each has a time, and all are to come. */
export function areTimesRight(test: AbTest, first: string, now: number): boolean {
  return [first, ...test.variants.map((one) => one.send_at ?? '')].every((at) => at !== '' && Date.parse(at) > now);
}
