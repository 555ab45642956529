/** What can be done with a template. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useRemoveTemplate, type Template } from './queries.ts';
import { TemplateDialog, type Folder } from './TemplateDialog.tsx';

export function TemplateActs({ template, folders }: { template: Template; folders: Folder[] }) {
  const { t } = useTranslation();
  const toast = useToast();
  const remove = useRemoveTemplate();
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  const { id, name } = template;
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>{t('audience.editTemplate')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <TemplateDialog template={template} folders={folders} onClose={close} />}
      <AskFirst
        isOpen={open === 'delete'}
        title={t('audience.deleteTitle', { name })}
        about={t('audience.deleteTemplateAbout')}
        act={t('audience.deleteTemplate')}
        isBusy={remove.isPending}
        error={remove.error}
        onAct={() => remove.mutate(id, {
          onSuccess: () => {
            toast.tell(t('audience.deleted', { name }));
            close();
          },
        })}
        onClose={close}
      />
    </>
  );
}
