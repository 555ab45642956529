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

type OfExport = keyof (typeof en)['people']['exportField'];
type Kind = keyof (typeof en)['person']['addressType'];
type State = keyof (typeof en)['person']['consentState'];
type Source = keyof (typeof en)['person']['source'];
const TRUTH = ['opted_out', 'owns_address'];

/** Words of a person's page for what the server writes beside addresses and opt-outs; undefined: it is none of them. */
function usePersonWords(): (column: string, value: string) => string | undefined {
  const { t } = useTranslation();
  return (column, value) => {
    if (column === 'email_type' && value in en.person.addressType) return t(`person.addressType.${value as Kind}`);
    if (column === 'other_emails') return value.replace(/\((work|home|other)\)/g, (_, kind: Kind) => `(${t(`person.addressType.${kind}`)})`);
    if (column === 'consent_status' && value in en.person.consentState) return t(`person.consentState.${value as State}`);
    if (column === 'consent_source' && value in en.person.source) return t(`person.source.${value as Source}`);
    return undefined;
  };
}

/**
 * An export in the words of the list. What only imports look for keeps its name. Imports know the heads and words that tell
 * of consent and kinds of addresses again: src/crm/words has them, and export_test.c.
 */
export function useCsvWords(fields: FieldInfo[]): CsvWords {
  const { t } = useTranslation();
  const labelOf = useFieldLabel();
  const wordOf = usePersonWords();
  return {
    head: (column) => {
      if (column in en.people.exportField) return t(`people.exportField.${column as OfExport}`);
      if (column === 'id') return 'ID';
      if (column === 'company_id') return t('people.companyField.id');
      if (column === 'company') return t('people.field.company_name');
      if (column === 'tags') return t('person.tags');
      const field = fields.find(({ name }) => name === column);
      if (field) return labelOf(field);
      return column in en.people.field ? t(`people.field.${column as Known}`) : column;
    },
    cell: (column, value) => {
      const word = wordOf(column, value);
      if (word !== undefined) return word;
      const isTruth = TRUTH.includes(column) || fields.some(({ name, type }) => name === column && type === 'boolean');
      return isTruth && (value === 'true' || value === 'false') ? t(value === 'true' ? 'filter.yes' : 'filter.no') : value;
    },
  };
}

/** What a list has no column for: ids, what somebody did, the company's own, and what the column of opt-outs shows already. */
export function isColumn(field: FieldInfo): boolean {
  return field.name !== 'mail_status' && !field.name.startsWith('company.') && field.type !== 'response' && field.type !== 'reference' && field.name !== 'id';
}
