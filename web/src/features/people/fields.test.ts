import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { de } from '../../messages/de/index.ts';
import { en } from '../../messages/en/index.ts';

/** Each field of the server's table, with whose it is: P(eople), L(eads), C(ompanies) or ALL. */
function serverFields(): { name: string; of: string }[] {
  const source = readFileSync(new URL('../../../../src/crm/field.c', import.meta.url), 'utf8');
  const table = /field_table\[\] = \{([\s\S]*?)\{ \.name = NULL/.exec(source)![1]!;
  return [...table.matchAll(/(?:[A-Z_]+\(|\{ )"(\w+)"([\s\S]*?)[)}],\n/g)].map(([, name, rest]) => ({
    name: name!,
    of: [...rest!.matchAll(/\b(ALL|[PLC](?: \| [PLC])*)\b(?=\s*(?:,|$))/g)].at(-1)![1]!,
  }));
}

test.each([['en', en], ['de', de]] as const)('every field of people and of their companies has a word: %s', (_, messages) => {
  const fields = serverFields();
  expect(fields.length).toBeGreaterThan(20);
  for (const { name, of } of fields) {
    if (/P|ALL/.test(of)) expect(messages.people.field, name).toHaveProperty(name);
    if (/C|ALL/.test(of)) expect(messages.people.companyField, name).toHaveProperty(name);
  }
  for (const name of ['name', 'company_name', 'tag', 'response']) expect(messages.people.field).toHaveProperty(name);
});
