/** The editor of blocks: written, looked at, and its plain text. */
import { Box, Button, Group, Menu, SegmentedControl, Stack, Tabs, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft, type Wins } from '../../../ui/useDraft.ts';
import { merge } from '../../../ui/useRecordForm.ts';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { CampaignPreview } from '../content/CampaignPreview.tsx';
import { ContentHead } from '../content/ContentHead.tsx';
import { useProblemWords } from '../content/problems.ts';
import { excerpt } from '../excerpt.ts';
import { NotDraft } from '../NotDraft.tsx';
import { reloadDesign, saveDesign, type Campaign, type CampaignDesign } from '../queries.ts';
import { Troubles } from '../Troubles.tsx';
import { isWritten } from '../useOpened.ts';
import { AddBlock } from './AddBlock.tsx';
import styles from './Blocks.module.css';
import { changedBlocks, wordsIn } from './blockWords.ts';
import { Canvas } from './Canvas.tsx';
import { kindOf } from './kinds.ts';
import { lookOf } from './look.ts';
import { PlainPart } from './PlainPart.tsx';
import { SaveTemplate } from './SaveTemplate.tsx';
import { BlockSettings } from './settings/BlockSettings.tsx';
import { StyleSettings } from './settings/StyleSettings.tsx';
import { documentOf, find, keyOf, type Document, type Node } from './tree.ts';
import { unite } from './unite.ts';
import { useBlocks } from './useBlocks.ts';
import { useMeetingRows } from './useMeetingRows.ts';

interface Found {
  data: CampaignDesign;
  etag: string | null;
}

type Values = {
  /** A document as JSON. */
  design: string;
  /** The author's own; null: made from the blocks. */
  plain_text: string | null;
};

function loadedOf({ data, etag }: Found) {
  return { values: { design: JSON.stringify(data.design), plain_text: data.plain_text_is_made ? null : data.plain_text }, etag };
}

const read = (text: string) => JSON.parse(text) as Document;

function uniteValues(before: Values, mine: Values, theirs: Values, wins?: Wins, sent?: Values | null): Values | null {
  const { merged, fields } = merge({ text: before.plain_text }, { text: mine.plain_text }, { text: theirs.plain_text });
  if (fields.length > 0 && !wins) return null;
  const design = unite(read(before.design), read(mine.design), read(theirs.design), wins, sent && read(sent.design));
  return design && { design: JSON.stringify(design), plain_text: fields.length > 0 && wins === 'theirs' ? theirs.plain_text : merged.text };
}

type View = 'write' | 'preview' | 'text';

/** @param variant of an A/B test; left out: A */
export function BlocksContent({ campaign, found, variant }: { campaign: Campaign; found: Found; variant?: 'B' | 'C' }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const wordsOf = useProblemWords();
  const rowsOf = useMeetingRows();
  const { id } = campaign;
  const draft = useDraft<Values>({
    loaded: loadedOf(found),
    save: ({ design, plain_text }, { etag }) => saveDesign(queries, id, { design: read(design), plain_text }, etag, variant),
    reload: async () => loadedOf(await reloadDesign(queries, id, variant)),
    // an empty text is none
    stored: ({ design, plain_text }) => ({ design, plain_text: plain_text || null }),
    unite: uniteValues,
  });
  const { change: put, flush } = draft;
  const unsaved = useUnsaved(draft.state !== 'saved', flush);
  const blocks = useBlocks(draft.values.design, useCallback((design: string) => put({ design }), [put]));
  const [view, setView] = useState<View>('write');
  const [isNaming, setNaming] = useState(false);
  if (!isWritten(campaign)) {
    const { design, plain_text } = draft.values;
    const own = plain_text && plain_text !== draft.saved.plain_text ? [{ label: t('composer.plain.text'), words: plain_text }] : [];
    const lost = changedBlocks(read(draft.saved.design), read(design)).map((block) => ({ label: t(`composer.block.${kindOf(block)}`), words: wordsIn(block) }));
    return <>{unsaved}<NotDraft campaign={campaign} lost={[...lost.filter(({ words }) => words), ...own]} /></>;
  }
  const show = (next: string) => void flush().then(() => setView(next as View));
  const problemsOf = (block: string | undefined) => found.data.problems.filter((one) => block !== undefined && one.block === block).map(wordsOf);
  const general = found.data.problems.filter((one) => one.block === null).map(wordsOf);
  return (
    <>
      {unsaved}
      <ContentHead campaign={campaign} state={draft.state} variant={variant} items={<Menu.Item onClick={() => setNaming(true)}>{t('composer.template.save')}</Menu.Item>} />
      <Stack gap="md">
        <Troubles
          draft={draft}
          labelOf={() => t('composer.plain.text')}
          wordsOf={(_field, one, other) => excerpt(one.plain_text ?? '', other.plain_text ?? '')}
          rowsOf={(field, { before, theirs, sent }, mine) =>
            field === 'design' ? rowsOf(read(before.design), read(mine.design), read(theirs.design), sent && read(sent.design)) : null}
        />
        <Group justify="space-between">
          <SegmentedControl
            aria-label={t('composer.content.view')} value={view} onChange={show}
            data={(['write', 'preview', 'text'] as const).map((value) => ({ value, label: t(`composer.content.views.${value}`) }))}
          />
          {view === 'write' && (
            <Group gap="xs">
              <Button variant="default" size="xs" leftSection={<IconArrowBackUp size={14} aria-hidden />} disabled={!blocks.canUndo} onClick={blocks.undo}>{t('ui.undo')}</Button>
              <Button variant="default" size="xs" leftSection={<IconArrowForwardUp size={14} aria-hidden />} disabled={!blocks.canRedo} onClick={blocks.redo}>{t('builder.redo')}</Button>
            </Group>
          )}
        </Group>
        {general.map((words) => <Text key={words} size="sm" c="var(--mantine-color-yellow-light-color)">{words}</Text>)}
        {view === 'write' && <Editor blocks={blocks} problemsOf={problemsOf} />}
        {view === 'preview' && <CampaignPreview id={id} variant={variant ?? (campaign.ab_test?.what === 'content' ? 'A' : undefined)} version={found.etag ?? ''} />}
        {view === 'text' && <PlainPart made={found.data.plain_text ?? ''} own={draft.values.plain_text} onChange={(plain_text) => put({ plain_text })} />}
      </Stack>
      {isNaming && <SaveTemplate name={campaign.name} design={documentOf(blocks.tree)} onClose={() => setNaming(false)} />}
    </>
  );
}

