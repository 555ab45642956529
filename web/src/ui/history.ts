/** The last steps, back and forth. Letters typed into one place are one step. */
const STEPS_MAX = 50;

export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  /** The place that is typed into. */
  typing: string | number | null;
}

export function historyOf<T>(now: T): History<T> {
  return { past: [], now, future: [], typing: null };
}

export function step<T>(history: History<T>, next: T, typing: string | number | null = null): History<T> {
  if (next === history.now) return history;
  const isSameStep = typing !== null && typing === history.typing;
  const past = isSameStep ? history.past : [...history.past, history.now].slice(-STEPS_MAX);
  return { past, now: next, future: [], typing };
}

/** Typing has ended: what comes is a step of its own. */
export function seal<T>(history: History<T>): History<T> {
  return history.typing === null ? history : { ...history, typing: null };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], typing: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  return next === undefined ? history : { past: [...history.past, history.now], now: next, future, typing: null };
}
