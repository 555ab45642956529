/** Fields in the words of people; a new one of the server shows its name until it has words. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { en } from '../../messages/en/index.ts';
import type { Entity } from './choices.ts';
import { customFieldsQuery } from './queries.ts';

/** Those of one's own as they were called when they were made. */
export function useFieldName(entity: Entity): (field: string) => string {
  const { t } = useTranslation();
  const own = useQuery(customFieldsQuery(entity)).data;
  return (field) => {
    if (field.startsWith('custom.')) {
      const key = field.slice('custom.'.length);
      return own?.find((one) => one.key === key)?.label ?? key;
    }
    return field in en.imports.field ? t(`imports.field.${field as keyof typeof en.imports.field}`) : field;
  };
}

export function useReasonText(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => (reason in en.imports.reason ? t(`imports.reason.${reason as keyof typeof en.imports.reason}`) : reason);
}
