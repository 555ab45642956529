/** What the address of a group says of its people, as of the list of all people. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useKeptColumns } from '../../ui/DataTable/columns.ts';
import { PEOPLE } from '../people/cells.tsx';
import { shownBy, withChange, type Shown } from '../people/search.ts';

export function useShownMembers() {
  const search = useSearch({ from: '/signed-in/groups/$groupId' });
  const navigate = useNavigate({ from: '/groups/$groupId' });
  const [kept, keep] = useKeptColumns(PEOPLE);
  const onChange = useCallback(
    (next: Partial<Shown>) => {
      if (next.columns) keep(next.columns);
      const replace = next.q !== undefined || next.columns !== undefined;
      void navigate({
        search: ({ tab, hand, ...before }) => ({ tab, hand, ...withChange(before, null, next) }),
        replace,
      });
    },
    [navigate, keep],
  );
  const onJob = (job?: number) => void navigate({ search: (before) => ({ ...before, job }), replace: true });
  return { shown: shownBy(search, null, kept), job: search.job, onChange, onJob };
}
