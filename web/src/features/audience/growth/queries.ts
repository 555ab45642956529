/** How a list grew. */
import { queryOptions } from '@tanstack/react-query';
import { call, mc } from '../../../api/client.ts';
import { byDays, byMonths } from './growth.ts';

const MONTHS = 24;
const DAYS = 90;

export const monthsQuery = (list_id: string) =>
  queryOptions({
    queryKey: ['audience', 'growth', list_id, 'month'],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/growth-history', { params: { path: { list_id }, query: { count: MONTHS, exclude_fields: 'history._links' } }, signal })),
    select: ({ history }) => byMonths(history),
  });

export const daysQuery = (list_id: string) =>
  queryOptions({
    queryKey: ['audience', 'growth', list_id, 'day'],
    queryFn: ({ signal }) => call(mc.GET('/lists/{list_id}/activity', { params: { path: { list_id }, query: { count: DAYS, exclude_fields: 'activity._links' } }, signal })),
    select: ({ activity }) => byDays(activity),
  });
