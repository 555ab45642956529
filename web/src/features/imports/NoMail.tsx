/** Who gets no mail because of an import, and what in the file says so. */
import { Anchor, Group, List, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { en } from '../../messages/en/index.ts';
import { Stat } from '../../ui/Stat.tsx';
import { OutcomeStat, type Opening } from './ImportCounts.tsx';
import { hasPeople, isCounting, sharingQuery, type Import } from './queries.ts';

type Read = keyof typeof en.imports.readAs;
type Column = NonNullable<Import['consent']>['columns'][number];

/** How a column was read, and how many cells say what. */
function Why({ column }: { column: Column }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cells = { out: format.number(column.out), nothing: format.number(column.nothing), blank: format.number(column.blank) };
  return (
    <List.Item>
      {column.as in en.imports.readAs ? t(`imports.readAs.${column.as as Read}`, { column: column.column }) : column.column}{' '}
      <Text span size="sm" c="dimmed">
        {t(column.as === 'opt_in_only' ? 'imports.cellsOnly' : 'imports.cells', cells)}
        {column.answered_at && ` ${t('imports.answeredAt', { when: format.time(column.answered_at) })}`}
      </Text>
    </List.Item>
  );
}

/** New people at an address that somebody else has: an opt-out is of the address. */
function Sharing({ run, isTrial, onShow }: Opening & { run: Import; isTrial: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery(sharingQuery(run)).data ?? 0;
  const count = isTrial ? (run.consent?.sharing ?? 0) : found;
  if (count === 0) return null;
  return (
    <Text size="sm">
      {t('imports.sharing', { count, n: format.number(count) })}
      {!isTrial && (
        <>{' '}<Anchor component="button" type="button" size="sm" onClick={() => onShow?.('shares_address')}>{t('imports.showSharing')}</Anchor></>
      )}
    </Text>
  );
}

export function NoMail({ run, isTrial = false, ...opening }: Opening & { run: Import; isTrial?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const { consent } = run;
  // older than the count
  if (!consent || consent.opted_out === null) return null;
  const opens = hasPeople(run) ? opening : {};
  const kept = consent.kept ?? 0;
  const isNobody = consent.opted_out + (consent.already ?? 0) + kept + run.refused_opted_out === 0;
  return (
    <Stack component="section" aria-labelledby={id} gap="xs">
      <Title order={3} id={id}>{t(isTrial ? 'imports.noMailTrial' : 'imports.noMail')}</Title>
      {isNobody ? (
        <Text size="sm">{t(isCounting(run) ? 'imports.noMailLater' : 'imports.noMailNobody')}</Text>
      ) : (
        <Group gap="sm" align="stretch">
          <OutcomeStat {...opens} outcome="opted_out" label={t(isTrial ? 'imports.wouldOptOut' : 'imports.optedOut')} count={consent.opted_out} color="red" />
          <OutcomeStat {...opens} outcome="already_out" label={t('imports.alreadyOut')} count={consent.already ?? 0} />
          {kept > 0 && (
            <Stat label={t('imports.keptOut')} value={format.number(kept)}>
              <Text size="xs" c="dimmed">{t('imports.keptOutAbout')}</Text>
            </Stat>
          )}
        </Group>
      )}
      {run.refused_opted_out > 0 && (
        <Text size="sm">{t('imports.refusedOut', { count: run.refused_opted_out, n: format.number(run.refused_opted_out) })}</Text>
      )}
      {consent.left_open > 0 && (
        <Text size="sm">{t('imports.leftOpen', { count: consent.left_open, n: format.number(consent.left_open) })}</Text>
      )}
      {consent.yes_unnoted > 0 && (
        <Text size="sm">{t('imports.yesUnnoted', { count: consent.yes_unnoted, n: format.number(consent.yes_unnoted) })}</Text>
      )}
      {consent.by_name > 0 && (
        <Text size="sm">{t('imports.byName', { count: consent.by_name, n: format.number(consent.by_name) })}</Text>
      )}
      {consent.short_rows > 0 && (
        <Text size="sm">{t('imports.shortRows', { count: consent.short_rows, n: format.number(consent.short_rows) })}</Text>
      )}
      <Sharing run={run} isTrial={isTrial} {...opening} />
      {consent.columns.length > 0 ? (
        <>
          <Text size="sm">{t('imports.noMailWhy')}</Text>
          <List size="sm" dir="auto">{consent.columns.map((column) => <Why key={column.column} column={column} />)}</List>
        </>
      ) : (
        <Text size="sm" c="dimmed">{t('imports.noConsentColumn')}</Text>
      )}
    </Stack>
  );
}
