/** A tag of the audience: one that there is, or a new one with nobody in it. */
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../../api/problem.ts';
import { ProblemAlert } from '../../../../ui/ProblemAlert.tsx';
import { sayOfName } from '../../interests/names.ts';
import { segmentsQuery } from '../queries.ts';
import { useNewTag } from './queries.ts';

const NAME_MAX = 100;

interface Props {
  listId: string;
  /** A new one can be made. */
  mayMake: boolean;
  value: number | undefined;
  onChange: (id: number | undefined) => void;
}

export function TagInput({ listId, mayMake, value, onChange }: Props) {
  const { t } = useTranslation();
  const tags = (useQuery(segmentsQuery(listId)).data ?? []).filter(({ type }) => type === 'static');
  return (
    <Stack gap="xs">
      <Select
        data-autofocus
        label={t('bulk.tag')}
        dir="auto"
        searchable
        clearable
        selectFirstOptionOnChange
        limit={50}
        nothingFoundMessage={t('members.nothingFound')}
        clearButtonProps={{ 'aria-label': t('filter.remove') }}
        data={tags.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={value === undefined ? null : String(value)}
        onChange={(id) => onChange(id === null ? undefined : Number(id))}
      />
      {mayMake && <NewTag listId={listId} onMade={onChange} />}
    </Stack>
  );
}

function NewTag({ listId, onMade }: { listId: string; onMade: (id: number) => void }) {
  const { t } = useTranslation();
  const create = useNewTag(listId);
  const [name, setName] = useState('');
  const ofName = sayOfName(create.error, 'name');
  const make = () =>
    create.mutate(name.trim(), {
      onSuccess: ({ id }) => {
        setName('');
        onMade(id);
      },
    });
  return (
    <>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          label={t('members.bulk.newTag')}
          dir="auto"
          maxLength={NAME_MAX}
          value={name}
          error={ofName}
          onChange={(event) => {
            setName(event.currentTarget.value);
            create.reset();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (name.trim()) make();
          }}
        />
        <Button variant="default" disabled={!name.trim()} loading={create.isPending} onClick={make}>{t('bulk.makeGroup')}</Button>
      </Group>
      {create.error && !ofName && <ProblemAlert error={problemOf(create.error)} />}
    </>
  );
}
