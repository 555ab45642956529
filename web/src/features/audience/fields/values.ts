/** A field as its form has it. */
import type { FieldBody, FieldType, MergeField } from './queries.ts';

export const types = ['text', 'number', 'date', 'birthday', 'dropdown', 'radio', 'phone', 'address', 'zip', 'url', 'imageurl'] as const satisfies readonly FieldType[];

export type FieldValues = {
  name: string;
  tag: string;
  type: FieldType;
  required: boolean;
  public: boolean;
  default_value: string;
  help_text: string;
  /** A line each. */
  choices: string;
};

export const hasChoices = (type: FieldType): boolean => type === 'dropdown' || type === 'radio';

export function valuesOf(field: MergeField | null): FieldValues {
  return {
    name: field?.name ?? '',
    tag: field?.tag ?? '',
    type: field?.type ?? 'text',
    required: field?.required ?? false,
    public: field?.public ?? true,
    default_value: field?.default_value ?? '',
    help_text: field?.help_text ?? '',
    choices: (field?.options?.choices ?? []).join('\n'),
  };
}

export function choicesIn(text: string): string[] {
  return [...new Set(text.split('\n').map((one) => one.trim()).filter(Boolean))];
}

/** What was changed; of a new one, all but a tag that nobody gave. The type stays, and so do options that the form has not. */
export function bodyOf(values: FieldValues, field: MergeField | null): FieldBody {
  const before = valuesOf(field);
  const { name, tag, type, choices, ...others } = values;
  const body: FieldBody = Object.fromEntries(Object.entries(others).filter(([key, value]) => !field || before[key as keyof typeof others] !== value));
  if (!field || name.trim() !== before.name) body.name = name.trim();
  if (tag.trim() && tag.trim().toUpperCase() !== before.tag) body.tag = tag.trim().toUpperCase();
  if (!field) body.type = type;
  if (hasChoices(type) && choicesIn(choices).join('\n') !== before.choices) body.options = { choices: choicesIn(choices) } as FieldBody['options'];
  return body;
}
