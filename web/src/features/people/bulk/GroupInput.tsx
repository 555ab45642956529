/** A group whose list is fixed: one that there is, or a new one with nobody in it. */
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../../api/problem.ts';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useCreateGroup, useStaticGroups } from '../queries.ts';

const MOST = 50;

interface Props {
  /** A new one can be made. */
  mayMake: boolean;
  value: number | null;
  onChange: (id: number | null) => void;
}

export function GroupInput({ mayMake, value, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ id: number; name: string } | null>(null);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const groups = useStaticGroups(q === chosen?.name ? '' : q, MOST);
  const names = new Map(groups.data?.map(({ id, name }) => [String(id), name]));
  if (chosen) names.set(String(chosen.id), chosen.name);
  const choose = (group: { id: number; name: string } | null) => {
    setChosen(group);
    onChange(group?.id ?? null);
  };
  return (
    <Stack gap="xs">
      <Select
        data-autofocus
        label={t('bulk.group')}
        placeholder={t('bulk.groupHint')}
        dir="auto"
        searchable
        selectFirstOptionOnChange
        clearable
        nothingFoundMessage={t('bulk.noGroup')}
        // the server has searched already
        filter={({ options }) => options}
        searchValue={typed}
        onSearchChange={setTyped}
        data={[...names].map(([id, name]) => ({ value: id, label: name }))}
        value={value === null ? null : String(value)}
        onChange={(id) => choose(id === null ? null : { id: Number(id), name: names.get(id) ?? '' })}
      />
      {mayMake && <NewGroup onMade={choose} />}
    </Stack>
  );
}

function NewGroup({ onMade }: { onMade: (group: { id: number; name: string }) => void }) {
  const { t } = useTranslation();
  const create = useCreateGroup();
  const [name, setName] = useState('');
  const problem = create.error ? problemOf(create.error) : null;
  const make = () =>
    create.mutate(name.trim(), {
      onSuccess: (group) => {
        setName('');
        onMade(group);
      },
    });
  return (
    <>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          label={t('bulk.newGroup')}
          dir="auto"
          maxLength={100}
          value={name}
          error={problem?.status === 409 ? t('bulk.groupTaken') : problem?.of('name')}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (name.trim()) make();
          }}
        />
        <Button variant="default" disabled={!name.trim()} loading={create.isPending} onClick={make}>
          {t('bulk.makeGroup')}
        </Button>
      </Group>
      {problem && problem.status !== 409 && !problem.of('name') && <ProblemAlert error={problem} />}
    </>
  );
}
