/** One of a few, or any: a filter of a list. */
import { Select } from '@mantine/core';

interface Props<Value extends string> {
  label: string;
  among: { value: Value; label: string }[];
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}

export function Choice<Value extends string>({ label, among, value, onChange }: Props<Value>) {
  return (
    <Select
      size="xs"
      w={200}
      clearable
      aria-label={label}
      placeholder={label}
      disabled={among.length === 0}
      data={among}
      value={value ?? null}
      onChange={(chosen) => onChange((chosen as Value | null) ?? undefined)}
    />
  );
}
