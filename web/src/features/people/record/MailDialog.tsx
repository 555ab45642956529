/** A mail as this person got it, on a screen or on a phone. */
import { Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { MailFrame } from '../../../ui/MailFrame.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { MailEvents } from './MailEvents.tsx';
import { useMail } from './queries.ts';

type Width = 'screen' | 'phone' | 'text';

interface Props {
  personId: number;
  campaignId: number;
  onClose: () => void;
}

export function MailDialog({ personId, campaignId, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useMail(personId, campaignId);
  const [width, setWidth] = useState<Width>('screen');
  const mail = found.data;
  return (
    <Dialog onClose={onClose}
      size="xl"
      title={<bdi>{mail?.subject ?? t('person.mail')}</bdi>}
    >
      <ProblemAlert error={found.error} title={t('person.noMail')} />
      {found.isPending && <Skeleton h={400} />}
      {mail && (
        <Stack gap="sm">
          <Group justify="space-between" align="flex-start">
            <Text size="xs" c="dimmed" component="div">
              <div>{t('person.from')} <bdi>{mail.from_name}</bdi> <bdi>&lt;{mail.from_email}&gt;</bdi></div>
              <div>{t('person.to')} <bdi>{mail.to}</bdi></div>
              <div>{format.time(mail.at)}</div>
            </Text>
            <SegmentedControl
              size="xs"
              aria-label={t('person.width.title')}
              data={(['screen', 'phone', 'text'] as const).map((value) => ({ value, label: t(`person.width.${value}`) }))}
              value={width}
              onChange={(next) => setWidth(next as Width)}
            />
          </Group>
          {width === 'text' ? (
            <Text size="sm" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{mail.text}</Text>
          ) : (
            <MailFrame src={mail.html_url} title={t('person.mailFrame', { subject: mail.subject })} isPhone={width === 'phone'} h="60vh" />
          )}
          {mail.events.length > 0 && <MailEvents events={mail.events} />}
        </Stack>
      )}
    </Dialog>
  );
}
