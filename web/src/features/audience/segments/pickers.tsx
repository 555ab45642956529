/** How values of conditions are chosen: among what the audience has. */
import { Group, MultiSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { LanguageName } from '../../../ui/languageName.ts';
import { LanguageSelect } from '../../../ui/LanguageSelect.tsx';
import type { Picker, PickerProps } from '../../../ui/FilterBar/pickers.ts';
import { interestsQuery, type Category } from '../interests/queries.ts';
import { usePermissionName } from '../members/words.ts';
import { permissionsQuery } from '../permissions/queries.ts';
import { ANY_CAMPAIGN, idsIn, idsText, LAST_CAMPAIGN } from './conditions.ts';
import { segmentsQuery, sentQuery } from './queries.ts';

const inside = { withinPortal: false };
const MOST = 50;

interface Offered {
  id: string;
  name: string;
}

/** One of what is offered; one that is not offered any more stays. */
function OneOf({ offered, label, placeholder, error, value, onChange }: Omit<PickerProps, 'onChange'> & { offered: Offered[]; onChange: (value: string | undefined) => void }) {
  const chosen = value === undefined ? null : String(value);
  const all = chosen === null || offered.some(({ id }) => id === chosen) ? offered : [...offered, { id: chosen, name: chosen }];
  return (
    <Select
      label={label}
      placeholder={placeholder}
      error={error}
      dir="auto"
      searchable
      openOnFocus={false}
      selectFirstOptionOnChange
      comboboxProps={inside}
      limit={MOST}
      data={all.map(({ id, name }) => ({ value: id, label: name }))}
      value={chosen}
      onChange={(id) => onChange(id ?? undefined)}
    />
  );
}

function nameIn(offered: readonly Offered[] | undefined, id: string | number): string {
  return offered?.find((one) => one.id === String(id))?.name ?? String(id);
}

/** first: what stands for no campaign of its own. */
function campaignPicker(listId: string, first: typeof ANY_CAMPAIGN | typeof LAST_CAMPAIGN): Picker {
  const useOffered = (): Offered[] => {
    const { t } = useTranslation();
    return [{ id: first, name: t(`segments.campaign.${first}`) }, ...(useQuery(sentQuery(listId)).data ?? [])];
  };
  return {
    Input: (props) => <OneOf {...props} offered={useOffered()} />,
    Name: ({ value }) => <bdi>{nameIn(useOffered(), value)}</bdi>,
  };
}

export const sentPicker = (listId: string) => campaignPicker(listId, LAST_CAMPAIGN);
export const anySentPicker = (listId: string) => campaignPicker(listId, ANY_CAMPAIGN);

export function tagPicker(listId: string): Picker {
  const useTags = (): Offered[] =>
    (useQuery(segmentsQuery(listId)).data ?? []).filter(({ type }) => type === 'static').map(({ id, name }) => ({ id: String(id), name }));
  return {
    Input: ({ onChange, ...props }) => <OneOf {...props} offered={useTags()} onChange={(id) => onChange(id === undefined ? undefined : Number(id))} />,
    Name: ({ value }) => <bdi>{nameIn(useTags(), value)}</bdi>,
  };
}

export const interestPicker = (category: Category): Picker => somePicker(() => useQuery(interestsQuery(category)).data ?? []);
export const permissionPicker = (listId: string): Picker => somePicker(() => {
  const nameOf = usePermissionName();
  return useQuery(permissionsQuery(listId)).data?.items.map(({ id, name }) => ({ id, name: nameOf(name) })) ?? [];
});

function somePicker(useInterests: () => readonly Offered[]): Picker {
  function Input({ label, error, value, onChange }: PickerProps) {
    const interests = useInterests();
    const chosen = idsIn(value);
    const gone = chosen.filter((id) => !interests.some((one) => one.id === id));
    return (
      <MultiSelect
        label={label}
        error={error}
        dir="auto"
        comboboxProps={inside}
        data={[...interests.map(({ id, name }) => ({ value: id, label: name })), ...gone.map((id) => ({ value: id, label: id }))]}
        value={chosen}
        onChange={(all) => onChange(idsText(all))}
      />
    );
  }
  return { Input, Name: ({ value }) => <bdi>{useNames(useInterests(), idsIn(value))}</bdi> };
}

function useNames(all: readonly Offered[], ids: readonly string[]): string {
  const { i18n } = useTranslation();
  return new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(ids.map((id) => nameIn(all, id)));
}

export const languagePicker: Picker = {
  Input: function LanguageInput({ label, error, value, onChange }) {
    const { t } = useTranslation();
    return <LanguageSelect label={label} error={error} none={t('segments.chooseLanguage')} value={String(value ?? '')} onChange={(next) => onChange(next || undefined)} />;
  },
  Name: ({ value }) => <bdi><LanguageName value={String(value ?? '')} /></bdi>,
};

/** As conditions name them; whoever has another one does not fit any. */
const CLIENTS = [
  'Gmail', 'Yahoo! Mail', 'Apple Mail', 'iPhone', 'iPad', 'Android', 'Outlook 2003', 'Outlook 2007', 'Outlook 2010', 'Outlook 2013', 'Outlook 2016',
  'Outlook for Mac', 'Outlook Mobile', 'Thunderbird', 'Windows Live Mail', 'Lotus Notes', 'BlackBerry', 'Evolution', 'KMail',
].map((name) => ({ id: name, name }));

export const clientPicker: Picker = {
  Input: (props) => <OneOf {...props} offered={CLIENTS} />,
  Name: ({ value }) => <bdi>{value}</bdi>,
};

const YEAR = 2024; // with a 29 February
const MONTHS = 12;

/** 01/30: a month and a day of it. */
export const birthdayPicker: Picker = {
  Input: function BirthdayInput({ label, error, value, onChange }) {
    const { t, i18n } = useTranslation();
    const [month, day] = String(value ?? '').split('/');
    const nameOf = (n: number) => new Intl.DateTimeFormat(i18n.language, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(YEAR, n, 1));
    const two = (n: number) => String(n).padStart(2, '0');
    const days = month ? new Date(Date.UTC(YEAR, Number(month), 0)).getUTCDate() : 31;
    const set = (m: string, d: string) => onChange(`${m}/${two(Math.min(Number(d), new Date(Date.UTC(YEAR, Number(m), 0)).getUTCDate()))}`);
    return (
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Select
          label={`${label}: ${t('segments.day')}`} w={84} searchable comboboxProps={inside} error={Boolean(error)} placeholder={t('segments.day')}
          data={Array.from({ length: days }, (_none, n) => two(n + 1))} value={day ?? null} onChange={(d) => d && set(month || '01', d)}
        />
        <Select
          label={`${label}: ${t('segments.month')}`} flex={1} searchable comboboxProps={inside} error={error} placeholder={t('segments.month')}
          data={Array.from({ length: MONTHS }, (_none, n) => ({ value: two(n + 1), label: nameOf(n) }))} value={month || null} onChange={(m) => m && set(m, day || '01')}
        />
      </Group>
    );
  },
  Name: function BirthdayName({ value }) {
    const { i18n } = useTranslation();
    const [month, day] = String(value).split('/').map(Number);
    return <>{new Intl.DateTimeFormat(i18n.language, { month: 'long', day: 'numeric', timeZone: 'UTC' }).format(Date.UTC(YEAR, month! - 1, day))}</>;
  },
};
