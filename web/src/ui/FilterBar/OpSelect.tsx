/** How a field is compared. An op that this program does not know stays as it is. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withOp, type Condition, type FieldInfo } from './criteria.ts';
import { opKey } from './words.ts';

interface Props {
  field: FieldInfo;
  label: string;
  condition: Condition;
  error?: string;
  isFirst?: boolean;
  onChange: (condition: Condition) => void;
}

export function OpSelect({ field, label, condition, error, isFirst, onChange }: Props) {
  const { t } = useTranslation();
  const ops = field.ops.includes(condition.op) ? field.ops : [...field.ops, condition.op];
  return (
    <Select
      data-autofocus={isFirst || undefined}
      label={label}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      data={ops.map((op) => {
        const key = opKey(field, op);
        return { value: op, label: key ? t(key) : op };
      })}
      value={condition.op}
      error={error}
      onChange={(op) => op && onChange(withOp(field, condition, op))}
    />
  );
}
