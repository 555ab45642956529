/** A group's name and criteria; what it is of, and whether it is fixed, stays. */
import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { NotFound, NotLoaded } from '../../../app/errors.tsx';
import { NotAllowed } from '../../../ui/NotAllowed.tsx';
import { PageHead } from '../../../ui/PageHead.tsx';
import { GroupForm } from './GroupForm.tsx';
import { groupQuery } from './queries.ts';
import { loadedOf } from './values.ts';

export function EditGroupPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { groupId } = useParams({ from: '/signed-in/groups/$groupId/edit' });
  const found = useQuery(groupQuery(groupId));
  if (!found.data && found.error)
    return Number.isNaN(groupId) ? <NotFound /> : <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!found.data) return <Skeleton h={320} role="status" aria-label={t('groupEdit.loading')} />;
  const { name, kind, entity } = found.data.data;
  return (
    <>
      <PageHead
        title={name}
        beside={<Text size="sm" c="dimmed">{`${t(`groupEdit.entity.${entity}`)} · ${t(`groupEdit.kind.${kind}`)}`}</Text>}
      />
      {may(me, 'market') ? <GroupForm key={groupId} id={groupId} loaded={loadedOf(found.data)} /> : <NotAllowed about={t('groupEdit.notAllowed')} />}
    </>
  );
}
