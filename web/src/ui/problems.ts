/** What the server says of a field stands at that field of the form. */
import type { UseFormReturnType } from '@mantine/form';
import { problemOf, type Problem } from '../api/problem.ts';

/**
 * Puts them there and goes to the first. Returns the problem if something of it
 * is left to be told elsewhere, else null.
 *
 * @param prefix what the server's names begin with: "relay." for "relay.host"
 */
export function placeProblem<T extends object>(form: UseFormReturnType<T>, error: unknown, prefix = ''): Problem | null {
  const problem = problemOf(error);
  const known = problem.fields
    .map(({ field, message }) => ({ field: field.startsWith(prefix) ? field.slice(prefix.length) : field, message }))
    .filter(({ field }) => field in form.getValues());
  form.setErrors(Object.fromEntries(known.map(({ field, message }) => [field, message])));
  if (known[0]) form.getInputNode(known[0].field)?.focus();
  return known.length > 0 && known.length === problem.fields.length ? null : problem;
}
