/** Bold, italic and the like, for the text that is written now. */
import { ActionIcon, Button, ColorPicker, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import {
  IconBold, IconItalic, IconLink, IconList, IconListNumbers, IconPalette, IconStrikethrough, IconUnderline, type Icon,
} from '@tabler/icons-react';
import { useEditorState, type Editor } from '@tiptap/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MergeTagMenu, type Inserted } from '../MergeTagMenu.tsx';
import { linkTagIn, linkTags, tagText } from '../mergeTags.ts';
import { useTagName } from '../useTagName.ts';
import styles from './Blocks.module.css';

interface Props {
  editor: Editor;
  label: string;
  isLine: boolean;
}

const marks = [
  ['bold', IconBold], ['italic', IconItalic], ['underline', IconUnderline], ['strike', IconStrikethrough],
] as const satisfies [string, Icon][];
const lists = [['bulletList', IconList], ['orderedList', IconListNumbers]] as const satisfies [string, Icon][];
const swatches = ['#18181b', '#52525b', '#b91c1c', '#b45309', '#15803d', '#0f766e', '#1d4ed8', '#7e22ce'];

export function TextTools({ editor, label, isLine }: Props) {
  const { t } = useTranslation();
  const now = useEditorState({
    editor,
    selector: ({ editor: at }) => ({
      bold: at.isActive('bold'), italic: at.isActive('italic'), underline: at.isActive('underline'), strike: at.isActive('strike'),
      bulletList: at.isActive('bulletList'), orderedList: at.isActive('orderedList'), link: at.isActive('link'),
    }),
  });
  const insert = ({ text, link }: Inserted) => {
    if (link) editor.chain().focus().insertContent({ type: 'text', text: link, marks: [{ type: 'link', attrs: { href: text } }] }).run();
    else editor.chain().focus().insertContent({ type: 'text', text }).run();
  };
  const all = [...marks, ...(isLine ? [] : lists)];
  return (
    <Group role="toolbar" aria-label={t('composer.text.tools', { field: label })} gap={2} className={styles.tools}>
      {all.map(([name, Icon]) => (
        <ActionIcon
          key={name}
          variant={now[name] ? 'filled' : 'subtle'}
          title={t(`composer.text.${name}`)}
          aria-label={t(`composer.text.${name}`)}
          aria-pressed={now[name]}
          onMouseDown={(event) => event.preventDefault()} // the text keeps what is marked in it
          onClick={() => act(editor, name)}
        >
          <Icon size={16} aria-hidden />
        </ActionIcon>
      ))}
      <LinkTool editor={editor} isActive={now.link} />
      <ColourTool editor={editor} />
      <MergeTagMenu of={label} hasLinks onInsert={insert} />
    </Group>
  );
}

function act(editor: Editor, name: 'bold' | 'italic' | 'underline' | 'strike' | 'bulletList' | 'orderedList'): void {
  const chain = editor.chain().focus();
  if (name === 'bulletList') chain.toggleBulletList().run();
  else if (name === 'orderedList') chain.toggleOrderedList().run();
  else chain.toggleMark(name).run();
}

function LinkTool({ editor, isActive }: { editor: Editor; isActive: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [href, setHref] = useState('');
  const nameOf = useTagName();
  const open = () => {
    setHref(String(editor.getAttributes('link').href ?? ''));
    setOpen(!isOpen);
  };
  // an address that is a tag is nothing to read
  const wordsFor = (address: string) => {
    const tag = linkTagIn(address);
    return tag ? t(`composer.tag.words.${tag}`) : address;
  };
  const end = (address: string) => {
    setOpen(false);
    const chain = editor.chain().focus().extendMarkRange('link');
    if (address.trim() === '') chain.unsetLink().run();
    else if (editor.state.selection.empty && !isActive) chain.insertContent({ type: 'text', text: wordsFor(address), marks: [{ type: 'link', attrs: { href: address } }] }).run();
    else chain.setLink({ href: address.trim() }).run();
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus position="bottom-start" width={300} withinPortal>
      <Popover.Target>
        <ActionIcon variant={isActive ? 'filled' : 'subtle'} title={t('composer.text.link')} aria-label={t('composer.text.link')} aria-pressed={isActive} onClick={open}>
          <IconLink size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput
            data-autofocus
            label={t('composer.text.address')}
            description={t('composer.text.addressAbout')}
            dir="ltr"
            value={href}
            onChange={(event) => setHref(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              end(href);
            }}
          />
          <Group gap="xs">
            <Button size="xs" onClick={() => end(href)}>{t('composer.text.setLink')}</Button>
            {isActive && <Button size="xs" variant="default" onClick={() => end('')}>{t('composer.text.noLink')}</Button>}
          </Group>
          <Text size="xs" c="dimmed">{t('composer.text.ownLinks')}</Text>
          <Group gap={4}>
            {linkTags.map((tag) => <Button key={tag} size="compact-xs" variant="default" onClick={() => end(tagText(tag))}>{nameOf(tag)}</Button>)}
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ColourTool({ editor }: { editor: Editor }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const colour = useEditorState({ editor, selector: ({ editor: at }) => String(at.getAttributes('textStyle').color ?? '#18181b') });
  const end = (next: string | null) => {
    setOpen(false);
    if (next) editor.chain().focus().setColor(next).run();
    else editor.chain().focus().unsetColor().run();
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus position="bottom-start" withinPortal>
      <Popover.Target>
        <ActionIcon variant="subtle" title={t('composer.text.colour')} aria-label={t('composer.text.colour')} onClick={() => setOpen(!isOpen)}>
          <IconPalette size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <ColorPicker
            format="hex"
            swatches={swatches}
            withPicker={false}
            value={colour}
            onColorSwatchClick={end}
            swatchesPerRow={8}
          />
          <Button size="xs" variant="default" data-autofocus onClick={() => end(null)}>{t('composer.text.noColour')}</Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
