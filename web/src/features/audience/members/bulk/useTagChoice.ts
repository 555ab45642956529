/** A tag of the audience: one that there is, or a new one with nobody in it. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNameChoice } from '../../../../ui/NameInput.tsx';
import { sayOfName } from '../../interests/names.ts';
import { segmentsQuery } from '../queries.ts';
import { useNewTag } from './queries.ts';

export function useTagChoice(listId: string, mayMake: boolean) {
  const { t } = useTranslation();
  const known = useQuery(segmentsQuery(listId)).data?.filter(({ type }) => type === 'static');
  return useNameChoice({ kind: 'tag', label: t('bulk.tag'), known, mayMake, make: useNewTag(listId), say: (error) => sayOfName(error, 'name') });
}
