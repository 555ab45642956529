/** Several people are found by words and chosen, one after the other. Whoever shows it searches. */
import { MultiSelect, Text } from '@mantine/core';
import { useState } from 'react';

export interface Choice {
  id: number;
  name: string;
  /** What tells them from others of that name. */
  about?: string;
}

interface Props {
  label: string;
  placeholder: string;
  /** Said if nobody is found. */
  nobody: string;
  /** Of what was searched for last. */
  found: Choice[];
  chosen: Choice[];
  onSearch: (q: string) => void;
  onChange: (chosen: Choice[]) => void;
}

export function PeoplePicker({ label, placeholder, nobody, found, chosen, onSearch, onChange }: Props) {
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const isAsked = typed.trim() !== '';
  const known = new Map([...found, ...chosen].map((one) => [String(one.id), one]));
  const search = (q: string) => {
    setTyped(q);
    onSearch(q);
  };
  return (
    <MultiSelect
      data-autofocus
      label={label}
      placeholder={chosen.length === 0 ? placeholder : undefined}
      dir="auto"
      searchable
      searchValue={typed}
      onSearchChange={search}
      // the server has searched already
      filter={({ options }) => options}
      nothingFoundMessage={nobody}
      // who has chosen somebody sees what stands below again
      dropdownOpened={isOpen && isAsked}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      comboboxProps={{ withinPortal: false }}
      maxDropdownHeight={200}
      data={[...known].map(([id, { name }]) => ({ value: id, label: name }))}
      value={chosen.map(({ id }) => String(id))}
      onChange={(ids) => {
        onChange(ids.flatMap((id) => known.get(id) ?? []));
        search('');
      }}
      renderOption={({ option }) => (
        <div>
          <Text size="sm" dir="auto">{option.label}</Text>
          <Text size="xs" c="dimmed" dir="auto">{known.get(option.value)?.about}</Text>
        </div>
      )}
    />
  );
}
