/** What became of the rows, by outcome; a number opens whom it counts. */
import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Stat } from '../../ui/Stat.tsx';
import { hasPeople, type Import } from './queries.ts';
import type { Outcome } from './search.ts';

export interface Opening {
  show?: Outcome;
  /** Left out: the numbers open nothing. */
  onShow?: (show?: Outcome) => void;
}

interface OutcomeStatProps extends Opening {
  outcome: Outcome;
  label: string;
  count: number;
  color?: string;
}

/** A number that opens its people, if there are any. */
export function OutcomeStat({ outcome, label, count, color, show, onShow }: OutcomeStatProps) {
  const format = useFormat();
  const isOpen = show === outcome;
  return (
    <Stat
      label={label}
      value={format.number(count)}
      color={count > 0 ? color : undefined}
      isOpen={isOpen}
      onOpen={onShow && count > 0 ? () => onShow(isOpen ? undefined : outcome) : undefined}
    />
  );
}

export function ImportCounts({ run, isTrial = false, ...opening }: Opening & { run: Import; isTrial?: boolean }) {
  const { t } = useTranslation();
  const opens = hasPeople(run) ? opening : {};
  return (
    <Group gap="sm" align="stretch" role="group" aria-label={t('imports.result')}>
      <OutcomeStat {...opens} outcome="created" label={t(isTrial ? 'imports.wouldCreate' : 'imports.created')} count={run.created} color="green" />
      <OutcomeStat {...opens} outcome="updated" label={t(isTrial ? 'imports.wouldUpdate' : 'imports.updated')} count={run.updated} />
      <OutcomeStat {...opens} outcome="unchanged" label={t('imports.unchanged')} count={run.unchanged} />
      <OutcomeStat {...opening} outcome="refused" label={t('imports.refused')} count={run.refused} color="red" />
    </Group>
  );
}
