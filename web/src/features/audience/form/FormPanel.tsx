/** The sign-up form: what it says, how it looks, and where it is. */
import { Badge, Box, Button, Fieldset, Grid, SimpleGrid, Skeleton, Stack, Switch, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { FormActions } from '../../../ui/FormActions.tsx';
import { MeetingAlert } from '../../../ui/MeetingAlert.tsx';
import { useRecordForm, type Loaded } from '../../../ui/useRecordForm.ts';
import { useToast } from '../../../ui/useToast.tsx';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { Colour } from '../../composer/blocks/settings/fields.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { colourNames, draftOf, textNames, type ColourName, type FormValues, type TextName } from './colours.ts';
import { choiceOf, chosenFields, fieldKey, type FormField } from './fields.ts';
import { FormFields, useFormFieldName } from './FormFields.tsx';
import { FormPreview } from './FormPreview.tsx';
import { Logo } from './Logo.tsx';
import { formQuery, loadedOf, reloadForm, saveForm } from './queries.ts';

/** In sight, however far down one writes. */
const beside = { pos: { base: 'static', lg: 'sticky' }, top: 64, mah: { base: 'none', lg: 'calc(100dvh - 76px)' }, style: { overflowY: 'auto' } } as const;

export function FormPanel({ listId }: { listId: string }) {
  const [language, setLanguage] = useState<string>();
  const [typed, setTyped] = useState<FormValues>();
  const found = useQuery({ ...formQuery(listId, language), refetchOnWindowFocus: false });
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={360} />;
  const { form, ours, fields, values } = found.data;
  const draft = draftOf(form, fields, values, typed ?? values);
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, lg: 5 }}><Fields {...{ listId, language, fields }} onTyped={setTyped} loaded={loadedOf(found.data)} usualConsent={ours.usual_consent} /></Grid.Col>
      <Grid.Col span={{ base: 12, lg: 7 }}><Box {...beside}><FormPreview address={form.signup_form_url} form={ours} version={String(found.dataUpdatedAt)} draft={draft} onLanguage={setLanguage} /></Box></Grid.Col>
    </Grid>
  );
}

const ownNames = { isConfirmed: 'audience.confirm', consent: 'audience.consent', logo: 'audience.logo', logoAlt: 'audience.logoAlt' } as const;
const isOwn = (name: string): name is keyof typeof ownNames => name in ownNames;

/** What a value of the form is called, and what it says, where somebody else has changed it. */
function useValueWords(fields: readonly FormField[]) {
  const { t } = useTranslation();
  const nameOf = useFormFieldName();
  const labelOf = (name: string) => {
    const field = fields.find((one) => fieldKey(one) === name);
    if (field) return nameOf(field);
    if (isOwn(name)) return t(ownNames[name]);
    return (textNames as readonly string[]).includes(name) ? t(`audience.formText.${name as TextName}`) : t(`audience.colour.${name as ColourName}`);
  };
  const wordsOf = (value: unknown) => {
    if (typeof value === 'boolean') return t(value ? 'filter.yes' : 'filter.no');
    if (value === 'hidden' || value === 'shown' || value === 'required') return t(`audience.askedAs.${value}`);
    return String(value ?? '');
  };
  return { labelOf, wordsOf };
}

interface Props {
  listId: string;
  language: string | undefined;
  fields: FormField[];
  loaded: Loaded<FormValues>;
  usualConsent: string;
  onTyped: (values: FormValues) => void;
}

function Fields({ listId, language, fields, loaded, usualConsent, onTyped }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const mayChange = may(useMe(), 'market');
  const { labelOf, wordsOf } = useValueWords(fields);
  const record = useRecordForm<FormValues>({
    loaded,
    save: (values, etag) => saveForm(queries, listId, language, values, etag),
    reload: () => reloadForm(queries, listId, language),
    onSaved: () => toast.tell(t('audience.formSaved')),
  });
  const { form, meeting } = record;
  useEffect(() => onTyped(form.values), [form.values, onTyped]);
  const unsaved = useUnsaved(record.isDirty && !record.isSaving);
  return (
    <form onSubmit={record.submit} noValidate>
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
            <FormFields
              fields={chosenFields(fields, form.values)}
              onChange={(next) => form.setValues(Object.fromEntries(next.map((field) => [fieldKey(field), choiceOf(field)])))}
            />
          </Fieldset>
          <Logo src={form.values.logo} alt={form.values.logoAlt} onSrc={(src) => form.setFieldValue('logo', src)} onAlt={(alt) => form.setFieldValue('logoAlt', alt)} />
          {textNames.map((name) => (
            <Textarea key={name} autosize minRows={1} maxRows={8} dir="auto" label={t(`audience.formText.${name}`)} description={t(`audience.formTextAbout.${name}`)} {...form.getInputProps(name)} />
          ))}
          <Stack gap={4} align="flex-start">
            <Textarea
              autosize minRows={2} maxRows={12} maxLength={2000} dir="auto" w="100%"
              label={t('audience.consent')} description={t('audience.consentAbout')} placeholder={usualConsent} {...form.getInputProps('consent')}
            />
            {!form.values.consent && <Button size="compact-xs" variant="subtle" onClick={() => form.setFieldValue('consent', usualConsent)}>{t('audience.consentEdit')}</Button>}
          </Stack>
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
        {meeting && (
          <MeetingAlert
            rows={meeting.fields.map((name) => ({ label: labelOf(name), theirs: wordsOf(meeting.theirs[name]), mine: wordsOf(form.values[name]) }))}
            onTakeTheirs={record.takeTheirs}
          />
        )}
        <AudienceProblem error={record.problem} title={t('audience.notSaved')} />
        {mayChange && <FormActions save={t('ui.save')} isSaving={record.isSaving} isDirty={record.isDirty} onDiscard={record.discard} />}
      </Stack>
    </form>
  );
}
