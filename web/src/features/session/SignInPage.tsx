/** The door. Afterwards to where somebody wanted to go. */
import { Button, Center, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSignIn } from '../../api/session.ts';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';

export function SignInPage() {
  const { t } = useTranslation();
  const { to } = useSearch({ from: '/sign-in' });
  const signIn = useSignIn();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() ? null : t('session.emailMissing')),
      password: (value) => (value ? null : t('session.passwordMissing')),
    },
  });
  useDocumentTitle(`${t('session.title')} · Muster`);

  const submit = form.onSubmit(async (values) => {
    await signIn.mutateAsync(values).then(
      () => location.assign(to ?? '/'), // it may be a page of the server, such as a mail's
      () => form.setFieldValue('password', ''),
    );
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper w={360} p="xl">
        <form onSubmit={submit} noValidate>
          <Stack>
            <div>
              <Text fw={700} c="dimmed">Muster</Text>
              <Title order={1}>{t('session.title')}</Title>
            </div>
            <ProblemAlert error={signIn.error} title={t('session.failed')} />
            <TextInput label={t('session.email')} type="email" autoComplete="username" autoFocus required {...form.getInputProps('email')} />
            <PasswordField label={t('session.password')} autoComplete="current-password" required {...form.getInputProps('password')} />
            <Button type="submit" loading={signIn.isPending} fullWidth>
              {t('session.signIn')}
            </Button>
            <Text size="xs" c="dimmed">{t('session.forgotten')}</Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
