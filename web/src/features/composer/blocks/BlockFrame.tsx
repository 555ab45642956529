/** Around a block: a handle to move it, what can be done with it, and what is wrong with it. */
import { ActionIcon, Group } from '@mantine/core';
import { useSortable } from '@dnd-kit/sortable';
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AddBlock } from './AddBlock.tsx';
import styles from './Blocks.module.css';
import { BlockView } from './BlockView.tsx';
import type { Editing } from './editing.ts';
import { kindIcons, kindOf } from './kinds.ts';
import { blockStyle } from './look.ts';
import type { Node } from './tree.ts';

interface Props {
  editing: Editing;
  node: Node;
  /** Its place among its neighbours. */
  index: number;
  of: number;
  isInColumn: boolean;
  children?: ReactNode;
}

/** Its own text, else what it is moved by: a space pressed there picks it up. */
function whereToGoOn(frame: HTMLElement): HTMLElement | null {
  const texts = [...frame.querySelectorAll<HTMLElement>('[role="textbox"]')];
  return texts.find((text) => text.closest('[data-block]') === frame) ?? frame.querySelector<HTMLElement>('[data-handle]');
}

export function BlockFrame({ editing, node, index, of, isInColumn, children }: Props) {
  const { t } = useTranslation();
  const { blocks, look, problemsOf, settings } = editing;
  const { key, block } = node;
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: key });
  const frame = useRef<HTMLDivElement>(null);
  const isSelected = blocks.selected === key;
  const kind = kindOf(block);
  const Icon = kindIcons[kind];
  const name = t('composer.block.place', { kind: t(`composer.block.${kind}`), n: index + 1, of });
  const problems = problemsOf(block.id);

  const isWanted = blocks.wanted === key;
  useEffect(() => {
    if (!isWanted || !frame.current) return;
    whereToGoOn(frame.current)?.focus();
    frame.current.scrollIntoView({ block: 'nearest' });
    blocks.arrived();
  }, [isWanted, blocks]);
  return (
    <div
      ref={(element) => {
        setNodeRef(element);
        frame.current = element;
      }}
      role="group"
      aria-label={name}
      data-block={block.id}
      data-selected={isSelected || undefined}
      data-moving={isDragging || undefined}
      className={styles.block}
      style={{ transform: transform ? `translate(${transform.x}px, ${transform.y}px)` : undefined, transition }}
      onFocusCapture={() => blocks.select(key)}
      onClick={(event) => {
        event.stopPropagation();
        blocks.select(key);
      }}
    >
      <ActionIcon
        ref={setActivatorNodeRef}
        {...attributes}
        {...listeners}
        data-handle
        // with a mouse; who comes with the keyboard may pick it up there
        onClick={({ detail }) => detail > 0 && frame.current && whereToGoOn(frame.current)?.focus()}
        className={styles.handle}
        variant="default"
        size={24}
        aria-label={name}
      >
        <Icon size={14} aria-hidden />
      </ActionIcon>
      {isSelected && <Bar editing={editing} node={node} name={name} isFirst={index === 0} isLast={index === of - 1} isInColumn={isInColumn} />}
      <div style={kind === 'image' && block.full === true ? undefined : { ...blockStyle(block, look), ...(isInColumn ? { paddingInline: 0 } : {}) }}>
        <BlockView node={node} look={look} isSelected={isSelected} name={name} onChange={(change) => blocks.change(key, change)}>
          {children}
        </BlockView>
      </div>
      {problems.map((words) => <div key={words} className={styles.problem}>{words}</div>)}
      {isSelected && settings?.(node)}
    </div>
  );
}

interface BarProps extends Pick<Props, 'editing' | 'node' | 'isInColumn'> {
  name: string;
  isFirst: boolean;
  isLast: boolean;
}

function Bar({ editing: { blocks }, node: { key }, name, isFirst, isLast, isInColumn }: BarProps) {
  const { t } = useTranslation();
  const acts = [
    { what: 'up', icon: IconArrowUp, off: isFirst, act: () => blocks.shift(key, -1) },
    { what: 'down', icon: IconArrowDown, off: isLast, act: () => blocks.shift(key, 1) },
    { what: 'copy', icon: IconCopy, off: false, act: () => blocks.copy(key) },
    { what: 'remove', icon: IconTrash, off: false, act: () => blocks.drop(key) },
  ] as const;
  return (
    <Group gap={2} className={styles.bar} role="toolbar" aria-label={t('composer.block.acts', { name })} wrap="nowrap">
      {acts.map(({ what, icon: Icon, off, act }) => (
        <ActionIcon
          key={what}
          title={t(`composer.block.${what}`)}
          variant="subtle"
          size={24}
          aria-label={t(`composer.block.${what}`)}
          // not "disabled", by which the focus would be lost
          aria-disabled={off}
          data-disabled={off || undefined}
          onClick={(event) => {
            event.stopPropagation();
            if (!off) act();
          }}
        >
          <Icon size={16} aria-hidden />
        </ActionIcon>
      ))}
      <AddBlock isSmall isInColumn={isInColumn} label={t('composer.block.addBelow')} onAdd={(block) => blocks.add(block, { after: key })} />
    </Group>
  );
}
