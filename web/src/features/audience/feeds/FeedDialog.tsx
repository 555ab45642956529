/** A campaign of a feed, new or changed: which feed, who gets it, when, and what the mail says. */
import { Box, Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { templatesQuery } from '../templates/queries.ts';
import { FeedLook } from './FeedLook.tsx';
import { FeedSchedule } from './FeedSchedule.tsx';
import { usualHtml } from './html.ts';
import { htmlQuery, segmentsQuery, senderQuery, useLookAtFeed, useSaveFeed, type FeedCampaign } from './queries.ts';
import { KEPT, newValues, USUAL, valuesOf, type FeedValues } from './values.ts';

interface Props {
  listId: string;
  /** null: a new one. */
  campaign: FeedCampaign | null;
  onClose: () => void;
}

const FIELDS = ['feed_url', 'rss_opts.feed_url', 'rss_opts.frequency', 'rss_opts.schedule.hour', 'rss_opts.schedule.daily_send', 'settings.subject_line', 'settings.reply_to'];

export function FeedDialog({ listId, campaign, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveFeed();
  const look = useLookAtFeed();
  const [made, setMade] = useState(campaign?.id ?? null);
  const [values, setValues] = useState<FeedValues>(() => campaign ? valuesOf(campaign) : newValues());
  const segments = useQuery(segmentsQuery(listId)).data ?? [];
  const templates = useQuery(templatesQuery).data ?? [];
  const sender = useQuery(senderQuery(listId)).data;
  const kept = useQuery({ ...htmlQuery(campaign?.id ?? ''), enabled: campaign !== null }).data ?? '';
  const change = (some: Partial<FeedValues>) => setValues((before) => ({ ...before, ...some }));
  const problem = save.error ? problemOf(save.error) : null;
  const looked = look.error ? problemOf(look.error) : null;
  const errorOf = (field: string) => problem?.of(field);
  const usual = usualHtml({ language: t('audience.feedLanguage'), date: t('audience.feedDate'), more: t('audience.feedMore') });
  const html = values.content === USUAL ? usual : values.content === KEPT ? kept : '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ id: made, listId, values, html: values.content === USUAL ? usual : null, onMade: setMade }, {
      onSuccess: () => {
        toast.tell(t(campaign ? 'audience.saved' : 'audience.feedAdded', { name: values.title.trim() }));
        onClose();
      },
    });
  };
  const lookNow = () => look.mutate({ feed_url: values.feedUrl.trim(), subject: values.subject, html, constrain_images: values.constrain });
  const isPlaced = problem && FIELDS.some((field) => problem.of(field));
  return (
    <Dialog title={campaign ? t('audience.editFeed') : t('audience.newFeed')} size="xl" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" label={t('audience.feedTitle')} value={values.title} onChange={(event) => change({ title: event.currentTarget.value })} />
          <TextInput
            required
            type="url"
            dir="ltr"
            label={t('audience.feedUrl')}
            description={t('audience.feedUrlAbout')}
            value={values.feedUrl}
            error={looked?.of('feed_url') ?? errorOf('rss_opts.feed_url')}
            onChange={(event) => change({ feedUrl: event.currentTarget.value })}
            inputContainer={(input) => (
              <Group gap="xs" my={4}>
                <Box style={{ flex: '1 1 220px' }}>{input}</Box>
                <Button variant="default" disabled={!values.feedUrl.trim()} loading={look.isPending} onClick={lookNow}>{t('audience.feedLook')}</Button>
              </Group>
            )}
          />
          {looked && !looked.of('feed_url') && <AudienceProblem error={look.error} />}
          {look.data && !look.error && <FeedLook feed={look.data} hasMail={html !== ''} />}
          {segments.length > 0 && (
            <Select
              clearable
              searchable
              label={t('audience.feedTo')}
              placeholder={t('audience.feedToAll')}
              data={segments}
              value={values.segment || null}
              onChange={(to) => change({ segment: to ?? '' })}
            />
          )}
          <FeedSchedule values={values} errorOf={errorOf} onChange={change} />
          <TextInput
            required
            dir="auto"
            label={t('audience.feedSubject')}
            description={t('audience.feedSubjectAbout')}
            value={values.subject}
            error={errorOf('settings.subject_line')}
            onChange={(event) => change({ subject: event.currentTarget.value })}
          />
          <Group grow align="flex-start">
            <TextInput dir="auto" label={t('audience.feedFrom')} placeholder={sender?.from_name} description={t('audience.feedFromAbout')} value={values.fromName} onChange={(event) => change({ fromName: event.currentTarget.value })} />
            <TextInput type="email" dir="ltr" label={t('audience.feedReplyTo')} placeholder={sender?.from_email} description={t('audience.feedFromAbout')} value={values.replyTo} error={errorOf('settings.reply_to')} onChange={(event) => change({ replyTo: event.currentTarget.value })} />
          </Group>
          <Select
            label={t('audience.feedContent')}
            description={t('audience.feedContentAbout')}
            allowDeselect={false}
            data={[
              ...(campaign ? [{ value: KEPT, label: t('audience.feedContentKept') }] : []),
              { value: USUAL, label: t('audience.feedContentUsual') },
              ...templates.map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            value={values.content}
            onChange={(to) => to && change({ content: to })}
          />
          <Checkbox label={t('audience.feedConstrain')} checked={values.constrain} onChange={(event) => change({ constrain: event.currentTarget.checked })} />
          {!isPlaced && <AudienceProblem error={save.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!values.title.trim() || !values.feedUrl.trim()} loading={save.isPending}>{campaign ? t('ui.save') : t('audience.addFeed')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
