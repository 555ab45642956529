/** Another password; it ends the other sessions. */
import { Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/problem.ts';
import { FormActions } from '../../ui/FormActions.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { placeProblem } from '../../ui/problems.ts';
import { useToast } from '../../ui/useToast.tsx';
import { useSaveProfile } from './queries.ts';

export function PasswordForm() {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveProfile();
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useForm({
    initialValues: { current_password: '', password: '' },
    validate: {
      current_password: (value) => (value ? null : t('profile.currentMissing')),
      password: (value) => (value ? null : t('profile.newMissing')),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setProblem(null);
    await save.mutateAsync(values).then(
      () => {
        form.reset();
        toast.tell(t('profile.passwordSaved'));
      },
      (error: unknown) => setProblem(placeProblem(form, error)),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <PasswordField label={t('profile.current')} autoComplete="current-password" {...form.getInputProps('current_password')} />
        <PasswordField label={t('profile.new')} description={t('ui.passwordRule')} autoComplete="new-password" {...form.getInputProps('password')} />
        <ProblemAlert error={problem} title={t('settings.notSaved')} />
        <FormActions save={t('profile.setPassword')} isSaving={save.isPending} />
      </Stack>
    </form>
  );
}
