/** The last look before it goes. */
import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { isTypedRight, TypedNumber, TYPED_ABOVE } from '../../../ui/TypedNumber.tsx';
import { OutboxNote } from '../../outbox/OutboxNote.tsx';
import { testIn } from '../abtest/abTest.ts';
import { useAbWords } from '../abtest/useAbWords.ts';
import { useProblemWords } from '../content/problems.ts';
import { useOneTargetName } from '../lines/targets.ts';
import { useSend, type ChecklistItem } from '../queries.ts';
import { useReadable } from '../useReadable.ts';
import { isRough, type CampaignValues } from '../values.ts';
import { useActWords } from './useActWords.ts';
import type { When } from './when.ts';

interface Props {
  id: number;
  /** Of the draft as it was shown. */
  etag: string | null;
  values: CampaignValues;
  when: When;
  goes: number;
  leftOut: number;
  warnings: ChecklistItem[];
  onFailed: () => Promise<string | null>;
  onClose: () => void;
}

export function SendDialog({ id, etag, values, when, goes, leftOut, warnings, onFailed, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const actOf = useActWords();
  const wordsOf = useProblemWords();
  const navigate = useNavigate();
  const send = useSend(id);
  const to = useOneTargetName(values.to);
  const [typed, setTyped] = useState('');
  const [seen, see] = useState(etag);
  const isChanged = send.error !== null && problemOf(send.error).isMeanwhile;
  const isTyped = goes <= TYPED_ABOVE || isTypedRight(typed, goes);
  const read = useReadable();
  const { sentence, warning } = useAbWords();
  const test = testIn(values.ab_test);
  const isTimed = test?.what === 'send_time';
  const rows = [
    [t('composer.step.to'), to ?? ''],
    ...(leftOut > 0 ? [[t('composer.send.leftOut'), format.number(leftOut)]] : []),
    [t('composer.step.from'), `${values.from_name} <${values.from_email}>`],
    [t('composer.step.subject'), read(values.subject)],
    ...(test ? [[t('composer.ab.title'), `${t(`composer.ab.what.${test.what}`)}. ${sentence(test, goes)}`]] : []),
    [t('composer.step.when'), isTimed ? t('composer.ab.times') : when.at ? t('composer.when.at', { time: format.time(when.at), zone: when.zone }) : t('composer.when.now')],
  ];
  const go = () =>
    send.mutate({ when: when.at, etag: seen }, {
      onSuccess: (job) => {
        void navigate({ to: '/campaigns/$campaignId', params: { campaignId: id }, search: { job } });
      },
      // only who was told that it is another one sends that
      onError: (error) => void onFailed().then((now) => problemOf(error).isMeanwhile && see(now), () => undefined),
    });
  return (
    <Dialog title={when.isLater ? t('composer.send.scheduleTitle') : t('composer.send.title')} onClose={onClose}>
      <Stack>
        <Table withRowBorders={false} verticalSpacing={2}>
          <Table.Tbody>
            {rows.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th w={90} c="dimmed" fw={400}>{label}</Table.Th>
                <Table.Td dir="auto" style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {test && warning(test, goes) && <Text size="sm">{warning(test, goes)}</Text>}
        {warnings.length > 0 && <Text size="sm">{t('composer.send.warnings', { count: warnings.length })}</Text>}
        {warnings.filter(({ code }) => code === 'consent').map((one) => (
          <Text key={one.code} size="sm" fw={600}>{wordsOf({ code: one.code, text: one.details, detail: one.about })}</Text>
        ))}
        <OutboxNote />
        <Text size="sm" c="dimmed">{isTimed ? t('composer.ab.timesAbout') : when.isLater ? t('composer.send.scheduleAbout') : t('composer.send.about')}</Text>
        {isRough(values.to) && <Text size="sm" c="dimmed">{t('composer.to.mostAbout')}</Text>}
        {goes > TYPED_ABOVE && <TypedNumber count={goes} typed={typed} onType={setTyped} />}
        {isChanged ? (
          <Alert color="yellow" role="alert" title={t('composer.send.changed')}>
            <Stack gap="xs">
              <Text size="sm">{t('composer.send.changedAbout')}</Text>
              <LinkButton to="/campaigns/$campaignId/edit/content" params={{ campaignId: id }} variant="default" size="xs" w="fit-content">{t('composer.send.toContent')}</LinkButton>
            </Stack>
          </Alert>
        ) : (
          <ProblemAlert error={send.error} title={t('composer.send.failed')} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
          <Button loading={send.isPending} disabled={!isTyped} onClick={go} data-autofocus>
            {actOf({ isLater: when.isLater, to: values.to, goes })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
