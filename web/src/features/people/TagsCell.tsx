/** The tags of a row: as many as are whole there; the others open. */
import { Badge, Group, Popover, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useIsPhone } from '../../ui/DataTable/DataTable.tsx';
import { isCut, tagsShown } from './tagsShown.ts';

const whole = { root: { maxWidth: '100%', height: 'auto', minHeight: 18 }, label: { whiteSpace: 'normal', overflowWrap: 'anywhere' } } as const;

function Tag({ tag, isWhole = false }: { tag: string; isWhole?: boolean }) {
  return (
    <Badge variant="default" size="sm" tt="none" fw={400} dir="auto" style={{ flexShrink: 1 }} styles={isWhole ? whole : undefined}>
      {tag}
    </Badge>
  );
}

export function Tags({ tags }: { tags: string[] }) {
  const [isOpen, setOpen] = useState(false);
  const isCard = useIsPhone();
  const shown = tags.slice(0, tagsShown(tags, isCard));
  const more = tags.length - shown.length;
  const row = (
    <Group component="span" gap={4} wrap={isCard ? 'wrap' : 'nowrap'}>
      {shown.map((tag) => <Tag key={tag} tag={tag} isWhole={isCard} />)}
      {more > 0 && <Text span size="xs" td="underline">+{more}</Text>}
    </Group>
  );
  if (!isCut(tags, isCard)) return row;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" width={260} withArrow>
      <Popover.Target>
        <UnstyledButton tabIndex={-1} maw="100%" mih={24} title={tags.join(', ')} onClick={() => setOpen(!isOpen)}>{row}</UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Group gap={4} mah={240} style={{ overflow: 'auto' }}>{tags.map((tag) => <Tag key={tag} tag={tag} isWhole />)}</Group>
      </Popover.Dropdown>
    </Popover>
  );
}
