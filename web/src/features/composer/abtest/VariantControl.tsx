/** Which variant is meant. */
import { Box, SegmentedControl, Text } from '@mantine/core';
import { useId } from 'react';
import type { Letter } from './abTest.ts';

interface Props {
  label: string;
  letters: readonly Letter[];
  value: Letter;
  onChange: (letter: Letter) => void;
}

export function VariantControl({ label, letters, value, onChange }: Props) {
  const id = useId();
  return (
    <Box>
      <Text size="sm" fw={500} id={id} mb={4}>{label}</Text>
      <SegmentedControl size="xs" aria-labelledby={id} data={[...letters]} value={value} onChange={(next) => onChange(next as Letter)} />
    </Box>
  );
}
