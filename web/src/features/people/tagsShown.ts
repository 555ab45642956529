/** How many of its tags a cell of a list shows: as many as are whole, and one in any case; a tag cut to two letters tells nothing. */
const ROOM = 13; // letters
const AROUND = 3; // what a tag takes beside its letters

export function tagsShown(tags: string[]): number {
  let taken = 0;
  const first = tags.findIndex((tag) => (taken += tag.length + AROUND) > ROOM);
  return first < 0 ? tags.length : Math.max(1, first);
}
