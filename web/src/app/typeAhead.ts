/**
 * From the key that asks for the search until its field has the focus, what is
 * typed is kept for it: the field may still have to be loaded.
 */
let typed: string | null = null;

function onKey(event: KeyboardEvent) {
  if (event.key === 'Escape') endTypeAhead();
  if (typed === null || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === 'Backspace') typed = typed.slice(0, -1);
  else if (event.key.length === 1) typed += event.key;
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function beginTypeAhead(on: Pick<Document, 'addEventListener'> = document): void {
  if (typed === null) on.addEventListener('keydown', onKey, true);
  typed = '';
}

/** What was typed meanwhile. */
export function endTypeAhead(on: Pick<Document, 'removeEventListener'> = document): string {
  on.removeEventListener('keydown', onKey, true);
  const kept = typed ?? '';
  typed = null;
  return kept;
}
