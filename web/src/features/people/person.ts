/** What is said of a person wherever one is shown. */
import type { Person } from './queries.ts';

/** First and last name, else the address; '' if there is neither. */
export function nameOf(person: Pick<Person, 'first_name' | 'last_name' | 'email'>): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ') || (person.email ?? '');
}

/** A field of criteria in a person: custom ones are below `custom`. */
export function valueOf(person: Person, field: string): unknown {
  if (field.startsWith('custom.')) return (person.custom as Record<string, unknown>)[field.slice('custom.'.length)];
  if (field === 'tag') return person.tags;
  if (field === 'name') return nameOf(person);
  return (person as unknown as Record<string, unknown>)[field];
}

/** The body of a PATCH that sets one field. */
export function fieldBody(field: string, value: unknown): Record<string, unknown> {
  return field.startsWith('custom.') ? { custom: { [field.slice('custom.'.length)]: value } } : { [field]: value };
}
