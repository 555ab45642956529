/** The form of a segment, with who fits beside. */
import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldProblem } from '../../../api/problem.ts';
import { CriteriaBuilder } from '../../../ui/CriteriaBuilder/CriteriaBuilder.tsx';
import { CriteriaWords } from '../../../ui/CriteriaBuilder/CriteriaWords.tsx';
import { finishedOf, lacksOf } from '../../../ui/CriteriaBuilder/tree.ts';
import { criteriaText, type Criteria } from '../../../ui/FilterBar/criteria.ts';
import { FormActions } from '../../../ui/FormActions.tsx';
import { MeetingAlert } from '../../../ui/MeetingAlert.tsx';
import { useRecordForm, type Loaded, type RecordMeeting } from '../../../ui/useRecordForm.ts';
import { useToast } from '../../../ui/useToast.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import styles from '../../groups/edit/GroupForm.module.css';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sayOfName } from '../interests/names.ts';
import { placeOfProblem } from './conditions.ts';
import { loadedOf, reloadSegment, saveSegment, type SegmentValues } from './queries.ts';
import { SegmentPreview } from './SegmentPreview.tsx';
import { NAME_MAX } from './TagDialog.tsx';
import { limits, type Conditions } from './useConditions.ts';

interface Props {
  listId: string;
  /** Of a segment that there is. */
  id?: number;
  loaded: Loaded<SegmentValues>;
  conditions: Conditions;
}

const criteriaIn = ({ criteria }: Pick<SegmentValues, 'criteria'>) => JSON.parse(criteria) as Criteria;

export function SegmentForm({ listId, id, loaded, conditions }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const { kinds, fields } = conditions;
  const where = { listId, id, kinds };
  const record = useRecordForm<SegmentValues>({
    loaded,
    save: async (values, etag) => loadedOf(await saveSegment(queries, where, values, etag), kinds),
    reload: () => reloadSegment(queries, where),
    tellsAll: true,
    validate: (values) => ({
      ...(values.name.trim() ? {} : { name: t('segments.nameMissing') }),
      ...(lacks(values) > 0 ? { criteria: t('groupEdit.unfinished') } : {}),
    }),
    onSaved: () => {
      toast.tell(t('audience.saved', { name: record.form.getValues().name.trim() }));
      router.history.push(`/audience?${new URLSearchParams({ tab: 'segments', list: listId })}`);
    },
  });
  const { form, problem } = record;
  const unsaved = useUnsaved(record.isDirty && !record.isSaving);
  const criteria = useMemo(() => criteriaIn({ criteria: form.values.criteria }), [form.values.criteria]);
  const finished = useMemo(() => finishedOf(criteria, fields), [criteria, fields]);
  /** Rows that were not finished when somebody wanted to save. */
  const [lacking, setLacking] = useState<FieldProblem[] | null>(null);

  function lacks(values: SegmentValues): number {
    const found = lacksOf(criteriaIn(values), fields);
    setLacking(found.length > 0 ? found.map(({ path, lack }) => ({ field: path, message: t(`builder.lack.${lack}`) })) : null);
    return found.length;
  }
  const marked = useMemo(() => problem?.fields.map(({ field, message }) => ({ field: placeOfProblem(field), message })) ?? null, [problem]);
  const ofName = sayOfName(problem, 'name');
  const isPlaced = marked !== null && marked.length > 0 && marked.every(({ field }) => field.startsWith('criteria.conditions['));
  const change = (next: Criteria) => form.setFieldValue('criteria', criteriaText(next));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    record.submit(event);
    if (!form.values.name.trim()) setTimeout(() => form.getInputNode('name')?.focus());
  };
  return (
    <form onSubmit={submit} noValidate className={styles.columns}>
      {unsaved}
      <Stack className={styles.what} gap="lg">
        <TextInput label={t('segments.name')} required maw={480} dir="auto" maxLength={NAME_MAX} {...form.getInputProps('name')} error={form.errors.name ?? ofName} />
        <Paper>
          <Title order={2} mb="sm">{t('builder.title')}</Title>
          <CriteriaBuilder {...conditions} limits={limits} criteria={criteria} onChange={change} problems={lacking ?? marked} />
        </Paper>
      </Stack>
      <SegmentPreview listId={listId} criteria={finished} kinds={kinds} unfinished={lacksOf(criteria, fields).length} className={styles.who} />
      <Stack className={styles.save} gap="sm">
        {record.meeting && (
          <Others meeting={record.meeting} wordsOf={(values) => <CriteriaWords {...conditions} criteria={criteriaIn(values)} />} onTakeTheirs={record.takeTheirs} />
        )}
        {isPlaced && <Text size="sm" c="var(--mantine-color-error)" role="alert">{t('groupEdit.refused')}</Text>}
        {!isPlaced && !ofName && <AudienceProblem error={problem} title={t('audience.notSaved')} />}
        {form.errors.criteria && <Text size="sm" c="var(--mantine-color-error)" role="alert">{form.errors.criteria}</Text>}
        <FormActions
          save={id === undefined ? t('segments.create') : t('ui.save')}
          isSaving={record.isSaving}
          isDirty={id === undefined ? record.isDirty || undefined : record.isDirty}
        >
          <Button variant="default" onClick={() => router.history.push(`/audience?${new URLSearchParams({ tab: 'segments', list: listId })}`)}>{t('ui.cancel')}</Button>
        </FormActions>
      </Stack>
    </form>
  );
}

interface OthersProps {
  meeting: RecordMeeting<SegmentValues>;
  wordsOf: (values: SegmentValues) => ReactNode;
  onTakeTheirs: () => void;
}

/** Somebody else saved it meanwhile. What only they changed stands in the form already. */
function Others({ meeting: { fields, theirs, mine, isJoined }, wordsOf, onTakeTheirs }: OthersProps) {
  const { t } = useTranslation();
  const rows = fields.map((field) =>
    field === 'criteria'
      ? { label: t('builder.title'), theirs: wordsOf(theirs), mine: wordsOf(mine) }
      : { label: t('segments.name'), theirs: theirs[field], mine: mine[field] },
  );
  return <MeetingAlert rows={rows} isJoined={isJoined} onTakeTheirs={onTakeTheirs} />;
}
