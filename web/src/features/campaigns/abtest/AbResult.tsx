/** What came of an A/B test: each variant with its figures, which is better, and how sure that is. While the rest waits: until when, and what to do. */
import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconTrophy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useReadable } from '../../composer/useReadable.ts';
import type { Campaign } from '../queries.ts';
import { useChooseWinner, type AbReport } from './queries.ts';
import { useConfidenceWords, useWaitingWords } from './useAbReportWords.ts';

type Shown = AbReport['variants'][number];

export function AbResult({ campaign, result }: { campaign: Campaign; result: AbReport }) {
  const { t } = useTranslation();
  const confidence = useConfidenceWords();
  const waiting = useWaitingWords();
  const format = useFormat();
  const isOfSome = result.variants.reduce((sum, { sent }) => sum + sent, 0) < (campaign.figures?.sent ?? 0);
  return (
    <Paper component="section" aria-labelledby="ab-test">
      <Title order={2} fz="md" mb="xs" id="ab-test">{t('report.ab.title', { what: t(`composer.ab.what.${result.what}`) })}</Title>
      <Stack gap="sm">
        {result.is_waiting && (
          <Alert variant="light" color="yellow" title={waiting(result)}>
            <Stack gap="xs">
              <Text size="sm">{t('report.ab.waitingAbout')}</Text>
              <Choose campaign={campaign} result={result} />
            </Stack>
          </Alert>
        )}
        <Variants result={result} hasCaught={(campaign.figures?.caught ?? 0) > 0} />
        {result.decided_at && <Text size="xs" c="dimmed">{t('report.ab.decided', { when: format.time(result.decided_at) })}</Text>}
        {isOfSome && <Text size="xs" c="dimmed">{t('report.ab.onlyTrial')}</Text>}
        <Text size="sm" role="status">{confidence(result)}</Text>
      </Stack>
    </Paper>
  );
}

/** @param hasCaught some stay in the outbox: an audience does not tell them from those that arrived */
function Variants({ result, hasCaught }: { result: AbReport; hasCaught: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const wordsOf = useVariantWords(result.what);
  const rate = (n: number, of: number) => <>{format.number(n)} <Text span size="xs" c="dimmed">{format.percent(n, of)}</Text></>;
  return (
    <FactTable
      labelledBy="ab-test"
      minWidth={560}
      rows={result.variants}
      keyOf={(row) => row.letter}
      isMarked={(row) => row.letter === result.winner}
      columns={[
        {
          name: 'letter', label: t('report.ab.variant'),
          cell: (row) => (
            <Group gap="xs" wrap="wrap">
              <b>{row.letter}</b>
              {wordsOf(row) && <bdi>{wordsOf(row)}</bdi>}
              {row.letter === result.winner && <Badge variant="light" color="green" tt="none" leftSection={<IconTrophy size={12} aria-hidden />}>{t(result.sample < 100 ? 'report.ab.toRest' : 'report.ab.won')}</Badge>}
            </Group>
          ),
        },
        { name: 'sent', label: t('campaigns.sent'), isNumber: true, isNamed: true, cell: (row) => format.number(row.sent) },
        { name: 'delivered', label: t(hasCaught ? 'report.ab.deliveredOrCaught' : 'report.ab.delivered'), isNumber: true, isNamed: true, cell: (row) => format.number(row.delivered) },
        { name: 'opened', label: t('campaigns.opened'), isNumber: true, isNamed: true, cell: (row) => rate(row.opened, row.delivered) },
        { name: 'clicked', label: t('campaigns.clicked'), isNumber: true, isNamed: true, cell: (row) => rate(row.clicked, row.delivered) },
      ]}
    />
  );
}

/** What of a variant is its own. */
function useVariantWords(what: AbReport['what']): (row: Shown) => string {
  const read = useReadable();
  const format = useFormat();
  return (row) => {
    if (what === 'subject') return read(row.subject ?? '');
    if (what === 'from') return `${row.from_name ?? ''} <${row.from_email ?? ''}>`.trim();
    return what === 'send_time' && row.send_at ? format.time(row.send_at) : '';
  };
}

function Choose({ campaign, result }: { campaign: Campaign; result: AbReport }) {
  const { t } = useTranslation();
  const me = useMe();
  const format = useFormat();
  const toast = useToast();
  const choose = useChooseWinner(campaign.id);
  const [asked, ask] = useState<string | null>(null);
  const waiting = campaign.figures?.waiting ?? 0;
  if (!may(me, 'send')) return null;
  const words = { letter: asked ?? '', count: waiting, n: format.number(waiting) };
  return (
    <Group gap="xs">
      {result.variants.map(({ letter }) => (
        <Button key={letter} size="xs" variant="default" onClick={() => ask(letter)}>{t('report.ab.choose', { letter })}</Button>
      ))}
      <AskFirst
        isOpen={asked !== null}
        title={t('report.ab.askTitle', words)}
        about={t('report.ab.askAbout', words)}
        act={t('report.ab.askDo', words)}
        isMild
        isBusy={choose.isPending}
        error={choose.error}
        onAct={() =>
          choose.mutate(asked as 'A' | 'B' | 'C', {
            onSuccess: () => {
              toast.tell(t('report.ab.chosen', words));
              ask(null);
            },
          })
        }
        onClose={() => {
          choose.reset();
          ask(null);
        }}
      />
    </Group>
  );
}
