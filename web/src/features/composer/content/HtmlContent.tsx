/** The content as HTML of the author's own. */
import { Skeleton, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../../../ui/useDraft.ts';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { excerpt } from '../excerpt.ts';
import { tagHtml } from '../mergeTags.ts';
import { MergeTagMenu } from '../MergeTagMenu.tsx';
import { NotDraft } from '../NotDraft.tsx';
import { reloadCampaign, saveCampaign, type Campaign } from '../queries.ts';
import { Troubles } from '../Troubles.tsx';
import { isWritten } from '../useOpened.ts';
import { ContentHead } from './ContentHead.tsx';
import { WriteOrPreview } from './WriteOrPreview.tsx';

const CodeEditor = lazy(() => import('./CodeEditor.tsx').then((file) => ({ default: file.CodeEditor })));

interface Props {
  campaign: Campaign;
  found: { data: Campaign; etag: string | null };
}

type Values = { html: string };
const loadedOf = ({ data, etag }: Props['found']) => ({ values: { html: data.html ?? '' }, etag });

export function HtmlContent({ campaign, found }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { id } = campaign;
  const draft = useDraft<Values>({
    loaded: loadedOf(found),
    save: ({ html }, { etag }) => saveCampaign(queries, id, { html }, etag),
    reload: async () => loadedOf(await reloadCampaign(queries, id)),
  });
  const unsaved = useUnsaved(draft.state !== 'saved', draft.flush);
  const insert = useRef<((text: string) => void) | null>(null);
  if (!isWritten(campaign)) {
    const { html } = draft.values;
    return <>{unsaved}<NotDraft campaign={campaign} lost={html === draft.saved.html ? [] : [{ label: t('composer.block.html'), words: html }]} /></>;
  }
  return (
    <>
      {unsaved}
      <ContentHead campaign={campaign} state={draft.state} />
      <Stack gap="md">
        <Troubles draft={draft} labelOf={() => t('composer.block.html')} wordsOf={(_field, one, other) => excerpt(one.html, other.html)} />
        <WriteOrPreview
          id={id} version={draft.saved.html} flush={draft.flush}
          tools={<MergeTagMenu of={t('composer.block.html')} hasLinks onInsert={({ text, link }) => insert.current?.(tagHtml(text, link))} />}
        >
          <Suspense fallback={<Skeleton h={400} />}>
            <CodeEditor label={t('composer.block.html')} value={draft.values.html} onChange={(html) => draft.change({ html })} insert={insert} />
          </Suspense>
        </WriteOrPreview>
      </Stack>
    </>
  );
}
