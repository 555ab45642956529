/** Merge tags as what they are called, as long as nobody writes there: Blocks.module.css shows the one or the other. */
import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { tagParts } from '../mergeTags.ts';
import styles from './Blocks.module.css';

function nameplate(words: string) {
  return () => {
    const plate = document.createElement('span');
    plate.className = styles.tagName!;
    plate.textContent = words;
    return plate;
  };
}

function decorations(doc: Node, nameOf: (tag: string) => string): DecorationSet {
  const found: Decoration[] = [];
  doc.descendants((node, at) => {
    for (const { from, to, tag } of node.isText ? tagParts(node.text ?? '') : []) {
      found.push(Decoration.inline(at + from, at + to, { class: styles.tagCode! }));
      if (tag) found.push(Decoration.widget(at + from, nameplate(nameOf(tag)), { side: -1, key: `${tag} ${nameOf(tag)}` }));
    }
  });
  return DecorationSet.create(doc, found);
}

/** @param nameOf is asked anew whenever it is drawn: the fields may come later */
export function tagNames(nameOf: (tag: string) => string) {
  return Extension.create({
    name: 'tagNames',
    addProseMirrorPlugins: () => [new Plugin({ props: { decorations: ({ doc }) => decorations(doc, nameOf) } })],
  });
}
