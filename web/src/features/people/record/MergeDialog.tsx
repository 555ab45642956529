/** Two records of one human: the other one is found, compared, and taken in. */
import { Button, Group, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { FieldInfo } from '../../../ui/FilterBar/criteria.ts';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useToast } from '../../../ui/useToast.tsx';
import { useFieldLabel } from '../fields.ts';
import { nameOf, valueOf } from '../person.ts';
import { fieldsQuery, usePeopleFound, type Person } from '../queries.ts';
import { useMergePerson } from './queries.ts';

const MOST = 8;

export function MergeDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const [other, setOther] = useState<Person | null>(null);
  return (
    <Dialog onClose={onClose} size="lg" title={t('person.merge')}>
      {other ? (
        <Compare person={person} other={other} onBack={() => setOther(null)} onClose={onClose} />
      ) : (
        <Find person={person} onFound={setOther} />
      )}
    </Dialog>
  );
}

function Find({ person, onFound }: { person: Person; onFound: (other: Person) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(person.last_name ?? '');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const found = usePeopleFound(q, MOST);
  const others = (found.data ?? []).filter((one) => one.id !== person.id);
  return (
    <Stack gap="sm">
      <Text size="sm">{t('person.mergeAbout', { name: nameOf(person) })}</Text>
      <TextInput
        data-autofocus
        type="search"
        dir="auto"
        label={t('person.mergeFind')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProblemAlert error={found.error} />
      <Stack gap={4} role="list" aria-live="polite">
        {others.map((one) => (
          <div key={one.id} role="listitem">
            <UnstyledButton p="xs" w="100%" onClick={() => onFound(one)}>
              <Text size="sm" fw={500} dir="auto">{nameOf(one) || t('people.noName')}</Text>
              <Text size="xs" c="dimmed" dir="auto">{[one.email, one.company_name].filter(Boolean).join(' · ')}</Text>
            </UnstyledButton>
          </div>
        ))}
        {q !== '' && found.data && others.length === 0 && <Text size="sm" c="dimmed">{t('person.mergeNone')}</Text>}
      </Stack>
    </Stack>
  );
}

interface CompareProps {
  person: Person;
  other: Person;
  onBack: () => void;
  onClose: () => void;
}

function Compare({ person, other, onBack, onClose }: CompareProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const labelOf = useFieldLabel();
  const toast = useToast();
  const merge = useMergePerson(person.id);
  const fields = useQuery(fieldsQuery).data ?? [];
  const words = (of: Person, { name, type }: FieldInfo): string => {
    if (name === 'email') return of.emails.map((one) => one.address).join(', ');
    const value = valueOf(of, name);
    if (type === 'date' && value) return format.date(String(value));
    if (typeof value === 'boolean') return value ? t('filter.yes') : t('filter.no');
    return Array.isArray(value) ? value.join(', ') : String(value ?? '');
  };
  const rows = fields
    .filter((field) => (field.editable || field.name === 'opted_out' || field.name === 'company_name') && field.name !== 'company_id' && !field.name.startsWith('company.'))
    .map((field) => ({ name: field.name, label: labelOf(field), mine: words(person, field), other: words(other, field) }))
    .filter((row) => row.mine || row.other);
  const submit = () =>
    merge.mutate(other.id, {
      onSuccess: () => {
        onClose();
        toast.tell(t('person.merged', { name: nameOf(other) }));
      },
    });
  return (
    <Stack gap="sm">
      <Text size="sm">{t('person.mergeCompare')}</Text>
      <ScrollArea.Autosize mah={360} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': t('person.mergeCompare') }}>
        <FactTable
          label={t('person.mergeCompare')}
          minWidth={480}
          rows={rows}
          keyOf={(row) => row.name}
          isMarked={(row) => row.mine !== row.other}
          columns={[
            { name: 'field', label: t('ui.meetingField'), cell: (row) => row.label },
            { name: 'mine', label: t('person.stays'), isNamed: true, cell: (row) => <bdi>{row.mine}</bdi> },
            { name: 'other', label: t('person.goes'), isNamed: true, cell: (row) => <bdi>{row.other}</bdi> },
          ]}
        />
      </ScrollArea.Autosize>
      <ProblemAlert error={merge.error} title={t('person.notMerged')} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>{t('person.mergeOther')}</Button>
        <Button color="red" data-autofocus loading={merge.isPending} onClick={submit}>
          {t('person.mergeDo', { name: nameOf(other) })}
        </Button>
      </Group>
    </Stack>
  );
}
