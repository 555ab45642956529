/** A state: a word with a dot, never the colour alone. */
import { Box, Group, Text } from '@mantine/core';

interface Props {
  /** Of the dot. */
  color: string;
  word: string;
  /** In as many lines as it takes; else cut where a list has no room. */
  isWhole?: boolean;
  /** All of it, for who points at it. */
  title?: string;
}

export function DotWord({ color, word, isWhole = false, title }: Props) {
  return (
    <Group component="span" display="inline-flex" gap={6} wrap="nowrap" miw={0} maw="100%">
      <Box component="span" w={8} h={8} bg={color} bdrs="xl" flex="none" aria-hidden />
      <Text span size="sm" truncate={!isWhole} title={title}>{word}</Text>
    </Group>
  );
}
