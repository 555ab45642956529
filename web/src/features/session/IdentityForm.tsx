/** Name and address; a new address needs the password. */
import { Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/problem.ts';
import type { Me } from '../../api/session.ts';
import { FormActions } from '../../ui/FormActions.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { placeProblem } from '../../ui/problems.ts';
import { useToast } from '../../ui/useToast.tsx';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { useSaveProfile } from './queries.ts';

export function IdentityForm({ me }: { me: Me }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveProfile();
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useForm({ initialValues: { name: me.name ?? '', email: me.email ?? '', current_password: '' } });
  const isNewAddress = form.values.email.trim() !== (me.email ?? '');
  const isDirty = form.values.name !== (me.name ?? '') || isNewAddress;
  const unsaved = useUnsaved(isDirty && !save.isPending);

  const submit = form.onSubmit(async ({ name, email, current_password }) => {
    setProblem(null);
    const body = isNewAddress ? { name: name.trim(), email: email.trim(), current_password } : { name: name.trim() };
    await save.mutateAsync(body).then(
      (saved) => {
        form.setValues({ name: saved.name ?? '', email: saved.email ?? '', current_password: '' });
        toast.tell(t('profile.saved'));
      },
      (error: unknown) => setProblem(placeProblem(form, error)),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      {unsaved}
      <Stack gap="sm">
        <TextInput label={t('users.name')} autoComplete="name" dir="auto" {...form.getInputProps('name')} />
        <TextInput label={t('session.email')} description={t('profile.emailAbout')} type="email" autoComplete="username" {...form.getInputProps('email')} />
        {isNewAddress && (
          <PasswordField label={t('profile.current')} description={t('profile.currentAbout')} autoComplete="current-password" {...form.getInputProps('current_password')} />
        )}
        <ProblemAlert error={problem} title={t('settings.notSaved')} />
        <FormActions save={t('ui.save')} isSaving={save.isPending} isDirty={isDirty} onDiscard={() => {
          setProblem(null);
          form.setValues({ name: me.name ?? '', email: me.email ?? '', current_password: '' });
          form.clearErrors();
        }} />
      </Stack>
    </form>
  );
}
