/** The content as plain text alone. */
import { Stack, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../../../ui/useDraft.ts';
import { useUnsaved } from '../../../ui/useUnsaved.tsx';
import { excerpt } from '../excerpt.ts';
import { insertInto } from '../mergeTags.ts';
import { MergeTagMenu } from '../MergeTagMenu.tsx';
import { NotDraft } from '../NotDraft.tsx';
import { reloadCampaign, saveCampaign, type Campaign } from '../queries.ts';
import { Troubles } from '../Troubles.tsx';
import { isWritten } from '../useOpened.ts';
import { ContentHead } from './ContentHead.tsx';
import { WriteOrPreview } from './WriteOrPreview.tsx';

interface Props {
  campaign: Campaign;
  found: { data: Campaign; etag: string | null };
}

type Values = { plain_text: string };
const loadedOf = ({ data, etag }: Props['found']) => ({ values: { plain_text: data.plain_text ?? '' }, etag });

export function PlainContent({ campaign, found }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { id } = campaign;
  const input = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft<Values>({
    loaded: loadedOf(found),
    save: ({ plain_text }, { etag }) => saveCampaign(queries, id, { plain_text }, etag),
    reload: async () => loadedOf(await reloadCampaign(queries, id)),
  });
  const unsaved = useUnsaved(draft.state !== 'saved', draft.flush);
  if (!isWritten(campaign)) {
    const { plain_text } = draft.values;
    const lost = plain_text === draft.saved.plain_text ? [] : [{ label: t('composer.plain.text'), words: plain_text }];
    return <>{unsaved}<NotDraft campaign={campaign} lost={lost} /></>;
  }
  const change = (plain_text: string) => draft.change({ plain_text });
  return (
    <>
      {unsaved}
      <ContentHead campaign={campaign} state={draft.state} />
      <Stack gap="md" maw={760}>
        <Troubles draft={draft} labelOf={() => t('composer.plain.text')} wordsOf={(_field, one, other) => excerpt(one.plain_text, other.plain_text)} />
        <WriteOrPreview
          id={id} version={draft.saved.plain_text} flush={draft.flush} views={['text']}
          tools={<MergeTagMenu of={t('composer.plain.text')} hasLinks onInsert={({ text }) => input.current && change(insertInto(input.current, text))} />}
        >
          <Textarea
            ref={input} label={t('composer.plain.text')} description={t('composer.plain.about')} dir="auto" autosize minRows={16}
            value={draft.values.plain_text} onChange={(event) => change(event.currentTarget.value)}
          />
        </WriteOrPreview>
      </Stack>
    </>
  );
}
