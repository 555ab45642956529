/** A field, new or changed. Its type stays: what members have there is of it. */
import { Button, Checkbox, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { useSaveField, type FieldType, type MergeField } from './queries.ts';
import { bodyOf, choicesIn, hasChoices, types, valuesOf, type FieldValues } from './values.ts';

const TAG_MAX = 10;
const REFUSED = 400;

interface Props {
  listId: string;
  /** null: a new one. */
  field: MergeField | null;
  onClose: () => void;
}

export function FieldDialog({ listId, field, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveField(listId);
  const form = useForm<FieldValues>({
    initialValues: valuesOf(field),
    validate: {
      name: (name) => (name.trim() ? null : t('audience.nameMissing')),
      choices: (choices, { type }) => (hasChoices(type) && choicesIn(choices).length === 0 ? t('fields.choicesMissing') : null),
    },
  });
  /** A tag that is taken has no field of its own in what the Marketing API says. */
  const place = (error: unknown) => {
    const problem = problemOf(error);
    const isTaken = problem.status === REFUSED && problem.fields.length === 0;
    form.setErrors({ ...Object.fromEntries(problem.fields.map((one) => [one.field, one.message])), ...(isTaken && { tag: problem.message }) });
  };
  const submit = form.onSubmit((values) =>
    save.mutate({ field, body: bodyOf(values, field) }, {
      onSuccess: ({ name }) => {
        toast.tell(t(field ? 'audience.saved' : 'audience.added', { name }));
        onClose();
      },
      onError: place,
    }));
  const isPlaced = Boolean(save.error) && Object.keys(form.errors).length > 0;
  return (
    <Dialog onClose={onClose} title={field ? t('fields.edit') : t('fields.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput required data-autofocus dir="auto" label={t('fields.name')} description={t('fields.nameAbout')} {...form.getInputProps('name')} />
          <Select
            label={t('fields.type')} description={field ? t('fields.typeStays') : undefined} disabled={field !== null} allowDeselect={false}
            data={types.map((value) => ({ value, label: t(`fields.types.${value}`) }))}
            {...form.getInputProps('type')} onChange={(type) => type && form.setFieldValue('type', type as FieldType)}
          />
          {hasChoices(form.values.type) && (
            <Textarea
              required autosize minRows={3} maxRows={10} dir="auto" label={t('fields.choices')}
              description={t(field ? 'fields.choicesChange' : 'fields.choicesAbout')} {...form.getInputProps('choices')}
            />
          )}
          <TextInput
            dir="ltr" maxLength={TAG_MAX} label={t('fields.tag')} description={t(field ? 'fields.tagChange' : 'fields.tagAbout')}
            styles={{ input: { textTransform: 'uppercase' } }} {...form.getInputProps('tag')}
          />
          <TextInput dir="auto" label={t('fields.default')} description={t('fields.defaultAbout')} {...form.getInputProps('default_value')} />
          <TextInput dir="auto" label={t('fields.help')} description={t('fields.helpAbout')} {...form.getInputProps('help_text')} />
          <Checkbox label={t('fields.required')} description={t('fields.requiredAbout')} {...form.getInputProps('required', { type: 'checkbox' })} />
          <Checkbox label={t('fields.public')} description={t('fields.publicAbout')} {...form.getInputProps('public', { type: 'checkbox' })} />
          {!isPlaced && <AudienceProblem error={save.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={save.isPending}>{field ? t('ui.save') : t('fields.add')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
