/** What the filter of people chooses among. */
import { Autocomplete, Select, TextInput } from '@mantine/core';
import { useDebouncedValue, useId } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { useFormat } from '../../app/format.ts';
import type { Picker, PickerProps, Pickers } from '../../ui/FilterBar/pickers.ts';
import { useProblemText } from '../../ui/ProblemAlert.tsx';
import { groupPicker } from '../groups/edit/GroupPicker.tsx';
import type { Entity } from '../groups/edit/queries.ts';
import { useCampaigns, useCompanies, useCompany, useCreateCompany, useImports, useTags, useValues } from './queries.ts';

const inside = { withinPortal: false };
const MOST = 50;

function TagInput({ label, error, value, onChange }: PickerProps) {
  const tags = useTags();
  return (
    <Autocomplete
      label={label}
      error={error}
      dir="auto"
      comboboxProps={inside}
      limit={MOST}
      data={tags.data?.map((tag) => tag.name) ?? []}
      value={String(value ?? '')}
      onChange={(name) => onChange(name || undefined)}
    />
  );
}

/** What stands in a text field: offered, while anything may be typed. The browser's own list, which covers no button. */
export function valuePicker(entity: Entity): Picker {
  function Input({ field = '', label, error, value, onChange }: PickerProps) {
    const text = String(value ?? '');
    const [q] = useDebouncedValue(text.trim(), 200);
    const values = useValues(entity, field, q);
    const id = useId();
    return (
      <>
        <TextInput label={label} error={error} dir="auto" list={id} autoComplete="off" value={text} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
        <datalist id={id}>{values.data?.map((one) => <option key={one} value={one} />)}</datalist>
      </>
    );
  }
  return { Input, Name: ({ value }) => <bdi>{value}</bdi> };
}

function CampaignInput({ label, placeholder, error, value, onChange }: PickerProps) {
  const campaigns = useCampaigns(true);
  return (
    <Select
      label={label}
      error={error}
      placeholder={placeholder}
      clearable
      searchable
      selectFirstOptionOnChange
      comboboxProps={inside}
      limit={MOST}
      data={campaigns.data?.map(({ id, name }) => ({ value: String(id), label: name || String(id) })) ?? []}
      value={value === undefined ? null : String(value)}
      onChange={(id) => onChange(id ? Number(id) : undefined)}
    />
  );
}

function CampaignName({ value }: { value: string | number }) {
  const campaigns = useCampaigns(true);
  return <bdi>{campaigns.data?.find(({ id }) => id === value)?.name ?? value}</bdi>;
}

/** As a value: make one that is called as it is typed. */
const NEW = '+';

interface CompanyInputProps extends PickerProps {
  /** A new one can be made here, too. */
  mayMake?: boolean;
}

/** Also for the company of a person. */
export function CompanyInput({ label, placeholder, error, value, onChange, mayMake = false }: CompanyInputProps) {
  const { t } = useTranslation();
  const create = useCreateCompany();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const chosen = useCompany(typeof value === 'number' ? value : null);
  const found = useCompanies(chosen.data && typed === chosen.data.name ? '' : q);
  const problemText = useProblemText();
  const options = new Map((found.data ?? []).map((company) => [String(company.id), company.name ?? '']));
  if (chosen.data && value !== undefined) options.set(String(chosen.data.id), chosen.data.name ?? '');
  const name = typed.trim();
  const isKnown = [...options.values()].some((one) => one.toLowerCase() === name.toLowerCase());
  const data = [...options].map(([id, text]) => ({ value: id, label: text || id }));
  if (mayMake && name !== '' && name === q && !found.isPlaceholderData && !isKnown)
    data.push({ value: NEW, label: t('people.makeCompany', { name }) });
  const choose = (id: string | null) => {
    if (id === NEW) create.mutate(name, { onSuccess: (company) => onChange(company.id) });
    else onChange(id ? Number(id) : undefined);
  };
  return (
    <Select
      label={label}
      error={error ?? (create.error ? problemText(problemOf(create.error)) : undefined)}
      placeholder={placeholder ?? t('people.companyHint')}
      dir="auto"
      searchable
      selectFirstOptionOnChange
      clearable
      comboboxProps={inside}
      nothingFoundMessage={t('people.noCompany')}
      // the server has searched already
      filter={({ options: all }) => all}
      searchValue={typed}
      onSearchChange={setTyped}
      data={data}
      value={value === undefined ? null : String(value)}
      onChange={choose}
    />
  );
}

function CompanyName({ value }: { value: string | number }) {
  const company = useCompany(Number(value));
  return <bdi>{company.data?.name ?? value}</bdi>;
}

function useImportNames(entity: Entity): Map<number, string> {
  const format = useFormat();
  const imports = useImports(entity);
  return new Map(imports.data?.map((one) => [one.id, [one.file_name, format.time(one.created_at)].filter(Boolean).join(' · ')]));
}

export function importPicker(entity: Entity): Picker {
  function Input({ label, error, value, onChange }: PickerProps) {
    const names = useImportNames(entity);
    return (
      <Select
        label={label}
        error={error}
        searchable
        selectFirstOptionOnChange
        comboboxProps={inside}
        limit={MOST}
        data={[...names].map(([id, name]) => ({ value: String(id), label: name }))}
        value={value === undefined ? null : String(value)}
        onChange={(id) => onChange(id ? Number(id) : undefined)}
      />
    );
  }
  function Name({ value }: { value: string | number }) {
    return <bdi>{useImportNames(entity).get(Number(value)) ?? value}</bdi>;
  }
  return { Input, Name };
}

const statuses = ['agreed', 'open', 'opted_out', 'shared_opt_out', 'held', 'no_address', 'unsubscribed', 'pending', 'refused'] as const;

function MailStatusInput({ label, placeholder, error, value, onChange }: PickerProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      error={error}
      placeholder={placeholder}
      comboboxProps={inside}
      data={statuses.map((status) => ({ value: status, label: t(`people.mailStatus.${status}`) }))}
      value={value === undefined ? null : String(value)}
      onChange={(status) => onChange(status ?? undefined)}
    />
  );
}

function MailStatusName({ value }: { value: string | number }) {
  const { t } = useTranslation();
  const status = statuses.find((one) => one === value);
  return <>{status ? t(`people.mailStatus.${status}`) : value}</>;
}

export const mailStatusPicker: Picker = { Input: MailStatusInput, Name: MailStatusName };
export const tagPicker: Picker = { Input: TagInput, Name: ({ value }) => <bdi>{value}</bdi> };
export const campaignPicker: Picker = { Input: CampaignInput, Name: CampaignName };
const companyPicker: Picker = { Input: CompanyInput, Name: CompanyName };

export const peoplePickers: Pickers = {
  text: valuePicker('people'),
  tag: tagPicker,
  mail_status: mailStatusPicker,
  campaign: campaignPicker,
  group: groupPicker('people'),
  company_id: companyPicker,
  'company.id': companyPicker,
  import_id: importPicker('people'),
  'company.import_id': importPicker('companies'),
};
