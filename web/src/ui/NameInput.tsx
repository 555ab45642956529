/**
 * Something by its name: one that there is, or a new one, which is made when it is needed. Enter takes what was typed, as
 * the button of the form does; which of both it will be stands below it.
 */
import { Autocomplete, Stack } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../api/problem.ts';
import { namedAs } from './names.ts';
import { ProblemAlert } from './ProblemAlert.tsx';

const SHOWN = 50;

interface Named {
  name: string;
}

interface Props {
  kind: 'tag' | 'group';
  label: string;
  /** Those that there are; undefined: not known yet. */
  known: readonly Named[] | undefined;
  /** Those are what a server found. */
  isSearched?: boolean;
  mayMake: boolean;
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

export function NameInput({ kind, label, known, isSearched = false, mayMake, value, error, onChange }: Props) {
  const about = useNameWords(kind, known, mayMake, value);
  const names = [...new Set(known?.map(({ name }) => name))];
  return (
    <Autocomplete
      data-autofocus
      label={label}
      description={<span role="status" dir="auto">{about}</span>}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      // below, it would cover the button
      comboboxProps={{ position: 'top' }}
      dir="auto"
      limit={SHOWN}
      maxLength={100}
      data={names}
      filter={isSearched ? ({ options }) => options : undefined}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}

/** Which of both a name will be. */
export function useNameWords(kind: 'tag' | 'group', known: readonly Named[] | undefined, mayMake: boolean, value: string): string {
  const { t } = useTranslation();
  if (!value.trim()) return t(mayMake ? `named.${kind}.either` : `named.${kind}.choose`);
  if (!known) return '\u00a0';
  const found = namedAs(known, value);
  if (found) return t(`named.${kind}.isThere`, { name: found.name });
  return t(mayMake ? `named.${kind}.isNew` : `named.${kind}.isNone`, { name: value.trim() });
}

interface Options {
  kind: Props['kind'];
  label: string;
  known: readonly (Named & { id: number })[] | undefined;
  isSearched?: boolean;
  mayMake: boolean;
  /** Finds or makes it. */
  make: UseMutationResult<{ id: number }, Error, string>;
  /** What is said of a name; undefined: it is no fault of the name. */
  say: (error: Error) => string | undefined;
  typing?: [string, (value: string) => void];
}

export interface NameChoice {
  isReady: boolean;
  isBusy: boolean;
  /** Shows what went wrong by itself, and is rejected. */
  id: () => Promise<number>;
  input: Props & { failed: Error | null };
}

export function useNameChoice({ kind, label, known, isSearched, mayMake, make, say, typing }: Options): NameChoice {
  const own = useState('');
  const [value, setValue] = typing ?? own;
  const found = known && namedAs(known, value);
  const said = make.error ? say(make.error) : undefined;
  return {
    isReady: value.trim() !== '' && (found !== undefined || mayMake),
    isBusy: make.isPending,
    id: async () => (found ?? (await make.mutateAsync(value.trim()))).id,
    input: {
      kind, label, known, isSearched, mayMake, value,
      error: said,
      failed: said === undefined ? make.error : null,
      onChange: (next) => {
        make.reset();
        setValue(next);
      },
    },
  };
}

export function ChoiceInput({ choice: { input: { failed, ...input } } }: { choice: NameChoice }) {
  return (
    <Stack gap="xs">
      <NameInput {...input} />
      {failed && <ProblemAlert error={problemOf(failed)} />}
    </Stack>
  );
}
