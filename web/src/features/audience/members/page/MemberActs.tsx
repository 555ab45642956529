/**
 * What can be done with a member as a whole. Nobody is subscribed here who is not: they are asked, and do it
 * themselves.
 */
import { Button, List, Menu } from '@mantine/core';
import { IconArchive, IconBan, IconChevronDown, IconMailQuestion, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { AskFirst } from '../../../../ui/AskFirst.tsx';
import { useToast } from '../../../../ui/useToast.tsx';
import { actsOf, type Act } from '../acts.ts';
import { useArchiveMember, useChangeMember, useForgetMember, type Member } from '../queries.ts';
import { useIsMaster } from './CrmPanel.tsx';

const icons = { unsubscribe: IconBan, ask: IconMailQuestion, archive: IconArchive, forget: IconTrash };

export function MemberActs({ member }: { member: Member }) {
  const { t } = useTranslation();
  const [act, setAct] = useState<Act | null>(null);
  const isMaster = useIsMaster(member.list_id);
  if (!may(useMe(), 'market')) return null;
  return (
    <>
      <Menu position="bottom-end" width={280} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>{t('members.acts')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {actsOf(member, isMaster).map((one) => {
            const Icon = icons[one];
            return (
              <Menu.Item key={one} color={one === 'ask' ? undefined : 'red'} leftSection={<Icon size={16} aria-hidden />} onClick={() => setAct(one)}>
                {t(`members.act.${one}.item`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {act && <Ask key={act} act={act} member={member} onClose={() => setAct(null)} />}
    </>
  );
}

function Ask({ act, member, onClose }: { act: Act; member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const navigate = useNavigate();
  const isMaster = useIsMaster(member.list_id);
  const change = useChangeMember(member);
  const archive = useArchiveMember(member);
  const forget = useForgetMember(member);
  const call = { unsubscribe: change, ask: change, archive, forget }[act];
  const address = member.email_address;
  const onSuccess = () => {
    toast.tell(t(`members.act.${act}.done`, { address }));
    onClose();
    if (act === 'forget') void navigate({ to: '/audience', search: { tab: 'members', list: member.list_id }, replace: true });
  };
  const run = () => {
    if (act === 'unsubscribe') change.mutate({ status: 'unsubscribed' }, { onSuccess });
    else if (act === 'ask') change.mutate({ status: 'pending' }, { onSuccess });
    else if (act === 'archive') archive.mutate(undefined, { onSuccess });
    else forget.mutate(undefined, { onSuccess });
  };
  return (
    <AskFirst
      isOpen
      title={t(`members.act.${act}.title`, { address })}
      act={t(`members.act.${act}.do`)}
      isMild={act === 'ask'}
      isBusy={call.isPending}
      error={call.error}
      onAct={run}
      onClose={onClose}
    >
      <List size="sm" spacing={4}>
        <List.Item>{t(`members.act.${act}.about`)}</List.Item>
        <List.Item>{t(`members.act.${act}.then`)}</List.Item>
        {isMaster && act !== 'ask' && <List.Item>{t(`members.act.${act}.crm`)}</List.Item>}
      </List>
    </AskFirst>
  );
}
