/** What can be done with an interest. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconFilter, IconPencil, IconSend, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useProblemText } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { listsQuery } from '../queries.ts';
import { DeleteInterest } from './DeleteInterest.tsx';
import type { MadeSegment } from './InterestsPanel.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { useMakeSegment, useRenameInterest, useWriteTo, type Category, type Interest } from './queries.ts';

interface Props {
  category: Category;
  interest: Interest;
  onSegment: (made: MadeSegment) => void;
}

export function InterestActs({ category, interest, onSegment }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const text = useProblemText();
  const segment = useMakeSegment(category);
  const [open, setOpen] = useState<'rename' | 'delete' | null>(null);
  const navigate = useNavigate();
  const write = useWriteTo(category);
  // campaigns of the CRM go to that one
  const isMaster = useQuery(listsQuery).data?.[0]?.id === category.list_id;
  const wish = { id: interest.id, name: t('audience.segmentName', { category: category.title, interest: interest.name }) };
  const begin = () =>
    write.mutate(wish, {
      onSuccess: ({ id }) => void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: id } }),
      onError: (error) => toast.tell(`${t('campaigns.notMade')}. ${text(problemOf(error))}`),
    });
  const make = () =>
    segment.mutate(wish, {
      onSuccess: ({ name, member_count }) => onSegment({ name, count: member_count, onWrite: isMaster ? begin : undefined }),
      onError: (error) => toast.tell(`${t('audience.noSegment')}. ${text(problemOf(error))}`),
    });
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" loading={segment.isPending || write.isPending} aria-label={t('audience.actsOf', { name: interest.name })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isMaster && <Menu.Item leftSection={<IconSend size={16} aria-hidden />} onClick={begin}>{t('audience.writeTo')}</Menu.Item>}
          <Menu.Item leftSection={<IconFilter size={16} aria-hidden />} onClick={make}>{t('audience.makeSegment')}</Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('rename')}>{t('audience.rename')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'rename' && <Rename category={category} interest={interest} onClose={() => setOpen(null)} />}
      {open === 'delete' && <DeleteInterest category={category} interest={interest} onClose={() => setOpen(null)} />}
    </>
  );
}

function Rename({ category, interest, onClose }: Omit<Props, 'onSegment'> & { onClose: () => void }) {
  const rename = useRenameInterest(category);
  return <RenameDialog one={interest} rename={rename} onClose={onClose} />;
}
