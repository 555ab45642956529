/** A person's tags: one is added by its name, and removed by its cross. */
import { ActionIcon, Autocomplete, Group, Pill, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Explain } from '../../../ui/Explain.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useTags, type Person } from '../queries.ts';
import { Panel } from './Panel.tsx';
import { useStep } from './queries.ts';

export function Tags({ person }: { person: Person }) {
  const { t } = useTranslation();
  const step = useStep(person.id);
  const known = useTags().data ?? [];
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = name.trim();
    if (!tag) return;
    step.mutate((now) => ({ tags: [...now.tags, tag] }), { onSuccess: () => setName('') });
  };
  const remove = (tag: string) => {
    step.mutate((now) => ({ tags: now.tags.filter((one) => one !== tag) }));
    input.current?.focus();
  };
  return (
    <Panel title={t('person.tags')} beside={<Explain words={['tag']} />}>
      {person.tags.length === 0 && <Text size="sm" c="dimmed">{t('person.noTags')}</Text>}
      <Group gap={6}>
        {person.tags.map((tag) => (
          <Pill
            key={tag}
            size="md"
            withRemoveButton
            onRemove={() => remove(tag)}
            removeButtonProps={{ 'aria-label': t('person.removeTag', { tag }), 'aria-hidden': false, tabIndex: 0 }}
          >
            <bdi>{tag}</bdi>
          </Pill>
        ))}
      </Group>
      <form onSubmit={add}>
        <Group gap={6} mt="xs" wrap="nowrap">
          <Autocomplete
            ref={input}
            flex={1}
            size="xs"
            dir="auto"
            aria-label={t('person.addTag')}
            placeholder={t('person.addTag')}
            limit={20}
            data={known.map((tag) => tag.name).filter((tag) => !person.tags.includes(tag))}
            value={name}
            onChange={setName}
          />
          <ActionIcon type="submit" variant="default" size={30} aria-label={t('person.addTag')} loading={step.isPending} disabled={!name.trim()}>
            <IconPlus size={14} aria-hidden />
          </ActionIcon>
        </Group>
      </form>
      <ProblemAlert error={step.error} title={t('person.notSaved')} />
    </Panel>
  );
}
