/** Links in cells. The keyboard opens the row: they are no stops of their own. */
import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { forwardRef, type AnchorHTMLAttributes } from 'react';

type Props = AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

const CellAnchor = forwardRef<HTMLAnchorElement, Props>((props, ref) => <Anchor ref={ref} tabIndex={-1} fz="inherit" {...props} />);
CellAnchor.displayName = 'CellAnchor';

const NameAnchor = forwardRef<HTMLAnchorElement, Props>((props, ref) => (
  <CellAnchor ref={ref} fw={500} c="var(--mantine-color-text)" dir="auto" {...props} />
));
NameAnchor.displayName = 'NameAnchor';

export const CellLink = createLink(CellAnchor);
/** To what the row is of. */
export const NameLink = createLink(NameAnchor);
