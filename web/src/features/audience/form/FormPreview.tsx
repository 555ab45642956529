/** The page as who signs up will see it, while it is being written, and its address to give away. */
import { Button, CopyButton, Group, SegmentedControl, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../api/client.ts';
import { MailFrame } from '../../../ui/MailFrame.tsx';
import { pathOf } from '../paths.ts';
import { AudienceProblem } from '../AudienceProblem.tsx';
import type { FormDraft } from './colours.ts';
import { formPreviewQuery } from './queries.ts';

type View = 'screen' | 'phone';
const WAIT_MS = 250;
const NOTHING = '{}';

interface Props {
  address: string;
  form: Schemas['AudienceForm'];
  version: string;
  /** What is typed and not saved. */
  draft: FormDraft;
  /** Another one of its page and its HTML. */
  onLanguage: (language: string) => void;
}

export function FormPreview({ address, form: { list_id: listId, html, language, languages }, version, draft, onLanguage }: Props) {
  const { t, i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: 'language' });
  const [view, setView] = useState<View>('screen');
  const [body] = useDebouncedValue(JSON.stringify(draft), WAIT_MS);
  const isTyped = body !== NOTHING;
  const shown = useQuery({ ...formPreviewQuery(listId, language, body, version), enabled: isTyped });
  const page = isTyped && shown.data !== undefined ? { srcDoc: shown.data } : { src: `${pathOf(address)}&lang=${language}`, version };
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="xs">
        <TextInput label={t('audience.formAddress')} description={t('audience.formAddressAbout')} readOnly flex="1 1 260px" value={address} onFocus={(event) => event.currentTarget.select()} />
        <Copy value={address} label={t('audience.copyAddress')} />
        <Button component="a" href={address} target="_blank" rel="noopener" variant="default" rightSection={<IconExternalLink size={14} aria-hidden />}>{t('audience.openPage')}</Button>
      </Group>
      <Group justify="space-between">
        <Title order={2}>{t('audience.formPreview')}</Title>
        <Select
          size="xs" w={150} ms="auto" allowDeselect={false} aria-label={t('audience.formLanguage')}
          data={languages.map((one) => ({ value: one, label: names.of(one) ?? one }))}
          value={language} onChange={(next) => next && onLanguage(next)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('ui.preview.view')}
          data={(['screen', 'phone'] as const).map((value) => ({ value, label: t(`ui.preview.${value}`) }))}
          value={view}
          onChange={(next) => setView(next as View)}
        />
      </Group>
      <Text size="xs" c="dimmed">{t('audience.formPreviewAbout')}</Text>
      <AudienceProblem error={shown.error} />
      <MailFrame {...page} title={t('audience.formPreview')} isPhone={view === 'phone'} h={620} />
      <Textarea
        label={t('audience.embed')}
        description={t('audience.embedAbout')}
        readOnly
        rows={5}
        value={html}
        styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 12 } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group><Copy value={html} label={t('audience.copyEmbed')} /></Group>
    </Stack>
  );
}

function Copy({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t('users.copied') : label}</Button>}
    </CopyButton>
  );
}
