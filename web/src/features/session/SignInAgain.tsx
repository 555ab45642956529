/** The session ended while somebody worked: they sign in here, and go on. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMe, useSignInAgain } from '../../api/session.ts';
import { giveUp } from '../../api/signedIn.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';

export function SignInAgain() {
  const { t } = useTranslation();
  const me = useMe();
  const signIn = useSignInAgain();
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value ? null : t('session.passwordMissing')) },
  });
  const submit = form.onSubmit(({ password }) => signIn.mutate(password, { onError: () => form.reset() }));
  return (
    <Dialog title={t('session.endedTitle')} onClose={giveUp}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t('session.endedAbout')}</Text>
          <ProblemAlert error={signIn.error} title={t('session.failed')} />
          <PasswordField
            data-autofocus
            label={t('session.passwordOf', { email: me.email ?? '' })}
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={giveUp}>
              {t('session.later')}
            </Button>
            <Button type="submit" loading={signIn.isPending}>
              {t('session.goOn')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
