/**
 * A language as people and programs write it ("DE", "de", "pt_BR", "Deutsch"), by its name in the reader's language.
 * What is no language stays as it is.
 */
import { useTranslation } from 'react-i18next';

/** Offered; another one that the API was given stays. */
export const LANGUAGES = ['en', 'de', 'fr', 'it', 'es', 'pt', 'nl', 'pl', 'cs', 'da', 'sv', 'fi', 'tr', 'el', 'ru', 'uk', 'ar', 'he', 'fa', 'zh', 'ja', 'ko'];

const namesIn = new Map<string, Intl.DisplayNames>();

function nameIn(reader: string, code: string): string | undefined {
  let names = namesIn.get(reader);
  if (!names) namesIn.set(reader, (names = new Intl.DisplayNames(reader, { type: 'language' })));
  try {
    return names.of(code);
  } catch {
    return undefined;
  }
}

/** "de" of "DE", "German" or "Deutsch"; else the text itself. */
export function languageCode(text: string): string {
  const plain = text.trim();
  if (/^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(plain)) {
    const code = plain.replaceAll('_', '-');
    return LANGUAGES.includes(code.toLowerCase()) ? code.toLowerCase() : code;
  }
  const wanted = plain.toLowerCase();
  const isCalled = (code: string) => ['en', 'de', code].some((reader) => nameIn(reader, code)?.toLowerCase() === wanted);
  return LANGUAGES.find(isCalled) ?? text;
}

export function languageName(text: string, reader: string): string {
  return nameIn(reader, languageCode(text)) ?? text;
}

export function LanguageName({ value }: { value: string }): string {
  const { i18n } = useTranslation();
  return value && languageName(value, i18n.language);
}
