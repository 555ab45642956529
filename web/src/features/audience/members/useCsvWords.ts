/** The file of members in the words of their list. */
import { useTranslation } from 'react-i18next';
import type { CsvWords } from '../../../app/csvWords.ts';
import { en } from '../../../messages/en/index.ts';
import { statuses } from './search.ts';
import { useSourceWord } from './words.ts';

type Column = keyof (typeof en)['members']['column'];

export function useCsvWords(): CsvWords {
  const { t } = useTranslation();
  const sourceWord = useSourceWord();
  return {
    head: (column) => (column in en.members.column ? t(`members.column.${column as Column}`) : column),
    cell: (column, value) => {
      const status = column === 'status' && statuses.find((one) => one === value);
      if (status) return t(`members.status.${status}`);
      return column === 'source' ? sourceWord(value) : value;
    },
  };
}
