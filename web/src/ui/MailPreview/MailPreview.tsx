/** A mail on a screen, on a phone, in the dark, or as its plain text. */
import { Group, SegmentedControl, Stack, Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MailFrame } from '../MailFrame.tsx';

export type View = 'screen' | 'phone' | 'text';
const all: readonly View[] = ['screen', 'phone', 'text'];
export const withoutText: readonly View[] = ['screen', 'phone'];

interface Props {
  /** Of the mail, with what it has to be asked. */
  address: string;
  query?: Record<string, string | number | null>;
  /** Another one: it is loaded again. */
  version: string;
  title: string;
  /** What of it can be shown; of one that is plain text alone, that. */
  views?: readonly View[];
  /** As whom it is looked at, say. */
  children?: ReactNode;
}

export function MailPreview({ address, query = {}, version, title, views = all, children }: Props) {
  const { t } = useTranslation();
  const [chosen, setView] = useState<View>('screen');
  const view = views.find((one) => one === chosen) ?? views[0] ?? 'screen';
  const [isDark, setDark] = useState(false);
  const dark = isDark && view !== 'text';
  const asked = { ...query, dark: dark ? 'true' : null, text: view === 'text' ? 'true' : null };
  const given = Object.entries(asked).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  const src = given.length > 0 ? `${address}?${new URLSearchParams(given)}` : address;
  return (
    <Stack gap="sm">
      <Group gap="md" align="flex-end">
        {views.length > 1 && (
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('ui.preview.view')}
              data={views.map((value) => ({ value, label: t(`ui.preview.${value}`) }))}
              value={view}
              onChange={(next) => setView(next as View)}
            />
            <Switch size="sm" label={t('ui.preview.dark')} checked={dark} disabled={view === 'text'} onChange={(event) => setDark(event.currentTarget.checked)} />
          </>
        )}
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
