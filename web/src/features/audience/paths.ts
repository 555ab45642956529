/** Of an address that the server tells others, what it is here: the app may be reached by another name. */
export function pathOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}
