/** As whom a mail is looked at: somebody found by name, first those whom it reaches, or nobody in particular. */
import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from '@tanstack/react-query';
import { nameOf } from '../people/person.ts';
import { usePeopleFound, type Person } from '../people/queries.ts';
import type { Listed } from '../people/search.ts';
import { campaignQuery, type Campaign } from './queries.ts';

const MOST = 10;
const REACHED = { match: 'any' as const, conditions: ['agreed', 'open'].map((value) => ({ field: 'mail_status', op: 'is', value })) };

interface Props {
  campaignId: number;
  label: string;
  size?: SelectProps['size'];
  value: number | null;
  onChange: (id: number | null) => void;
}

/** Those whom it reaches, as far as a list of people can tell: of what the audience has, whoever may get mail at all. */
function reachedBy(to: Campaign['to'] | undefined): Omit<Listed, 'q'> | null {
  if (!to) return null;
  return to.kind === 'group' ? { filter: REACHED, group_id: to.id ?? undefined, how: 'member' } : { filter: REACHED };
}

export function PersonSelect({ campaignId, label, size, value, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const to = useQuery(campaignQuery(campaignId)).data?.data.to;
  const words = q === chosen?.label ? '' : q;
  const reached = usePeopleFound(words, MOST, reachedBy(to)).data ?? [];
  const found = usePeopleFound(words, MOST).data ?? [];
  const others = (words ? found : []).filter((one) => !reached.some(({ id }) => id === one.id));
  const optionOf = (person: Person) => ({ value: String(person.id), label: nameOf(person) || String(person.id) });
  const options = [...reached, ...others].map(optionOf);
  const kept = chosen && !options.some((one) => one.value === chosen.value) ? [chosen] : [];
  const data = to?.kind !== 'group' ? [...options, ...kept] : [
    { group: t('composer.person.reached'), items: reached.map(optionOf) },
    { group: t('composer.person.others'), items: [...others.map(optionOf), ...kept] },
  ].filter(({ items }) => items.length > 0);
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
      data={data}
      value={value === null ? null : String(value)}
      onChange={(id) => {
        setChosen(id ? ([...options, ...kept].find((one) => one.value === id) ?? { value: id, label: id }) : null);
        onChange(id ? Number(id) : null);
      }}
    />
  );
}
