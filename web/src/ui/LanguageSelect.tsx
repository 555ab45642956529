/** Which language mails are in, by its name in the reader's. */
import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, languageCode, languageName } from './languageName.ts';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** '': none is chosen, which is called so. */
  value: string;
  none: string;
  onChange: (language: string) => void;
}

export function LanguageSelect({ value, none, onChange, ...others }: Props) {
  const { t, i18n } = useTranslation();
  const chosen = languageCode(value);
  const offered = [...new Set([...LANGUAGES, chosen])].filter(Boolean);
  return (
    <Select
      placeholder={none} searchable nothingFoundMessage={t('members.nothingFound')} clearable comboboxProps={{ withinPortal: false }} clearButtonProps={{ 'aria-label': none }}
      {...others}
      data={offered.map((one) => ({ value: one, label: languageName(one, i18n.language) }))}
      value={chosen || null}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
