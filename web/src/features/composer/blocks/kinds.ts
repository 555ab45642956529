/** Which blocks there are, and what a new one begins with. */
import {
  IconColumns2, IconForms, IconH1, IconAlignLeft, IconPhoto, IconHandClick, IconMinus, IconSpacingVertical, IconShare, IconCode, IconLayoutBottombar,
  type Icon,
} from '@tabler/icons-react';
import type { Block } from './tree.ts';

export const kinds = ['heading', 'text', 'image', 'button', 'columns', 'divider', 'spacer', 'social', 'html', 'footer'] as const;
export type Kind = (typeof kinds)[number];

export const kindIcons: Record<Kind | 'other', Icon> = {
  heading: IconH1, text: IconAlignLeft, image: IconPhoto, button: IconHandClick, columns: IconColumns2, divider: IconMinus,
  spacer: IconSpacingVertical, social: IconShare, html: IconCode, footer: IconLayoutBottombar, other: IconForms,
};

export function kindOf({ type }: Block): Kind | 'other' {
  return kinds.find((kind) => kind === type) ?? 'other';
}

/** What the texts of a footer are in the reader's language. */
export interface FooterWords {
  leave: string;
  prefer: string;
}

const ways = ({ leave, prefer }: FooterWords) => `<p><a href="*|UPDATE_PROFILE|*">${prefer}</a> · <a href="*|UNSUB|*">${leave}</a></p>`;

export function newBlock(kind: Kind, words: FooterWords): Block {
  switch (kind) {
    case 'heading': return { type: kind, text: '', level: 2 };
    case 'text': return { type: kind, html: '' };
    case 'image': return { type: kind, src: '', alt: '', width: 100 };
    case 'button': return { type: kind, label: '', href: '' };
    case 'columns': return { type: kind, ratio: '1:1', columns: [[], []], stack: true };
    case 'divider': return { type: kind };
    case 'spacer': return { type: kind, height: 24 };
    case 'social': return { type: kind, links: [] };
    case 'html': return { type: kind, html: '' };
    case 'footer': return { type: kind, html: `<p>*|LIST:COMPANY|*<br>*|LIST:ADDRESS|*</p>${ways(words)}` };
  }
}

/** A mail with nothing in it but where one begins, and how one gets rid of it. */
export function blankDocument(words: FooterWords) {
  return {
    version: 1,
    blocks: [
      { id: 'b1', ...newBlock('heading', words), level: 1 },
      { id: 'b2', ...newBlock('text', words) },
      { id: 'b3', ...newBlock('footer', words) },
    ],
  };
}
