/** The input of a field, by its type. */
import { NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldInfo } from '../../../ui/FilterBar/criteria.ts';
import { LanguageSelect } from '../../../ui/LanguageSelect.tsx';
import { CompanyInput } from '../pickers.tsx';

interface Props {
  field: FieldInfo;
  label: string;
  value: unknown;
  error?: string;
  /** null: nothing. */
  onChange: (value: unknown) => void;
}

export function FieldInput({ field, label, value, error, onChange }: Props) {
  const { t } = useTranslation();
  if (field.name === 'company_id')
    return (
      <Stack gap={2}>
        <CompanyInput mayMake label={label} value={(value as number | null) ?? undefined} onChange={(id) => onChange(id ?? null)} />
        {error && <Text size="xs" c="var(--mantine-color-error)" role="alert">{error}</Text>}
      </Stack>
    );
  if (field.name === 'language')
    return <LanguageSelect label={label} none={t('members.noLanguage')} error={error} value={String(value ?? '')} onChange={(next) => onChange(next || null)} />;
  switch (field.type) {
    case 'boolean':
      return (
        <Stack gap={2}>
          <Text size="sm" fw={500}>{label}</Text>
          <SegmentedControl
            aria-label={label}
            data={[{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }]}
            value={String(value === true)}
            onChange={(next) => onChange(next === 'true')}
          />
          {error && <Text size="xs" c="var(--mantine-color-error)" role="alert">{error}</Text>}
        </Stack>
      );
    case 'choice':
      return (
        <Select
          label={label}
          clearable
          searchable
          data={field.choices}
          value={(value as string | null) ?? null}
          error={error}
          onChange={onChange}
        />
      );
    case 'number':
      return (
        <NumberInput
          label={label}
          value={(value as number | null) ?? ''}
          error={error}
          onChange={(next) => onChange(next === '' ? null : Number(next))}
        />
      );
    default:
      return (
        <TextInput
          label={label}
          dir="auto"
          type={field.type === 'date' ? 'date' : 'text'}
          value={String(value ?? '')}
          error={error}
          onFocus={(event) => field.type !== 'date' && event.currentTarget.select()}
          onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
      );
  }
}
