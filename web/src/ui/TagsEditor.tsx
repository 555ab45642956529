/** The tags of a record: one is added by its name, and removed by its cross. */
import { ActionIcon, Autocomplete, Group, Pill, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameWords } from './NameInput.tsx';

interface Props {
  tags: string[];
  /** Others that there are already. */
  known: string[];
  isBusy: boolean;
  /** Both left out: they are only shown. */
  onAdd?: (tag: string, onDone: () => void) => void;
  onRemove?: (tag: string) => void;
}

export function TagsEditor({ tags, known, isBusy, onAdd, onRemove }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const words = useNameWords('tag', [...known, ...tags].map((tag) => ({ name: tag })), true, name);
  const input = useRef<HTMLInputElement>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = name.trim();
    if (tag) onAdd?.(tag, () => setName(''));
  };
  const remove = (tag: string) => {
    onRemove?.(tag);
    input.current?.focus();
  };
  return (
    <>
      {tags.length === 0 && <Text size="sm" c="dimmed">{t('person.noTags')}</Text>}
      <Group gap={6}>
        {tags.map((tag) => (
          <Pill
            key={tag}
            size="md"
            withRemoveButton={onRemove !== undefined}
            onRemove={() => remove(tag)}
            removeButtonProps={{ 'aria-label': t('person.removeTag', { tag }), 'aria-hidden': false, tabIndex: 0 }}
          >
            <bdi>{tag}</bdi>
          </Pill>
        ))}
      </Group>
      {onAdd && (
        <form onSubmit={add}>
          {name.trim() && <Text size="xs" c="dimmed" mt="xs" role="status" dir="auto">{words}</Text>}
          <Group gap={6} mt="xs" wrap="nowrap">
            <Autocomplete
              ref={input}
              flex={1}
              size="xs"
              dir="auto"
              aria-label={t('person.addTag')}
              placeholder={t('person.addTag')}
              limit={20}
              data={known.filter((tag) => !tags.includes(tag))}
              value={name}
              onChange={setName}
            />
            <ActionIcon type="submit" variant="default" size={30} aria-label={t('person.addTag')} loading={isBusy} disabled={!name.trim()}>
              <IconPlus size={14} aria-hidden />
            </ActionIcon>
          </Group>
        </form>
      )}
    </>
  );
}
