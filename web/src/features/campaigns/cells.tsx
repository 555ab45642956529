/** What a list of campaigns says of each. */
import { Progress, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { CellLink, NameLink } from '../../ui/DataTable/CellLink.tsx';
import { rememberOpened } from '../../ui/DataTable/lastOpened.ts';
import type { Campaign } from './queries.ts';
import { StatusWord } from './StatusWord.tsx';
import { useStanding, useTimeLeft } from './words.ts';

export const CAMPAIGNS = 'campaigns';
export const DEFAULT_COLUMNS = ['name', 'status', 'to', 'when', 'recipients', 'opened', 'clicked'];

export function useCampaignColumns(): Column<Campaign>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { name: 'name', label: t('campaigns.name'), width: 220, isSortable: true, cell: (one) => <NameCell campaign={one} /> },
      { name: 'status', label: t('campaigns.statusHead'), width: 170, isSortable: false, cell: (one) => <StatusCell campaign={one} /> },
      { name: 'to', label: t('campaigns.to'), width: 135, isSortable: false, isNamed: true, cell: (one) => <ToWords to={one.to} isCell /> },
      { name: 'when', label: t('campaigns.when'), width: 140, isSortable: false, isNamed: true, cell: (one) => <When campaign={one} /> },
      { name: 'recipients', label: t('campaigns.recipients'), width: 110, isSortable: false, isNamed: true, cell: (one) => <Recipients campaign={one} /> },
      { name: 'opened', label: t('campaigns.opened'), width: 100, isSortable: false, isNamed: true, cell: (one) => <Share campaign={one} of="opened" /> },
      { name: 'clicked', label: t('campaigns.clicked'), width: 100, isSortable: false, isNamed: true, cell: (one) => <Share campaign={one} of="clicked" /> },
      { name: 'sent_at', label: t('campaigns.sentAt'), width: 130, isSortable: true, isNamed: true, cell: (one) => <Moment at={one.sent_at} /> },
      { name: 'created_at', label: t('campaigns.created'), width: 130, isSortable: true, isNamed: true, cell: (one) => <Moment at={one.created_at} /> },
      { name: 'updated_at', label: t('campaigns.changed'), width: 130, isSortable: true, isNamed: true, cell: (one) => <Moment at={one.updated_at} /> },
      { name: 'user_name', label: t('campaigns.madeBy'), width: 150, isSortable: false, isNamed: true, cell: (one) => one.user_name && <bdi>{one.user_name}</bdi> },
    ],
    // the format follows the language
    [t],
  );
}

function NameCell({ campaign }: { campaign: Campaign }) {
  return (
    <NameLink to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} title={campaign.name} onClick={() => rememberOpened(CAMPAIGNS, campaign.id)}>
      {campaign.name}
    </NameLink>
  );
}

/** The word, and beside it how fast it goes, or why it does not. */
function StatusCell({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const timeLeft = useTimeLeft();
  const standing = useStanding()(campaign);
  const { rate, seconds_left: left } = campaign;
  const pace = typeof rate === 'number' && campaign.status === 'sending' ? t('campaigns.rate', { count: Math.round(rate), n: format.number(Math.round(rate)) }) : null;
  const isLeaving = campaign.status === 'draft' && campaign.send_job_id !== null;
  const caught = campaign.figures?.caught ?? 0;
  const kept = caught > 0 && campaign.status !== 'sending' ? t('campaigns.caught.short', { count: caught, n: format.number(caught) }) : null;
  const { origin } = campaign;
  const from = origin === 'crm' ? null : t(`campaigns.origin.${origin}`);
  const state = standing?.title ?? kept ?? (isLeaving ? t('campaigns.readying') : null) ?? [pace, typeof left === 'number' && timeLeft(left)].filter(Boolean).join(' · ');
  const beside = [from, state].filter(Boolean).join(' · ');
  return (
    <span title={[beside, standing?.detail].filter(Boolean).join(': ') || undefined}>
      <StatusWord status={campaign.status} />
      {beside && <Text span size="xs" c="dimmed" ms={8}>{beside}</Text>}
    </span>
  );
}

export function ToWords({ to, isCell = false }: { to: Campaign['to']; isCell?: boolean }) {
  const { t } = useTranslation();
  if (!to) return <Text span size={isCell ? 'xs' : 'sm'} c="dimmed">{t('campaigns.toNobody')}</Text>;
  const name = to.name ?? t('campaigns.toGone');
  if (to.kind !== 'group' || !to.id || to.name === null) return <span title={t(`campaigns.toKind.${to.kind}`)}><bdi>{name}</bdi></span>;
  return <CellLink tabIndex={isCell ? -1 : 0} to="/groups/$groupId" params={{ groupId: to.id }} title={t('campaigns.toKind.group')}><bdi>{name}</bdi></CellLink>;
}

function When({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, schedule_at, sent_at } = campaign;
  if (status === 'scheduled' && schedule_at) return <time dateTime={schedule_at} title={format.time(schedule_at)}>{t('campaigns.scheduledFor', { when: format.time(schedule_at) })}</time>;
  return <Moment at={sent_at} />;
}

function Moment({ at }: { at: string | null | undefined }) {
  return at ? <Ago at={at} /> : null;
}

/** Whom it goes to; beside it, if more were chosen, how many. */
function Recipients({ campaign: { figures } }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!figures) return null;
  const { recipients, left_out: out } = figures;
  const words = t('report.ofChosen', { count: recipients, n: format.number(recipients), out: format.number(out) });
  return <span title={out > 0 ? words : undefined}>{format.number(recipients - out)}</span>;
}

/** Of what did not come back, as in its report: a small bar, and the number. */
function Share({ campaign, of }: { campaign: Campaign; of: 'opened' | 'clicked' }) {
  const format = useFormat();
  const figures = campaign.figures;
  if (!figures || figures.sent === 0) return null;
  const n = figures[of];
  const arrived = figures.sent - figures.bounced_hard - figures.bounced_soft;
  return (
    <Stack gap={3} title={format.percent(n, arrived)}>
      <Text span size="xs" lh={1.2} style={{ whiteSpace: 'nowrap' }}>{format.number(n)} <Text span c="dimmed" size="xs">{format.percent(n, arrived)}</Text></Text>
      <Progress size={4} w={80} value={arrived > 0 ? (100 * n) / arrived : 0} color={of === 'opened' ? 'blue' : 'green'} aria-hidden />
    </Stack>
  );
}
