/**
 * What of a campaign's report is shown stands in the address: who is behind
 * each figure can be sent to somebody. The words are the server's.
 */
import { spreadsheetQuery } from '../../../app/spreadsheet.ts';

/** Each of one state, or of several. */
const severalStates = ['sent', 'delivered', 'caught', 'waiting', 'not_sent', 'unknown'] as const;
export const states = ['queued', 'accepted', 'deferred', 'refused', 'expired', 'canceled', 'left_out'] as const;
export type LedgerState = (typeof states)[number];
export type FilterState = LedgerState | (typeof severalStates)[number];
/** Who of those that wait was tried already changes by the minute: they are found together. */
export const filterStates: readonly FilterState[] = [...severalStates, ...states.filter((state) => state !== 'queued' && state !== 'deferred')];

export const responses = [
  'opened', 'machine_opened', 'not_opened', 'clicked', 'machine_clicked', 'not_clicked', 'bounced', 'bounced_hard', 'bounced_soft',
  'unsubscribed', 'complained',
] as const;
export type Responded = (typeof responses)[number];
/** Alone, a group can keep up with these. */
const keptUp: readonly Responded[] = ['opened', 'not_opened', 'clicked', 'not_clicked', 'bounced', 'unsubscribed'];

const sorts = ['name', '-name', 'at', '-at', 'opens', '-opens', 'clicks', '-clicks'] as const;
export type RecipientSort = (typeof sorts)[number];
export const DEFAULT_SORT: RecipientSort = 'name';

/** Who of the recipients: all of it must fit. */
export interface LedgerFilter {
  state?: FilterState;
  /** Of one who was left out or refused. */
  reason?: string;
  response?: Responded;
  /** Who clicked this one. */
  link?: number;
  domain?: string;
  /** Comma-separated: at none of these. */
  not_domains?: string;
  /** When they did it first, or it was sent: from then on, and before that. */
  from?: string;
  until?: string;
  q?: string;
}

export const steps = ['hour', 'day'] as const;
export type StepLength = (typeof steps)[number];

export interface ReportSearch extends LedgerFilter {
  tab?: 'recipients';
  sort?: RecipientSort;
  /** Of the picture over time. */
  by?: StepLength;
}

/** Without what says nothing. */
function clean<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== '')) as T;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function moment(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

export function readReportSearch(search: Record<string, unknown>): ReportSearch {
  const reason = text(search.reason);
  const link = Number(search.link);
  return clean<ReportSearch>({
    tab: oneOf(['recipients'] as const, search.tab),
    state: oneOf(filterStates, search.state),
    reason: reason && /^[a-z_]+$/.test(reason) ? reason : undefined,
    response: oneOf(responses, search.response),
    link: Number.isSafeInteger(link) && link > 0 ? link : undefined,
    domain: text(search.domain),
    not_domains: text(search.not_domains),
    from: moment(search.from),
    until: moment(search.until),
    q: text(search.q),
    sort: oneOf(sorts, search.sort),
    by: oneOf(steps, search.by),
  });
}

/** What of the address says who. */
export function filterOf({ state, reason, response, link, domain, not_domains, from, until, q }: ReportSearch): LedgerFilter {
  return clean({ state, reason, response, link, domain, not_domains, from, until, q });
}

export const everybody: Record<keyof LedgerFilter, undefined> = {
  state: undefined, reason: undefined, response: undefined, link: undefined, domain: undefined, not_domains: undefined, from: undefined,
  until: undefined, q: undefined,
};

/** Why somebody was left out, as the report counts it. */
export function ofReason(reason: string): LedgerFilter {
  return reason === 'canceled' ? { state: 'canceled' } : { state: 'left_out', reason };
}

/** A response and nothing else. */
export function isKeptUp(filter: LedgerFilter): boolean {
  const { response } = filter;
  return response !== undefined && keptUp.includes(response) && Object.keys(clean(filter)).length === 1;
}

/** As it is shown, for Excel too. */
export function exportAddress(id: number, filter: LedgerFilter): string {
  const given = Object.entries({ ...clean(filter), ...spreadsheetQuery() }).map(([name, value]) => [name, String(value)]);
  return `/api/v1/campaigns/${id}/recipients/export?${new URLSearchParams(given)}`;
}
