/** Fields of the audience as the sign-up form asks for them. The address is asked in any case, and is none of them. */
import type { Marketing } from '../../../api/client.ts';

export interface FormField {
  id: number;
  tag: string;
  name: string;
  isShown: boolean;
  isRequired: boolean;
}

export function fieldsOf(fields: readonly Marketing['MergeField'][]): FormField[] {
  return fields
    .toSorted((a, b) => a.display_order - b.display_order)
    .map(({ merge_id, tag, name, public: isShown, required }) => ({ id: merge_id, tag, name, isShown, isRequired: required }));
}

/** In a form each field has a value of its own, which is the same for the same choice: two may change two of them. */
export const fieldKey = ({ id }: Pick<FormField, 'id'>) => `field ${id}`;
export const choiceOf = ({ isShown, isRequired }: FormField) => (isRequired ? 'required' : isShown ? 'shown' : 'hidden');

/** The fields as they are chosen in a form. */
export function chosenFields(fields: readonly FormField[], values: Record<string, unknown>): FormField[] {
  return fields.map((field) => {
    const choice = values[fieldKey(field)] ?? choiceOf(field);
    return choice === choiceOf(field) ? field : { ...field, isShown: choice !== 'hidden', isRequired: choice === 'required' };
  });
}

/** Only what was changed is sent: two may change two things. */
export function changesOf(before: readonly FormField[], after: readonly FormField[]): { id: number; body: { public?: boolean; required?: boolean } }[] {
  return after.flatMap((field) => {
    const was = before.find(({ id }) => id === field.id);
    if (!was) return [];
    const body = { ...(field.isShown !== was.isShown && { public: field.isShown }), ...(field.isRequired !== was.isRequired && { required: field.isRequired }) };
    return Object.keys(body).length > 0 ? [{ id: field.id, body }] : [];
  });
}
