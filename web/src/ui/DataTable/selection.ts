/** What is selected of a list: some rows, or all that fit, over all pages. */

export type Selection = { kind: 'rows'; ids: ReadonlySet<number> } | { kind: 'all' };

export const nothing: Selection = { kind: 'rows', ids: new Set() };

/** total: how many fit. */
export function sizeOf(selection: Selection, total: number): number {
  return selection.kind === 'all' ? total : selection.ids.size;
}

export function isSelected(selection: Selection, id: number): boolean {
  return selection.kind === 'all' || selection.ids.has(id);
}

/** Leaving one out of all leaves the other rows that are loaded. */
export function toggle(selection: Selection, id: number, loaded: readonly number[]): Selection {
  const ids = new Set(selection.kind === 'all' ? loaded : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'rows', ids };
}

/** Everything between two rows, both included, as the row that was clicked last. */
export function selectRange(selection: Selection, from: number, to: number, loaded: readonly number[]): Selection {
  const [a, b] = [loaded.indexOf(from), loaded.indexOf(to)];
  if (a < 0 || b < 0) return toggle(selection, to, loaded);
  const between = loaded.slice(Math.min(a, b), Math.max(a, b) + 1);
  const ids = new Set(selection.kind === 'all' ? loaded : selection.ids);
  const remove = isSelected(selection, to);
  for (const id of between) {
    if (remove) ids.delete(id);
    else ids.add(id);
  }
  return { kind: 'rows', ids };
}

/** The box in the head: all rows that are loaded, or none. */
export function toggleLoaded(selection: Selection, loaded: readonly number[]): Selection {
  return headState(selection, loaded) === 'all' ? nothing : { kind: 'rows', ids: new Set(loaded) };
}

export function headState(selection: Selection, loaded: readonly number[]): 'none' | 'some' | 'all' {
  if (selection.kind === 'all') return 'all';
  if (selection.ids.size === 0) return 'none';
  return loaded.length > 0 && loaded.every((id) => selection.ids.has(id)) ? 'all' : 'some';
}
