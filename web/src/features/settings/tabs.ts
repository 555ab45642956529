/** What the settings are divided into; it stands in the address. */
export const tabs = ['organisation', 'relay', 'users', 'apps', 'demo'] as const;
export type Tab = (typeof tabs)[number];

export function readTab(search: Record<string, unknown>): { tab?: Tab } {
  return { tab: tabs.find((tab) => tab === search.tab) };
}
