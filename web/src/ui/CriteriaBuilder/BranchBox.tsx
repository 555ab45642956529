/** A block of conditions of which all or any must fit, with "and" or "or" between them. */
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconPlus, IconSquarePlus } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ConditionRow } from './ConditionRow.tsx';
import { useBuilding } from './context.ts';
import styles from './CriteriaBuilder.module.css';
import { PartMenu } from './PartMenu.tsx';
import { isBranchPart, type Branch } from './tree.ts';

interface Props {
  branch: Branch;
  /** The root's is 1. */
  depth: number;
  /** "2.1"; of the root: none. */
  number: string;
  isFull: boolean;
  /** At the end of the head. */
  tools?: ReactNode;
}

export function BranchBox({ branch, depth, number, isFull, tools }: Props) {
  const { t } = useTranslation();
  const { marks, limits, acts } = useBuilding();
  const { id, parts } = branch;
  const isRoot = depth === 1;
  const isAny = branch.own.match === 'any';
  const name = isRoot ? t('builder.title') : t('builder.block', { number });
  const mark = marks.get(id);
  return (
    <div className={isRoot ? undefined : styles.block} role="group" aria-label={name} data-part={id} data-even={depth % 2 === 0 || undefined}>
      <Group justify="space-between" wrap="nowrap" gap="xs" mb={8}>
        <SegmentedControl
          size="xs"
          aria-label={t('builder.match')}
          data={[{ value: 'all', label: t('builder.allFit') }, { value: 'any', label: t('builder.anyFits') }]}
          value={isAny ? 'any' : 'all'}
          onChange={(match) => acts.setMatch(id, match)}
        />
        {tools ?? <PartMenu id={id} isBlock name={name} />}
      </Group>
      {mark?.part === branch && <Text size="xs" c="var(--mantine-color-error)" mb={8} role="alert">{mark.message}</Text>}
      {parts.length === 0 && <Text size="sm" c="dimmed" mb={8}>{t('builder.none')}</Text>}
      {parts.map((part, index) => {
        const at = number ? `${number}.${index + 1}` : String(index + 1);
        return (
          <Fragment key={part.id}>
            {index > 0 && <div className={styles.between}>{isAny ? t('builder.or') : t('builder.and')}</div>}
            {isBranchPart(part) ? <BranchBox branch={part} depth={depth + 1} number={at} isFull={isFull} /> : <ConditionRow row={part} number={at} />}
          </Fragment>
        );
      })}
      <Group gap={4} mt={8} ms={-8}>
        <Button
          variant="subtle"
          size="compact-sm"
          data-control={`add-${id}`}
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={isFull}
          onClick={() => acts.addRow(id)}
        >
          {t('builder.addRow')}
        </Button>
        {depth < limits.depth && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconSquarePlus size={14} aria-hidden />}
            disabled={isFull}
            onClick={() => acts.addBranch(id)}
          >
            {t('builder.addBlock')}
          </Button>
        )}
      </Group>
    </div>
  );
}
