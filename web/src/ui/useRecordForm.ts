/**
 * A form over something that others may change at the same time: what they
 * saved is not overwritten, and what was typed here is not lost.
 */
import { useForm, type FormErrors, type UseFormReturnType } from '@mantine/form';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { problemOf, type Problem } from '../api/problem.ts';
import { placeProblem } from './problems.ts';

export interface Loaded<T> {
  values: T;
  etag: string | null;
}

/** Fields in which they and we differ. */
export interface Meeting<T> {
  theirs: T;
  fields: (keyof T & string)[];
}

export interface RecordMeeting<T> extends Meeting<T> {
  /** As it was here before theirs was taken in. */
  mine: T;
  /** Each changed something else: both stand in the form. */
  isJoined: boolean;
}

interface Options<T> {
  loaded: Loaded<T>;
  save: (values: T, etag: string | null) => Promise<Loaded<T>>;
  reload: () => Promise<Loaded<T>>;
  validate?: (values: T) => FormErrors;
  /** Also what only they changed is told, and saved by a second word: for what has a meaning as a whole. */
  tellsAll?: boolean;
  /** Of the server's field names. */
  prefix?: string;
  onSaved?: () => void;
}

export interface RecordForm<T extends Record<string, unknown>> {
  form: UseFormReturnType<T>;
  isDirty: boolean;
  isSaving: boolean;
  problem: Problem | null;
  meeting: RecordMeeting<T> | null;
  submit: (event?: FormEvent<HTMLFormElement>) => void;
  takeTheirs: () => void;
  discard: () => void;
}

/** Mine where I changed something, else theirs; and where both did. */
export function merge<T extends Record<string, unknown>>(before: T, mine: T, theirs: T): { merged: T; fields: (keyof T & string)[] } {
  const names = Object.keys(mine) as (keyof T & string)[];
  const isMine = (name: keyof T) => mine[name] !== before[name];
  const merged = Object.fromEntries(names.map((name) => [name, isMine(name) ? mine[name] : theirs[name]])) as T;
  return { merged, fields: names.filter((name) => theirs[name] !== before[name] && merged[name] !== theirs[name]) };
}

/** In which theirs is not ours, if they changed anything that we do not have: both versions are told. */
export function differing<T extends Record<string, unknown>>(before: T, mine: T, theirs: T): (keyof T & string)[] {
  const fields = (Object.keys(mine) as (keyof T & string)[]).filter((name) => theirs[name] !== mine[name]);
  return fields.some((name) => theirs[name] !== before[name]) ? fields : [];
}

/** What they and we had before. If the answer to something that we sent was lost, then what they have like it is our own. */
export function inCommon<T extends Record<string, unknown>>(before: T, sent: T | null, theirs: T): T {
  if (!sent) return before;
  const ours = Object.entries(theirs).filter(([name, value]) => sent[name] === value);
  return { ...before, ...Object.fromEntries(ours) };
}

export function useRecordForm<T extends Record<string, unknown>>(options: Options<T>): RecordForm<T> {
  const { loaded, save, reload, validate, prefix, tellsAll = false, onSaved } = options;
  const [base, setBase] = useState(loaded);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [meeting, setMeeting] = useState<RecordMeeting<T> | null>(null);
  const [isSaving, setSaving] = useState(false);
  /** Sent, but the answer was lost. */
  const unanswered = useRef<T | null>(null);
  const form = useForm<T>({ initialValues: loaded.values, validate });
  const isDirty = Object.keys(base.values).some((name) => form.values[name] !== base.values[name]);

  const take = (next: Loaded<T>) => {
    unanswered.current = null;
    setBase(next);
    setMeeting(null);
    setProblem(null);
    form.setInitialValues(next.values);
    form.setValues(next.values);
    form.clearErrors();
  };
  // somebody else saved, and nothing was typed here
  useEffect(() => {
    if (!isDirty && !isSaving && loaded.etag !== base.etag) take(loaded);
  });

  /** What only they changed is taken in; true: nothing is to be asked. */
  const meet = (mine: T, theirs: Loaded<T>): T | null => {
    const before = inCommon(base.values, unanswered.current, theirs.values);
    const { merged, ...met } = merge(before, mine, theirs.values);
    const fields = tellsAll ? differing(before, mine, theirs.values) : met.fields;
    unanswered.current = null;
    setBase(theirs);
    form.setInitialValues(theirs.values);
    form.setValues(merged);
    if (fields.length === 0) return merged;
    setMeeting({ theirs: theirs.values, mine, fields, isJoined: met.fields.length === 0 });
    return null;
  };
  const write = async (values: T, etag: string | null): Promise<void> => {
    try {
      take(await save(values, etag));
      onSaved?.();
    } catch (error) {
      const { isMeanwhile, isPassing } = problemOf(error);
      if (!isMeanwhile) {
        if (isPassing) unanswered.current ??= values; // the later ones would meet the first
        setProblem(placeProblem(form, error, prefix));
        return;
      }
      const theirs = await reload();
      const merged = meet(values, theirs);
      if (merged) await write(merged, theirs.etag);
    }
  };
  const submit = form.onSubmit(async (values) => {
    setSaving(true);
    setProblem(null);
    setMeeting(null);
    await write(values, base.etag).catch((error: unknown) => setProblem(problemOf(error)));
    setSaving(false);
  });
  return { form, isDirty, isSaving, problem, meeting, submit, takeTheirs: () => take(base), discard: () => take(base) };
}
