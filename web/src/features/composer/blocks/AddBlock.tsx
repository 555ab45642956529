/** A new block of a kind that is chosen. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { kindIcons, kinds, newBlock } from './kinds.ts';
import type { Block } from './tree.ts';

interface Props {
  label: string;
  isInColumn?: boolean;
  isSmall?: boolean;
  onAdd: (block: Block) => void;
}

export function AddBlock({ label, isInColumn = false, isSmall = false, onAdd }: Props) {
  const { t } = useTranslation();
  const offered = kinds.filter((kind) => !isInColumn || (kind !== 'columns' && kind !== 'footer'));
  return (
    <Menu position="bottom-start" withinPortal returnFocus={false}>
      <Menu.Target>
        {isSmall ? (
          <ActionIcon variant="subtle" size={24} aria-label={label} onClick={(event) => event.stopPropagation()}>
            <IconPlus size={16} aria-hidden />
          </ActionIcon>
        ) : (
          <Button variant="default" size="xs" data-add leftSection={<IconPlus size={14} aria-hidden />}>{label}</Button>
        )}
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
        {offered.map((kind) => {
          const Icon = kindIcons[kind];
          return (
            <Menu.Item
              key={kind}
              leftSection={<Icon size={16} aria-hidden />}
              // the menu goes first, and takes the focus with it
              onClick={() => setTimeout(() => onAdd(newBlock(kind, { leave: t('composer.tag.words.UNSUB'), prefer: t('composer.tag.words.UPDATE_PROFILE') })))}
            >
              {t(`composer.block.${kind}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
