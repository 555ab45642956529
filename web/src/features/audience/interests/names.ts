/** What the server says of a name stands at it: of the field, or that there is one of that name already. */
import { problemOf } from '../../../api/problem.ts';

const REFUSED = 400;

export function sayOfName(error: unknown, field: 'name' | 'title'): string | undefined {
  if (!error) return undefined;
  const problem = problemOf(error);
  const isOfAll = problem.status === REFUSED && problem.fields.length === 0;
  return problem.of(field) ?? (isOfAll ? problem.message : undefined);
}
