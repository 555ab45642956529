/** The mail as a list of blocks that can be moved by mouse, finger and keyboard. */
import {
  closestCenter, DndContext, PointerSensor, useDroppable, useSensor, useSensors, type Announcements, type DragEndEvent,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { useTranslation } from 'react-i18next';
import { AddBlock } from './AddBlock.tsx';
import { BlockFrame } from './BlockFrame.tsx';
import styles from './Blocks.module.css';
import type { Editing } from './editing.ts';
import { HandleSensor } from './HandleSensor.ts';
import { kindOf } from './kinds.ts';
import { cardStyle } from './look.ts';
import { find, placeIn, type Node } from './tree.ts';

const KEYS = { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] };
const SLOT = /^slot:(.+):(\d+)$/;

/** Of a block that was put down, once it stands there. */
function focusHandle(id: string | undefined): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-block="${CSS.escape(id ?? '')}"] > [data-handle]`)?.focus());
}

export function Canvas({ editing }: { editing: Editing }) {
  const { t } = useTranslation();
  const { blocks, look } = editing;
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(HandleSensor, { coordinateGetter: sortableKeyboardCoordinates, keyboardCodes: KEYS }),
  );
  const nameOf = (key: string | number) => {
    const node = find(blocks.nodes, String(key));
    if (!node) return '';
    const { index, of } = placeIn(blocks.nodes, node.key);
    return t('composer.block.place', { kind: t(`composer.block.${kindOf(node.block)}`), n: index + 1, of });
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => t('composer.move.start', { name: nameOf(active.id) }),
    onDragOver: ({ over }) => {
      const slot = over && SLOT.exec(String(over.id));
      if (slot) return t('composer.move.into', { n: Number(slot[2]) + 1 });
      return over ? t('composer.move.over', { name: nameOf(over.id) }) : t('composer.move.nowhere');
    },
    onDragEnd: ({ over }) => (over ? t('composer.move.end') : t('composer.move.cancel')),
    onDragCancel: () => t('composer.move.cancel'),
  };
  const end = ({ active, over, activatorEvent }: DragEndEvent) => {
    if (activatorEvent instanceof KeyboardEvent) focusHandle(find(blocks.nodes, String(active.id))?.block.id);
    if (!over || over.id === active.id) return;
    const slot = SLOT.exec(String(over.id));
    if (slot) blocks.carryInto(String(active.id), slot[1]!, Number(slot[2]));
    else blocks.carry(String(active.id), String(over.id));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      // who left it for a text goes on there
      accessibility={{ restoreFocus: false, announcements, screenReaderInstructions: { draggable: t('composer.move.how') } }}
      onDragEnd={end}
    >
      <div className={styles.ground} style={{ background: look.background }}>
        <div className={styles.card} style={cardStyle(look)}>
          <Blocks editing={editing} nodes={blocks.nodes} isInColumn={false} />
        </div>
      </div>
    </DndContext>
  );
}

function Blocks({ editing, nodes, isInColumn }: { editing: Editing; nodes: Node[]; isInColumn: boolean }) {
  return (
    <SortableContext items={nodes.map(({ key }) => key)} strategy={verticalListSortingStrategy}>
      {nodes.map((node, index) => (
        <BlockFrame key={node.key} editing={editing} node={node} index={index} of={nodes.length} isInColumn={isInColumn}>
          {node.columns?.map((column, i) => (
            <div key={i} className={styles.column}>
              {column.length > 0 ? <Blocks editing={editing} nodes={column} isInColumn /> : <Slot editing={editing} column={node.key} index={i} />}
            </div>
          ))}
        </BlockFrame>
      ))}
    </SortableContext>
  );
}

/** A column with nothing in it yet. */
function Slot({ editing, column, index }: { editing: Editing; column: string; index: number }) {
  const { t } = useTranslation();
  const { setNodeRef } = useDroppable({ id: `slot:${column}:${index}` });
  return (
    <div ref={setNodeRef} className={styles.slot}>
      <AddBlock isInColumn label={t('composer.block.addHere', { n: index + 1 })} onAdd={(block) => editing.blocks.add(block, { column, index })} />
    </div>
  );
}
