import { expect, test } from 'vitest';
import type { Marketing } from '../../../api/client.ts';
import { bodyOf, newValues, valuesOf, weekdays } from './values.ts';

test('what is saved is read again', () => {
  const values = { ...newValues(), title: 'Blog', feedUrl: 'https://a.example/feed', segment: '7', fromName: 'Ann', replyTo: 'a@a.example' };
  const { recipients, settings, rss_opts } = bodyOf('aaaaaaaaaa', values);
  expect(settings?.template_id).toBeUndefined();
  const read = valuesOf({ recipients, settings, rss_opts } as unknown as Marketing['Campaign']);
  expect(read).toEqual({ ...values, content: 'kept' });
});

test('a template is named by its number, and nothing is said of a sender that is not given', () => {
  const { settings, recipients, rss_opts } = bodyOf('aaaaaaaaaa', { ...newValues(), content: '12', days: ['sunday'] });
  expect(settings).toEqual({ title: '', subject_line: '*|RSSFEED:TITLE|*: *|RSSITEM:TITLE|*', template_id: 12 });
  expect(recipients?.segment_opts).toEqual({});
  expect(weekdays.filter((day) => rss_opts?.schedule?.daily_send?.[day])).toEqual(['sunday']);
});
