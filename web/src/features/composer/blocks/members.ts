/** Members of a block, as they ought to be; what is something else counts as absent. */
import type { Block } from './tree.ts';

export function textOf(block: Block, name: string): string {
  const value = block[name];
  return typeof value === 'string' ? value : '';
}

export function numberOf(block: Block, name: string, usual: number): number {
  const value = block[name];
  return typeof value === 'number' ? value : usual;
}

export interface SocialLink {
  network: string;
  href: string;
  [member: string]: unknown;
}

export function linksOf(block: Block): SocialLink[] {
  return Array.isArray(block.links) ? (block.links as SocialLink[]) : [];
}

/** Pictures of our own store come from where this page comes from; others are not fetched here. */
export function localPicture(src: string): string | null {
  try {
    const { pathname } = new URL(src, location.href);
    return pathname.startsWith('/files/') ? pathname : null;
  } catch {
    return null;
  }
}
