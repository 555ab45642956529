/** The fields of people by name: in the reader's language, custom ones as somebody called them. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
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

/** What a list has no column for: ids, what somebody did, the company's own, and what the column of opt-outs shows already. */
export function isColumn(field: FieldInfo): boolean {
  return field.name !== 'mail_status' && !field.name.startsWith('company.') && field.type !== 'response' && field.type !== 'reference' && field.name !== 'id';
}
