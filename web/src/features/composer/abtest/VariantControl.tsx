/** Which variant is meant. */
import { Box, SegmentedControl, Text } from '@mantine/core';
import { useId } from 'react';
import type { Letter } from './abTest.ts';

interface Props<Value extends string> {
  label: string;
  letters: readonly Letter[];
  value: Value;
  /** What else can be chosen, beside the letters. */
  more?: { value: Value; label: string };
  onChange: (value: Value) => void;
}

export function VariantControl<Value extends string = Letter>({ label, letters, value, more, onChange }: Props<Value>) {
  const id = useId();
  return (
    <Box>
      <Text size="sm" fw={500} id={id} mb={4}>{label}</Text>
      <SegmentedControl size="xs" aria-labelledby={id} data={[...letters.map((value) => ({ value: value as string, label: value })), ...(more ? [more] : [])]} value={value} onChange={(next) => onChange(next as Value)} />
    </Box>
  );
}
