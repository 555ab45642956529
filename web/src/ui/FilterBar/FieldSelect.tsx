/** Which field: in sections, found by its name, its section, or what can be said of it ("opened"). */
import { Select, type ComboboxParsedItem } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { en } from '../../messages/en/index.ts';
import { insideWindow, roomForOptions } from '../insideWindow.ts';
import { sections, type FieldInfo, type Section } from './criteria.ts';
import { opKey } from './words.ts';

interface Props {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  value: string | null;
  error?: string;
  isFirst?: boolean;
  onChange: (field: FieldInfo) => void;
}

function sectionOf({ name, type, custom, section }: FieldInfo): Section {
  if (section) return section;
  if (type === 'response') return 'mails';
  if (name === 'tag' || name === 'group') return 'sets';
  if (name.startsWith('company.')) return 'company';
  return custom ? 'custom' : 'own';
}

type OtherWords = keyof (typeof en)['filter']['otherWords'];

/** What others call it: "town" is a city's, and a company's city's, too. */
function otherWordsKey({ name, custom }: FieldInfo): `filter.otherWords.${OtherWords}` | null {
  const own = name.slice(name.indexOf('.') + 1);
  return !custom && own in en.filter.otherWords ? `filter.otherWords.${own as OtherWords}` : null;
}

/** By value: what is searched in. */
function useWords({ fields, labelOf }: Pick<Props, 'fields' | 'labelOf'>): Map<string, string> {
  const { t } = useTranslation();
  return useMemo(
    () =>
      new Map(
        fields.map((field) => {
          const ops = field.type === 'response' ? field.ops.map((op) => opKey(field, op)).map((key) => (key ? t(key) : '')) : [];
          const others = otherWordsKey(field);
          return [field.name, [labelOf(field), others ? t(others) : '', t(`filter.section.${sectionOf(field)}`), ...ops].join(' ').toLowerCase()];
        }),
      ),
    [fields, labelOf, t],
  );
}

export function FieldSelect({ fields, labelOf, value, error, isFirst, onChange }: Props) {
  const { t } = useTranslation();
  const words = useWords({ fields, labelOf });
  const data = useMemo(() => {
    const of = (section: Section) => fields.filter((field) => field.ops.length > 0 && sectionOf(field) === section);
    return sections
      .map((section) => ({ group: t(`filter.section.${section}`), items: of(section).map((field) => ({ value: field.name, label: labelOf(field) })) }))
      .filter(({ items }) => items.length > 0);
  }, [fields, labelOf, t]);
  return (
    <Select
      data-autofocus={isFirst || undefined}
      label={t('filter.field')}
      placeholder={t('filter.fieldHint')}
      searchable
      allowDeselect={false}
      openOnFocus={false}
      nothingFoundMessage={t('filter.noField')}
      comboboxProps={{ ...insideWindow, width: 280 }}
      withScrollArea={false}
      styles={roomForOptions}
      selectFirstOptionOnChange
      data={data}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase();
        const fits = (name: string) => words.get(name)?.includes(wanted) ?? false;
        return options.flatMap<ComboboxParsedItem>((option) => {
          if (!('group' in option)) return fits(option.value) ? [option] : [];
          const items = option.items.filter((item) => fits(item.value));
          return items.length > 0 ? [{ ...option, items }] : [];
        });
      }}
      value={value}
      error={error}
      onChange={(name) => {
        const field = fields.find((one) => one.name === name);
        if (field) onChange(field);
      }}
    />
  );
}
