/** HTML with colours and numbers of lines. Loaded when it is opened. */
import { html } from '@codemirror/lang-html';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useRef, type RefObject } from 'react';

/** Colours that can be read on light and dark: both are the theme's own. */
const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--mantine-color-blue-text)' },
  { tag: tags.attributeName, color: 'var(--mantine-color-grape-text)' },
  { tag: [tags.string, tags.attributeValue], color: 'light-dark(var(--mantine-color-teal-9), var(--mantine-color-teal-4))' },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
]);

const look = EditorView.theme({
  '&': { fontSize: '13px', border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)', background: 'var(--mantine-color-body)' },
  '.cm-scroller': { minHeight: '400px', maxHeight: '70vh', fontFamily: 'ui-monospace, monospace' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { background: 'var(--mantine-color-default)', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'transparent' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--mantine-primary-color-light-hover) !important' },
});

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Puts a text where the caret is, which goes behind it. */
  insert?: RefObject<((text: string) => void) | null>;
}

export function CodeEditor({ label, value, onChange, insert }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  useEffect(() => {
    view.current = new EditorView({
      parent: place.current!,
      doc: value,
      extensions: [
        basicSetup, html(), syntaxHighlighting(colours), look, EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => update.docChanged && change.current(update.state.doc.toString())),
      ],
    });
    if (insert)
      insert.current = (text) => {
        view.current?.dispatch(view.current.state.replaceSelection(text));
        setTimeout(() => view.current?.focus());
      };
    return () => view.current?.destroy();
    // made once: what changes later is put into it below
  }, []);
  useEffect(() => {
    const { current } = view;
    if (current && value !== current.state.doc.toString())
      current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={place} />;
}
