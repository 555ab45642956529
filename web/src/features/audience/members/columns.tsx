/** What the list shows of a member. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../../ui/Ago.tsx';
import { NameLink } from '../../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../../ui/DataTable/columns.ts';
import { rememberOpened } from '../../../ui/DataTable/lastOpened.ts';
import { LanguageName } from '../../../ui/languageName.ts';
import { Tags } from '../../people/TagsCell.tsx';
import { MemberWord } from './MemberWord.tsx';
import type { MemberRow } from './queries.ts';
import { useSourceWord } from './words.ts';

export const MEMBERS = 'members';
export const DEFAULT_COLUMNS = ['email', 'name', 'status', 'tags', 'joined', 'changed_at'];

export function useMemberColumns(listId: string): Column<MemberRow>[] {
  const { t } = useTranslation();
  const sourceWord = useSourceWord();
  return useMemo(
    () => [
      { name: 'email', label: t('members.column.email'), width: 250, isSortable: true, cell: (row) => <Address listId={listId} row={row} /> },
      { name: 'name', label: t('members.column.name'), width: 170, isSortable: false, cell: ({ name }) => name && <span dir="auto" title={name}>{name}</span> },
      { name: 'status', label: t('members.column.status'), width: 140, isSortable: false, isBeside: true, cell: ({ status }) => <MemberWord status={status} /> },
      { name: 'tags', label: t('members.column.tags'), width: 170, isSortable: false, cell: ({ tags }) => tags.length > 0 && <Tags tags={tags} /> },
      { name: 'rating', label: t('members.column.rating'), width: 90, isSortable: false, isNamed: true, cell: ({ rating }) => t('members.ratingOf', { stars: rating }) },
      { name: 'language', label: t('members.column.language'), width: 100, isSortable: false, isNamed: true, cell: ({ language }) => <LanguageName value={language ?? ''} /> },
      { name: 'source', label: t('members.column.source'), width: 130, isSortable: false, isNamed: true, cell: ({ source }) => source && <span dir="auto">{sourceWord(source)}</span> },
      { name: 'joined', label: t('members.column.since'), width: 130, isSortable: true, isNamed: true, cell: ({ since }) => since && <Ago at={since} /> },
      { name: 'changed_at', label: t('members.column.changed_at'), width: 130, isSortable: true, isNamed: true, cell: ({ changed_at: at }) => at && <Ago at={at} /> },
    ],
    // words follow the language
    [t, listId],
  );
}

function Address({ listId, row }: { listId: string; row: MemberRow }) {
  return (
    <NameLink to="/audience/members/$hash" params={{ hash: row.hash }} search={{ list: listId }} title={row.email} onClick={() => rememberOpened(MEMBERS, row.id)}>
      {row.email}
    </NameLink>
  );
}
