/** Fields in the words of people; a new one of the server shows its name until it has words. */
import { useTranslation } from 'react-i18next';
import { en } from '../../messages/en/index.ts';

export function useFieldName(): (field: string) => string {
  const { t } = useTranslation();
  return (field) => {
    if (field.startsWith('custom.')) return field.slice('custom.'.length);
    return field in en.imports.field ? t(`imports.field.${field as keyof typeof en.imports.field}`) : field;
  };
}

export function useReasonText(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => (reason in en.imports.reason ? t(`imports.reason.${reason as keyof typeof en.imports.reason}`) : reason);
}
