/** Minutes as they pass: what is told by the clock ("5 minutes ago") would lie on a page that is left open. Nobody looks at a hidden tab: it is told when it is shown again. */
import { useSyncExternalStore } from 'react';

const MINUTE_MS = 60_000;

/** What of the browser's document is needed. */
type Tab = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;

/** Nothing runs while nobody watches. */
export function minutes(tab: () => Tab) {
  const watchers = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    if (tab().visibilityState === 'visible') watchers.forEach((watch) => watch());
  };
  return {
    watch: (watcher: () => void) => {
      watchers.add(watcher);
      if (watchers.size === 1) {
        timer = setInterval(tick, MINUTE_MS);
        tab().addEventListener('visibilitychange', tick);
      }
      return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        clearInterval(timer);
        tab().removeEventListener('visibilitychange', tick);
      };
    },
    now: () => Math.floor(Date.now() / MINUTE_MS),
  };
}

const clock = minutes(() => document);

/** Whoever asks is drawn anew each minute. */
export function useMinute(): number {
  return useSyncExternalStore(clock.watch, clock.now);
}
