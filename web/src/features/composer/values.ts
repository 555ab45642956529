/** A campaign as the composer has it. */
import type { Schemas } from '../../api/client.ts';
import type { Loaded } from '../../ui/useRecordForm.ts';
import { bodyOf, storedTest, testIn, testOf, testText } from './abtest/abTest.ts';
import { withFallback } from './mergeTags.ts';
import type { Campaign, CampaignChange } from './queries.ts';

export type Target = Schemas['CampaignTarget'];
export type TargetKind = NonNullable<Target>['kind'];

export type CampaignValues = {
  name: string;
  subject: string;
  preview_text: string;
  from_name: string;
  from_email: string;
  reply_to: string;
  /** A target as text, which is the same for the same one; 'null': none. */
  to: string;
  language: string;
  direction: NonNullable<Campaign['direction']>;
  /** ISO; '': at once. */
  send_at: string;
  /** An A/B test as text (abtest/abTest.ts); 'null': none. */
  ab_test: string;
};

export function targetText(to: Target | undefined): string {
  return JSON.stringify(to ? { kind: to.kind, ...(to.id == null ? {} : { id: to.id }) } : null);
}

export function targetIn(text: string): Target {
  return JSON.parse(text) as Target;
}

/** How many are in it is known, not who: those who may get no mail are counted, and left out when it is sent. */
export function isRough(text: string): boolean {
  const kind = targetIn(text)?.kind;
  return kind === 'tag' || kind === 'segment';
}

export function valuesOf(campaign: Campaign): CampaignValues {
  return {
    name: campaign.name,
    subject: campaign.subject ?? '',
    preview_text: campaign.preview_text ?? '',
    from_name: campaign.from_name ?? '',
    from_email: campaign.from_email ?? '',
    reply_to: campaign.reply_to ?? '',
    to: targetText(campaign.to),
    language: campaign.language ?? '',
    direction: campaign.direction ?? 'auto',
    send_at: campaign.send_at ? new Date(campaign.send_at).toISOString() : '',
    ab_test: testOf(campaign.ab_test),
  };
}

export function loadedOf({ data, etag }: { data: Campaign; etag: string | null }): Loaded<CampaignValues> {
  return { values: valuesOf(data), etag };
}

/** As the server keeps them: without the blanks around them. */
export function storedOf(values: CampaignValues): CampaignValues {
  const trimmed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])) as CampaignValues;
  return { ...trimmed, ab_test: storedTest(values.ab_test) };
}

/** What differs from what was there. */
export function changeOf(values: CampaignValues, before: CampaignValues): CampaignChange {
  const names = (Object.keys(values) as (keyof CampaignValues)[]).filter((name) => values[name] !== before[name]);
  const bodyFor = (name: keyof CampaignValues) => (name === 'to' ? targetIn(values.to) : name === 'ab_test' ? bodyOf(values.ab_test) : values[name] || null);
  return Object.fromEntries(names.map((name) => [name, bodyFor(name)])) as CampaignChange;
}

/** A field gets words to stand in its place, in each line that may say it. */
export function sayInstead(values: CampaignValues, tag: string, words: string): Partial<CampaignValues> {
  const test = testIn(values.ab_test);
  const variants = test?.variants.map((one) => (one.subject ? { ...one, subject: withFallback(one.subject, tag, words) } : one));
  return {
    subject: withFallback(values.subject, tag, words),
    preview_text: withFallback(values.preview_text, tag, words),
    ...(test && variants && { ab_test: testText({ ...test, variants }) }),
  };
}

/** Where a list of campaigns shows one. */
export const SUBJECT_GOOD = 60;
export const PREVIEW_GOOD = 90;

/** Each line of the composer that is to be done. */
export const steps = ['to', 'from', 'subject', 'content', 'ab', 'when'] as const;
export type Step = (typeof steps)[number];

/** The lines of the checklist whose errors hold a line of the composer. */
export const codesOf: Record<Exclude<Step, 'when'>, readonly string[]> = {
  to: ['recipients'],
  from: ['sender'],
  subject: ['subject'],
  content: ['content'],
  ab: ['ab_test'],
};
