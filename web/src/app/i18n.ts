/** Texts in the reader's language. A file a feature below src/messages/LANGUAGE. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { setServerTexts, type Catalogue } from '../api/serverText.ts';
import type { en } from '../messages/en/index.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

/** Only what is in the language in use is loaded: the app's texts, and what the server says. */
const texts: Record<Language, () => Promise<typeof en>> = {
  en: async () => (await import('../messages/en/index.ts')).en,
  de: async () => (await import('../messages/de/index.ts')).de,
};
const serverTexts: Record<Language, () => Promise<{ default: Catalogue }>> = {
  en: () => import('../messages/en/server.json'),
  de: () => import('../messages/de/server.json'),
};

const KEPT = 'muster-language';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    returnNull: false;
  }
}

function isLanguage(text: string | null | undefined): text is Language {
  return text === 'en' || text === 'de';
}

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** Without it, the server's words stay as they come. */
async function loadServerTexts(language: Language): Promise<void> {
  try {
    setServerTexts((await serverTexts[language]()).default, language);
  } catch {
    setServerTexts({});
  }
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  const [loaded] = await Promise.all([texts[language](), loadServerTexts(language)]);
  document.documentElement.lang = language;
  i18next.addResourceBundle(language, 'translation', loaded);
  await i18next.changeLanguage(language);
}

export async function startMessages(): Promise<void> {
  const language = first();
  document.documentElement.lang = language;
  void loadServerTexts(language); // nothing is waiting for these yet
  const loaded = await texts[language]();
  await i18next.use(initReactI18next).init({
    resources: { [language]: { translation: loaded } },
    lng: language,
    fallbackLng: false, // every language has every text: messages.test.ts
    interpolation: { escapeValue: false },
  });
}
