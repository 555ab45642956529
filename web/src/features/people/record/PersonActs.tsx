/** What can be done with a person as a whole. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconEraser, IconGitMerge, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { nameOf } from '../person.ts';
import { EraseDialog } from './EraseDialog.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { useDeletePerson, type Loaded } from './queries.ts';

export function PersonActs({ loaded }: { loaded: Loaded }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const toast = useToast();
  const remove = useDeletePerson(loaded.data.id);
  const [open, setOpen] = useState<'merge' | 'erase' | 'delete' | null>(null);
  const name = nameOf(loaded.data) || t('people.noName');
  const close = () => setOpen(null);
  const leave = (message: string) => {
    toast.tell(message);
    void navigate({ to: '/people' });
  };
  return (
    <>
      <Menu position="bottom-end" width={260} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>{t('person.acts')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component="a"
            href={`/api/v1/people/${loaded.data.id}/export`}
            download={`person-${loaded.data.id}.json`}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('person.export')}
          </Menu.Item>
          <Menu.Item leftSection={<IconGitMerge size={16} aria-hidden />} onClick={() => setOpen('merge')}>
            {t('person.merge')}
          </Menu.Item>
          {may(me, 'market') && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>
                {t('person.delete')}
              </Menu.Item>
            </>
          )}
          {may(me, 'admin') && (
            <Menu.Item color="red" leftSection={<IconEraser size={16} aria-hidden />} onClick={() => setOpen('erase')}>
              {t('person.erase')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <AskFirst
        isOpen={open === 'delete'}
        title={t('person.deleteTitle', { name })}
        about={t('person.deleteAbout')}
        act={t('bulk.do.delete', { count: 1, n: '1' })}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(loaded.etag, { onSuccess: () => leave(t('person.deleted', { name })) })}
        onClose={close}
      />
      {open === 'merge' && <MergeDialog person={loaded.data} onClose={close} />}
      {open === 'erase' && (
        <EraseDialog person={loaded.data} onClose={close} onErased={() => leave(t('person.erased'))} />
      )}
    </>
  );
}
