/** What can be done with a row or a block, and the button that takes it away. */
import { ActionIcon, Group, Menu } from '@mantine/core';
import {
  IconArrowBarToRight, IconArrowBarLeft, IconArrowDown, IconArrowUp, IconCopy, IconDots, IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useBuilding } from './context.ts';
import type { Direction } from './tree.ts';

const ways: { to: Direction; icon: typeof IconX }[] = [
  { to: 'up', icon: IconArrowUp },
  { to: 'down', icon: IconArrowDown },
  { to: 'in', icon: IconArrowBarToRight },
  { to: 'out', icon: IconArrowBarLeft },
];

interface Props {
  id: number;
  isBlock?: boolean;
  /** "Condition 2.1", for who does not see where the buttons are. */
  name: string;
}

export function PartMenu({ id, isBlock, name }: Props) {
  const { t } = useTranslation();
  const { acts } = useBuilding();
  return (
    <Group gap={2} wrap="nowrap">
      <Menu position="bottom-end" width={240} withinPortal={false} returnFocus={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" c="dimmed" w={30} h={isBlock ? 30 : 36} data-control={`menu-${id}`} aria-label={t('builder.more', { name })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Items id={id} />
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        c="dimmed"
        w={30} h={isBlock ? 30 : 36}
        aria-label={isBlock ? t('builder.removeBlock', { name }) : t('builder.remove', { name })}
        onClick={() => acts.remove(id)}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

/** Looked up when the menu is opened. */
function Items({ id }: { id: number }) {
  const { t } = useTranslation();
  const { acts, offersOf } = useBuilding();
  const offers = offersOf(id);
  return (
    <>
      <Menu.Item disabled={!offers.duplicate} leftSection={<IconCopy size={16} aria-hidden />} onClick={() => acts.duplicate(id)}>
        {t('builder.duplicate')}
      </Menu.Item>
      <Menu.Divider />
      {ways.map(({ to, icon: Icon }) => (
        <Menu.Item key={to} disabled={!offers[to]} leftSection={<Icon size={16} aria-hidden />} onClick={() => acts.move(id, to)}>
          {t(`builder.move.${to}`)}
        </Menu.Item>
      ))}
    </>
  );
}
