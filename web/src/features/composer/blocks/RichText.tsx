/** Text of a block, written where it stands. What comes out is what a mail's text may have. */
import { Node } from '@tiptap/core';
import { Color, TextStyle } from '@tiptap/extension-text-style';
import { EditorContent, useEditor, type Editor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useRef } from 'react';
import styles from './Blocks.module.css';
import { TextTools } from './TextTools.tsx';
import { TagNode } from './TagNode.tsx';
import { tagNames } from './tagNames.ts';
import { withoutTagNodes, withTagNodes } from '../mergeTags.ts';
import { useTagName } from '../useTagName.ts';

interface Props {
  label: string;
  html: string;
  /** One line without paragraphs. */
  isLine?: boolean;
  isSelected: boolean;
  placeholder: string;
  onChange: (html: string) => void;
}

const OneLine = Node.create({ name: 'doc', topNode: true, content: 'paragraph' });
const RUNS = /^\s*(javascript|vbscript|data):/i;

function extensions(isLine: boolean, nameOf: (tag: string) => string) {
  return [
    StarterKit.configure({
      ...(isLine ? { document: false } as const : {}),
      heading: false, blockquote: false, code: false, codeBlock: false, horizontalRule: false, trailingNode: false,
      undoRedo: false, // the editor of blocks has its own, over all of them
      ...(isLine ? { bulletList: false, orderedList: false, listItem: false, listKeymap: false } as const : {}),
      link: {
        openOnClick: false, autolink: false, linkOnPaste: true, defaultProtocol: 'https',
        HTMLAttributes: { target: null, rel: null },
        // merge tags are addresses too; the server looks at all of them again
        isAllowedUri: (url) => !RUNS.test(url),
      },
    }),
    ...(isLine ? [OneLine] : []),
    TextStyle,
    Color,
    TagNode,
    tagNames(nameOf),
  ];
}

const PARAGRAPH = /^<p>([\s\S]*)<\/p>$/;

/** A paragraph in an item of a list would only make room. */
function htmlOf(editor: Editor, isLine: boolean): string {
  if (editor.isEmpty) return '';
  const html = withoutTagNodes(editor.getHTML());
  return isLine ? html.replace(PARAGRAPH, '$1') : html.replace(/<li><p>((?:(?!<\/?p>)[\s\S])*)<\/p>/g, '<li>$1');
}

export function RichText({ label, html, isLine = false, isSelected, placeholder, onChange }: Props) {
  const known = useRef(html);
  const nameOf = useTagName();
  const now = useRef({ label, nameOf, onChange });
  useEffect(() => {
    now.current = { label, nameOf, onChange };
  });
  const editor = useEditor({
    extensions: extensions(isLine, (tag) => now.current.nameOf(tag)),
    content: withTagNodes(html),
    injectCSS: false,
    // no others: *|FNAME|* and **|FNAME|** are merge tags, and nothing to be made italic or bold
    enableInputRules: ['bulletList', 'orderedList'],
    enablePasteRules: ['link'],
    editorProps: {
      // asked for anew: blocks before it come and go
      attributes: () => ({ role: 'textbox', 'aria-label': now.current.label, 'aria-multiline': String(!isLine), dir: 'auto', class: styles.text! }),
    },
    onUpdate: ({ editor: changed }) => {
      known.current = htmlOf(changed, isLine);
      now.current.onChange(known.current);
    },
  });
  // what tags are called may be known only now
  const fieldNames = nameOf('FNAME') + nameOf('LNAME');
  useEffect(() => {
    if (editor && !editor.isDestroyed) editor.view.dispatch(editor.state.tr);
  }, [editor, fieldNames]);
  // it was undone, or somebody else wrote it
  useEffect(() => {
    if (!editor || html === known.current) return;
    known.current = html;
    editor.commands.setContent(withTagNodes(html), { emitUpdate: false });
  }, [editor, html]);
  return (
    <div className={styles.rich} data-writing={isSelected || undefined}>
      {isSelected && editor && <TextTools editor={editor} label={label} isLine={isLine} />}
      <EditorContent editor={editor} data-empty={html === '' || undefined} data-placeholder={placeholder} className={styles.content} />
    </div>
  );
}
