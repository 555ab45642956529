/** A field that is empty for some gets words to stand in its place, wherever the mail says it. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import type { Draft } from '../../../ui/useDraft.ts';
import type { Letter } from '../abtest/abTest.ts';
import { useSayInstead } from '../queries.ts';
import { useTagName } from '../useTagName.ts';
import { sayInstead, type CampaignValues } from '../values.ts';

interface Props {
  id: number;
  /** "*|FNAME|*" */
  tag: string;
  draft: Draft<CampaignValues>;
  /** Of an A/B test of contents. */
  variant?: Letter;
}

export function SayInstead({ id, tag: written, draft, variant }: Props) {
  const { t } = useTranslation();
  const nameOf = useTagName();
  const [words, setWords] = useState('');
  const say = useSayInstead(id, variant);
  const tag = written.slice(2, -2);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!words.trim()) return;
    draft.change(sayInstead(draft.values, tag, words));
    void draft.flush().then((isSaved) => isSaved && say.mutate({ tag, words }));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" mt={4}>
        <TextInput
          size="xs" dir="auto" w={200} aria-label={t('composer.check.instead', { field: nameOf(tag) })} placeholder={t('composer.check.insteadHint')}
          value={words} onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" loading={say.isPending} disabled={!words.trim()}>{t('composer.check.sayInstead')}</Button>
      </Group>
      <ProblemAlert error={say.error} title={t('composer.notSaved')} />
    </form>
  );
}
