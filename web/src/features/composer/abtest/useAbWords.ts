/** What a test will do, in a plain sentence. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { ALL, isTooSmall, lettersOf, sharesOf, TELLS_LITTLE, TELLS_MUCH, type AbTest } from './abTest.ts';

export function useAbWords() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const list = (parts: string[]) => new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(parts);
  const hours = (count: number) =>
    count % 24 === 0 ? t('composer.ab.days', { count: count / 24 }) : t('composer.ab.hours', { count });
  /** "200 get A, 200 B; after 4 hours the one that more people open goes to the other 1,600." people null: not known yet. */
  const sentence = (test: AbTest, people: number | null) => {
    const letters = lettersOf(test);
    if (people === null) {
      const variants = list([...letters]);
      if (test.sample === ALL) return t('composer.ab.allOf', { variants });
      return t('composer.ab.someOf', { variants, sample: test.sample, then: t(`composer.ab.then.${test.winner}`, { wait: hours(test.wait_hours) }) });
    }
    const { each, rest } = sharesOf(test, people);
    const shares = list(letters.map((letter, i) => t('composer.ab.share', { count: each[i] ?? 0, n: format.number(each[i] ?? 0), letter })));
    if (rest === 0) return t('composer.ab.all', { shares });
    const then = t(`composer.ab.then.${test.winner}`, { wait: hours(test.wait_hours) });
    return t('composer.ab.some', { shares, then, count: rest, n: format.number(rest) });
  };
  /** null: its figures will tell something. */
  const warning = (test: AbTest, people: number | null) => {
    if (people === null || !isTooSmall(test, people)) return null;
    const count = Math.min(...sharesOf(test, people).each);
    return t('composer.ab.tooSmall', { count, n: format.number(count), much: format.number(TELLS_MUCH), little: format.number(TELLS_LITTLE) });
  };
  return { sentence, warning, hours };
}
