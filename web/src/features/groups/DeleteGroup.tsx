/** A group goes, with the number of those who are in it; they stay. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { AskFirst } from '../../ui/AskFirst.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { groupQuery, useDeleteGroup, type Group } from './queries.ts';

interface Props {
  group: Group;
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeleteGroup({ group, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const found = useQuery(groupQuery(group.id));
  const remove = useDeleteGroup();
  const count = found.data?.data.count ?? 0;
  const words = { count, n: format.number(count) };
  return (
    <AskFirst
      isOpen
      title={t('groups.deleteTitle', { name: group.name })}
      about={found.data ? t('groups.deleteAbout', words) : ''}
      act={found.data ? t('groups.deleteDo', words) : t('groups.delete')}
      isBusy={remove.isPending || found.isLoading}
      error={remove.error ?? found.error}
      onAct={() =>
        remove.mutate({ id: group.id, etag: found.data?.etag ?? null }, {
          onSuccess: () => {
            toast.tell(t('groups.deleted', { name: group.name }));
            onClose();
            onDeleted?.();
          },
          // somebody has changed it: the next try is of what it is by then
          onError: () => void found.refetch(),
        })
      }
      onClose={onClose}
    />
  );
}
