/** A merge tag in a text is one thing: it is read by name, taken away as a whole, and a click asks what is said instead. */
import { Node as Schema } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, type Transaction } from '@tiptap/pm/state';
import { NodeViewWrapper, ReactNodeViewRenderer, type NodeViewProps } from '@tiptap/react';
import { tagPieces } from '../mergeTags.ts';
import { TagChip } from '../TagChip.tsx';

const codeOf = (node: Node) => String(node.attrs.code ?? '');

function TagView({ node, updateAttributes, deleteNode, editor }: NodeViewProps) {
  const piece = tagPieces(codeOf(node))[0];
  if (!piece || typeof piece === 'string') return <NodeViewWrapper as="span">{codeOf(node)}</NodeViewWrapper>;
  return (
    <NodeViewWrapper as="span">
      <TagChip
        piece={piece}
        onChange={(code) => {
          if (code === null) deleteNode();
          else updateAttributes({ code });
          editor.commands.focus();
        }}
      />
    </NodeViewWrapper>
  );
}

/** What is typed or pasted becomes one, once it is whole. */
function unite(doc: Node, tr: Transaction): Transaction | null {
  const found: { from: number; to: number; code: string; marks: Node['marks'] }[] = [];
  doc.descendants((node, at) => {
    let from = at;
    for (const piece of node.isText ? tagPieces(node.text ?? '') : []) {
      const code = typeof piece === 'string' ? piece : piece.code;
      if (typeof piece !== 'string') found.push({ from, to: from + code.length, code, marks: node.marks });
      from += code.length;
    }
  });
  for (const { from, to, code, marks } of found.reverse()) tr.replaceWith(from, to, doc.type.schema.nodes.mergeTag!.create({ code }, null, marks));
  return found.length > 0 ? tr : null;
}

export const TagNode = Schema.create({
  name: 'mergeTag',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  addAttributes: () => ({
    code: { default: '', parseHTML: (element: HTMLElement) => element.getAttribute('data-tag'), renderHTML: ({ code }: { code?: string }) => ({ 'data-tag': code }) },
  }),
  parseHTML: () => [{ tag: 'span[data-tag]' }],
  renderHTML: ({ HTMLAttributes }) => ['span', HTMLAttributes],
  renderText: ({ node }) => codeOf(node),
  addNodeView: () => ReactNodeViewRenderer(TagView),
  addProseMirrorPlugins: () => [new Plugin({
    appendTransaction: (done, _before, { doc, tr }) => (done.some(({ docChanged }) => docChanged) ? unite(doc, tr) : null),
  })],
});
