/** A new user, a changed one, or another password for one. */
import { Alert, Button, CopyButton, Group, Modal, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, type Problem } from '../../api/problem.ts';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { placeProblem } from '../../ui/problems.ts';
import { useToast } from '../../ui/useToast.tsx';
import { loadUser, useSaveUser, type User, type UserInput, type Versioned } from './queries.ts';
import { roleAbouts, roleNames, sendAbouts, suggestPassword } from './users.ts';

interface Props {
  kind: 'edit' | 'password';
  /** null: a new one. */
  user: User | null;
  onClose: () => void;
}

function NewPassword({ props, onSuggest }: { props: object & { value?: string }; onSuggest: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <PasswordField label={t('users.firstPassword')} description={t('ui.passwordRule')} autoComplete="new-password" {...props} />
      <Group gap="xs">
        <Button size="compact-xs" variant="subtle" onClick={onSuggest}>{t('users.suggest')}</Button>
        {props.value && (
          <CopyButton value={props.value}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="subtle" onClick={copy}>{t(copied ? 'users.copied' : 'users.copy')}</Button>
            )}
          </CopyButton>
        )}
      </Group>
      <Text size="xs" c="dimmed">{t('users.passwordAbout')}</Text>
    </Stack>
  );
}

function UserForm({ kind, loaded, onClose }: { kind: Props['kind']; loaded: Versioned<User> | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const save = useSaveUser();
  const [base, setBase] = useState(loaded);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [theirs, setTheirs] = useState<User | null>(null);
  const user = base?.data ?? null;
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      email: user?.email ?? '',
      role: user?.role ?? ('user' as User['role']),
      may_send: user?.may_send ?? false,
      password: '',
    },
    validate: { password: (value) => (kind === 'password' && !value ? t('setup.passwordMissing') : null) },
  });
  const isEdit = kind === 'edit';
  const needsPassword = kind === 'password' || user === null;

  const meet = async (id: number) => {
    const now = await loadUser(id);
    setBase(now);
    setTheirs(now.data);
  };
  const submit = form.onSubmit(async ({ password, ...values }) => {
    setProblem(null);
    setTheirs(null);
    const body: UserInput = { ...(isEdit ? values : {}), ...(password ? { password } : {}) };
    try {
      const saved = await save.mutateAsync({ id: user?.id ?? null, etag: base?.etag ?? null, body });
      toast.tell(t(kind === 'password' ? 'users.passwordSet' : user ? 'users.saved' : 'users.added', { name: saved.name }));
      onClose();
    } catch (error) {
      if (user && problemOf(error).isMeanwhile) await meet(user.id).catch((e: unknown) => setProblem(problemOf(e)));
      else setProblem(placeProblem(form, error));
    }
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isEdit && (
          <>
            <TextInput label={t('users.name')} dir="auto" autoComplete="off" required data-autofocus {...form.getInputProps('name')} />
            <TextInput label={t('session.email')} type="email" autoComplete="off" required {...form.getInputProps('email')} />
            <Select
              label={t('users.role')}
              description={t(roleAbouts[form.values.role])}
              allowDeselect={false}
              data={(Object.keys(roleNames) as User['role'][]).map((role) => ({ value: role, label: t(roleNames[role]) }))}
              {...form.getInputProps('role')}
            />
            <Switch
              label={t('users.maySendLabel')}
              description={t(sendAbouts[form.values.role])}
              disabled={form.values.role === 'administrator'}
              {...form.getInputProps('may_send', { type: 'checkbox' })}
              checked={form.values.role === 'administrator' || form.values.may_send}
            />
          </>
        )}
        {needsPassword && <NewPassword props={form.getInputProps('password')} onSuggest={() => form.setFieldValue('password', suggestPassword())} />}
        {kind === 'password' && <Text size="sm">{t('users.passwordEnds')}</Text>}
        {theirs && (
          <Alert color="yellow" variant="light" role="alert" title={t('ui.meeting')}>
            <Text size="sm" dir="auto">{t('users.meeting', { name: theirs.name, email: theirs.email, role: t(roleNames[theirs.role]) })}</Text>
          </Alert>
        )}
        <ProblemAlert error={problem} title={t('settings.notSaved')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" loading={save.isPending}>{t(user ? 'ui.save' : 'users.add')}</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function UserDialog({ kind, user, onClose }: Props) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['users', user?.id],
    enabled: user !== null,
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
    queryFn: () => loadUser(user!.id),
  });
  const title = user === null ? t('users.add') : t(kind === 'edit' ? 'users.editTitle' : 'users.passwordTitle', { name: user.name });
  const isReady = user === null || found.data;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <ProblemAlert error={found.error} />
      {isReady && <UserForm kind={kind} loaded={found.data ?? null} onClose={onClose} />}
    </Modal>
  );
}
