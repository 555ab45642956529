/**
 * One field, changed in place: Enter saves, Escape leaves it. What was typed
 * stays until the server has it; if somebody else changed the same field
 * meanwhile, both values are shown.
 */
import { Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { useFormat } from '../../../app/format.ts';
import type { FieldInfo } from '../../../ui/FilterBar/criteria.ts';
import { languageName } from '../../../ui/languageName.ts';
import { MeetingAlert } from '../../../ui/MeetingAlert.tsx';
import { useProblemText } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { valueOf } from '../person.ts';
import type { Person } from '../queries.ts';
import { FieldInput } from './FieldInput.tsx';
import styles from './PropertyRow.module.css';
import { Meanwhile, sameValue, useSaveField, type Loaded } from './queries.ts';

interface Props {
  field: FieldInfo;
  label: string;
  loaded: Loaded;
}

interface Draft {
  value: unknown;
  base: unknown;
  etag: string | null;
}

/** A field's value as it is read. */
function useWords(): (field: FieldInfo, value: unknown, person: Person) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (field, value, person) => {
    if (value === null || value === undefined || value === '') return '';
    if (field.name === 'company_id') return value === person.company_id ? (person.company_name ?? String(value)) : String(value);
    if (typeof value === 'boolean') return value ? t('filter.yes') : t('filter.no');
    if (typeof value === 'number') return format.number(value);
    if (field.name === 'language') return languageName(String(value), i18n.language);
    return field.type === 'date' ? format.date(String(value)) : String(value);
  };
}

export function PropertyRow({ field, label, loaded }: Props) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const toast = useToast();
  const problemText = useProblemText();
  const save = useSaveField(loaded.data.id);
  const [draft, setDraft] = useState<Draft | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const theirs = save.error instanceof Meanwhile ? save.error.theirs : null;
  const value = valueOf(loaded.data, field.name);

  const form = useRef<HTMLFormElement>(null);
  const isOpen = draft !== null;
  const leaving = useUnsaved(draft !== null && !sameValue(draft.value, draft.base) && !save.isPending);
  useEffect(() => {
    if (isOpen) form.current?.querySelector<HTMLElement>('input:checked, input:not([type=radio])')?.focus();
  }, [isOpen]);

  const begin = () => setDraft({ value: value ?? null, base: value ?? null, etag: loaded.etag });
  const end = () => {
    setDraft(null);
    save.reset();
    // the field's button is there again after this
    setTimeout(() => button.current?.focus());
  };
  const undo = (before: unknown, after: unknown, etag: string | null) => {
    save.mutate(
      { field: field.name, value: before, base: after, etag },
      { onError: (error) => toast.tell(error instanceof Meanwhile ? t('person.notUndone') : problemText(problemOf(error))) },
    );
  };
  const write = ({ value: next, base, etag }: Draft) => {
    if (sameValue(next, base)) {
      end();
      return;
    }
    save.mutate(
      { field: field.name, value: next, base, etag },
      {
        onSuccess: (reply) => {
          end();
          toast.tellUndo(t('person.saved', { field: label }), () => undo(base, valueOf(reply.data, field.name) ?? null, reply.etag));
        },
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!draft) return;
    // after both values were seen, ours goes over theirs
    write(theirs ? { value: draft.value, base: valueOf(theirs.data, field.name) ?? null, etag: theirs.etag } : draft);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    end();
  };
  if (!draft) {
    const words = wordsOf(field, value, loaded.data);
    return (
      <UnstyledButton ref={button} className={styles.row} onClick={begin}>
        <Text span size="xs" c="dimmed" className={styles.label}>{label}</Text>
        <Text span size="sm" className={styles.value} c={words ? undefined : 'dimmed'}>
          <bdi>{words || t('person.empty')}</bdi>
        </Text>
      </UnstyledButton>
    );
  }
  const problem = save.error && !theirs ? problemOf(save.error) : null;
  return (
    <form ref={form} onSubmit={submit} onKeyDown={onKeyDown} className={styles.form}>
      {leaving}
      <Stack gap={6}>
        <FieldInput
          field={field}
          label={label}
          value={draft.value}
          error={problem ? (problem.fields[0]?.message ?? problemText(problem)) : undefined}
          onChange={(next) => setDraft({ ...draft, value: next })}
        />
        {theirs && (
          <MeetingAlert
            rows={[{
              label,
              theirs: wordsOf(field, valueOf(theirs.data, field.name), theirs.data) || t('ui.nothing'),
              mine: wordsOf(field, draft.value, loaded.data) || t('ui.nothing'),
            }]}
            onTakeTheirs={end}
          />
        )}
        <Group gap="xs">
          <Button type="submit" size="compact-sm" loading={save.isPending}>
            {theirs ? t('person.saveMine') : problem ? t('errors.again') : t('ui.save')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={end}>{t('ui.cancel')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
