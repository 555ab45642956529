/** Fields of a member as texts in a form, and back to what the API takes. */
import type { MergeField, MergeValues } from './queries.ts';

type Values = Record<string, unknown>;

export const addressParts = ['addr1', 'addr2', 'city', 'state', 'zip', 'country'] as const;
export type AddressPart = (typeof addressParts)[number];

/** Of a field that is an address, each part has an input of its own. A dot would be a path to a form. */
export const partName = (tag: string, part: AddressPart) => `${tag} ${part}`;

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function partOf(value: unknown, part: AddressPart): string {
  return typeof value === 'object' && value !== null ? textOf((value as Record<string, unknown>)[part]) : '';
}

/** As somebody reads it; '': it is not known. */
export function shownValue(field: MergeField, values: Values): string {
  const value = values[field.tag];
  return field.type === 'address' ? addressParts.map((part) => partOf(value, part)).filter(Boolean).join(', ') : textOf(value);
}

export function draftOf(fields: MergeField[], values: Values): Record<string, string> {
  return Object.fromEntries(fields.flatMap(({ tag, type }) =>
    type === 'address'
      ? addressParts.map((part) => [partName(tag, part), partOf(values[tag], part)])
      : [[tag, textOf(values[tag])]]));
}

/** Only what was changed; an address as a whole, as its parts belong together. */
export function changedFields(fields: MergeField[], before: Record<string, string>, after: Record<string, string>): MergeValues {
  const changed: Record<string, unknown> = {};
  for (const { tag, type } of fields) {
    const names = type === 'address' ? addressParts.map((part) => partName(tag, part)) : [tag];
    if (names.every((name) => (after[name] ?? '').trim() === before[name])) continue;
    const texts = names.map((name) => (after[name] ?? '').trim());
    if (type !== 'address') changed[tag] = texts[0];
    else changed[tag] = texts.some(Boolean) ? Object.fromEntries(addressParts.map((part, at) => [part, texts[at]])) : '';
  }
  return changed as MergeValues;
}
