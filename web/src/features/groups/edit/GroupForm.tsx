/** The form of a group, with who would be in it beside. */
import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { CriteriaBuilder } from '../../../ui/CriteriaBuilder/CriteriaBuilder.tsx';
import { finishedOf, lacksOf } from '../../../ui/CriteriaBuilder/tree.ts';
import { criteriaText } from '../../../ui/FilterBar/criteria.ts';
import { FormActions } from '../../../ui/FormActions.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useRecordForm, type Loaded } from '../../../ui/useRecordForm.ts';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { Choices } from './Choices.tsx';
import { useCriteriaWith } from './fields.ts';
import styles from './GroupForm.module.css';
import { Meeting } from './Meeting.tsx';
import { Preview } from './Preview.tsx';
import { reloadGroup, saveGroup } from './queries.ts';
import { bodyOf, criteriaIn, loadedOf, type GroupValues } from './values.ts';

const NAME_MAX = 200;

interface Props {
  /** Of a group that there is. */
  id?: number;
  loaded: Loaded<GroupValues>;
}

export function GroupForm({ id, loaded }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const saved = useRef(id);
  const record = useRecordForm<GroupValues>({
    loaded,
    save: async (values, etag) => {
      const group = await saveGroup(queries, id, bodyOf(values), etag);
      saved.current = group.data.id;
      return loadedOf(group);
    },
    reload: async () => loadedOf(await reloadGroup(queries, id!)),
    validate: (values) => ({
      ...(values.name.trim() ? {} : { name: t('groupEdit.nameMissing') }),
      ...(lacks(values) > 0 ? { criteria: t('groupEdit.unfinished') } : {}),
    }),
    onSaved: () => router.history.push(`/groups/${saved.current}`),
  });
  const { form, problem } = record;
  const unsaved = useUnsaved(record.isDirty && !record.isSaving);
  const criteria = useMemo(() => criteriaIn(form.values), [form.values]);
  const criteriaWith = useCriteriaWith(form.values.entity, id);
  const { fields } = criteriaWith;
  const finished = useMemo(() => criteria && finishedOf(criteria, fields), [criteria, fields]);
  /** Rows that were not finished when somebody wanted to save. */
  const [lacking, setLacking] = useState<{ field: string; message: string }[] | null>(null);

  function lacks(values: GroupValues): number {
    const now = criteriaIn(values);
    const found = now ? lacksOf(now, fields) : [];
    setLacking(found.length > 0 ? found.map(({ path, lack }) => ({ field: path, message: t(`builder.lack.${lack}`) })) : null);
    return found.length;
  }
  const isPlaced = problem !== null && problem.fields.length > 0 && problem.fields.every(({ field }) => field.startsWith('criteria.'));
  const cancel = () => {
    if (router.history.canGoBack()) router.history.back();
    else router.history.push(id === undefined ? '/groups' : `/groups/${id}`);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    record.submit(event);
    // it stands before the conditions, which go to their first mark
    if (!form.values.name.trim()) setTimeout(() => form.getInputNode('name')?.focus());
  };
  return (
    <form onSubmit={submit} noValidate className={styles.columns}>
      {unsaved}
      <Stack className={styles.what} gap="lg">
        <TextInput label={t('groupEdit.name')} required maw={480} dir="auto" maxLength={NAME_MAX} {...form.getInputProps('name')} />
        <Choices isNew={id === undefined} values={form.values} onChange={(change) => form.setValues(change)} />
        {criteria && (
          <Paper>
            <Title order={2} mb="sm">{t('builder.title')}</Title>
            <CriteriaBuilder
              key={form.values.entity}
              {...criteriaWith}
              criteria={criteria}
              onChange={(next) => form.setFieldValue('criteria', criteriaText(next))}
              problems={lacking ?? problem?.fields ?? null}
            />
          </Paper>
        )}
      </Stack>
      <Preview
        key={form.values.entity}
        entity={form.values.entity}
        criteria={fields.length > 0 ? finished : undefined}
        unfinished={criteria ? lacksOf(criteria, fields).length : 0}
        isByHand={!criteria}
        className={styles.who}
      />
      <Stack className={styles.save} gap="sm">
        {record.meeting && <Meeting meeting={record.meeting} mine={form.values} criteriaWith={criteriaWith} onTakeTheirs={record.takeTheirs} />}
        {isPlaced ? (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">{t('groupEdit.refused')}</Text>
        ) : (
          <ProblemAlert error={problem} title={t('groupEdit.notSaved')} />
        )}
        {form.errors.criteria && <Text size="sm" c="var(--mantine-color-error)" role="alert">{form.errors.criteria}</Text>}
        <FormActions
          save={id === undefined ? t('groupEdit.create') : t('ui.save')}
          isSaving={record.isSaving}
          isDirty={id === undefined ? record.isDirty || undefined : record.isDirty}
        >
          <Button variant="default" onClick={cancel}>{t('ui.cancel')}</Button>
        </FormActions>
      </Stack>
    </form>
  );
}
