/** A file of the server, where the app is: the address for programs may be another. */
import { Anchor, VisuallyHidden } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { pathOf } from '../paths.ts';

export function FileLink({ address, label, children }: { address: string; label: string; children: ReactNode }) {
  return (
    <Anchor href={pathOf(address)} download size="sm" underline="always">
      <IconDownload size={14} aria-hidden style={{ verticalAlign: 'text-bottom' }} /> {children}
      <VisuallyHidden> {label}</VisuallyHidden>
    </Anchor>
  );
}
