/** The file of refused rows in the reader's words: its own columns stand behind those of the import. */
import { useTranslation } from 'react-i18next';
import { serverText } from '../../api/serverText.ts';
import type { CsvWords } from '../../app/csvWords.ts';
import { useReasonText } from './fields.ts';

const OWN = /import_row(.)import_reason\1import_detail/;

/** An import of the file knows them again by these heads: src/crm/words/import_words.c. */
export function useRefusedCsv(): CsvWords {
  const { t } = useTranslation();
  const reason = useReasonText();
  const heads: Record<string, string> = {
    import_row: t('imports.csv.row'), import_reason: t('imports.csv.reason'), import_detail: t('imports.csv.detail'),
  };
  return {
    head: (column) => heads[column] ?? column,
    cell: (column, value) => column === 'import_reason' ? reason(value) : column === 'import_detail' ? serverText(value) : value,
    delimiterOf: (start) => OWN.exec(start)?.[1],
  };
}
