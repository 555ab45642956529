/** When it goes, by which clock, and to how many; changed or taken back by who may send. */
import { Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { EstimateWords } from '../composer/lines/EstimateWords.tsx';
import { localTime, zoneHere } from '../composer/send/when.ts';
import { targetText } from '../composer/values.ts';
import { AskAct } from './AskAct.tsx';
import { OrderedBy } from './OrderedBy.tsx';
import { useSchedule, type Campaign } from './queries.ts';

interface Props {
  campaign: Campaign;
  /** Of the campaign as it is shown. */
  etag: string | null;
}

export function Scheduled({ campaign, etag }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const [open, setOpen] = useState<'change' | 'unschedule' | null>(null);
  const when = campaign.schedule_at ? t('composer.when.at', { time: format.time(campaign.schedule_at), zone: zoneHere() }) : '';
  return (
    <Paper>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{t('campaigns.goes', { when })}</Text>
          <Text size="sm" c="dimmed">{t('campaigns.goesAbout')}</Text>
          <EstimateWords id={campaign.id} to={targetText(campaign.to)} />
          <OrderedBy campaign={campaign} />
        </div>
        {may(me, 'send') && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setOpen('unschedule')}>{t('campaigns.act.unschedule')}</Button>
            <Button onClick={() => setOpen('change')}>{t('campaigns.changeTime')}</Button>
          </Group>
        )}
      </Group>
      {open === 'unschedule' && <AskAct campaign={campaign} act="unschedule" onClose={() => setOpen(null)} />}
      {open === 'change' && <ChangeTime campaign={campaign} etag={etag} onClose={() => setOpen(null)} />}
    </Paper>
  );
}

/** As a field of the browser takes it: in the reader's own time. */
function ChangeTime({ campaign, etag, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const schedule = useSchedule(campaign.id);
  const [at, setAt] = useState(localTime(campaign.schedule_at ?? new Date().toISOString()));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const iso = new Date(at).toISOString();
    schedule.mutate({ at: iso, etag }, {
      onSuccess: () => {
        toast.tell(t('campaigns.goes', { when: t('composer.when.at', { time: format.time(iso), zone: zoneHere() }) }));
        onClose();
      },
    });
  };
  return (
    <Dialog onClose={onClose} title={t('campaigns.changeTime')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput type="datetime-local" data-autofocus required label={t('campaigns.when')} description={t('composer.when.zone', { zone: zoneHere() })} value={at} onChange={(event) => setAt(event.currentTarget.value)} />
          <ProblemAlert error={schedule.error} title={t('campaigns.notScheduled')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" disabled={!at} loading={schedule.isPending}>{t('campaigns.saveTime')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
