/** One condition: field, comparison, value. */
import { Text } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { begin } from '../FilterBar/criteria.ts';
import { FieldSelect } from '../FilterBar/FieldSelect.tsx';
import { OpSelect } from '../FilterBar/OpSelect.tsx';
import { ValueInput } from '../FilterBar/ValueInput.tsx';
import { useBuilding } from './context.ts';
import styles from './CriteriaBuilder.module.css';
import { PartMenu } from './PartMenu.tsx';
import type { Row } from './tree.ts';

interface Props {
  row: Row;
  /** "2.1": the first one of the second block. */
  number: string;
}

export const ConditionRow = memo(function ConditionRow({ row, number }: Props) {
  const { t } = useTranslation();
  const { fields, labelOf, pickers, wordsOfUnknown, marks, acts } = useBuilding();
  const { id, condition } = row;
  const field = fields.find((one) => one.name === condition.field);
  const mark = marks.get(id);
  const isMarked = mark?.part === row;
  const errorAt = (member: string) => (isMarked && mark.member === member ? mark.message : undefined);
  const isOfValue = isMarked && !['', 'field', 'op'].includes(mark.member);
  const name = t('builder.condition', { number });
  const set = (next: typeof condition) => acts.setCondition(id, next);
  return (
    <div className={styles.row} role="group" aria-label={name} data-part={id}>
      <div className={styles.controls}>
        {field || !condition.field ? (
          <div className={styles.field}>
            <FieldSelect fields={fields} labelOf={labelOf} value={field?.name ?? null} error={errorAt('field')} onChange={(chosen) => set(begin(chosen))} />
          </div>
        ) : (
          <Unknown {...(wordsOfUnknown?.(condition) ?? { says: wordsOf(condition), about: t('builder.unknown') })} />
        )}
        {field && (
          <>
            <div className={styles.op}>
              <OpSelect label={t('filter.condition')} field={field} condition={condition} error={errorAt('op')} onChange={set} />
            </div>
            <div className={styles.value}>
              <ValueInput field={field} condition={condition} pickers={pickers} error={isOfValue ? mark.message : undefined} onChange={set} />
            </div>
          </>
        )}
        {isMarked && (mark.member === '' || !field) && condition.field && <Text size="xs" c="var(--mantine-color-error)" w="100%" role="alert">{mark.message}</Text>}
      </div>
      <PartMenu id={id} name={name} />
    </div>
  );
});

function wordsOf({ field, op, value }: Row['condition']): string {
  return [field, op, value].filter((word) => word !== undefined).map(String).join(' ');
}

/** Of a field that there is no more: shown, kept, and to be taken away. */
function Unknown({ says, about }: { says: string; about: string }) {
  return (
    <Text size="sm" flex={1} py={6}>
      <bdi>{says}</bdi>
      <Text span size="xs" c="dimmed" ms="xs">{about}</Text>
    </Text>
  );
}
