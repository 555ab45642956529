import { readMembersSearch, type MembersSearch } from './members/search.ts';

/** What the audience is divided into, and which list is looked at: both stand in the address. */
export const audienceTabs = ['members', 'segments', 'fields', 'interests', 'form', 'feeds', 'templates', 'blocked', 'work'] as const;
export type AudienceTab = (typeof audienceTabs)[number];

export interface AudienceSearch extends MembersSearch {
  tab?: AudienceTab;
  /** Left out: the master audience. */
  list?: string;
  /** Which templates, members, segments. */
  q?: string;
}

function readList(list: unknown): string | undefined {
  return typeof list === 'string' && /^[0-9a-f]{10}$/.test(list) ? list : undefined;
}

/** Which list a member is of; left out: the master audience. */
export function readMemberSearch(search: Record<string, unknown>): { list?: string } {
  return { list: readList(search.list) };
}

export function readAudienceSearch(search: Record<string, unknown>): AudienceSearch {
  const tab = audienceTabs.find((one) => one === search.tab);
  const list = readList(search.list);
  const q = typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : '';
  return { ...(tab && { tab }), ...(list && { list }), ...(q && { q }), ...readMembersSearch(search) };
}
