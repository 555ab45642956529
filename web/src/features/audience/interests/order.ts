/** Which places change when one of a row goes up or down. Others may have the same place, or none: then they get one, too. */
export interface Placed {
  id: string;
  display_order: number;
}

export function moved<T extends Placed>(all: readonly T[], id: string, by: -1 | 1): T[] {
  const from = all.findIndex((one) => one.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= all.length) return [...all];
  const next = [...all];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}

/** From 1; only of those whose place is another than before. */
export function newPlaces(all: readonly Placed[], id: string, by: -1 | 1): Placed[] {
  return moved(all, id, by)
    .map((one, at) => ({ id: one.id, display_order: at + 1, before: one.display_order }))
    .filter((one) => one.display_order !== one.before)
    .map((one) => ({ id: one.id, display_order: one.display_order }));
}
