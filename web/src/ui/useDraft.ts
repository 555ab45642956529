/** A draft (draft.ts) on a page: it is saved while one goes on typing. */
import { useEffect, useLayoutEffect, useState } from 'react';
import { DraftKeeper, type DraftOptions, type DraftShown } from './draft.ts';

export type { DraftMeeting, DraftState, Wins } from './draft.ts';

export interface Draft<T> extends DraftShown<T> {
  change: (change: Partial<T>) => void;
  takeTheirs: () => void;
  keepMine: () => void;
  /** Saves now; true: all is saved. */
  flush: () => Promise<boolean>;
}

export function useDraft<T extends Record<string, unknown>>(options: DraftOptions<T>): Draft<T> {
  const { loaded } = options;
  const [keeper] = useState(() => new DraftKeeper(options));
  // a state, not a store: what stands there comes in one rendering with other states that a letter changes
  const [shown, show] = useState(keeper.read);
  useEffect(() => {
    keeper.options = options;
  });
  useEffect(() => {
    const leave = keeper.subscribe(() => show(keeper.read()));
    show(keeper.read());
    return leave;
  }, [keeper]);
  useLayoutEffect(() => keeper.draw(shown.values), [keeper, shown.values]);
  useEffect(() => keeper.take(loaded), [keeper, loaded]);
  useEffect(() => {
    keeper.start();
    window.addEventListener('online', keeper.retry);
    return () => {
      window.removeEventListener('online', keeper.retry);
      keeper.stop();
    };
  }, [keeper]);
  const { change, takeTheirs, keepMine, flush } = keeper;
  return { ...shown, change, takeTheirs, keepMine, flush };
}
