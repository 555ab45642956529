/** A merge tag as one thing to read: "First name, else: friend". Of a field a click asks what is said instead, where it can be changed. */
import { Button, Group, Popover, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Composer.module.css';
import { isFieldTag, tagPieces, tagText, type WholeTag } from './mergeTags.ts';
import { useTagName } from './useTagName.ts';

export function useTagWords(): (tag: Pick<WholeTag, 'tag' | 'fallback'>) => string {
  const { t } = useTranslation();
  const nameOf = useTagName();
  return ({ tag, fallback }) => (fallback ? t('composer.tag.orElse', { name: nameOf(tag), words: fallback }) : nameOf(tag));
}

interface Props {
  piece: WholeTag;
  /** null: it goes. Left out: it is only read. */
  onChange?: (code: string | null) => void;
}

export function TagChip({ piece, onChange }: Props) {
  const { t } = useTranslation();
  const words = useTagWords()(piece);
  const [isOpen, setOpen] = useState(false);
  const [fallback, setFallback] = useState(piece.fallback);
  if (!onChange || !isFieldTag(piece.tag)) return <bdi className={styles.tagChip}>{words}</bdi>;
  const end = (code: string | null) => {
    setOpen(false);
    onChange(code);
  };
  const save = () => end(tagText(piece.tag, fallback));
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus position="bottom-start" width={280} withinPortal>
      <Popover.Target>
        <span
          role="button" tabIndex={0} className={styles.tagChip} data-changes title={t('composer.tag.change')} aria-label={t('composer.tag.changeOf', { tag: words })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            setOpen(true);
          }}
          onClick={() => {
            setFallback(piece.fallback);
            setOpen(!isOpen);
          }}
        >
          <bdi>{words}</bdi>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput
            data-autofocus dir="auto" label={t('composer.tag.fallback')} description={t('composer.tag.fallbackAbout')} value={fallback}
            onChange={(event) => setFallback(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              save();
            }}
          />
          <Group gap="xs">
            <Button size="xs" onClick={save}>{t('composer.tag.apply')}</Button>
            <Button size="xs" variant="default" onClick={() => end(null)}>{t('composer.tag.remove')}</Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A text whose tags are read by name. */
export function TaggedWords({ text, onChange }: { text: string; onChange?: (text: string) => void }) {
  const pieces = tagPieces(text);
  const codeOf = (piece: (typeof pieces)[number]) => (typeof piece === 'string' ? piece : piece.code);
  const replace = (at: number, code: string | null) => onChange?.(pieces.map((piece, i) => (i === at ? (code ?? '') : codeOf(piece))).join(''));
  return (
    <bdi>
      {pieces.map((piece, i) => (typeof piece === 'string'
        ? <span key={i}>{piece}</span>
        : <TagChip key={i} piece={piece} onChange={onChange && ((code) => replace(i, code))} />))}
    </bdi>
  );
}
