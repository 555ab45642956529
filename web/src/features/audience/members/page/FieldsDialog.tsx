/** What is known of a member, changed. Only what was changed is sent: two may change two fields. */
import { Alert, Button, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { LanguageSelect } from '../../../../ui/LanguageSelect.tsx';
import { LinkAnchor } from '../../../../ui/LinkAnchor.tsx';
import { placeProblem } from '../../../../ui/problems.ts';
import { useToast } from '../../../../ui/useToast.tsx';
import { useUnsaved } from '../../../../ui/useUnsaved.tsx';
import { nameOf } from '../../../people/person.ts';
import { useHolders } from '../../../people/queries.ts';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { useChangeMember, useFieldsOfCrm, type Member, type MergeField } from '../queries.ts';
import { addressParts, changedFields, draftOf, partName } from '../values.ts';
import { useMergeFieldName } from '../words.ts';
import { useIsMaster } from './CrmPanel.tsx';

interface Props {
  member: Member;
  fields: MergeField[];
  onClose: () => void;
}

type Form = UseFormReturnType<Record<string, string>>;

export function FieldsDialog({ member, fields, onClose }: Props) {
  const { t } = useTranslation();
  const toast = useToast();
  const navigate = useNavigate();
  const change = useChangeMember(member);
  const isMaster = useIsMaster(member.list_id);
  const people = useHolders(member.email_address).data ?? [];
  const isOfCrm = isMaster && people.length > 0;
  const form: Form = useForm<Record<string, string>>({
    initialValues: { email_address: member.email_address, language: member.language, ...draftOf(fields, member.merge_fields) },
  });
  const leaving = useUnsaved(form.isDirty() && !change.isPending);
  const submit = form.onSubmit((after) => {
    const before = form.getInitialValues();
    const merge = changedFields(fields, before, after);
    const address = after.email_address!.trim();
    const body = {
      ...(Object.keys(merge).length > 0 && { merge_fields: merge }),
      ...(after.language !== before.language && { language: after.language }),
      ...(address !== member.email_address && { email_address: address }),
    };
    if (Object.keys(body).length === 0) {
      onClose();
      return;
    }
    change.mutate(body, {
      onSuccess: (now) => {
        toast.tell(t('members.saved', { name: now.email_address }));
        onClose();
        if (now.id !== member.id) void navigate({ to: '/audience/members/$hash', params: { hash: now.id }, search: { list: member.list_id }, replace: true });
      },
      onError: (error) => void placeProblem(form, error),
    });
  });
  return (
    <Dialog onClose={onClose} title={t('members.editTitle')}>
      <form onSubmit={submit} noValidate>
        {leaving}
        <Stack gap="sm">
          {isOfCrm && <CrmAlert people={people} fields={fields} />}
          <TextInput type="email" dir="auto" label={t('members.column.email')} readOnly={isOfCrm} description={isOfCrm ? t('members.addressOfCrm') : undefined} {...form.getInputProps('email_address')} />
          {fields.map((field) => <Field key={field.tag} form={form} field={field} />)}
          <LanguageSelect label={t('members.column.language')} none={t('members.noLanguage')} value={form.values.language ?? ''} error={form.errors.language} onChange={(language) => form.setFieldValue('language', language)} />
          {Object.keys(form.errors).length === 0 && <AudienceProblem error={change.error} title={t('audience.notSaved')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" loading={change.isPending}>{t('ui.save')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Whoever has the address: which of them the fields are of, a push decides. */
function CrmAlert({ people, fields }: { people: NonNullable<ReturnType<typeof useHolders>['data']>; fields: MergeField[] }) {
  const { t } = useTranslation();
  const nameOfField = useMergeFieldName();
  const written = useFieldsOfCrm(true).data ?? [];
  const names = fields.filter(({ tag }) => written.includes(tag)).map(nameOfField);
  return (
    <Alert variant="light" color="yellow" p="xs" title={t('members.crmOwns')}>
      <Text size="sm" dir="auto">{t('members.crmOwnsAbout', { fields: names.join(', ') })}</Text>
      {people.map((person) => (
        <LinkAnchor key={person.id} to="/people/$personId" params={{ personId: person.id }} size="sm" dir="auto" display="block">
          {t('members.toPerson', { name: nameOf(person) || t('people.noName') })}
        </LinkAnchor>
      ))}
    </Alert>
  );
}

const TYPES: Partial<Record<MergeField['type'], string>> = { date: 'date', phone: 'tel', url: 'url', imageurl: 'url' };

function Field({ form, field }: { form: Form; field: MergeField }) {
  const { t } = useTranslation();
  const label = useMergeFieldName()(field);
  const { tag, type } = field;
  if (type === 'address')
    return (
      <Fieldset legend={label} mx={0}>
        <Stack gap="xs">
          {addressParts.map((part) => <TextInput key={part} size="xs" dir="auto" label={t(`members.part.${part}`)} {...form.getInputProps(partName(tag, part))} />)}
          {form.errors[tag] && <Text size="xs" c="var(--mantine-color-error)" role="alert">{form.errors[tag]}</Text>}
        </Stack>
      </Fieldset>
    );
  if (type === 'radio' || type === 'dropdown')
    return (
      <Select
        clearable
        label={label}
        required={field.required}
        clearButtonProps={{ 'aria-label': t('filter.remove') }}
        data={[...new Set([...(field.options.choices ?? []), form.values[tag] ?? ''])].filter(Boolean)}
        {...form.getInputProps(tag)}
        value={form.values[tag] || null}
        onChange={(value) => form.setFieldValue(tag, value ?? '')}
      />
    );
  return (
    <TextInput
      dir="auto"
      label={label}
      required={field.required}
      type={TYPES[type] ?? 'text'}
      inputMode={type === 'number' ? 'decimal' : undefined}
      description={type === 'birthday' ? t('members.birthdayAbout') : field.help_text || undefined}
      {...form.getInputProps(tag)}
    />
  );
}
