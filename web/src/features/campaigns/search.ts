/** What the list of campaigns and the page of one show stands in their addresses. */
import { readPeopleSearch } from '../people/search.ts';
import { readReportSearch, type ReportSearch } from './report/search.ts';

export const statuses = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'canceled'] as const;
export type Status = (typeof statuses)[number];

export const sorts = [
  'created_at', '-created_at', 'name', '-name', 'sent_at', '-sent_at', 'schedule_at', '-schedule_at', 'updated_at', '-updated_at',
] as const;
export type CampaignSort = (typeof sorts)[number];
export const NEWEST: CampaignSort = '-created_at';

export interface CampaignsSearch {
  q?: string;
  status?: Status[];
  sort?: CampaignSort;
}

export function readCampaignsSearch(search: Record<string, unknown>): CampaignsSearch {
  const wanted = Array.isArray(search.status) ? search.status : [search.status];
  const status = statuses.filter((one) => wanted.includes(one));
  const sort = sorts.find((one) => one === search.sort);
  const { q } = readPeopleSearch({ q: search.q });
  return { ...(q ? { q } : {}), ...(status.length > 0 ? { status } : {}), ...(sort ? { sort } : {}) };
}

export interface CampaignSearch extends ReportSearch {
  /** It makes the campaign ready to be sent. */
  job?: number;
}

export function readCampaignSearch(search: Record<string, unknown>): CampaignSearch {
  const job = Number(search.job);
  return { ...readReportSearch(search), ...(Number.isSafeInteger(job) && job > 0 ? { job } : {}) };
}
