/** A group as the value of a condition: found by its name among those of the same kind of records. */
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Picker, PickerProps } from '../../../ui/FilterBar/pickers.ts';
import { useGroupName, useGroupsFound, type Entity } from './queries.ts';

/** @param except the group that is being changed: it cannot be a condition of itself */
export function groupPicker(entity: Entity, except?: number): Picker {
  function Input({ label, error, value, onChange }: PickerProps) {
    const { t } = useTranslation();
    const [typed, setTyped] = useState('');
    const [q] = useDebouncedValue(typed.trim(), 200);
    const name = useGroupName(typeof value === 'number' ? value : null);
    const found = useGroupsFound(entity, typed === name ? '' : q);
    const options = new Map((found.data ?? []).filter(({ id }) => id !== except).map((group) => [String(group.id), group.name]));
    if (value !== undefined && name !== undefined) options.set(String(value), name);
    return (
      <Select
        label={label}
        error={error}
        placeholder={t('groupEdit.findGroup')}
        dir="auto"
        searchable
        selectFirstOptionOnChange
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t('groupEdit.noGroup')}
        // the server has searched already
        filter={({ options: all }) => all}
        searchValue={typed}
        onSearchChange={setTyped}
        data={[...options].map(([id, label]) => ({ value: id, label }))}
        value={value === undefined ? null : String(value)}
        onChange={(id) => onChange(id ? Number(id) : undefined)}
      />
    );
  }
  function Name({ value }: { value: string | number }) {
    return <bdi>{useGroupName(Number(value)) ?? value}</bdi>;
  }
  return { Input, Name };
}
