/** The checklist of a draft. All of it is saved as it is typed. */
import { Group, Paper, Stack, TextInput } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { useDraft } from '../../ui/useDraft.ts';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { Held } from '../campaigns/Held.tsx';
import { AbLine } from './abtest/AbLine.tsx';
import { areTimesRight, lettersOf, testIn, type Letter } from './abtest/abTest.ts';
import styles from './Composer.module.css';
import { ContentLine } from './lines/ContentLine.tsx';
import { FromLine } from './lines/FromLine.tsx';
import { SubjectLine } from './lines/SubjectLine.tsx';
import { ToLine } from './lines/ToLine.tsx';
import { WhenLine } from './lines/WhenLine.tsx';
import { useTargetName } from './lines/targets.ts';
import { NotDraft } from './NotDraft.tsx';
import { reloadCampaign, saveCampaign, useChecklist, type Campaign } from './queries.ts';
import { isWritten } from './useOpened.ts';
import { SaveState } from './SaveState.tsx';
import { CheckPanel } from './send/CheckPanel.tsx';
import { SendBar } from './send/SendBar.tsx';
import { TestDialog } from './send/TestDialog.tsx';
import { useWhen } from './send/when.ts';
import { Troubles } from './Troubles.tsx';
import { changeOf, codesOf, loadedOf, storedOf, type CampaignValues, type Step } from './values.ts';

const NAME_MAX = 200;

interface Props {
  found: { data: Campaign; etag: string | null };
}

export function Composer({ found }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const { id, content } = found.data;
  const draft = useDraft<CampaignValues>({
    loaded: loadedOf(found),
    save: (values, before) => saveCampaign(queries, id, changeOf(values, before.values), before.etag),
    reload: async () => loadedOf(await reloadCampaign(queries, id)),
    stored: storedOf,
  });
  const { values, change } = draft;
  const unsaved = useUnsaved(draft.state !== 'saved', draft.flush);
  const checklist = useChecklist(id);
  const chosen = useWhen(values.send_at, change);
  const test = testIn(values.ab_test);
  // what tries times is sent at once, and waits for them
  const isTimed = test?.what === 'send_time';
  const when = isTimed ? { ...chosen, isLater: false, at: null, isRight: areTimesRight(test, values.send_at, Date.now()) } : chosen;
  const [open, setOpen] = useState<Step | null>(null);
  /** Which variant; null: none is tested. */
  const [tested, setTested] = useState<Letter | null>(null);
  const nameOfTarget = useTargetName();
  useDocumentTitle(`${values.name} · Muster`);
  const testWords = ({ ab_test }: CampaignValues) => {
    const { what, variants } = testIn(ab_test) ?? { what: null, variants: [] };
    return what ? [t(`composer.ab.what.${what}`), ...variants.map((one) => Object.values(one).join(' '))].join(' · ') : '';
  };
  const wordsOf = (field: keyof CampaignValues, of: CampaignValues) => {
    if (field === 'to') return nameOfTarget(of.to);
    if (field === 'ab_test') return testWords(of);
    if (field === 'send_at') return of.send_at ? format.time(of.send_at) : t('composer.when.now');
    return of[field];
  };

  if (!isWritten(found.data)) {
    const typed = (Object.keys(values) as (keyof CampaignValues)[]).filter((field) => values[field].trim() !== draft.saved[field]);
    const lost = typed.map((field) => ({ label: t(`composer.field.${field}`), words: wordsOf(field, values) }));
    return <>{unsaved}<NotDraft campaign={found.data} lost={lost} /></>;
  }
  const errors = (checklist.data?.items ?? []).filter(({ type }) => type === 'error');
  const isDone = (step: Step) =>
    step === 'when' ? when.isRight : checklist.data !== undefined && !errors.some(({ code }) => codesOf[step].includes(code));
  const lineOf = (step: Step) => ({
    isDone: isDone(step), isOpen: open === step, onToggle: () => setOpen(open === step ? null : step), values, change,
  });
  return (
    <Stack className={styles.page} gap="md">
      {unsaved}
      <Group justify="space-between" align="flex-end" gap="sm">
        <h1 className={styles.hidden}>{values.name || t('composer.title')}</h1>
        <TextInput
          className={styles.name}
          label={t('composer.name')}
          dir="auto"
          maxLength={NAME_MAX}
          value={values.name}
          error={draft.problem?.of('name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Group gap="sm">
          <SaveState state={draft.state} />
          <LinkButton variant="default" to="/campaigns">{t('composer.later')}</LinkButton>
        </Group>
      </Group>
      <Held campaign={found.data} />
      <Troubles
        draft={draft}
        labelOf={(field) => t(`composer.field.${field}`)}
        wordsOf={wordsOf}
      />
      <Paper p={0}>
        <ToLine {...lineOf('to')} id={id} saved={draft.saved.to} shown={found.data.to} />
        <FromLine {...lineOf('from')} problem={draft.problem} />
        <SubjectLine {...lineOf('subject')} id={id} />
        <ContentLine isDone={isDone('content')} id={id} content={content ?? null} />
        <AbLine {...lineOf('ab')} id={id} to={draft.saved.to} content={content ?? null} problem={draft.problem} onGo={setOpen} flush={draft.flush} onTest={setTested} />
        <WhenLine {...lineOf('when')} when={when} isTimed={isTimed} />
      </Paper>
      <CheckPanel id={id} draft={draft} checklist={checklist} letters={lettersOf(testIn(draft.saved.ab_test))} />
      <SendBar
        id={id}
        draft={draft}
        when={when}
        isReady={checklist.data?.is_ready === true}
        errors={errors}
        warnings={(checklist.data?.items ?? []).filter(({ type }) => type === 'warning')}
        onTest={() => void draft.flush().then((isSaved) => isSaved && setTested('A'))}
        onFailed={() => reloadCampaign(queries, id).then(({ etag }) => etag)}
      />
      {tested && <TestDialog id={id} letters={lettersOf(testIn(draft.saved.ab_test))} first={tested} onClose={() => setTested(null)} />}
    </Stack>
  );
}
