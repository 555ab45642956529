/** What the audience is divided into, and which list is looked at: both stand in the address. */
export const audienceTabs = ['interests', 'form'] as const;
export type AudienceTab = (typeof audienceTabs)[number];

export interface AudienceSearch {
  tab?: AudienceTab;
  /** Left out: the master audience. */
  list?: string;
}

export function readAudienceSearch(search: Record<string, unknown>): AudienceSearch {
  const tab = audienceTabs.find((one) => one === search.tab);
  const list = typeof search.list === 'string' && /^[0-9a-f]{10}$/.test(search.list) ? search.list : undefined;
  return { ...(tab && { tab }), ...(list && { list }) };
}
