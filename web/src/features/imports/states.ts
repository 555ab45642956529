/** A state is a word with a dot; the colour says no more than the word. */
import type { Import } from './queries.ts';

export const stateColors: Record<NonNullable<Import['state']>, string> = {
  queued: 'yellow',
  running: 'yellow',
  needs_confirmation: 'orange',
  done: 'green',
  failed: 'red',
  canceled: 'gray',
  undoing: 'yellow',
  undone: 'gray',
};
