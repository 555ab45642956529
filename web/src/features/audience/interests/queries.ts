/** Interests, their categories, and segments of who has chosen one. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, mc, type Marketing } from '../../../api/client.ts';
import { limiter } from '../../../api/limiter.ts';
import { problemOf } from '../../../api/problem.ts';
import { useToast } from '../../../ui/useToast.tsx';
import { makeCampaign } from '../../campaigns/queries.ts';
import { newPlaces, type Placed } from './order.ts';

export type Category = Marketing['InterestCategory'];
export type Form = Category['type'];
export type Interest = Marketing['Interest'];

/** As many as the server takes. */
const CATEGORIES_MOST = 100;
const INTERESTS_MOST = 60;
const SEGMENTS_MOST = 1000;
const AT_ONCE = 4;
const GONE = 404;

const root = (listId: string) => ['audience', 'interests', listId];
const inTurn = limiter(AT_ONCE);

export const categoriesQuery = (listId: string) =>
  queryOptions({
    queryKey: [...root(listId), 'categories'],
    queryFn: ({ signal }) =>
      call(mc.GET('/lists/{list_id}/interest-categories', { params: { path: { list_id: listId }, query: { count: CATEGORIES_MOST } }, signal })),
    select: ({ categories }) => categories,
  });

const inCategory = ({ list_id, id }: Category) => ({ list_id, interest_category_id: id });

/** Each with how many subscribers have chosen it. */
export const interestsQuery = (category: Category) =>
  queryOptions({
    queryKey: [...root(category.list_id), 'of', category.id],
    queryFn: ({ signal }) => inTurn(() =>
      call(mc.GET('/lists/{list_id}/interest-categories/{interest_category_id}/interests', {
        params: { path: inCategory(category), query: { count: INTERESTS_MOST } }, signal,
      })), signal),
    select: ({ interests }) => interests,
  });

/** Also after a refusal: somebody else may have changed it, or removed it with the dialog that asked. */
function useLooksAgain(listId: string) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  return (_done: unknown, error: unknown) => {
    if (error && problemOf(error).status === GONE) toast.tell(t('audience.gone'));
    void queries.invalidateQueries({ queryKey: root(listId) });
  };
}

/** The same, and it has ended once the new order is there. */
function useLooksAtOrder(listId: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: root(listId) });
}

interface CategoryValues {
  title?: string;
  type?: Form;
}

/** category null: a new one. Only what is given is changed. */
export function useSaveCategory(listId: string) {
  return useMutation({
    mutationFn: ({ category, body }: { category: Category | null; body: CategoryValues }) =>
      category
        ? call(mc.PATCH('/lists/{list_id}/interest-categories/{interest_category_id}', { params: { path: inCategory(category) }, body }))
        : call(mc.POST('/lists/{list_id}/interest-categories', { params: { path: { list_id: listId } }, body })),
    onSettled: useLooksAgain(listId),
  });
}

export function useRemoveCategory(listId: string) {
  return useMutation({
    mutationFn: (category: Category) =>
      call(mc.DELETE('/lists/{list_id}/interest-categories/{interest_category_id}', { params: { path: inCategory(category) } })),
    onSettled: useLooksAgain(listId),
  });
}

export function useMoveCategory(listId: string) {
  return useMutation({
    mutationFn: async ({ all, id, by }: Move) => {
      for (const { id: interest_category_id, display_order } of newPlaces(all, id, by))
        await call(mc.PATCH('/lists/{list_id}/interest-categories/{interest_category_id}', {
          params: { path: { list_id: listId, interest_category_id } }, body: { display_order },
        }));
    },
    onSettled: useLooksAtOrder(listId),
  });
}

interface Move {
  all: readonly Placed[];
  id: string;
  by: -1 | 1;
}

export function useAddInterest(category: Category) {
  return useMutation({
    mutationFn: (name: string) =>
      call(mc.POST('/lists/{list_id}/interest-categories/{interest_category_id}/interests', { params: { path: inCategory(category) }, body: { name } })),
    onSettled: useLooksAgain(category.list_id),
  });
}

const ofInterest = (category: Category, interest_id: string) => ({ params: { path: { ...inCategory(category), interest_id } } });

export function useRenameInterest(category: Category) {
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      call(mc.PATCH('/lists/{list_id}/interest-categories/{interest_category_id}/interests/{interest_id}', { ...ofInterest(category, id), body: { name } })),
    onSettled: useLooksAgain(category.list_id),
  });
}

export function useMoveInterest(category: Category) {
  return useMutation({
    mutationFn: async ({ all, id, by }: Move) => {
      for (const { id: interestId, display_order } of newPlaces(all, id, by))
        await call(mc.PATCH('/lists/{list_id}/interest-categories/{interest_category_id}/interests/{interest_id}', {
          ...ofInterest(category, interestId), body: { display_order },
        }));
    },
    onSettled: useLooksAtOrder(category.list_id),
  });
}

export function useRemoveInterest(category: Category) {
  return useMutation({
    mutationFn: (id: string) =>
      call(mc.DELETE('/lists/{list_id}/interest-categories/{interest_category_id}/interests/{interest_id}', ofInterest(category, id))),
    onSettled: useLooksAgain(category.list_id),
  });
}

interface SegmentWish {
  /** Of the interest. */
  id: string;
  name: string;
}

function makeSegment(category: Category, { id, name }: SegmentWish) {
  const condition = { condition_type: 'Interests', field: `interests-${category.id}`, op: 'interestcontains', value: [id] };
  const options = { match: 'all', conditions: [condition] } as unknown as Record<string, never>;
  return call(mc.POST('/lists/{list_id}/segments', { params: { path: { list_id: category.list_id } }, body: { name, options } }));
}

/** The one that asks for this and nothing else, whatever it is called. */
async function segmentOf(category: Category, id: string): Promise<{ id: number } | undefined> {
  const { segments } = await call(mc.GET('/lists/{list_id}/segments', { params: { path: { list_id: category.list_id }, query: { count: SEGMENTS_MOST, type: 'saved' } } }));
  return segments.find(({ options }) => {
    const { conditions } = (options ?? {}) as { conditions?: { field?: string; op?: string; value?: unknown }[] };
    const [one] = conditions ?? [];
    return conditions?.length === 1 && one?.field === `interests-${category.id}` && one.op === 'interestcontains' && JSON.stringify(one.value) === JSON.stringify([id]);
  });
}

/** A campaign to those who have chosen it; the segment that it goes to is made, unless there is one. */
export function useWriteTo(category: Category) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wish: SegmentWish) => {
      const segment = (await segmentOf(category, wish.id)) ?? (await makeSegment(category, wish));
      return makeCampaign({ name: wish.name, to: { kind: 'segment', id: segment.id } });
    },
    onSuccess: () => Promise.all([['audience', 'targets'], ['campaigns']].map((queryKey) => queries.invalidateQueries({ queryKey, refetchType: 'none' }))),
    onSettled: useLooksAgain(category.list_id),
  });
}

/** Of who has chosen it, now and later. */
export function useMakeSegment(category: Category) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: SegmentWish) => makeSegment(category, wish),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audience', 'targets'] }),
    onSettled: useLooksAgain(category.list_id),
  });
}
