/**
 * Something that is saved by itself a moment after it was changed, and that
 * others may change at the same time. What is typed is never lost: not by a
 * connection that breaks (it is tried again), and not by what others saved
 * (both are kept, and asked about where they differ). useDraft puts it on a page.
 */
import { problemOf, type Problem } from '../api/problem.ts';
import { inCommon, merge, type Loaded, type Meeting } from './useRecordForm.ts';

export const WAIT_MS = 800;
export const AGAIN_MS = 3_000;

/** offline: it waits for the connection; stopped: the server says no, or a question is open. */
export type DraftState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'stopped';

export type Wins = 'mine' | 'theirs';

export interface DraftOptions<T> {
  loaded: Loaded<T>;
  /** @param before what was there: only changes need to be sent */
  save: (values: T, before: Loaded<T>) => Promise<{ etag: string | null }>;
  reload: () => Promise<Loaded<T>>;
  /** As the server will have them; they are saved so. */
  stored?: (values: T) => T;
  /**
   * What both of us changed, made one. null: they differ, and nobody wins.
   *
   * @param sent may have arrived: what they have like it is our own
   */
  unite?: (before: T, mine: T, theirs: T, wins?: Wins, sent?: T | null) => T | null;
}

/** Two who met, and what they are asked about. */
export interface DraftMeeting<T> extends Meeting<T> {
  /** What they had in common. */
  before: T;
  /** What of ours may have been there already. */
  sent: T | null;
}

export interface DraftShown<T> {
  values: T;
  /** What the server has. */
  saved: T;
  state: DraftState;
  problem: Problem | null;
  meeting: DraftMeeting<T> | null;
}

