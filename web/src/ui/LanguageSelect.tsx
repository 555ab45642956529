/** Which language mails are in, by its name in the reader's. */
import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Offered; another one that the API was given stays. */
const LANGUAGES = ['en', 'de', 'fr', 'it', 'es', 'pt', 'nl', 'pl', 'cs', 'da', 'sv', 'fi', 'tr', 'el', 'ru', 'uk', 'ar', 'he', 'fa', 'zh', 'ja', 'ko'];

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** '': none is chosen, which is called so. */
  value: string;
  none: string;
  onChange: (language: string) => void;
}

export function LanguageSelect({ value, none, onChange, ...others }: Props) {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: 'language' });
  const offered = [...new Set([...LANGUAGES, value])].filter(Boolean);
  return (
    <Select
      placeholder={none} searchable clearable comboboxProps={{ withinPortal: false }} clearButtonProps={{ 'aria-label': none }}
      {...others}
      data={offered.map((one) => ({ value: one, label: names.of(one) ?? one }))}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
