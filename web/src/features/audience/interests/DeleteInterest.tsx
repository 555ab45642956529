/** An interest or a whole category goes, with how many have chosen it in the button. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import { AskFirst } from '../../../ui/AskFirst.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { interestsQuery, useRemoveCategory, useRemoveInterest, type Category, type Interest } from './queries.ts';

const GONE = 404;

/** Somebody else has done it: that is as good. */
const isGone = (error: unknown) => problemOf(error).status === GONE;

interface Props {
  category: Category;
  onClose: () => void;
}

export function DeleteInterest({ category, interest, onClose }: Props & { interest: Interest }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const remove = useRemoveInterest(category);
  // as it is now
  const now = useQuery({ ...interestsQuery(category), staleTime: 0 });
  const one = now.data?.find(({ id }) => id === interest.id) ?? interest;
  const count = Number(one.subscriber_count);
  const end = () => {
    toast.tell(t('audience.deleted', { name: interest.name }));
    onClose();
  };
  return (
    <AskFirst
      isOpen
      title={t('audience.deleteTitle', { name: interest.name })}
      about={t('audience.deleteAbout')}
      act={t('audience.deleteOf', { count, n: format.number(count) })}
      isBusy={remove.isPending}
      error={remove.error && !isGone(remove.error) ? remove.error : null}
      onAct={() => remove.mutate(interest.id, { onSuccess: end, onError: (error) => isGone(error) && onClose() })}
      onClose={onClose}
    />
  );
}

export function DeleteCategory({ category, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const remove = useRemoveCategory(category.list_id);
  const interests = useQuery({ ...interestsQuery(category), staleTime: 0 });
  // who has chosen two of them is two choices
  const count = (interests.data ?? []).reduce((sum, one) => sum + Number(one.subscriber_count), 0);
  const end = () => {
    toast.tell(t('audience.deleted', { name: category.title }));
    onClose();
  };
  return (
    <AskFirst
      isOpen
      title={t('audience.deleteTitle', { name: category.title })}
      about={t('audience.deleteCategoryAbout')}
      act={t('audience.deleteChoices', { count, n: format.number(count) })}
      isBusy={remove.isPending || interests.isLoading}
      error={remove.error && !isGone(remove.error) ? remove.error : interests.error}
      onAct={() => remove.mutate(category, { onSuccess: end, onError: (error) => isGone(error) && onClose() })}
      onClose={onClose}
    />
  );
}