export class DraftKeeper<T extends Record<string, unknown>> {
  options: DraftOptions<T>;
  private base: Loaded<T>;
  /** Of what was loaded last, taken or not. */
  private seen: string | null;
  /** Sent over the base, but the answer was lost: nobody knows whether the server has it. */
  private unanswered: T | null = null;
  private shown: DraftShown<T>;
  /** What the page shows: as it was drawn last, and what was typed into that since. null: nobody draws. */
  private drawn: T | null = null;
  private running: Promise<boolean> | null = null;
  private isLive = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(options: DraftOptions<T>) {
    this.options = options;
    this.base = options.loaded;
    this.seen = options.loaded.etag;
    this.shown = { values: options.loaded.values, saved: options.loaded.values, state: 'saved', problem: null, meeting: null };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = (): DraftShown<T> => this.shown;

  /** The page shows these now. */
  draw = (values: T): void => {
    this.drawn = values;
  };

  start = (): void => {
    this.isLive = true;
  };

  /** The page was left: nothing is tried any more by itself. */
  stop = (): void => {
    this.isLive = false;
    clearTimeout(this.timer);
  };

  /** Of what the page shows: what others wrote may have come in since it was drawn, and stays. */
  change = (changes: Partial<T>): void => {
    const { values } = this.shown;
    const before = this.drawn ?? values;
    const mine = { ...before, ...changes };
    if (this.drawn) this.drawn = mine;
    const { merged, fields } = differs(values, before) ? this.join(before, mine, values) : { merged: mine, fields: [] };
    this.show({ values: merged });
    if (fields.length > 0) this.ask({ theirs: values, fields, before, sent: null });
    if (this.shown.meeting) return;
    if (this.shown.state !== 'offline') this.say(this.isDirty() ? 'unsaved' : 'saved');
    this.after(WAIT_MS);
  };

  /** Saves now; true: all is saved. */
  flush = async (): Promise<boolean> => {
    clearTimeout(this.timer);
    if (this.shown.meeting) return false;
    this.running ??= this.write().finally(() => {
      this.running = null;
    });
    return this.running;
  };

  /** There is a connection again, it seems. */
  retry = (): void => {
    if (this.shown.state === 'offline') void this.flush();
  };

  /** Somebody else saved: it is taken if nothing was typed here. */
  take(loaded: Loaded<T>): void {
    if (loaded.etag === this.seen) return;
    this.seen = loaded.etag;
    if (loaded.etag !== this.base.etag && !this.running && !this.isDirty()) this.put(loaded.values, loaded);
  }

  takeTheirs = (): void => this.decide('theirs');
  keepMine = (): void => this.decide('mine');

  private isDirty(): boolean {
    return this.unanswered !== null || differs(this.stored(), this.base.values);
  }

  private stored(): T {
    const { values } = this.shown;
    return this.options.stored?.(values) ?? values;
  }

  private show(next: Partial<DraftShown<T>>): void {
    this.shown = { ...this.shown, ...next };
    this.listeners.forEach((listener) => listener());
  }

  private say(state: DraftState, problem: Problem | null = null, meeting: DraftMeeting<T> | null = null): void {
    this.show({ state, problem, meeting });
  }

  private put(values: T, base: Loaded<T>): void {
    this.base = base;
    this.show({ values, saved: base.values });
  }

  private after(ms: number): void {
    clearTimeout(this.timer);
    if (this.isLive) this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async write(): Promise<boolean> {
    while (!this.shown.meeting && this.isDirty()) {
      // sent again as it was: one thing at most may be there that nobody told us of
      const sent = this.unanswered ?? this.stored();
      if (this.shown.state !== 'offline') this.say('saving');
      try {
        const { etag } = await this.options.save(sent, this.base);
        this.unanswered = null;
        this.put(this.shown.values, { values: sent, etag });
      } catch (error) {
        if (await this.goesOn(problemOf(error), sent)) continue;
        return false;
      }
    }
    if (this.shown.meeting) return false;
    this.say('saved');
    return true;
  }

  /** true: there is something else to be saved: what others saved is in it, or it was typed since. */
  private async goesOn(problem: Problem, sent: T): Promise<boolean> {
    let told = problem;
    if (!problem.isMeanwhile) this.unanswered = problem.isPassing ? sent : null;
    // it was typed into what had changed, while this was under way
    if (this.shown.meeting) return false;
    if (problem.isMeanwhile) {
      try {
        return this.meet(await this.options.reload());
      } catch (another) {
        told = problemOf(another);
      }
    } else if (!problem.isPassing && differs(this.stored(), sent)) return true;
    this.say(told.isPassing ? 'offline' : 'stopped', told);
    if (told.isPassing) this.after(AGAIN_MS);
    return false;
  }

  private meet(theirs: Loaded<T>): boolean {
    const sent = this.unanswered;
    const before = inCommon(this.base.values, sent, theirs.values);
    const { merged, fields } = this.join(before, this.shown.values, theirs.values, sent);
    this.unanswered = null;
    this.put(merged, theirs);
    if (fields.length > 0) this.ask({ theirs: theirs.values, fields, before, sent });
    return fields.length === 0;
  }

  private join(before: T, mine: T, theirs: T, sent: T | null = null): { merged: T; fields: (keyof T & string)[] } {
    const united = this.options.unite?.(before, mine, theirs, undefined, sent) ?? null;
    return united ? { merged: united, fields: [] } : merge(before, mine, theirs);
  }

  private ask(about: DraftMeeting<T>): void {
    const { meeting } = this.shown;
    if (meeting) this.show({ meeting: { ...meeting, fields: [...new Set([...meeting.fields, ...about.fields])] } });
    else this.say('stopped', null, about);
  }

  /** Only what is asked about is decided: what one of us alone did stays. */
  private decide(wins: Wins): void {
    const { meeting, values } = this.shown;
    if (!meeting) return;
    const { theirs, fields, before, sent } = meeting;
    const theirFields = Object.fromEntries(fields.map((name) => [name, theirs[name]])) as Partial<T>;
    const united = this.options.unite?.(before, values, theirs, wins, sent) ?? null;
    this.show({ values: united ?? (wins === 'mine' ? values : { ...values, ...theirFields }) });
    this.say(this.isDirty() ? 'unsaved' : 'saved');
    void this.flush();
  }
}

export function differs<T extends Record<string, unknown>>(one: T, other: T): boolean {
  return Object.keys(one).some((name) => one[name] !== other[name]);
}
