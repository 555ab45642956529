/** What can be done with a segment or a tag. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconPencil, IconSend, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { MenuLink } from '../../../ui/MenuLink.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { NewCampaign } from '../../campaigns/NewCampaign.tsx';
import { useMembersCount, useRemoveSegment, type Row } from './queries.ts';
import { TagDialog } from './TagDialog.tsx';

const GONE = 404;

interface Props {
  listId: string;
  segment: Row;
  /** A campaign can go to it. */
  mayUse: boolean;
}

export function SegmentActs({ listId, segment, mayUse }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'use' | 'rename' | 'delete' | null>(null);
  const close = () => setOpen(null);
  const { id, name, type } = segment;
  const isTag = type === 'static';
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayUse && <Menu.Item leftSection={<IconSend size={16} aria-hidden />} onClick={() => setOpen('use')}>{t('segments.use')}</Menu.Item>}
          {!isTag && (
            <MenuLink to="/audience/segments/$segmentId" params={{ segmentId: String(id) }} search={{ list: listId }} leftSection={<IconPencil size={16} aria-hidden />}>
              {t('segments.edit')}
            </MenuLink>
          )}
          {isTag && <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('rename')}>{t('audience.rename')}</Menu.Item>}
          {!isTag && (
            <MenuLink to="/audience/segments/$segmentId" params={{ segmentId: 'new' }} search={{ list: listId, from: id }} leftSection={<IconCopy size={16} aria-hidden />}>
              {t('segments.duplicate')}
            </MenuLink>
          )}
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'use' && <NewCampaign name={name} to={{ kind: isTag ? 'tag' : 'segment', id }} onClose={close} />}
      {open === 'rename' && <TagDialog listId={listId} segment={segment} onClose={close} />}
      {open === 'delete' && <DeleteSegment listId={listId} segment={segment} onClose={close} />}
    </>
  );
}

function DeleteSegment({ listId, segment: { id, name, type }, onClose }: Omit<Props, 'mayUse'> & { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const remove = useRemoveSegment(listId);
  const count = useMembersCount(listId, id);
  const n = count.data ?? 0;
  const isGone = Boolean(remove.error) && problemOf(remove.error).status === GONE;
  const end = () => {
    toast.tell(t('audience.deleted', { name }));
    onClose();
  };
  return (
    <AskFirst
      isOpen
      title={t('audience.deleteTitle', { name })}
      about={t(type === 'static' ? 'segments.deleteTagAbout' : 'segments.deleteAbout')}
      act={t(type === 'static' ? 'segments.deleteTag' : 'segments.deleteOf', { count: n, n: format.number(n) })}
      isBusy={remove.isPending || count.isLoading}
      error={isGone ? null : remove.error ?? count.error}
      onAct={() => remove.mutate(id, { onSuccess: end, onError: (error) => problemOf(error).status === GONE && onClose() })}
      onClose={onClose}
    />
  );
}
