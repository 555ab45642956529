/**
 * Something that is saved by itself a moment after it was changed, and that
 * others may change at the same time. What is typed is never lost: not by a
 * connection that breaks (it is tried again), and not by what others saved
 * (both are kept, and asked about where they differ).
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../api/problem.ts';
import { merge, type Loaded, type Meeting } from './useRecordForm.ts';

const WAIT_MS = 800;
const AGAIN_MS = 3_000;
const CHANGED_MEANWHILE = 412;

/** offline: it waits for the connection; stopped: the server says no, or a question is open. */
export type DraftState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'stopped';

export interface Draft<T> {
  values: T;
  /** What the server has. */
  saved: T;
  change: (change: Partial<T>) => void;
  state: DraftState;
  problem: Problem | null;
  meeting: Meeting<T> | null;
  takeTheirs: () => void;
  keepMine: () => void;
  /** Saves now; true: all is saved. */
  flush: () => Promise<boolean>;
}

interface Options<T> {
  loaded: Loaded<T>;
  /** @param before what was there: only changes need to be sent */
  save: (values: T, before: Loaded<T>) => Promise<{ etag: string | null }>;
  reload: () => Promise<Loaded<T>>;
  /** What both of us changed, made one; null: they differ. */
  unite?: (before: T, mine: T, theirs: T) => T | null;
}

interface Shown<T> {
  state: DraftState;
  problem: Problem | null;
  meeting: Meeting<T> | null;
}

const SAVED = { state: 'saved', problem: null, meeting: null } as const;

export function useDraft<T extends Record<string, unknown>>(options: Options<T>): Draft<T> {
  const { loaded } = options;
  const [values, setValues] = useState(loaded.values);
  const [base, setBase] = useState(loaded);
  const [shown, setShown] = useState<Shown<T>>(SAVED);
  // what stands there now, for what goes on between two renderings
  const now = useRef({ values, base, seen: loaded.etag, isAsking: false });
  const running = useRef<Promise<boolean> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(options);
  useEffect(() => {
    asked.current = options;
  });

  const put = useCallback((next: Partial<{ values: T; base: Loaded<T> }>) => {
    Object.assign(now.current, next);
    if (next.values) setValues(next.values);
    if (next.base) setBase(next.base);
  }, []);
  const isDirty = () => differs(now.current.values, now.current.base.values);

  const meet = useCallback(async (): Promise<boolean> => {
    const before = now.current.base.values;
    const theirs = await asked.current.reload();
    const mine = now.current.values;
    const united = asked.current.unite?.(before, mine, theirs.values) ?? null;
    const { merged, fields } = united ? { merged: united, fields: [] } : merge(before, mine, theirs.values);
    put({ values: merged, base: theirs });
    if (fields.length === 0) return true;
    now.current.isAsking = true;
    setShown({ state: 'stopped', problem: null, meeting: { theirs: theirs.values, fields } });
    return false;
  }, [put]);

  const write = useCallback(async (): Promise<boolean> => {
    while (isDirty()) {
      const sent = now.current.values;
      setShown((last) => (last.state === 'offline' ? last : { ...SAVED, state: 'saving' }));
      try {
        const { etag } = await asked.current.save(sent, now.current.base);
        put({ base: { values: sent, etag } });
      } catch (error) {
        const problem = problemOf(error);
        try {
          if (problem.status === CHANGED_MEANWHILE) {
            if (await meet()) continue;
            return false;
          }
          setShown({ state: problem.isPassing ? 'offline' : 'stopped', problem, meeting: null });
        } catch (another) {
          setShown({ state: 'offline', problem: problemOf(another), meeting: null });
        }
        return false;
      }
    }
    setShown(SAVED);
    return true;
  }, [meet, put]);

  const flush = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    if (now.current.isAsking) return false;
    running.current ??= write().finally(() => {
      running.current = null;
    });
    return running.current;
  }, [write]);

  const change = useCallback(
    (changes: Partial<T>) => {
      put({ values: { ...now.current.values, ...changes } });
      setShown((last) => (last.meeting || last.state === 'offline' ? last : { ...SAVED, state: isDirty() ? 'unsaved' : 'saved' }));
      clearTimeout(timer.current);
      if (!now.current.isAsking) timer.current = setTimeout(() => void flush(), WAIT_MS);
    },
    [flush, put],
  );

  // somebody else saved, and nothing was typed here
  useEffect(() => {
    if (loaded.etag === now.current.seen) return;
    now.current.seen = loaded.etag;
    if (loaded.etag !== now.current.base.etag && !running.current && !isDirty()) put({ values: loaded.values, base: loaded });
  }, [loaded, put]);
  useEffect(() => {
    if (shown.state !== 'offline') return;
    const again = () => void flush();
    const every = setInterval(again, AGAIN_MS);
    window.addEventListener('online', again);
    return () => {
      clearInterval(every);
      window.removeEventListener('online', again);
    };
  }, [shown.state, flush]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const takeTheirs = () => {
    now.current.isAsking = false;
    put({ values: now.current.base.values });
    setShown(SAVED);
  };
  const keepMine = () => {
    now.current.isAsking = false;
    setShown({ ...SAVED, state: 'unsaved' });
    void flush();
  };
  return { values, saved: base.values, change, ...shown, takeTheirs, keepMine, flush };
}

export function differs<T extends Record<string, unknown>>(one: T, other: T): boolean {
  return Object.keys(one).some((name) => one[name] !== other[name]);
}
