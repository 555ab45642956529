/** Who may use this server. */
import { ActionIcon, Badge, Button, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { FactTable } from '../../ui/DataTable/FactTable.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { AskRemove } from './AskRemove.tsx';
import { loadUser, useRemoveUser, useSaveUser, usersQuery, type User } from './queries.ts';
import { UserDialog } from './UserDialog.tsx';
import { roleNames } from './users.ts';

interface Acts {
  onEdit: (user: User) => void;
  onPassword: (user: User) => void;
  onSwitch: (user: User) => void;
  onRemove: (user: User) => void;
}

function State({ user }: { user: User }) {
  const { t } = useTranslation();
  if (user.disabled) return <Badge variant="dot" color="gray" tt="none">{t('users.disabled')}</Badge>;
  if (!user.has_password) return <Badge variant="dot" color="yellow" tt="none">{t('users.noPassword')}</Badge>;
  return <Badge variant="dot" color="green" tt="none">{t('users.active')}</Badge>;
}

function Who({ user, isMe }: { user: User; isMe: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Group gap={6}>
        <Text span size="sm" fw={600} dir="auto">{user.name}</Text>
        {isMe && <Text span size="xs" c="dimmed">{t('users.you')}</Text>}
      </Group>
      <Text span size="xs" c="dimmed" dir="auto">{user.email}</Text>
    </>
  );
}

function RowMenu({ user, isMe, acts }: { user: User; isMe: boolean; acts: Acts }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={t('users.acts', { name: user.name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => acts.onEdit(user)}>{t('users.edit')}</Menu.Item>
        <Menu.Item onClick={() => acts.onPassword(user)}>{t('users.newPassword')}</Menu.Item>
        {!isMe && (
          <>
            <Menu.Item onClick={() => acts.onSwitch(user)}>{t(user.disabled ? 'users.enable' : 'users.disable')}</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => acts.onRemove(user)}>{t('users.remove')}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

type Open = { kind: 'edit' | 'password'; user: User | null } | null;

export function UsersPanel() {
  const { t } = useTranslation();
  const me = useMe();
  const format = useFormat();
  const toast = useToast();
  const users = useQuery(usersQuery);
  const save = useSaveUser();
  const remove = useRemoveUser();
  const [open, setOpen] = useState<Open>(null);
  const [leaving, setLeaving] = useState<User | null>(null);
  const add = useRef<HTMLButtonElement>(null);

  const setDisabled = async (user: User, disabled: boolean) => {
    const { etag } = await loadUser(user.id);
    await save.mutateAsync({ id: user.id, etag, body: { disabled } });
  };
  const switchOver = (user: User) => {
    const disabled = !user.disabled;
    setDisabled(user, disabled).then(
      () => toast.tellUndo(t(disabled ? 'users.wasDisabled' : 'users.wasEnabled', { name: user.name }), () => void setDisabled(user, !disabled).catch(() => {})),
      () => {}, // told by the alert
    );
  };
  const acts: Acts = {
    onEdit: (user) => setOpen({ kind: 'edit', user }),
    onPassword: (user) => setOpen({ kind: 'password', user }),
    onSwitch: switchOver,
    onRemove: setLeaving,
  };
  if (!users.data) return users.error ? <ProblemAlert error={users.error} /> : <Skeleton h={240} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>{t('users.about')}</Text>
        <Button ref={add} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ kind: 'edit', user: null })}>
          {t('users.add')}
        </Button>
      </Group>
      <ProblemAlert error={open ? null : save.error} />
      <FactTable
        label={t('settings.tabUsers')}
        minWidth={640}
        rows={users.data.items}
        keyOf={(user) => user.id}
        columns={[
          { name: 'who', label: t('users.who'), cell: (user) => <Who user={user} isMe={user.id === me.user_id} /> },
          { name: 'role', label: t('users.role'), cell: (user) => t(roleNames[user.role]) },
          { name: 'sending', label: t('users.sending'), cell: (user) => t(user.may_send || user.role === 'administrator' ? 'users.maySend' : 'users.mayNotSend') },
          { name: 'state', label: t('users.state'), isBeside: true, cell: (user) => <State user={user} /> },
          { name: 'since', label: t('users.since'), isNamed: true, cell: (user) => format.date(user.created_at) },
        ]}
        acts={{ label: t('users.actions'), of: (user) => <RowMenu user={user} isMe={user.id === me.user_id} acts={acts} /> }}
      />
      {open && <UserDialog kind={open.kind} user={open.user} onClose={() => setOpen(null)} />}
      <AskRemove
        leaving={leaving}
        words={{
          title: t('users.removeTitle', { name: leaving?.name ?? '' }), about: t('users.removeAbout'),
          act: t('users.remove'), done: t('users.wasRemoved', { name: leaving?.name ?? '' }),
        }}
        remove={remove}
        add={add}
        onClose={() => setLeaving(null)}
      />
    </Stack>
  );
}
