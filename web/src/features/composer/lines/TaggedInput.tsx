/** One line of a mail that may hold merge tags, and how long it is to be. */
import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { MergeTagMenu } from '../MergeTagMenu.tsx';
import { insertInto, lengthRead, tagPieces } from '../mergeTags.ts';
import { TaggedWords } from '../TagChip.tsx';

interface InputProps {
  label: string;
  about?: string;
  /** So many letters are shown nearly everywhere. */
  good: number;
  value: string;
  onChange: (value: string) => void;
}

export function TaggedInput({ label, about, good, value, onChange }: InputProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const length = lengthRead(value);
  return (
    <Stack gap={4}>
      <Group align="flex-end" gap="xs">
        <TextInput
          ref={input}
          flex="1 1 220px"
          label={label}
          description={about}
          dir="auto"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <MergeTagMenu onInsert={({ text }) => input.current && onChange(insertInto(input.current, text))} of={label} />
      </Group>
      {tagPieces(value).some((piece) => typeof piece !== 'string') && <Text size="sm" component="div" dir="auto"><TaggedWords text={value} onChange={onChange} /></Text>}
      <Text size="xs" c="dimmed">
        {length > good ? t('composer.subject.long', { count: length, good }) : t('composer.subject.length', { count: length, good })}
      </Text>
    </Stack>
  );
}
