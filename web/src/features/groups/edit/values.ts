/** A group as a form has it. */
import { criteriaText, readCriteria, type Criteria } from '../../../ui/FilterBar/criteria.ts';
import { newRow } from '../../../ui/CriteriaBuilder/tree.ts';
import type { Loaded } from '../../../ui/useRecordForm.ts';
import type { Entity, Group, GroupBody } from './queries.ts';

export type GroupValues = {
  name: string;
  entity: Entity;
  kind: Group['kind'];
  /** Text, which is the same for the same criteria; 'null': only by hand. */
  criteria: string;
};

export const BY_HAND = criteriaText(null);
/** A row where somebody may begin. */
export const BEGINNING = criteriaText({ match: 'all', conditions: [newRow().condition] });

export function valuesOf({ name, entity, kind, criteria }: Pick<Group, 'name' | 'entity' | 'kind'> & { criteria: unknown }): GroupValues {
  return { name, entity, kind, criteria: criteriaText(readCriteria(criteria)) };
}

export function loadedOf({ data, etag }: { data: Group; etag: string | null }): Loaded<GroupValues> {
  return { values: valuesOf(data), etag };
}

export function criteriaIn({ criteria }: Pick<GroupValues, 'criteria'>): Criteria | undefined {
  return readCriteria(criteria);
}

export function bodyOf(values: GroupValues): GroupBody {
  return { ...values, name: values.name.trim(), criteria: criteriaIn(values) ?? null };
}
