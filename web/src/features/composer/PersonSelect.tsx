/** As whom a mail is looked at: somebody found by name, or nobody in particular. */
import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../people/person.ts';
import { usePeopleFound } from '../people/queries.ts';

const MOST = 10;

interface Props {
  label: string;
  size?: SelectProps['size'];
  value: number | null;
  onChange: (id: number | null) => void;
}

export function PersonSelect({ label, size, value, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const found = usePeopleFound(q === chosen?.label ? '' : q, MOST);
  const options = new Map((found.data ?? []).map((person) => [String(person.id), nameOf(person) || String(person.id)]));
  if (chosen) options.set(chosen.value, chosen.label);
  return (
    <Select
      label={label}
      size={size}
      placeholder={t('composer.person.hint')}
      dir="auto"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('composer.person.clear') }}
      nothingFoundMessage={typed.trim() ? t('composer.person.nobody') : t('composer.person.type')}
      // the server has searched already
      filter={({ options: all }) => all}
      searchValue={typed}
      onSearchChange={setTyped}
      comboboxProps={{ withinPortal: false }}
      data={[...options].map(([id, name]) => ({ value: id, label: name }))}
      value={value === null ? null : String(value)}
      onChange={(id) => {
        setChosen(id ? { value: id, label: options.get(id) ?? id } : null);
        onChange(id ? Number(id) : null);
      }}
    />
  );
}
