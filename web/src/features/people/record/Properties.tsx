/** What is known of a person, each field changed where it stands. */
import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import type { FieldInfo } from '../../../ui/FilterBar/criteria.ts';
import { useFieldLabel } from '../fields.ts';
import { valueOf } from '../person.ts';
import { fieldsQuery } from '../queries.ts';
import { Panel } from './Panel.tsx';
import { PropertyRow } from './PropertyRow.tsx';
import type { Loaded } from './queries.ts';

/** Addresses, tags and consent have their own parts of the page. */
const ELSEWHERE = new Set(['email', 'tag', 'opted_out', 'name', 'company_name']);

function isProperty(field: FieldInfo): boolean {
  return field.editable && !ELSEWHERE.has(field.name) && !field.name.startsWith('company.');
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

export function Properties({ loaded }: { loaded: Loaded }) {
  const { t } = useTranslation();
  const format = useFormat();
  const labelOf = useFieldLabel();
  const fields = useQuery(fieldsQuery).data?.filter(isProperty);
  const [showsEmpty, empties] = useDisclosure(false);
  const person = loaded.data;
  if (!fields) return <Panel title={t('person.properties')}><Skeleton h={300} /></Panel>;
  const empty = fields.filter((field) => isEmpty(valueOf(person, field.name)));
  const shown = showsEmpty ? fields : fields.filter((field) => !empty.includes(field));
  return (
    <Panel title={t('person.properties')}>
      <Stack gap={2}>
        {shown.map((field) => (
          <PropertyRow key={field.name} field={field} label={labelOf(field)} loaded={loaded} />
        ))}
      </Stack>
      {empty.length > 0 && (
        <Button mt="xs" size="compact-sm" variant="subtle" ms={-8} aria-expanded={showsEmpty} onClick={empties.toggle}>
          {showsEmpty ? t('person.hideEmpty') : t('person.showEmpty', { count: empty.length })}
        </Button>
      )}
      <Text size="xs" c="dimmed" mt="xs" title={format.time(person.created_at)}>
        {t('person.created', { when: format.relative(person.created_at) })}
      </Text>
      <Text size="xs" c="dimmed" title={format.time(person.updated_at)}>
        {t('person.updated', { when: format.relative(person.updated_at) })}
      </Text>
    </Panel>
  );
}
