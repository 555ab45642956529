/** The sign-up form: what it says, how it looks, and where it is. */
import { Badge, Fieldset, Grid, SimpleGrid, Skeleton, Stack, Switch, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { FormActions } from '../../../ui/FormActions.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { Colour } from '../../composer/blocks/settings/fields.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { colourNames, textNames, type FormValues } from './colours.ts';
import { FormFields } from './FormFields.tsx';
import { FormPreview } from './FormPreview.tsx';
import { formQuery, useSaveForm } from './queries.ts';

export function FormPanel({ listId }: { listId: string }) {
  const found = useQuery({ ...formQuery(listId), refetchOnWindowFocus: false });
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={360} />;
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, lg: 5 }}><Fields listId={listId} loaded={found.data.values} /></Grid.Col>
      <Grid.Col span={{ base: 12, lg: 7 }}><FormPreview address={found.data.form.signup_form_url} html={found.data.html} version={String(found.dataUpdatedAt)} /></Grid.Col>
    </Grid>
  );
}

function Fields({ listId, loaded }: { listId: string; loaded: FormValues }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveForm(listId);
  const mayChange = may(useMe(), 'market');
  const form = useForm<FormValues>({ initialValues: loaded });
  const isDirty = form.isDirty();
  const unsaved = useUnsaved(isDirty && !save.isPending);
  const submit = form.onSubmit((after) =>
    save.mutate({ before: form.getInitialValues(), after }, {
      onSuccess: ({ values }) => {
        form.setInitialValues(values);
        form.setValues(values);
        toast.tell(t('audience.formSaved'));
      },
    }));
  return (
    <form onSubmit={submit} noValidate>
      {unsaved}
      <Fieldset variant="unstyled" disabled={!mayChange} legend={t('audience.formFields')}>
        <Stack mt="sm">
          <Switch
            label={<>{t('audience.confirm')} <Badge variant="light" size="sm" tt="none">{t('audience.recommended')}</Badge></>}
            description={t(form.values.isConfirmed ? 'audience.confirmOn' : 'audience.confirmOff')}
            {...form.getInputProps('isConfirmed', { type: 'checkbox' })}
          />
          <Fieldset legend={t('audience.askedFields')} mx={0}>
            <Text size="xs" c="dimmed" mb="xs">{t('audience.askedAbout')}</Text>
            <FormFields fields={form.values.fields} onChange={(fields) => form.setFieldValue('fields', fields)} />
          </Fieldset>
          {textNames.map((name) => (
            <Textarea key={name} autosize minRows={1} maxRows={8} dir="auto" label={t(`audience.formText.${name}`)} description={t(`audience.formTextAbout.${name}`)} {...form.getInputProps(name)} />
          ))}
          <Fieldset legend={t('audience.colours')} mx={0}>
            <Text size="xs" c="dimmed" mb="xs">{t('audience.coloursAbout')}</Text>
            <SimpleGrid cols={2} spacing="sm">
              {colourNames.map((name) => (
                <Colour key={name} label={t(`audience.colour.${name}`)} value={form.values[name]} usual={t('audience.usual')} onChange={(colour) => form.setFieldValue(name, colour ?? '')} />
              ))}
            </SimpleGrid>
          </Fieldset>
        </Stack>
      </Fieldset>
      <Stack mt="md" gap="sm">
        <AudienceProblem error={save.error} title={t('audience.notSaved')} />
        {mayChange && <FormActions save={t('ui.save')} isSaving={save.isPending} isDirty={isDirty} onDiscard={form.reset} />}
      </Stack>
    </form>
  );
}