function Editor({ blocks, problemsOf }: { blocks: ReturnType<typeof useBlocks>; problemsOf: (id: string | undefined) => string[] }) {
  const { t } = useTranslation();
  const isNarrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  const look = lookOf(blocks.style);
  const selected = find(blocks.nodes, blocks.selected);
  const [tab, setTab] = useState<string | null>('block');
  const place = useFocusKept(blocks);
  useShownBlock(blocks);
  const settingsOf = (node: Node) => (
    <BlockSettings
      key={node.key} node={node} block={node.block} look={look}
      change={(change) => blocks.change(node.key, change)} onRatio={(ratio) => blocks.ratio(node.key, ratio)}
    />
  );
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) blocks.redo();
    else blocks.undo();
  };
  const inside = (node: Node) => <div className={styles.inside}>{settingsOf(node)}</div>;
  const style = <StyleSettings style={blocks.style} onChange={blocks.changeStyle} />;
  const shown = selected ? tab : 'mail';
  return (
    <div ref={place} tabIndex={-1} className={styles.editor} onKeyDownCapture={keys}>
      <Stack gap="sm">
        <Canvas editing={{ blocks, look, problemsOf, settings: isNarrow ? inside : undefined }} />
        <Box><AddBlock label={t('composer.block.add')} onAdd={(block) => blocks.add(block, null)} /></Box>
      </Stack>
      {isNarrow ? (
        <Box component="section" aria-label={t('composer.style.title')}><Text fw={600} mb="xs">{t('composer.style.title')}</Text>{style}</Box>
      ) : (
        <Tabs className={styles.aside} value={shown} onChange={setTab}>
          <Tabs.List mb="sm">
            <Tabs.Tab value="block" disabled={!selected}>{t('composer.style.block')}</Tabs.Tab>
            <Tabs.Tab value="mail">{t('composer.style.title')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="block">{selected && settingsOf(selected)}</Tabs.Panel>
          <Tabs.Panel value="mail">{style}</Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}

/** What was focused may have gone, with its block: then this is, so that keys go on doing something. */
function useFocusKept({ nodes, wanted, arrived }: ReturnType<typeof useBlocks>) {
  const place = useRef<HTMLDivElement>(null);
  const first = useRef(nodes);
  useEffect(() => {
    if (wanted === '') arrived();
    else if (wanted !== null || nodes === first.current) return;
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, [nodes, wanted, arrived]);
  return place;
}

/** The block that an address names, as the check does, is gone to. */
function useShownBlock(blocks: ReturnType<typeof useBlocks>): void {
  const { block } = useSearch({ from: '/signed-in/campaigns/$campaignId/edit/content' });
  const { nodes, show } = blocks;
  useEffect(() => {
    const key = keyOf(nodes, block);
    if (key) show(key);
    // once: afterwards one goes where one likes
  }, [block]);
}
