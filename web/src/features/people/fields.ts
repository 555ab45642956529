/** The fields of people by name: in the reader's language, custom ones as somebody called them. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { CsvWords } from '../../app/csvWords.ts';
import { en } from '../../messages/en/index.ts';
import type { FieldInfo } from '../../ui/FilterBar/criteria.ts';

type Known = keyof (typeof en)['people']['field'];
type KnownOfCompany = keyof (typeof en)['people']['companyField'];

export function useFieldLabel(): (field: Pick<FieldInfo, 'name' | 'label' | 'custom'>) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ name, label, custom }) => {
      if (name.startsWith('company.')) {
        const own = name.slice('company.'.length);
        return own in en.people.companyField ? t(`people.companyField.${own as KnownOfCompany}`) : label;
      }
      return !custom && name in en.people.field ? t(`people.field.${name as Known}`) : label;
    },
    [t],
  );
}

const TRUTH = ['opted_out', 'owns_address'];

/** An export in the words of the list. What only imports look for keeps its name. */
export function useCsvWords(fields: FieldInfo[]): CsvWords {
  const { t } = useTranslation();
  const labelOf = useFieldLabel();
  return {
    head: (column) => {
      if (column === 'id') return 'ID';
      if (column === 'company_id') return t('people.companyField.id');
      if (column === 'company') return t('people.field.company_name');
      if (column === 'tags') return t('person.tags');
      const field = fields.find(({ name }) => name === column);
      if (field) return labelOf(field);
      return column in en.people.field ? t(`people.field.${column as Known}`) : column;
    },
    cell: (column, value) => {
      const isTruth = TRUTH.includes(column) || fields.some(({ name, type }) => name === column && type === 'boolean');
      return isTruth && (value === 'true' || value === 'false') ? t(value === 'true' ? 'filter.yes' : 'filter.no') : value;
    },
  };
}

/** What a list has no column for: ids, what somebody did, the company's own, and what the column of opt-outs shows already. */
export function isColumn(field: FieldInfo): boolean {
  return field.name !== 'mail_status' && !field.name.startsWith('company.') && field.type !== 'response' && field.type !== 'reference' && field.name !== 'id';
}
