/** How many of its tags a cell of a list shows: as many as are whole, and one in any case; a tag cut to two letters tells nothing. */
const ROOM = 16; // letters
const AROUND = 3; // what a tag takes beside its letters
/** Of a card, where they go into lines of their own. */
const ON_CARD = 8;

export function tagsShown(tags: string[], isCard = false): number {
  if (isCard) return Math.min(tags.length, ON_CARD);
  let taken = 0;
  const first = tags.findIndex((tag) => (taken += tag.length + AROUND) > ROOM);
  return first < 0 ? tags.length : Math.max(1, first);
}

/** Not all of it is read there. */
export function isCut(tags: string[], isCard = false): boolean {
  return tagsShown(tags, isCard) < tags.length || (!isCard && (tags[0]?.length ?? 0) > ROOM - AROUND);
}
