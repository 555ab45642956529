/** Which fields of the audience the form asks for, and which of them have to be filled in. */
import { Checkbox, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { isOwnField, type OwnField } from '../../composer/mergeTags.ts';
import type { FormField } from './fields.ts';

interface Props {
  fields: readonly FormField[];
  onChange: (fields: FormField[]) => void;
}

export function useFormFieldName(): (field: Pick<FormField, 'tag' | 'name'>) => string {
  const { t } = useTranslation();
  return ({ tag, name }) => (isOwnField({ tag, name }) ? t(`composer.tag.of.${tag as OwnField}`) : name);
}

export function FormFields({ fields, onChange }: Props) {
  const { t } = useTranslation();
  const nameOf = useFormFieldName();
  const set = (id: number, change: Partial<FormField>) => onChange(fields.map((one) => (one.id === id ? { ...one, ...change } : one)));
  return (
    <FactTable
      label={t('audience.askedFields')}
      minWidth={260}
      rows={fields}
      keyOf={({ id }) => id}
      columns={[
        { name: 'name', label: t('audience.askedField'), cell: (field) => <Text span size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>{nameOf(field)}</Text> },
        {
          name: 'shown', label: t('audience.askedShown'), width: 90, isNamed: true,
          cell: (field) => (
            <Checkbox
              aria-label={t('audience.askedShownOf', { name: nameOf(field) })} checked={field.isShown}
              // what is not asked cannot have to be answered
              onChange={({ currentTarget: { checked } }) => set(field.id, { isShown: checked, isRequired: checked && field.isRequired })}
            />
          ),
        },
        {
          name: 'required', label: t('audience.askedRequired'), width: 100, isNamed: true,
          cell: (field) => (
            <Checkbox
              aria-label={t('audience.askedRequiredOf', { name: nameOf(field) })} checked={field.isRequired} disabled={!field.isShown}
              onChange={({ currentTarget: { checked } }) => set(field.id, { isRequired: checked })}
            />
          ),
        },
      ]}
    />
  );
}
