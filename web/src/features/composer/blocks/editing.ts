/** What every block of the editor needs to know. */
import type { ReactNode } from 'react';
import type { Look } from './look.ts';
import type { Node } from './tree.ts';
import type { Blocks } from './useBlocks.ts';

export interface Editing {
  blocks: Blocks;
  look: Look;
  /** In words. */
  problemsOf: (id: string | undefined) => string[];
  /** Where there is no room beside: they stand in the block. */
  settings?: (node: Node) => ReactNode;
}
