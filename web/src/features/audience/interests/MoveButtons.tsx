/** Up and down. At an end they stay, so that nobody loses their place, and do nothing. */
import { ActionIcon, Group } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { moveMark } from './useMoveFocus.ts';

interface Props {
  id: string;
  name: string;
  isFirst: boolean;
  isLast: boolean;
  onMove: (id: string, by: -1 | 1) => void;
}

export function MoveButtons({ id, name, isFirst, isLast, onMove }: Props) {
  const { t } = useTranslation();
  const button = (by: -1 | 1, isEnd: boolean) => {
    const Icon = by < 0 ? IconArrowUp : IconArrowDown;
    return (
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t(by < 0 ? 'audience.moveUp' : 'audience.moveDown', { name })}
        aria-disabled={isEnd || undefined}
        data-disabled={isEnd || undefined}
        onClick={() => !isEnd && onMove(id, by)}
        {...moveMark(id, by)}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    );
  };
  return (
    <Group gap={0} wrap="nowrap" component="span">
      {button(-1, isFirst)}
      {button(1, isLast)}
    </Group>
  );
}
