/** Who is in a group: the list of people, of these. */
import { IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { BulkBar } from '../people/bulk/BulkBar.tsx';
import type { BulkAct } from '../people/bulk/acts.ts';
import { PeopleTable } from '../people/PeopleTable.tsx';
import { OtherMembers } from './OtherMembers.tsx';
import type { Group } from './queries.ts';
import { useShownMembers } from './useShownMembers.ts';

const ACTS: BulkAct[] = ['tag', 'untag', 'add_to_group', 'opt_out', 'delete'];
const ACTS_OF_FIXED: BulkAct[] = ['remove_from_group', ...ACTS];

export function Members({ group }: { group: Group }) {
  const { t } = useTranslation();
  const members = useShownMembers();
  const how = group.kind === 'dynamic' ? 'dynamic' : group.criteria ? 'criteria' : 'hand';
  const nobody = <EmptyState icon={<IconUsers size={24} aria-hidden />} title={t('groups.noMembers')} about={t(`groups.noMembersAbout.${how}`)} />;
  if (group.entity !== 'people') return <OtherMembers entity={group.entity} scope={{ group_id: group.id }} nobody={nobody} />;
  return (
    <PeopleTable
      {...members}
      label={t('groups.members')}
      scope={{ group_id: group.id }}
      bar={(props) => <BulkBar {...props} offered={group.kind === 'static' ? ACTS_OF_FIXED : ACTS} />}
      nobody={nobody}
    />
  );
}
