/** Numbers and times by the reader's locale. */
import { useTranslation } from 'react-i18next';
import { useMinute } from './clock.ts';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** A language that no region is known of: English as most of the world writes it, the day before the month and 24 hours. */
const USUAL: Record<string, string> = { en: 'en-GB' };

function readTag(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}

/**
 * How numbers and times are written: as the reader's browser wants it, if that
 * is about the language of the app. A German app writes German dates whatever
 * the browser prefers.
 */
export function localeOf(language: string, preferred: readonly string[]): string {
  const own = preferred.find((tag) => {
    const locale = readTag(tag);
    return locale?.language === language && locale.region !== undefined;
  });
  return own ?? USUAL[language] ?? language;
}

export function relativeTime(at: Date, now: Date, language: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

export interface Format {
  number: (n: number) => string;
  percent: (part: number, whole: number) => string;
  date: (iso: string) => string;
  time: (iso: string) => string;
  relative: (iso: string) => string;
}

/** Times that are told from now are told anew each minute. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  useMinute();
  const locale = localeOf(i18n.language, navigator.languages);
  const instant = (iso: string) => new Date(iso.length === 10 ? `${iso}T00:00` : iso);
  return {
    number: (n) => n.toLocaleString(locale),
    percent: (part, whole) =>
      (whole ? part / whole : 0).toLocaleString(locale, { style: 'percent', maximumFractionDigits: 1 }),
    date: (iso) => instant(iso).toLocaleDateString(locale, { dateStyle: 'medium' }),
    time: (iso) => instant(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    relative: (iso) => relativeTime(instant(iso), new Date(), locale),
  };
}
