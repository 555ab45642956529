/** Whether forms ask how people may be contacted, and for what. */
import { ActionIcon, Menu, Paper, Skeleton, Stack, Switch, Text, Title } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { AddName } from '../interests/AddInterest.tsx';
import { RenameDialog } from '../interests/RenameDialog.tsx';
import { usePermissionName } from '../members/words.ts';
import { permissionsQuery, useAddPermission, useAsk, useRemovePermission, useRenamePermission, type Permission } from './queries.ts';

export function PermissionsCard({ listId }: { listId: string }) {
  const { t } = useTranslation();
  const heading = useId();
  const mayChange = may(useMe(), 'market');
  const found = useQuery(permissionsQuery(listId));
  const ask = useAsk(listId);
  const add = useAddPermission(listId);
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={120} />;
  const { asked, items } = found.data;
  return (
    <Paper component="section" aria-labelledby={heading}>
      <Stack gap="sm">
        <Title order={2} id={heading}>{t('audience.permissions')}</Title>
        <Switch
          label={t('audience.permissionsAsk')}
          description={t('audience.permissionsAbout')}
          checked={ask.isPending ? ask.variables : asked}
          disabled={!mayChange || ask.isPending}
          onChange={(event) => ask.mutate(event.currentTarget.checked)}
        />
        <AudienceProblem error={ask.error} title={t('audience.notSaved')} />
        {asked && <Permissions listId={listId} items={items} heading={heading} mayChange={mayChange} />}
        {asked && mayChange && <AddName label={t('audience.newPermission')} placeholder={t('audience.newPermission')} act={t('audience.addInterest')} add={add} />}
      </Stack>
    </Paper>
  );
}

interface Props {
  listId: string;
  items: Permission[];
  heading: string;
  mayChange: boolean;
}

function Permissions({ listId, items, heading, mayChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = usePermissionName();
  if (items.length === 0) return <Text size="sm" c="dimmed">{t('audience.noPermissions')}</Text>;
  return (
    <FactTable
      labelledBy={heading}
      minWidth={440}
      rows={items}
      keyOf={({ id }) => id}
      columns={[
        { name: 'name', label: t('audience.permission'), cell: ({ name }) => <Text span size="sm" dir="auto">{nameOf(name)}</Text> },
        { name: 'count', label: t('audience.subscribers'), width: 120, isNumber: true, isNamed: true, cell: ({ members }) => format.number(members) },
      ]}
      acts={mayChange ? { label: t('audience.acts'), of: (one) => <Acts listId={listId} one={one} /> } : undefined}
    />
  );
}

function Acts({ listId, one }: { listId: string; one: Permission }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'rename' | 'delete' | null>(null);
  const rename = useRenamePermission(listId);
  const name = usePermissionName()(one.name);
  const close = () => setOpen(null);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('rename')}>{t('audience.rename')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'rename' && <RenameDialog one={{ id: one.id, name }} about={t('audience.renamePermissionAbout')} rename={rename} onClose={close} />}
      {open === 'delete' && <Delete listId={listId} one={one} onClose={close} />}
    </>
  );
}

function Delete({ listId, one, onClose }: { listId: string; one: Permission; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const remove = useRemovePermission(listId);
  const name = usePermissionName()(one.name);
  const end = () => {
    toast.tell(t('audience.deleted', { name }));
    onClose();
  };
  return (
    <AskFirst
      isOpen
      title={t('audience.deleteTitle', { name })}
      about={t('audience.deletePermissionAbout')}
      act={t('audience.deleteOf', { count: one.members, n: format.number(one.members) })}
      isBusy={remove.isPending}
      error={remove.error}
      onAct={() => remove.mutate(one.id, { onSuccess: end })}
      onClose={onClose}
    />
  );
}
