/** What records of any kind are called where they are chosen. */
import type { Schemas } from '../../api/client.ts';
import type { Choice } from '../../ui/PeoplePicker.tsx';
import { nameOf } from '../people/person.ts';
import type { Other } from './queries.ts';

export function titleOf(record: Schemas['Person'] | Other): string {
  return 'name' in record ? record.name : nameOf(record) || String(record.id);
}

/** With what tells it from others of that name. */
export function choiceOf(record: Schemas['Person'] | Other): Choice {
  const about = 'name' in record ? [record.city, record.country] : [record.email, record.company_name];
  return { id: record.id, name: titleOf(record), about: about.filter(Boolean).join(' · ') };
}
