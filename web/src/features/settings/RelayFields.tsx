/** Where an SMTP relay is, and how it knows us. */
import { NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { PasswordField } from '../../ui/PasswordField.tsx';
import { portAfter, type RelayValues, type Security } from './relay.ts';

interface Props {
  form: UseFormReturnType<RelayValues>;
  hasPassword: boolean;
}

export function RelayFields({ form, hasPassword }: Props) {
  const { t } = useTranslation();
  const setSecurity = (security: Security) =>
    form.setValues({ security, port: portAfter(form.values, security) });
  return (
    <Stack gap="sm">
      <TextInput label={t('settings.host')} description={t('settings.hostAbout')} placeholder="smtp.example.org" autoComplete="off" {...form.getInputProps('host')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label={t('settings.security')}
          allowDeselect={false}
          data={[
            { value: 'starttls', label: t('settings.starttls') },
            { value: 'tls', label: t('settings.tls') },
            { value: 'none', label: t('settings.noTls') },
          ]}
          {...form.getInputProps('security')}
          onChange={(value) => value && setSecurity(value as Security)}
        />
        <NumberInput label={t('settings.port')} min={1} max={65535} allowDecimal={false} allowNegative={false} hideControls {...form.getInputProps('port')} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput label={t('settings.username')} autoComplete="off" {...form.getInputProps('username')} />
        <PasswordField
          label={t('settings.password')}
          autoComplete="new-password"
          placeholder={hasPassword ? t('settings.passwordKept') : undefined}
          {...form.getInputProps('password')}
        />
      </SimpleGrid>
    </Stack>
  );
}
