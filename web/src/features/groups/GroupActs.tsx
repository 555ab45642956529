/** What can be done with a group, of its row and of its page. What a role may not do is not offered. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconCopy, IconDots, IconMail, IconPencil, IconRefresh, IconSend, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { MenuLink } from '../../ui/MenuLink.tsx';
import { useProblemText } from '../../ui/ProblemAlert.tsx';
import { problemOf } from '../../api/problem.ts';
import { useToast } from '../../ui/useToast.tsx';
import { NewCampaign } from '../campaigns/NewCampaign.tsx';
import { DeleteGroup } from './DeleteGroup.tsx';
import { DuplicateGroup } from './DuplicateGroup.tsx';
import { useRefresh, type Group } from './queries.ts';

interface Props {
  group: Group;
  /** A row has a small button, and also says that the group can be pushed. */
  isRow?: boolean;
  onDeleted?: () => void;
}

export function GroupActs({ group, isRow = false, onDeleted }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'write' | 'duplicate' | 'delete' | null>(null);
  if (!may(me, 'market')) return null;
  const close = () => setOpen(null);
  const params = { groupId: group.id };
  return (
    <>
      <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          {isRow ? (
            <ActionIcon variant="subtle" color="gray" aria-label={t('groups.acts', { name: group.name })}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          ) : (
            <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>{t('groups.more')}</Button>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          {isRow && group.entity === 'people' && (
            <MenuLink to="/groups/$groupId/push" params={params} leftSection={<IconSend size={16} aria-hidden />}>
              {t('groups.push')}
            </MenuLink>
          )}
          {group.entity === 'people' && (
            <Menu.Item leftSection={<IconMail size={16} aria-hidden />} onClick={() => setOpen('write')}>
              {t('groups.write')}
            </Menu.Item>
          )}
          <MenuLink to="/groups/$groupId/edit" params={params} leftSection={<IconPencil size={16} aria-hidden />}>
            {t('groups.edit')}
          </MenuLink>
          {!isRow && group.kind === 'static' && group.criteria && <Refresh group={group} />}
          <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => setOpen('duplicate')}>
            {t('groups.duplicate')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>
            {t('groups.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'write' && <NewCampaign name={group.name} to={{ kind: 'group', id: group.id }} onClose={close} />}
      {open === 'duplicate' && (
        <DuplicateGroup
          group={group}
          onClose={close}
          onMade={(made) => void navigate({ to: '/groups/$groupId', params: { groupId: made.id } })}
        />
      )}
      {open === 'delete' && <DeleteGroup group={group} onClose={close} onDeleted={onDeleted} />}
    </>
  );
}

function Refresh({ group }: { group: Group }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const text = useProblemText();
  const refresh = useRefresh(group.id);
  const apply = () =>
    refresh.mutate(undefined, {
      onSuccess: ({ count }) => toast.tell(t('groups.refreshed', { count: count ?? 0, n: format.number(count ?? 0) })),
      onError: (error) => toast.tell(`${t('groups.notRefreshed')}. ${text(problemOf(error))}`),
    });
  return (
    <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={apply}>
      {t('groups.refresh')}
    </Menu.Item>
  );
}
