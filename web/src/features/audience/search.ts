/** What the audience is divided into, and which list is looked at: both stand in the address. */
export const audienceTabs = ['interests', 'form', 'feeds', 'templates', 'work'] as const;
export type AudienceTab = (typeof audienceTabs)[number];

export interface AudienceSearch {
  tab?: AudienceTab;
  /** Left out: the master audience. */
  list?: string;
  /** Which templates. */
  q?: string;
}

export function readAudienceSearch(search: Record<string, unknown>): AudienceSearch {
  const tab = audienceTabs.find((one) => one === search.tab);
  const list = typeof search.list === 'string' && /^[0-9a-f]{10}$/.test(search.list) ? search.list : undefined;
  const q = typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : '';
  return { ...(tab && { tab }), ...(list && { list }), ...(q && { q }) };
}
