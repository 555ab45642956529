/** Who sends: name, postal address, and from whom new campaigns come. */
import { Fieldset, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormActions } from '../../ui/FormActions.tsx';
import { LanguageSelect } from '../../ui/LanguageSelect.tsx';
import { MeetingAlert } from '../../ui/MeetingAlert.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { TimeZoneSelect, zoneHere } from '../../ui/TimeZoneSelect.tsx';
import { useRecordForm, type Loaded } from '../../ui/useRecordForm.ts';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { FooterPreview } from './FooterPreview.tsx';
import { reloadSettings, saveSettings, type Settings, type Versioned } from './queries.ts';

type Values = Record<'organisation' | 'postal_address' | 'sender_name' | 'sender_email' | 'mail_language' | 'timezone', string>;

/** Who sends must say so: the set-up goes on without it by "Later" alone. */
const needed = ['organisation', 'postal_address'] as const;

const labels = {
  organisation: 'settings.organisation',
  postal_address: 'settings.address',
  sender_name: 'settings.senderName',
  sender_email: 'settings.senderEmail',
  mail_language: 'settings.language',
  timezone: 'settings.timezone',
} as const;

/** usual: language and zone if none was chosen yet. */
function valuesOf({ data, etag }: Versioned<Settings>, usual = { language: '', zone: '' }): Loaded<Values> {
  const { organisation, postal_address, sender_name, sender_email, mail_language, timezone } = data;
  return {
    values: {
      organisation, postal_address, sender_name, sender_email,
      mail_language: mail_language || usual.language, timezone: timezone || usual.zone,
    },
    etag,
  };
}

interface Props {
  settings: Versioned<Settings>;
  /** Of the button; the set-up says "Save and go on". */
  save: string;
  /** The set-up: what is right already may be saved as it is. */
  isStep?: boolean;
  onSaved: () => void;
  children?: ReactNode;
}

export function OrganisationForm({ settings, save, isStep, onSaved, children }: Props) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const record = useRecordForm<Values>({
    loaded: valuesOf(settings, isStep ? { language: i18n.language, zone: zoneHere() } : undefined),
    save: async (values, etag) => valuesOf(await saveSettings(queries, values, etag)),
    reload: async () => valuesOf(await reloadSettings(queries)),
    onSaved,
  });
  const { form } = record;
  const unsaved = useUnsaved(record.isDirty && !record.isSaving);
  const isFixed = (name: string) => settings.data.fixed.includes(name);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const missing = isStep ? needed.filter((name) => !isFixed(name) && form.values[name].trim() === '') : [];
    if (missing.length === 0) return record.submit(event);
    event.preventDefault();
    form.setErrors(Object.fromEntries(missing.map((name) => [name, t('settings.missing')])));
  };
  const domain = /@([^@\s]+)$/.exec(form.values.sender_email)?.[1];
  return (
    <form onSubmit={submit} noValidate>
      {unsaved}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Stack>
          <TextInput
            label={t('settings.organisation')}
            description={isFixed('organisation') ? t('settings.fixed', { option: 'MUSTER_ORGANISATION' }) : t('settings.organisationAbout')}
            readOnly={isFixed('organisation')}
            variant={isFixed('organisation') ? 'filled' : undefined}
            autoComplete="organization"
            dir="auto"
            {...form.getInputProps('organisation')}
          />
          <Textarea
            label={t('settings.address')}
            description={isFixed('postal_address') ? t('settings.fixed', { option: 'MUSTER_POSTAL_ADDRESS' }) : t('settings.addressAbout')}
            readOnly={isFixed('postal_address')}
            variant={isFixed('postal_address') ? 'filled' : undefined}
            autosize
            minRows={3}
            autoComplete="street-address"
            dir="auto"
            {...form.getInputProps('postal_address')}
          />
          <Fieldset legend={t('settings.sender')} mx={0}>
            <Stack gap="sm">
              <Text size="xs" c="dimmed">{t('settings.senderAbout')}</Text>
              <TextInput label={t('settings.senderName')} dir="auto" {...form.getInputProps('sender_name')} />
              <TextInput
                label={t('settings.senderEmail')}
                description={domain ? t('settings.domainAbout', { domain }) : t('settings.senderEmailAbout')}
                type="email"
                inputMode="email"
                {...form.getInputProps('sender_email')}
              />
            </Stack>
          </Fieldset>
          <LanguageSelect
            label={t('settings.language')} description={t('settings.languageAbout')} none={t('settings.noLanguage')}
            {...form.getInputProps('mail_language')}
            value={form.values.mail_language} onChange={(language) => form.setFieldValue('mail_language', language)}
          />
          <TimeZoneSelect
            label={t('settings.timezone')} description={t('settings.timezoneAbout')}
            {...form.getInputProps('timezone')}
            value={form.values.timezone} onChange={(zone) => form.setFieldValue('timezone', zone)}
          />
        </Stack>
        <FooterPreview organisation={form.values.organisation} address={form.values.postal_address} language={form.values.mail_language} />
      </SimpleGrid>
      <Stack mt="md" gap="sm">
        {record.meeting && (
          <MeetingAlert
            rows={record.meeting.fields.map((name) => ({
              label: t(labels[name]),
              theirs: record.meeting!.theirs[name] || t('ui.nothing'),
              mine: form.values[name] || t('ui.nothing'),
            }))}
            onTakeTheirs={record.takeTheirs}
          />
        )}
        <ProblemAlert error={record.problem} title={t('settings.notSaved')} />
        <FormActions save={save} isSaving={record.isSaving} isDirty={isStep ? record.isDirty || undefined : record.isDirty} onDiscard={isStep ? undefined : record.discard}>
          {children}
        </FormActions>
      </Stack>
    </form>
  );
}
