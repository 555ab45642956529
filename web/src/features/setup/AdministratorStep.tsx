/** The first administrator, with the one-time link that the server printed. */
import { Button, Skeleton, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, type Problem } from '../../api/problem.ts';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { placeProblem } from '../../ui/problems.ts';
import { LinkEnded } from './LinkEnded.tsx';
import { setupLinkQuery, useTakeServer } from './queries.ts';
import { StepHead } from './StepHead.tsx';

const ENDED = 403;

function Form({ token, onEnded }: { token: string; onEnded: () => void }) {
  const { t } = useTranslation();
  const take = useTakeServer();
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: {
      name: (value) => (value.trim() ? null : t('setup.nameMissing')),
      email: (value) => (value.trim() ? null : t('session.emailMissing')),
      password: (value) => (value ? null : t('setup.passwordMissing')),
    },
  });
  const submit = form.onSubmit(async ({ name, email, password }) => {
    setProblem(null);
    await take.mutateAsync({ token, name: name.trim(), email: email.trim(), password }).catch((error: unknown) => {
      if (problemOf(error).status === ENDED) onEnded();
      else setProblem(placeProblem(form, error));
    });
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack maw={420}>
        <TextInput label={t('setup.name')} autoComplete="name" required dir="auto" {...form.getInputProps('name')} />
        <TextInput label={t('session.email')} description={t('setup.emailAbout')} type="email" autoComplete="username" required {...form.getInputProps('email')} />
        <PasswordField label={t('session.password')} description={t('ui.passwordRule')} autoComplete="new-password" required {...form.getInputProps('password')} />
        <ProblemAlert error={problem} />
        <Button type="submit" loading={take.isPending} w="fit-content">
          {t('setup.begin')}
        </Button>
      </Stack>
    </form>
  );
}

export function AdministratorStep({ token }: { token: string }) {
  const { t } = useTranslation();
  const link = useQuery(setupLinkQuery(token));
  const [isEnded, setEnded] = useState(false);

  if (isEnded || (link.error && problemOf(link.error).status === ENDED)) return <LinkEnded />;
  if (link.error) {
    return (
      <Stack>
        <ProblemAlert error={link.error} />
        <Button w="fit-content" onClick={() => void link.refetch()} loading={link.isFetching}>
          {t('errors.again')}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <StepHead title={t('setup.administrator')} about={t('setup.administratorAbout')} isFocused={false} />
      {link.isPending ? <Skeleton h={240} maw={420} /> : <Form token={token} onEnded={() => setEnded(true)} />}
    </Stack>
  );
}
