/** Who signed up, or was added by another program, and is not in the CRM: how many, and the way in. */
import { Chip, Group, Text } from '@mantine/core';
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
  const search = { signups: listId, q, tag, interest };
  return (
    <Group gap="xs" mb="xs">
      <Chip size="xs" checked={notInCrm === true} onChange={(isOn) => onChange(isOn || undefined)}>
        {strangers ? t(strangers.total_is_least ? 'members.notInCrmLeast' : 'members.notInCrmCount', { count: total, n: format.number(total) }) : t('members.notInCrmOnly')}
      </Chip>
      {notInCrm && mayImport && (found ?? 0) > 0 && (
        <>
          <TakeIn search={search}>{t('members.toCrm', { count: found ?? 0, n: format.number(found ?? 0) })}</TakeIn>
          <LinkAnchor size="sm" to="/imports" search={search}>{t('members.lookFirst')}</LinkAnchor>
        </>
      )}
      {notInCrm && <Text size="sm" c="dimmed">{t('members.notInCrmAbout')}</Text>}
    </Group>
  );
}
