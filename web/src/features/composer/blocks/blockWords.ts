/** What a block says, and how two of it differ, for people who have to decide between them. */
import { linksOf, textOf } from './members.ts';
import { kindOf } from './kinds.ts';
import type { Block, Document } from './tree.ts';

/** Members that are its words, or are no matter of people. */
const TOLD = ['id', 'type', 'text', 'html', 'label', 'alt', 'columns', 'links'];

function plain(html: string): string {
  const { body } = new DOMParser().parseFromString(html.replace(/<(br|\/p|\/li|\/h\d)\b/gi, ' <$1'), 'text/html');
  return (body.textContent ?? '').replace(/\s+/g, ' ').trim();
}

export function innerBlocks({ columns }: Block): Block[] {
  return Array.isArray(columns) ? (columns as unknown[]).flat().filter((one): one is Block => typeof one === 'object' && one !== null) : [];
}

/** ''; it has none. */
export function wordsIn(block: Block): string {
  switch (kindOf(block)) {
    case 'heading': return plain(textOf(block, 'text'));
    case 'text':
    case 'footer': return plain(textOf(block, 'html'));
    case 'html': return textOf(block, 'html').trim();
    case 'button': return textOf(block, 'label');
    case 'image': return textOf(block, 'alt');
    case 'social': return linksOf(block).map(({ network, href }) => `${network} ${href}`.trim()).join(', ');
    case 'columns': return innerBlocks(block).map(wordsIn).filter(Boolean).join(' · ');
    default: return '';
  }
}

/** Settings that differ, each with what it is here; what stands in columns has its own. */
export function settingsOf(block: Block, other: Block): [string, unknown][] {
  const names = [...new Set([...Object.keys(block), ...Object.keys(other)])].filter((name) => !TOLD.includes(name));
  const differ = names.filter((name) => JSON.stringify(block[name]) !== JSON.stringify(other[name]));
  const others = new Map(innerBlocks(other).map((one) => [one.id, one]));
  const inside = innerBlocks(block).flatMap((one) => settingsOf(one, others.get(one.id) ?? one));
  return [...differ.map((name): [string, unknown] => [name, block[name]]), ...inside];
}

/** Those of a mail that are new or not as they were. */
export function changedBlocks(before: Document, now: Document): Block[] {
  const known = new Set(before.blocks.map((block) => JSON.stringify(block)));
  return now.blocks.filter((block) => !known.has(JSON.stringify(block)));
}
