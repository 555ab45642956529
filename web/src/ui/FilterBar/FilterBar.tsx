/**
 * The filter of a list as chips, all of which must fit. A chip opens where its
 * condition can be changed; what chips cannot say is one that can be removed.
 */
import { Button, Group, Popover, UnstyledButton } from '@mantine/core';
import { IconFilterPlus } from '@tabler/icons-react';
import { useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './FilterBar.module.css';
import { CriteriaWords } from '../CriteriaBuilder/CriteriaWords.tsx';
import { Chip, ChipWords } from './Chip.tsx';
import { ConditionWords } from './ConditionWords.tsx';
import { conditionsOf, criteriaOf, type Condition, type Criteria, type FieldInfo } from './criteria.ts';
import { FilterEditor } from './FilterEditor.tsx';
import type { Pickers } from './pickers.ts';

export interface FilterBarProps {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  criteria: Criteria | undefined;
  onChange: (criteria: Criteria | undefined) => void;
}

export function FilterBar(props: FilterBarProps) {
  const { fields, criteria, onChange } = props;
  const { t } = useTranslation();
  const add = useRef<HTMLButtonElement>(null);
  const conditions = conditionsOf(criteria);
  const change = (next: Condition[]) => onChange(criteriaOf(next));
  const remove = (next: Condition[]) => {
    change(next);
    // after the chip has gone
    setTimeout(() => add.current?.focus());
  };
  return (
    <Group gap={6} role="group" aria-label={t('filter.title')}>
      {conditions === null && (
        <Chip isWide onRemove={() => remove([])}>
          <ChipWords>
            <CriteriaWords fields={fields} labelOf={props.labelOf} pickers={props.pickers} criteria={criteria} />
          </ChipWords>
        </Chip>
      )}
      {conditions?.map((condition, index) => (
        <Chip key={index} onRemove={() => remove(conditions.filter((_condition, i) => i !== index))}>
          <ConditionChip
            props={props}
            condition={condition}
            onApply={(next) => change(conditions.map((old, i) => (i === index ? next : old)))}
          />
        </Chip>
      ))}
      {conditions !== null && (
        <EditPopover props={props} onApply={(next) => change([...conditions, next])}>
          {(open) => (
            <Button
              ref={add}
              variant="subtle"
              size="compact-sm"
              leftSection={<IconFilterPlus size={14} aria-hidden />}
              disabled={fields.length === 0}
              onClick={open}
            >
              {t('filter.add')}
            </Button>
          )}
        </EditPopover>
      )}
    </Group>
  );
}

interface ConditionChipProps {
  props: FilterBarProps;
  condition: Condition;
  onApply: (condition: Condition) => void;
}

/** Opens where it can be changed; of a field that is not known, only says its name. */
function ConditionChip({ props, condition, onApply }: ConditionChipProps) {
  const field = props.fields.find((one) => one.name === condition.field);
  if (!field) return <ChipWords>{condition.field}</ChipWords>;
  return (
    <EditPopover props={props} initial={condition} onApply={onApply}>
      {(open) => (
        <UnstyledButton className={styles.words} onClick={open}>
          <ConditionWords condition={condition} field={field} label={props.labelOf(field)} pickers={props.pickers} />
        </UnstyledButton>
      )}
    </EditPopover>
  );
}

interface EditProps {
  props: FilterBarProps;
  initial?: Condition;
  onApply: (condition: Condition) => void;
  /** The button that opens it. */
  children: (open: () => void) => ReactElement;
}

/** Escape closes an open list of the filter first. */
function isListOpen(editor: HTMLElement): boolean {
  return editor.querySelector('[role="combobox"][aria-expanded="true"], [aria-haspopup="listbox"][aria-expanded="true"]') !== null;
}

/** Named by the button that opens it. */
function EditPopover({ props, initial, onApply, children }: EditProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={320} trapFocus returnFocus closeOnEscape={false} shadow="md">
      <Popover.Target>{children(() => setOpen((was) => !was))}</Popover.Target>
      <Popover.Dropdown
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !isListOpen(event.currentTarget)) setOpen(false);
        }}
      >
        <FilterEditor
          {...props}
          initial={initial}
          onApply={(condition) => {
            setOpen(false);
            onApply(condition);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
