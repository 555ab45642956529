/** A mail on a screen, on a phone, in the dark, or as its plain text. */
import { Group, SegmentedControl, Stack, Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MailFrame } from '../MailFrame.tsx';

type View = 'screen' | 'phone' | 'text';
const views = ['screen', 'phone', 'text'] as const;

interface Props {
  /** Of the mail, with what it has to be asked. */
  address: string;
  query?: Record<string, string | number | null>;
  /** Another one: it is loaded again. */
  version: string;
  title: string;
  /** Its plain text can be shown. */
  hasText?: boolean;
  /** As whom it is looked at, say. */
  children?: ReactNode;
}

export function MailPreview({ address, query = {}, version, title, hasText = true, children }: Props) {
  const { t } = useTranslation();
  const [view, setView] = useState<View>('screen');
  const [isDark, setDark] = useState(false);
  const dark = isDark && view !== 'text';
  const asked = { ...query, dark: dark ? 'true' : null, text: view === 'text' ? 'true' : null };
  const given = Object.entries(asked).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  const src = given.length > 0 ? `${address}?${new URLSearchParams(given)}` : address;
  return (
    <Stack gap="sm">
      <Group gap="md" align="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('ui.preview.view')}
          data={views.filter((value) => hasText || value !== 'text').map((value) => ({ value, label: t(`ui.preview.${value}`) }))}
          value={view}
          onChange={(next) => setView(next as View)}
        />
        <Switch size="sm" label={t('ui.preview.dark')} checked={dark} disabled={view === 'text'} onChange={(event) => setDark(event.currentTarget.checked)} />
        {children}
      </Group>
      <MailFrame
        src={src}
        version={version}
        title={title}
        isPhone={view === 'phone'}
        h={view === 'phone' ? 667 : '70vh'}
        bg={dark ? 'dark.8' : 'white'}
      />
    </Stack>
  );
}
