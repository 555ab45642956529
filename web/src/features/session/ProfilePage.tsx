/** The one who is signed in: name, address, password, language, look. */
import { Paper, SegmentedControl, SimpleGrid, Stack, Text, Title, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session.ts';
import { languages, setLanguage, type Language } from '../../app/i18n.ts';
import { PageHead } from '../../ui/PageHead.tsx';
import { IdentityForm } from './IdentityForm.tsx';
import { PasswordForm } from './PasswordForm.tsx';

function Part({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} p="lg">
      <Title order={2} id={id} mb={about ? 4 : 'sm'}>{title}</Title>
      {about && <Text size="sm" c="dimmed" mb="sm">{about}</Text>}
      {children}
    </Paper>
  );
}

function Choice({ label, value, data, onChange }: { label: string; value: string; data: { value: string; label: string }[]; onChange: (value: string) => void }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>{label}</Text>
      <SegmentedControl aria-label={label} value={value} data={data} onChange={onChange} />
    </div>
  );
}

function Looks() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack>
      <Choice
        label={t('shell.language')}
        value={i18n.language}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        onChange={(value) => setLanguage(value as Language)}
      />
      <Choice
        label={t('shell.look')}
        value={colorScheme}
        data={[
          { value: 'light', label: t('shell.light') },
          { value: 'dark', label: t('shell.dark') },
          { value: 'auto', label: t('shell.auto') },
        ]}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
      />
    </Stack>
  );
}

export function ProfilePage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <>
      <PageHead title={t('profile.title')} />
      <SimpleGrid cols={{ base: 1, md: 2 }} maw={960}>
        <Part title={t('profile.you')}>
          <IdentityForm me={me} />
        </Part>
        <Part title={t('session.password')} about={t('profile.passwordAbout')}>
          <PasswordForm />
        </Part>
        <Part title={t('profile.looks')} about={t('profile.looksAbout')}>
          <Looks />
        </Part>
      </SimpleGrid>
    </>
  );
}
