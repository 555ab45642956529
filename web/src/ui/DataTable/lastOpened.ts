/** Who comes back from a record finds the row that it was opened from. */

const opened = new Map<string, number>();

export function rememberOpened(list: string, id: number): void {
  opened.set(list, id);
}

/** Once. */
export function takeOpened(list: string): number | undefined {
  const id = opened.get(list);
  opened.delete(list);
  return id;
}
