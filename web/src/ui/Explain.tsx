/** What words of the program mean, where they are met first: a question mark beside them, by mouse, touch and keyboard. */
import { ActionIcon, Popover, Text, VisuallyHidden } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Word = 'audience' | 'push' | 'tag' | 'segment';

export function Explain({ words }: { words: Word[] }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const close = () => setOpen(false);
  const told = words.map((word) => ({ name: t(`words.${word}.name`), about: t(`words.${word}.about`) }));
  return (
    <>
      <Popover width={300} position="bottom" withArrow opened={isOpen} onChange={setOpen} withinPortal={false} withRoles={false}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="dimmed"
            size={26}
            aria-label={t('words.whatIs', { names: told.map(({ name }) => name).join(', ') })}
            aria-describedby={id}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            onKeyDown={(event) => event.key === 'Escape' && close()}
            onBlur={close}
          >
            <IconHelp size={16} aria-hidden />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-hidden>
          {told.map(({ name, about }) => (
            <Text key={name} size="sm" fw={400} c="var(--mantine-color-text)" style={{ whiteSpace: 'normal' }} mb={4}><b>{name}:</b> {about}</Text>
          ))}
        </Popover.Dropdown>
      </Popover>
      {/* who hears the page is told at the mark itself */}
      <VisuallyHidden id={id}>{told.map(({ name, about }) => `${name}: ${about}`).join(' ')}</VisuallyHidden>
    </>
  );
}
