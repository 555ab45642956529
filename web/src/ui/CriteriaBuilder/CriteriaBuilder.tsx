/**
 * Criteria, built from rows and blocks: (in Spain or in Portugal) and not
 * tagged vip. By keyboard as by mouse; fifty steps can be taken back (Ctrl Z).
 * What is not finished is told to who saves (lacksOf), not to who types.
 */
import { ActionIcon, Group, Text, VisuallyHidden } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldProblem } from '../../api/problem.ts';
import type { Criteria, FieldInfo } from '../FilterBar/criteria.ts';
import type { Pickers } from '../FilterBar/pickers.ts';
import { BranchBox } from './BranchBox.tsx';
import { BuildingProvider, type Building } from './context.ts';
import styles from './CriteriaBuilder.module.css';
import { isBranchPart, offersOf, rowsOf, usualLimits, type Limits } from './tree.ts';
import { useBuilder, type Acts } from './useBuilder.ts';

interface Props {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  criteria: Criteria | undefined;
  onChange: (criteria: Criteria) => void;
  /** Of places such as criteria.conditions[2].op, which are marked until they are changed. */
  problems: FieldProblem[] | null;
  limits?: Limits;
  wordsOfUnknown?: Building['wordsOfUnknown'];
}

export function CriteriaBuilder({ fields, labelOf, pickers, criteria, onChange, problems, limits = usualLimits, wordsOfUnknown }: Props) {
  const { t } = useTranslation();
  const container = useRef<HTMLDivElement>(null);
  const { tree, canUndo, canRedo, marks, done, acts } = useBuilder({ criteria, onChange, problems, limits, container });
  const latest = useRef(tree);
  useEffect(() => {
    latest.current = tree;
  });
  const building = useMemo<Building>(
    () => ({ fields, labelOf, pickers, limits, wordsOfUnknown, marks, acts, offersOf: (id) => offersOf(latest.current, id, limits) }),
    [fields, labelOf, pickers, limits, wordsOfUnknown, marks, acts],
  );
  const isFull = rowsOf(tree).length >= limits.conditions;
  return (
    <div ref={container} className={styles.builder} onKeyDown={(event) => onKey(event, acts)} onBlur={acts.seal}>
      <BuildingProvider value={building}>
        <BranchBox branch={tree} depth={1} number="" isFull={isFull} tools={<Steps canUndo={canUndo} canRedo={canRedo} acts={acts} />} />
      </BuildingProvider>
      {!tree.parts.some(isBranchPart) && <Text size="xs" c="dimmed" mt={4}>{t('builder.blockHint')}</Text>}
      {isFull && <Text size="xs" c="dimmed" mt={4}>{t('builder.full', { count: limits.conditions })}</Text>}
      <VisuallyHidden role="status">{done && <span key={done.n}>{t(`builder.done.${done.what}`)}</span>}</VisuallyHidden>
    </div>
  );
}

function onKey(event: KeyboardEvent, acts: Acts) {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === 'z' || key === 'y')) {
    event.preventDefault();
    if (key === 'y' || event.shiftKey) acts.redo();
    else acts.undo();
  }
  // a value is not the end of the form
  if (key === 'enter' && event.target instanceof HTMLInputElement) event.preventDefault();
}

/** They keep the focus when there is nothing more to do. */
function Steps({ canUndo, canRedo, acts }: { canUndo: boolean; canRedo: boolean; acts: Acts }) {
  const { t } = useTranslation();
  const steps = [
    { label: t('builder.undo'), keys: 'Control+Z', icon: IconArrowBackUp, can: canUndo, act: acts.undo },
    { label: t('builder.redo'), keys: 'Control+Shift+Z', icon: IconArrowForwardUp, can: canRedo, act: acts.redo },
  ];
  return (
    <Group gap={2} wrap="nowrap">
      {steps.map(({ label, keys, icon: Icon, can, act }) => (
        <ActionIcon
          key={keys}
          variant="subtle"
          color="gray"
          c="dimmed"
          size={30}
          aria-label={label}
          title={label}
          aria-keyshortcuts={keys}
          aria-disabled={!can}
          opacity={can ? 1 : 0.35}
          onClick={act}
        >
          <Icon size={16} aria-hidden />
        </ActionIcon>
      ))}
    </Group>
  );
}
