/** Opens who is in a segment: the tab of members. */
import { Anchor, type AnchorProps } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

function membersPath(listId: string, segmentId: number): string {
  return `/audience?${new URLSearchParams({ tab: 'members', list: listId, segment: String(segmentId) })}`;
}

interface Props extends AnchorProps {
  listId: string;
  segmentId: number;
  label?: string;
  children: ReactNode;
}

export function MembersLink({ listId, segmentId, label, children, ...looks }: Props) {
  const router = useRouter();
  const href = membersPath(listId, segmentId);
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    router.history.push(href);
  };
  return <Anchor href={href} fz="inherit" aria-label={label} {...looks} onClick={open}>{children}</Anchor>;
}
