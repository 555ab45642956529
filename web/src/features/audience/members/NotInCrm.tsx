/** Who signed up, or was added by another program, and is not in the CRM: how many, and the way in. */
import { Button, Group, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { useIsMaster } from './page/CrmPanel.tsx';
import { useStrangers } from './queries.ts';
import type { Listed } from './search.ts';
import { TakeIn } from './TakeIn.tsx';

/** Of more of them, those who are not in the CRM are looked for when they are asked for. */
const AT_ONCE = 100_000;

interface Props {
  listId: string;
  listed: Listed;
  /** How many are listed; null: not known yet. */
  found: number | null;
  /** Of whom the list is; left out: not known yet. */
  subscribed: number | undefined;
  onChange: (notInCrm: true | undefined) => void;
}

export function NotInCrm({ listId, listed: { notInCrm, q, tag, interest }, found, subscribed, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayImport = may(useMe(), 'market');
  const isMaster = useIsMaster(listId);
  const isQuick = subscribed === undefined || subscribed <= AT_ONCE;
  const strangers = useStrangers(listId, isMaster && subscribed !== undefined && (isQuick || notInCrm === true)).data;
  const total = strangers?.total ?? 0;
  if (!notInCrm && (!isMaster || (isQuick && total === 0))) return null;
  // one press from here takes all of them: not while the list shows some only
  const isWhole = !notInCrm && mayImport && total > 0 && !strangers?.total_is_least && !q && tag === undefined && interest === undefined;
  const search = { signups: listId, q, tag, interest };
  return (
    <Group gap={4} role="group" aria-label={t('members.notInCrmOnly')}>
      <Text size="sm">
        {strangers ? t(strangers.total_is_least ? 'members.notInCrmLeast' : 'members.notInCrmCount', { count: total, n: format.number(total) }) : t('members.notInCrmOnly')}
      </Text>
      {!notInCrm && <Button size="compact-sm" variant="subtle" onClick={() => onChange(true)}>{t('members.notInCrmShow')}</Button>}
      {isWhole && (
        <TakeIn size="compact-sm" variant="default" search={{ signups: listId }}>{t('members.oneToCrm')}</TakeIn>
      )}
      {notInCrm && mayImport && (found ?? 0) > 0 && (
        <>
          <TakeIn size="compact-sm" search={search}>{t('members.toCrm', { count: found ?? 0, n: format.number(found ?? 0) })}</TakeIn>
          <LinkAnchor size="sm" mx="xs" to="/imports" search={search}>{t('members.lookFirst')}</LinkAnchor>
        </>
      )}
      {notInCrm && (
        <>
          <Button size="compact-sm" variant="subtle" color="gray" c="dimmed" leftSection={<IconX size={14} aria-hidden />} onClick={() => onChange(undefined)}>{t('members.showAll')}</Button>
          <Text size="sm" c="dimmed">{t('members.notInCrmAbout')}</Text>
        </>
      )}
    </Group>
  );
}
