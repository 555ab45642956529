/** A new group: from nothing, or from a filter of the list of people. */
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { NotAllowed } from '../../../ui/NotAllowed.tsx';
import { PageHead } from '../../../ui/PageHead.tsx';
import { GroupForm } from './GroupForm.tsx';
import { BEGINNING, valuesOf, type GroupValues } from './values.ts';

const fresh: GroupValues = { name: '', entity: 'people', kind: 'dynamic', criteria: BEGINNING };

export function NewGroupPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { filter, name = '' } = useSearch({ from: '/signed-in/groups/new' });
  const values = filter ? valuesOf({ ...fresh, name, criteria: filter }) : { ...fresh, name };
  return (
    <>
      <PageHead title={t('groupEdit.new')} />
      {may(me, 'market') ? (
        <GroupForm key={JSON.stringify([filter, name])} loaded={{ values, etag: null }} />
      ) : (
        <NotAllowed about={t('groupEdit.notAllowed')} />
      )}
    </>
  );
}
