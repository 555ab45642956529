/** One answer after the other: the field is empty again, and the focus stays. */
import { Button, Group, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { sayOfName } from './names.ts';
import { useAddInterest, type Category } from './queries.ts';

export function AddInterest({ category }: { category: Category }) {
  const { t } = useTranslation();
  return <AddName label={t('audience.newInterestOf', { name: category.title })} placeholder={t('audience.newInterest')} act={t('audience.addInterest')} add={useAddInterest(category)} />;
}

/** What is asked of a mutation. */
interface Adding {
  mutate: (name: string, then: { onSuccess: () => void; onError: () => void }) => void;
  reset: () => void;
  isPending: boolean;
  error: unknown;
}

interface Props {
  label: string;
  placeholder: string;
  act: string;
  add: Adding;
}

export function AddName({ label, placeholder, act, add }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const ofName = sayOfName(add.error, 'name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim() || add.isPending) return;
    add.mutate(name.trim(), { onSuccess: () => setName(''), onError: () => input.current?.focus() });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-start">
        <TextInput
          ref={input}
          size="xs"
          w={{ base: '100%', xs: 260 }}
          dir="auto"
          aria-label={label}
          placeholder={placeholder}
          value={name}
          error={ofName}
          onChange={(event) => {
            setName(event.currentTarget.value);
            if (add.error) add.reset();
          }}
        />
        <Button type="submit" size="xs" variant="default" loading={add.isPending} disabled={!name.trim()} leftSection={<IconPlus size={14} aria-hidden />}>
          {act}
        </Button>
      </Group>
      {!ofName && <AudienceProblem error={add.error} title={t('audience.notSaved')} />}
    </form>
  );
}
