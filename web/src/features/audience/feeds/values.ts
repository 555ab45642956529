/** A campaign of a feed as its form has it, and as the Marketing API does. */
import type { Marketing } from '../../../api/client.ts';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];
export const frequencies = ['daily', 'weekly', 'monthly'] as const;
export type Frequency = (typeof frequencies)[number];

/** Beside the ids of templates. */
export const USUAL = 'usual';
export const KEPT = 'kept';

export interface FeedValues {
  title: string;
  feedUrl: string;
  /** '': everybody who is subscribed. */
  segment: string;
  frequency: Frequency;
  days: Weekday[];
  weekday: Weekday;
  /** 0: the last. */
  monthDay: number;
  /** Of UTC. */
  hour: number;
  subject: string;
  fromName: string;
  replyTo: string;
  constrain: boolean;
  content: string;
}

const USUAL_HOUR = 7;

export function newValues(): FeedValues {
  return {
    title: '', feedUrl: '', segment: '', frequency: 'weekly', days: weekdays.slice(0, 5), weekday: 'monday', monthDay: 1, hour: USUAL_HOUR,
    subject: '*|RSSFEED:TITLE|*: *|RSSITEM:TITLE|*', fromName: '', replyTo: '', constrain: true, content: USUAL,
  };
}

export function valuesOf(campaign: Marketing['Campaign']): FeedValues {
  const { settings, recipients, rss_opts: rss } = campaign;
  const segment = (recipients.segment_opts as { saved_segment_id?: number } | undefined)?.saved_segment_id;
  const usual = newValues();
  return {
    title: settings.title ?? '',
    feedUrl: rss?.feed_url ?? '',
    segment: segment ? String(segment) : '',
    frequency: rss?.frequency ?? usual.frequency,
    days: weekdays.filter((day) => rss?.schedule.daily_send[day]),
    weekday: rss?.schedule.weekly_send_day ?? usual.weekday,
    monthDay: rss?.schedule.monthly_send_date ?? usual.monthDay,
    hour: rss?.schedule.hour ?? usual.hour,
    subject: settings.subject_line ?? '',
    fromName: settings.from_name ?? '',
    replyTo: settings.reply_to ?? '',
    constrain: rss?.constrain_rss_img ?? true,
    content: KEPT,
  };
}

/** What is empty of the sender, the audience says. */
export function bodyOf(listId: string, values: FeedValues): Marketing['CampaignChange'] {
  const template = Number(values.content);
  return {
    recipients: { list_id: listId, segment_opts: values.segment ? { saved_segment_id: Number(values.segment) } : {} },
    settings: {
      title: values.title.trim(),
      subject_line: values.subject.trim(),
      ...(values.fromName.trim() && { from_name: values.fromName.trim() }),
      ...(values.replyTo.trim() && { reply_to: values.replyTo.trim() }),
      ...(template > 0 && { template_id: template }),
    },
    rss_opts: {
      feed_url: values.feedUrl.trim(),
      frequency: values.frequency,
      schedule: {
        hour: values.hour,
        daily_send: Object.fromEntries(weekdays.map((day) => [day, values.days.includes(day)])),
        weekly_send_day: values.weekday,
        monthly_send_date: values.monthDay,
      },
      constrain_rss_img: values.constrain,
    },
  };
}
