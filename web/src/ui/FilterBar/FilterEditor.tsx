/** One condition: which field, how it is compared, with what. */
import { Button, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { begin, isComplete, type Condition, type FieldInfo } from './criteria.ts';
import { FieldSelect } from './FieldSelect.tsx';
import { OpSelect } from './OpSelect.tsx';
import type { Pickers } from './pickers.ts';
import { ValueInput } from './ValueInput.tsx';

interface Props {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  initial?: Condition;
  onApply: (condition: Condition) => void;
}

export function FilterEditor({ fields, labelOf, pickers, initial, onApply }: Props) {
  const { t } = useTranslation();
  const [condition, setCondition] = useState(initial);
  const field = fields.find((one) => one.name === condition?.field);
  const ready = field && condition && isComplete(field, condition);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onApply(condition);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        {!initial && (
          <FieldSelect isFirst fields={fields} labelOf={labelOf} value={field?.name ?? null} onChange={(chosen) => setCondition(begin(chosen))} />
        )}
        {field && condition && (
          <>
            <OpSelect
              isFirst={initial !== undefined}
              label={initial ? labelOf(field) : t('filter.condition')}
              field={field}
              condition={condition}
              onChange={setCondition}
            />
            <ValueInput field={field} condition={condition} pickers={pickers} onChange={setCondition} />
          </>
        )}
        <Button type="submit" size="xs" disabled={!ready}>
          {t('filter.apply')}
        </Button>
      </Stack>
    </form>
  );
}
