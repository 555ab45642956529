/** A person's fields in a list. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { NameLink } from '../../ui/DataTable/CellLink.tsx';
import { rememberOpened } from '../../ui/DataTable/lastOpened.ts';
import { LanguageName } from '../../ui/languageName.ts';
import type { FieldInfo } from '../../ui/FilterBar/criteria.ts';
import { isColumn, useFieldLabel } from './fields.ts';
import { nameOf, valueOf } from './person.ts';
import type { Person } from './queries.ts';
import { MailStateWord } from './MailStateWord.tsx';
import { Tags } from './TagsCell.tsx';

export const PEOPLE = 'people';

/** The usual ones fit beside each other on a small laptop, beside a scroll bar. */
const WIDTHS: Record<string, number> = {
  name: 170, email: 240, company_name: 150, tag: 135, opted_out: 165, updated_at: 130, created_at: 130, title: 90, country: 120,
  language: 110, postal_code: 110,
};
const WIDTH = 160;
/** What says by itself what it is. */
const SELF_EVIDENT = new Set(['name', 'email', 'company_name', 'tag', 'opted_out']);

export function usePeopleColumns(fields: FieldInfo[]): Column<Person>[] {
  const { t } = useTranslation();
  const labelOf = useFieldLabel();
  const format = useFormat();
  return useMemo(
    () =>
      fields.filter(isColumn).map((field) => ({
        name: field.name,
        label: field.name === 'opted_out' ? t('people.field.mail_status') : labelOf(field),
        width: WIDTHS[field.name] ?? WIDTH,
        isSortable: field.sortable,
        isBeside: field.name === 'opted_out',
        isNamed: !SELF_EVIDENT.has(field.name),
        cell: (person: Person) => <Cell person={person} field={field} format={format} />,
      })),
    // the format and the labels follow the language
    [fields, t],
  );
}

function Cell({ person, field, format }: { person: Person; field: FieldInfo; format: Format }) {
  const { t } = useTranslation();
  if (field.name === 'name') return <NameCell person={person} />;
  if (field.name === 'opted_out') return <MailStateWord state={person.mail_status} />;
  const value = valueOf(person, field.name);
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.length > 0 && <Tags tags={value as string[]} />;
  if (typeof value === 'boolean') return value ? t('filter.yes') : t('filter.no');
  if (typeof value === 'number') return format.number(value);
  const text = String(value);
  if (field.type === 'time') return <Ago at={text} />;
  if (field.type === 'date') return format.date(text);
  if (field.name === 'language') return <LanguageName value={text} />;
  return <span dir="auto" title={text}>{text}</span>;
}

function NameCell({ person }: { person: Person }) {
  const { t } = useTranslation();
  const name = nameOf(person);
  return (
    <NameLink to="/people/$personId" params={{ personId: person.id }} title={name} onClick={() => rememberOpened(PEOPLE, person.id)}>
      {name || t('people.noName')}
    </NameLink>
  );
}
