/** What a field is called: those that every audience has by itself, in the reader's language. */
import type { TFunction } from 'i18next';
import { isOwnField, type OwnField } from '../../composer/mergeTags.ts';

export function fieldName(t: TFunction, field: { tag: string; name: string }): string {
  return isOwnField(field) ? t(`composer.tag.of.${field.tag as OwnField}`) : field.name;
}
