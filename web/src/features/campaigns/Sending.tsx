/** How far it is, how fast, how long still; why it stands still, and what to do about it. */
import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { AskAct } from './AskAct.tsx';
import { useWaitingWords } from './abtest/useAbReportWords.ts';
import { Held } from './Held.tsx';
import { useDo, type Campaign } from './queries.ts';
import { useReport } from './report/queries.ts';
import { useTimeLeft } from './words.ts';

export function Sending({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const timeLeft = useTimeLeft();
  const waitingWords = useWaitingWords();
  const test = useReport(campaign).data?.ab_test;
  const { figures, rate, seconds_left: left, status } = campaign;
  const sent = figures?.sent ?? 0;
  const waiting = figures?.waiting ?? 0;
  const out = figures?.left_out ?? 0;
  const isChoosing = status === 'sending' && test?.is_waiting === true;
  const title = isChoosing ? waitingWords(test) : t(status === 'paused' ? 'campaigns.isPaused' : 'campaigns.isSending');
  return (
    <Paper component="section" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <Text fw={600}>{title}</Text>
          {campaign.origin === 'crm' && <Buttons campaign={campaign} />}
        </Group>
        <Progress
          value={sent + waiting > 0 ? (100 * sent) / (sent + waiting) : 0}
          color={status === 'paused' ? 'orange' : undefined}
          aria-label={title}
        />
        <Text size="sm" c="dimmed" aria-live="polite">
          {figures
            ? t('campaigns.progress', { sent: format.number(sent), waiting: format.number(waiting) })
            : t('campaigns.preparing')}
          {out > 0 && `, ${t('campaigns.out', { count: out, n: format.number(out) })}`}
          {status === 'sending' && !isChoosing && typeof rate === 'number' && ` · ${t('campaigns.rate', { count: Math.round(rate), n: format.number(Math.round(rate)) })}`}
          {status === 'sending' && !isChoosing && typeof left === 'number' && ` · ${timeLeft(left)}`}
        </Text>
        {test?.is_waiting && !isChoosing && <Text size="sm" fw={600}>{waitingWords(test)}</Text>}
        <Held campaign={campaign} />
      </Stack>
    </Paper>
  );
}

function Buttons({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const me = useMe();
  const does = useDo();
  const [asks, ask] = useState(false);
  const act = campaign.status === 'paused' ? 'resume' : 'pause';
  if (!may(me, 'send')) return null;
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        <Button
          variant={act === 'resume' ? 'filled' : 'default'}
          loading={does.isPending}
          leftSection={act === 'resume' ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          onClick={() => does.mutate({ id: campaign.id, act })}
        >
          {t(`campaigns.act.${act}`)}
        </Button>
        <Button variant="default" disabled={does.isPending} onClick={() => ask(true)}>{t('campaigns.act.cancel')}</Button>
      </Group>
      <ProblemAlert error={does.error} title={t('campaigns.notDone')} />
      {asks && <AskAct campaign={campaign} act="cancel" onClose={() => ask(false)} />}
    </Stack>
  );
}
