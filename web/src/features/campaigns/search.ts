/** What the list of campaigns shows stands in its address. */
import { readPeopleSearch } from '../people/search.ts';

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

/** Of the ledger. */
export const states = ['queued', 'accepted', 'deferred', 'refused', 'expired', 'canceled', 'left_out'] as const;
export type LedgerState = (typeof states)[number];
export const responses = ['opened', 'clicked', 'bounced', 'unsubscribed', 'complained', 'not_opened', 'not_clicked'] as const;
export type Responded = (typeof responses)[number];

export interface CampaignSearch {
  /** It makes the campaign ready to be sent. */
  job?: number;
}

export function readCampaignSearch(search: Record<string, unknown>): CampaignSearch {
  const job = Number(search.job);
  return Number.isSafeInteger(job) && job > 0 ? { job } : {};
}
