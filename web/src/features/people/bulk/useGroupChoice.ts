/** A group whose list is fixed: one that there is, or a new one with nobody in it. */
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useNameChoice } from '../../../ui/NameInput.tsx';
import { useGroupNamed, useStaticGroups } from '../queries.ts';

const MOST = 50;
const TAKEN = 409;

export function useGroupChoice(mayMake: boolean) {
  const { t } = useTranslation();
  const typing = useState('');
  const [q] = useDebouncedValue(typing[0].trim(), 200);
  const groups = useStaticGroups(q, MOST);
  const isOld = groups.isPlaceholderData || q !== typing[0].trim();
  const make = useGroupNamed(mayMake);
  return useNameChoice({
    kind: 'group',
    label: t('bulk.group'),
    known: isOld ? undefined : groups.data,
    isSearched: true,
    mayMake,
    make,
    say: (error) => (problemOf(error).status === TAKEN ? t('bulk.groupTaken') : problemOf(error).of('name')),
    typing,
  });
}
