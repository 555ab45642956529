/** Progress of an act on many members, and what came of it. */
import { List } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { BulkJob } from '../../../../ui/BulkJob.tsx';
import type { BulkOutcome } from '../../../../ui/bulkOutcome.ts';
import { LinkAnchor } from '../../../../ui/LinkAnchor.tsx';
import type { MemberAct } from './acts.ts';
import { useMembersOf } from './queries.ts';

/** An act that was begun here. */
export interface MembersBegun {
  jobId: number;
  act: MemberAct;
}

interface Props {
  listId: string;
  jobId: number;
  begun?: MembersBegun;
  onClose: () => void;
}

export function MembersDone({ listId, jobId, begun, onClose }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (
    <BulkJob
      jobId={jobId}
      title={t('members.bulk.job')}
      what={begun?.jobId === jobId ? t(`members.bulk.act.${begun.act}`) : undefined}
      onOver={() => {
        for (const key of ['audience', 'people']) void queries.invalidateQueries({ queryKey: [key] });
      }}
      onClose={onClose}
      refused={(outcome) => <Refused listId={listId} outcome={outcome} />}
    />
  );
}

function Refused({ listId, outcome }: { listId: string; outcome: BulkOutcome }) {
  const { t } = useTranslation();
  const members = useMembersOf(listId, outcome.refused.map(({ id }) => id)).data;
  return outcome.refused.map(({ id, why }) => {
    const member = members?.get(id);
    return (
      <List.Item key={id}>
        {member ? (
          <LinkAnchor to="/audience/members/$hash" params={{ hash: member.hash }} search={{ list: listId }} size="sm" underline="always" dir="auto">{member.email}</LinkAnchor>
        ) : (
          t('members.bulk.number', { id })
        )}
        {` – ${why}`}
      </List.Item>
    );
  });
}
